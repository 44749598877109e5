"""The turn of the month with moved time: sweep at 00:15, a late channel, the ranking at five at the latest."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cilegon_kip.common.jakarta import JAKARTA
from publications.harvest.coverage import unvisited_since
from publications.harvest.planning import claim_due
from publications.harvest.records import ChannelHarvest, HarvestRun
from publications.harvest.schedule import after_error
from publications.models import CoverageGap
from rankings import tasks
from rankings.models import Entry, Ranking
from rankings.month_end import missing_ready_months, ready_months, waits_for_harvest
from rankings.rewards.models import Proposal
from rankings.rewards.proposing import propose_month
from rankings.services import compute_month
from rankings.verifying import verify_ranking
from tests.builders import make_activity, make_channel, make_final, make_method_v1, make_publication, make_unit

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def on_the_first(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 1, hour, minute, tzinfo=JAKARTA)


@pytest.fixture(autouse=True)
def _enabled(settings):
    settings.HARVEST_ENABLED = True


@pytest.fixture
def moved(monkeypatch):
    """Moves the clock that the tasks read."""

    monkeypatch.setattr(tasks.make_ranking_files, "delay", lambda ranking_id: None)  # not what is asked here

    def move(moment):
        monkeypatch.setattr(tasks.timezone, "now", lambda: moment)

    return move


def harvested(name: str, last_ok: datetime, **fields) -> ChannelHarvest:
    """A unit with one website that was read well until then, and is not planned before noon."""
    channel = make_channel(make_unit(name=name), "website")
    created = datetime(2026, 1, 1, tzinfo=UTC)
    harvest = ChannelHarvest.objects.create(
        channel=channel, connector="feed", endpoint=channel.url, next_run_at=on_the_first(12), created_at=created,
        **fields,
    )  # fmt: skip
    read(harvest, last_ok)
    return harvest


def counted(harvest: ChannelHarvest, first_seen_at: datetime) -> None:
    moment = datetime(2026, 10, 6, 9, tzinfo=JAKARTA)
    make_publication(make_activity(harvest.channel.unit, moment), moment, "website", first_seen_at=first_seen_at)


def read(harvest: ChannelHarvest, moment: datetime, outcome: str = "ok") -> None:
    """A visit of then; what it changes in the plan is in tests of the visit."""
    HarvestRun.objects.create(
        channel=harvest.channel, started_at=moment, finished_at=moment, trigger="schedule", outcome=outcome,
        error="" if outcome == "ok" else "dns",
    )  # fmt: skip
    ChannelHarvest.objects.filter(pk=harvest.pk).update(lease_until=None)


def test_the_sweep_visits_every_channel_once_from_a_quarter_past_midnight():
    evening = on_the_first(0) - timedelta(hours=2)
    first, second = harvested("A", evening), harvested("B", evening)
    assert claim_due(on_the_first(0, 14)) == []
    assert {call.harvest_id for call in claim_due(on_the_first(0, 15))} == {first.pk, second.pk}
    read(first, on_the_first(0, 16))
    ChannelHarvest.objects.update(lease_until=None)
    assert [call.harvest_id for call in claim_due(on_the_first(0, 20))] == [second.pk]
    read(second, on_the_first(0, 21), "error")
    assert claim_due(on_the_first(0, 25)) == []  # visited: its back-off decides


def test_a_sweep_that_was_missed_is_made_up():
    harvest = harvested("A", on_the_first(0) - timedelta(days=2))
    ChannelHarvest.objects.update(next_run_at=on_the_first(0) + timedelta(days=30))
    assert [call.harvest_id for call in claim_due(on_the_first(9) + timedelta(days=3))] == [harvest.pk]


def test_what_failed_in_the_sweep_is_tried_again_before_five():
    day = timedelta(hours=24)
    assert after_error(on_the_first(0, 20), day, 9, "parse", 0, None) == on_the_first(0, 50)
    assert after_error(on_the_first(6), day, 9, "parse", 0, None) == on_the_first(6) + day
    asked_for = on_the_first(4)
    assert after_error(on_the_first(0, 20), day, 1, "rate_limited", 429, asked_for) == asked_for


def test_the_month_is_computed_when_all_are_done_and_waits_for_the_late_one_until_five(moved):
    make_method_v1()
    evening = on_the_first(0) - timedelta(hours=2)
    punctual, late = harvested("Dinas Tepat", evening), harvested("Dinas Telat", evening)
    counted(punctual, evening)
    moved(on_the_first(0, 30))
    tasks.compute_due_rankings.delay()
    assert [ranking.month for ranking in Ranking.objects.all()] == [NOVEMBER]  # the running one waits for nobody
    read(punctual, on_the_first(0, 31))
    read(late, on_the_first(0, 40), "error")
    for moment in (on_the_first(0, 40), on_the_first(4, 50)):
        assert waits_for_harvest(OCTOBER, moment)
        assert OCTOBER not in {*ready_months(moment), *missing_ready_months(moment)}
    assert list(unvisited_since(on_the_first(0))) == [late]
    read(late, on_the_first(4, 51))
    assert not waits_for_harvest(OCTOBER, on_the_first(4, 52))
    moved(on_the_first(4, 52))
    tasks.compute_due_rankings.delay()
    assert Ranking.objects.get(month=OCTOBER).status == Ranking.Status.DRAFT
    assert not CoverageGap.objects.exists()


def test_at_five_it_is_computed_and_the_late_channel_is_named_not_measured_and_not_punished(moved):
    make_method_v1()
    evening = on_the_first(0) - timedelta(hours=2)
    punctual, silent = harvested("Dinas Tepat", evening), harvested("Dinas Sunyi", evening)
    late = harvested("Dinas Telat", datetime(2026, 10, 21, 3, tzinfo=JAKARTA))
    counted(punctual, evening)
    for harvest in (punctual, silent):
        read(harvest, on_the_first(0, 20))
    read(late, on_the_first(0, 21), "error")
    moved(on_the_first(5))
    tasks.compute_due_rankings.delay()
    ranking = Ranking.objects.get(month=OCTOBER)
    states = {entry.unit.name: entry.state for entry in ranking.entries.select_related("unit")}
    assert states == {"Dinas Tepat": "ranked", "Dinas Sunyi": "silent", "Dinas Telat": "not_measured"}
    assert Entry.objects.get(ranking=ranking, unit=late.channel.unit).kinds_not_measured == ["website"]
    gap, _of_november = CoverageGap.objects.order_by("started_on")
    assert (gap.channel, gap.started_on, gap.ended_on) == (late.channel, date(2026, 10, 21), date(2026, 10, 31))
    assert "21 Oktober 2026" in gap.reason
    assert verify_ranking(ranking).differences == []
    make_final(OCTOBER)
    propose_month(OCTOBER)
    warned = set(Proposal.objects.filter(rule__condition="silent_months").values_list("unit__name", flat=True))
    assert warned == {"Dinas Sunyi"}


def test_a_channel_that_comes_back_before_the_month_is_final_is_measured_when_it_is_computed_again():
    make_method_v1()
    late = harvested("Dinas Telat", datetime(2026, 10, 21, 3, tzinfo=JAKARTA))
    compute_month(OCTOBER, on_the_first(5))
    assert Entry.objects.get().state == "not_measured"
    read(late, on_the_first(9))
    compute_month(OCTOBER, on_the_first(10))
    assert Entry.objects.get().state == "silent"
    assert not CoverageGap.objects.exists()


def test_where_the_harvest_is_off_no_month_waits(settings):
    harvested("A", on_the_first(0) - timedelta(hours=2))
    assert waits_for_harvest(OCTOBER, on_the_first(0, 30))
    settings.HARVEST_ENABLED = False
    assert not waits_for_harvest(OCTOBER, on_the_first(0, 30))


@pytest.mark.parametrize(
    ("month", "moment"), [(NOVEMBER, on_the_first(2)), (date(2026, 9, 1), on_the_first(2)), (OCTOBER, on_the_first(5))]
)
def test_only_the_month_that_ended_last_waits_and_only_until_five(month, moment):
    harvested("A", on_the_first(0) - timedelta(hours=2))
    assert not waits_for_harvest(month, moment)
