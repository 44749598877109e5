"""Which days of a month were not seen whole, from the record of visits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Channel
from publications.harvest.coverage import record_gaps, uncovered, unvisited_since
from publications.harvest.records import ChannelHarvest, HarvestRun
from publications.models import CoverageGap
from tests.builders import make_channel, make_unit
from tests.people import make_ppid_utama

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)
#: The 1st of November at five in the morning in Jakarta: when the month is computed at the latest.
AT_FIVE = datetime(2026, 11, 1, 5, 0, tzinfo=JAKARTA)


def at(day: int, hour: int = 12, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=JAKARTA)


def harvested(*runs, created_at=None, **fields) -> ChannelHarvest:
    """A channel with visits, each (moment, outcome)."""
    channel = make_channel(make_unit(), "website", **fields)
    created_at = created_at or datetime(2026, 1, 1, tzinfo=UTC)
    harvest = ChannelHarvest.objects.create(
        channel=channel, connector="feed", endpoint=channel.url, created_at=created_at
    )
    for moment, outcome in runs:
        HarvestRun.objects.create(
            channel=channel, started_at=moment, finished_at=moment, trigger="x", outcome=outcome,
            error="dns" if outcome == "error" else "",
        )  # fmt: skip
    return harvest


def days(month=OCTOBER, now=AT_FIVE):
    return [(one.started_on.day, one.ended_on and one.ended_on.day) for one in uncovered(month, now)]


HEALTHY = [(at(5), "ok"), (at(20), "unchanged"), (at(1, 0, 11), "ok")]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (HEALTHY, []),
        # An outage of weeks loses nothing that the next visit still shows.
        ([(at(1), "ok"), (at(20), "error"), (at(1, 1, 11), "ok")], []),
        # No good visit after the end: from the last one on.
        ([(at(5), "ok"), (at(25, 23), "ok"), (at(1, 1, 11), "error")], [(25, 31)]),
        ([(at(1, 9, 9), "ok"), (at(5), "error")], [(1, 31)]),
        ([(at(5), "error")], [(1, 31)]),
        # What was read in part is not read.
        ([(at(5), "ok"), (at(1, 1, 11), "partial")], [(5, 31)]),
        # A visit that shows nothing of the one before: what lies between is not covered.
        ([(at(5), "ok"), (at(9), "gap"), *HEALTHY[1:]], [(5, 9)]),
        ([(at(28, 9, 9), "ok"), (at(3), "gap"), *HEALTHY[1:]], [(1, 3)]),
        ([(at(27), "ok"), (at(1, 1, 11), "gap")], [(27, 31)]),
        ([(at(27), "ok"), (at(1, 1, 11), "ok"), (at(1, 2, 11), "gap")], []),
        # The first visit of all shows what there is.
        ([(at(20), "ok"), (at(1, 1, 11), "ok")], []),
    ],
)
def test_what_is_not_covered(runs, expected):
    harvested(*runs)
    assert days() == expected


def test_a_month_before_the_harvest_of_a_channel_began_is_not_its_business():
    harvested(created_at=at(1, 0, 11))
    assert days() == []
    harvested(created_at=at(20))
    assert days() == [(20, 31)]


def test_channels_that_do_not_count_have_no_gaps():
    harvested(is_sample=True)
    harvested(status=Channel.Status.UNVERIFIED)
    harvested(closed_on=date(2026, 9, 30))
    harvested(opened_on=date(2026, 11, 1))
    make_channel(make_unit(), "facebook")  # not harvested: staff send the links
    assert days() == []


@pytest.mark.parametrize(("last", "expected"), [(at(20, 8), []), (at(19, 23), [(19, 20)]), (at(5), [(5, 20)])])
def test_a_channel_that_was_closed_needs_a_visit_on_its_last_day(last, expected):
    harvested((last, "ok"), closed_on=date(2026, 10, 20))
    assert days() == expected


def test_while_the_month_runs_an_outage_counts_after_two_days_and_lasts():
    harvested((at(10), "ok"))
    assert days(now=at(12, 11)) == []
    assert days(now=at(12, 13)) == [(10, None)]


def test_gaps_are_recorded_renewed_and_forgotten_and_gaps_by_hand_stay():
    harvest = harvested((at(10), "ok"))
    by_hand = CoverageGap.objects.create(channel=harvest.channel, started_on=date(2026, 10, 2), reason="Sanggahan")
    assert record_gaps(OCTOBER, at(14)) == 1
    gap = CoverageGap.objects.get(is_derived=True)
    assert (gap.started_on, gap.ended_on) == (date(2026, 10, 10), None)
    assert "10 Oktober 2026" in gap.reason
    assert record_gaps(OCTOBER, AT_FIVE) == 1
    gap.refresh_from_db()
    assert gap.ended_on == date(2026, 10, 31)
    HarvestRun.objects.create(
        channel=harvest.channel, started_at=at(1, 9, 11), finished_at=at(1, 9, 11), trigger="x", outcome="ok"
    )
    assert record_gaps(OCTOBER, at(1, 10, 11)) == 0
    assert list(CoverageGap.objects.all()) == [by_hand]


def test_recording_twice_changes_nothing_and_asks_as_often_for_many_channels(django_assert_num_queries):
    for _number in range(5):
        harvested((at(10), "ok"), (at(12), "gap"))
    assert record_gaps(OCTOBER, AT_FIVE) == 5
    before = list(CoverageGap.objects.order_by("pk").values())
    assert len(before) == 10
    with django_assert_num_queries(3):
        record_gaps(OCTOBER, AT_FIVE)
    assert list(CoverageGap.objects.order_by("pk").values()) == before


def test_who_is_still_to_be_read_after_the_month(settings):
    done, late = harvested((at(1, 0, 11), "ok")), harvested((at(31), "ok"), (at(1, 1, 11), "error"))
    off = harvested()
    ChannelHarvest.objects.filter(pk=off.pk).update(connector="instagram")
    assert list(unvisited_since(at(1, 0, 11))) == [late]
    settings.INSTAGRAM_ACCOUNT_ID = settings.INSTAGRAM_TOKEN = "1"
    assert set(unvisited_since(at(1, 0, 11))) == {late, off}
    assert done not in unvisited_since(at(1, 0, 11) - timedelta(days=40))


def test_what_the_visits_say_is_changed_and_deleted_by_nobody_in_the_workspace(client):
    gaps = [
        CoverageGap.objects.create(
            channel=make_channel(make_unit()), started_on=OCTOBER, reason="Sebab", is_derived=is_derived
        )
        for is_derived in (True, False)
    ]
    client.force_login(make_ppid_utama(make_unit()), "opd.permissions.MembershipBackend")
    listed = client.get(reverse("admin:publications_coveragegap_changelist"))
    assert listed.context["cl"].result_count == 2
    derived, by_hand = [reverse("admin:publications_coveragegap_change", args=[gap.pk]) for gap in gaps]
    assert [client.get(url).context["has_change_permission"] for url in (derived, by_hand)] == [False, True]
    assert client.post(derived, {"reason": "lain"}).status_code in (403, 404)
    client.post(
        reverse("admin:publications_coveragegap_changelist"),
        {"action": "delete_selected", "_selected_action": [gap.pk for gap in gaps], "post": "yes"},
    )
    assert CoverageGap.objects.filter(is_derived=True).exists()
