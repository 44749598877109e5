"""Who is due, who gets the channel, what dead workers leave, what is kept of old visits."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Channel
from publications import tasks
from publications.harvest import planning, schedule
from publications.harvest.items import HarvestError
from publications.harvest.leases import LEASE
from publications.harvest.planning import Call, claim_due, close_dead_runs, enrol_channels, make_call, thin_runs
from publications.harvest.records import ChannelHarvest, HarvestHost, HarvestRun
from publications.harvest.turns import Turns
from publications.harvest.visiting import visit
from publications.models import Publication
from tests.builders import make_channel, make_unit

from .recording import Recording
from .test_visiting import FEED, SITE, again, feed, make_harvest

pytestmark = pytest.mark.django_db
#: A moment far from the turn of a month.
NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _enabled(settings):
    settings.HARVEST_ENABLED = True


def run_of(harvest, started_at, outcome="ok", **fields):
    finished = {} if outcome == "" else {"finished_at": started_at + timedelta(seconds=2)}
    return HarvestRun.objects.create(
        channel=harvest.channel, started_at=started_at, trigger="x", outcome=outcome, **finished, **fields
    )


def answer_with(monkeypatch, http):
    monkeypatch.setattr(planning, "portal_client", lambda turns: http)


# --- who is due ---------------------------------------------------------------------------------------------------


def test_verified_real_channels_of_kinds_that_are_read_are_enrolled_once():
    unit = make_unit()
    site = make_channel(unit, "website", url=SITE)
    make_channel(unit, "facebook")
    make_channel(unit, "instagram")  # off: no token
    make_channel(unit, "website", is_sample=True)
    make_channel(unit, "website", status=Channel.Status.UNVERIFIED)
    make_channel(unit, "website", closed_on=NOW.date() - timedelta(days=1))
    assert (enrol_channels(NOW), enrol_channels(NOW)) == (1, 0)
    harvest = ChannelHarvest.objects.get()
    assert (harvest.channel, harvest.connector, harvest.endpoint, harvest.health) == (site, "auto", SITE, "new")


def test_instagram_is_enrolled_when_the_token_is_set_and_rests_when_it_goes(settings):
    channel = make_channel(make_unit(), "instagram")
    settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN = "1", "rahasia"
    assert len(claim_due(NOW)) == 1
    ChannelHarvest.objects.update(lease_until=None, connector="instagram", cursor={"after": "x"})
    settings.INSTAGRAM_TOKEN = ""
    assert claim_due(NOW) == []
    assert ChannelHarvest.objects.get(channel=channel).cursor == {"after": "x"}  # off and on loses nothing


def test_the_schedule_leases_what_is_due_and_a_second_call_finds_nothing():
    harvest = make_harvest(next_run_at=NOW - timedelta(days=3))
    sitemap = make_channel(make_unit(), "website")
    slow = ChannelHarvest.objects.create(channel=sitemap, connector="sitemap", endpoint=SITE, next_run_at=NOW)
    calls = claim_due(NOW)
    assert calls == [
        Call(harvest.pk, NOW + LEASE, planning.LIMITS),
        Call(slow.pk, NOW + LEASE, planning.LONG_LIMITS),
    ]
    assert claim_due(NOW) == []
    assert len(claim_due(NOW + LEASE)) == 2  # whoever had them has died


def test_at_most_so_many_at_once_the_longest_overdue_first(monkeypatch):
    monkeypatch.setattr(planning, "AT_ONCE", 2)
    for minutes in (1, 3, 2):
        channel = make_channel(make_unit(), "website")
        late = NOW - timedelta(minutes=minutes)
        ChannelHarvest.objects.create(channel=channel, connector="feed", endpoint=FEED, next_run_at=late)
    found = [ChannelHarvest.objects.get(pk=call.harvest_id).next_run_at for call in claim_due(NOW)]
    assert found == [NOW - timedelta(minutes=3), NOW - timedelta(minutes=2)]


def test_where_the_harvest_is_off_nothing_is_enrolled_or_leased(settings):
    settings.HARVEST_ENABLED = False
    make_channel(make_unit(), "website")
    make_harvest(next_run_at=NOW)
    assert claim_due(NOW) == []
    assert ChannelHarvest.objects.count() == 1
    tasks.harvest_due.delay()
    assert HarvestRun.objects.count() == 0


@pytest.mark.parametrize(
    ("is_sample", "status", "expected"),
    [(False, "verified", 1), (True, "verified", 0), (False, "unverified", 0), (False, "rejected", 0)],
)
def test_only_verified_real_channels_are_visited_by_the_schedule(is_sample, status, expected):
    harvest = make_harvest(next_run_at=NOW)
    Channel.objects.filter(pk=harvest.channel_id).update(is_sample=is_sample, status=status)
    assert len(claim_due(NOW)) == expected


@pytest.mark.django_db(transaction=True)
def test_two_schedules_at_once_get_different_channels():
    make_harvest(next_run_at=NOW)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM publications_channelharvest FOR UPDATE")
            assert claim_due(NOW) == []
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert len(claim_due(NOW)) == 1


# --- the visit under its lease ------------------------------------------------------------------------------------


def test_the_schedule_visits_what_is_due_through_the_task(monkeypatch):
    harvest = make_harvest()
    answer_with(monkeypatch, Recording({FEED: feed(1, 2)}))
    tasks.harvest_due.delay()
    assert (Publication.objects.count(), HarvestRun.objects.get().outcome) == (2, "ok")
    assert again(harvest).lease_until is None
    tasks.harvest_due.delay()
    assert HarvestRun.objects.count() == 1


def test_a_message_that_comes_twice_or_late_finds_its_lease_gone(monkeypatch):
    harvest = make_harvest()
    http = Recording({FEED: feed(1)})
    answer_with(monkeypatch, http)
    (call,) = claim_due(timezone.now())
    for _time in range(2):
        assert make_call(call.harvest_id, call.lease) is None
    assert (HarvestRun.objects.count(), len(http.asked)) == (1, 1)
    ChannelHarvest.objects.update(lease_until=call.lease + timedelta(minutes=1))  # somebody else's
    assert make_call(harvest.pk, call.lease) is None
    assert HarvestRun.objects.count() == 1


def test_a_visit_whose_host_is_being_asked_comes_back_in_5_to_30_seconds(monkeypatch):
    harvest = make_harvest()
    http = Recording({FEED: feed(1)})
    answer_with(monkeypatch, http)
    (call,) = claim_due(timezone.now())
    with Turns() as somebody:
        assert somebody.take(FEED) is None
        later = make_call(call.harvest_id, call.lease)
    assert (http.asked, HarvestRun.objects.count()) == ([], 0)
    assert 5 <= later.countdown <= 30
    assert again(harvest).lease_until == later.lease > call.lease
    assert make_call(harvest.pk, call.lease) is None  # the first message has nothing left to do
    assert make_call(harvest.pk, later.lease) is None
    assert HarvestRun.objects.get().outcome == "ok"


def test_a_host_that_wants_hours_of_peace_is_left_alone_for_all_its_channels(monkeypatch):
    harvest = make_harvest()
    until = timezone.now() + timedelta(hours=3)
    HarvestHost.objects.create(host="dinas.example.id", free_at=until)
    http = Recording({FEED: feed(1)})
    answer_with(monkeypatch, http)
    (call,) = claim_due(timezone.now())
    assert make_call(call.harvest_id, call.lease) is None
    assert http.asked == []
    assert abs(again(harvest).next_run_at - until) < timedelta(minutes=1)
    assert again(harvest).lease_until is None


def test_a_visit_that_outlived_its_lease_stores_nothing_and_takes_nothing_from_the_next():
    harvest = make_harvest()
    taken = timezone.now() + timedelta(minutes=9)

    class Slow(Recording):
        def get(self, *arguments, **named):
            HarvestRun.objects.update(outcome="error", finished_at=timezone.now(), note="Kunjungan ini terputus.")
            ChannelHarvest.objects.update(lease_until=taken)  # meanwhile another worker has come
            return super().get(*arguments, **named)

    visit(harvest, Slow({FEED: feed(1)}), trigger="x")
    assert (Publication.objects.count(), again(harvest).lease_until, again(harvest).last_ok_at) == (0, taken, None)
    assert HarvestRun.objects.get().note == "Kunjungan ini terputus."


def test_the_database_allows_one_open_visit_of_a_channel():
    harvest = make_harvest()
    run_of(harvest, NOW, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        run_of(harvest, NOW, "")


def test_a_channel_whose_way_is_unknown_is_asked_at_its_first_visit_and_never_again(monkeypatch):
    make_channel(make_unit(), "website", url=SITE, key="dinas.example.id")
    http = Recording({SITE: "<html><p>x", f"{SITE}/feed/": feed(1)})
    answer_with(monkeypatch, http)
    tasks.harvest_due.delay()
    harvest = ChannelHarvest.objects.get()
    assert (harvest.connector, harvest.endpoint, harvest.health) == ("feed", f"{SITE}/feed/", "ok")
    assert Publication.objects.count() == 1
    ChannelHarvest.objects.update(next_run_at=timezone.now())
    before = len(http.asked)
    tasks.harvest_due.delay()
    assert http.urls[before:] == [f"{SITE}/feed/"]


def test_a_channel_that_shows_no_way_is_recorded_as_failing_and_asked_again_later(monkeypatch):
    make_channel(make_unit(), "website", url=SITE, key="dinas.example.id")
    answer_with(monkeypatch, Recording({SITE: HarvestError("dns", "Nama situs tidak ditemukan.")}))
    tasks.harvest_due.delay()
    harvest = ChannelHarvest.objects.get()
    assert (harvest.connector, harvest.health, harvest.failures, harvest.lease_until) == ("auto", "failing", 1, None)
    assert harvest.next_run_at > timezone.now()
    assert HarvestRun.objects.get().error == "dns"


# --- gaps and parts -----------------------------------------------------------------------------------------------


def test_a_feed_that_shows_nothing_of_the_visit_before_has_a_gap():
    harvest = make_harvest()
    visit(harvest, Recording({FEED: feed(1, 2)}), trigger="x")
    assert visit(again(harvest), Recording({FEED: feed(2, 3)}), trigger="x").run.outcome == "ok"
    assert visit(again(harvest), Recording({FEED: feed(8, 9)}), trigger="x").run.outcome == "gap"


def wordpress(pages: int):
    """A site of so many full pages, and what it was asked."""
    root = f"{SITE}/wp-json/"
    posts = [{"id": 1, "link": f"{SITE}/a", "date_gmt": "2026-11-01T01:00:00", "title": {"rendered": "Satu"}}]
    return Recording({f"{root}wp/v2/posts": (200, posts, {"x-wp-totalpages": str(pages)})}), root


def test_what_a_visit_left_unread_is_read_from_there_as_far_back_as_it_began(monkeypatch):
    http, root = wordpress(12)
    harvest = make_harvest(connector="wp_rest", endpoint=root)
    first = visit(harvest, http, trigger="x", max_seconds=0)
    stored = again(harvest)
    assert (first.run.outcome, stored.cursor["page"], len(http.asked)) == ("partial", 2, 1)
    assert stored.next_run_at - timezone.now() <= schedule.SHORTEST
    visit(stored, http, trigger="x")
    assert [url for url in http.urls if "after=" in url] == []  # the first reading goes back to the beginning
    assert visit(again(harvest), http, trigger="x").run.outcome == "ok"
    assert again(harvest).cursor == {}
    visit(again(harvest), http, trigger="x", max_seconds=0)
    assert "after=" in http.urls[-1]


# --- dead workers -------------------------------------------------------------------------------------------------


def test_the_record_of_a_dead_worker_is_closed_when_its_lease_ends_and_the_channel_is_due_at_once():
    harvest = make_harvest(next_run_at=NOW, lease_until=NOW + timedelta(minutes=1))
    run_of(harvest, NOW - timedelta(minutes=9), "")
    assert close_dead_runs(NOW) == 0  # it may be alive
    calls = claim_due(NOW + timedelta(minutes=1))
    run = HarvestRun.objects.get()
    assert (run.outcome, run.note, len(calls)) == ("error", "Kunjungan ini terputus.", 1)


def test_a_channel_that_kills_its_worker_again_and_again_is_visited_less_often():
    harvest = make_harvest(next_run_at=NOW, failures=3)
    run_of(harvest, NOW - timedelta(minutes=9), "")
    assert close_dead_runs(NOW) == 1
    assert (again(harvest).failures, again(harvest).next_run_at) == (4, NOW + timedelta(hours=4))


@pytest.mark.parametrize(("error", "is_told"), [(SoftTimeLimitExceeded(), False), (ZeroDivisionError(), True)])
def test_a_visit_that_is_stopped_or_breaks_is_recorded_and_slows_its_channel(monkeypatch, error, is_told):
    harvest = make_harvest()

    class Stopped:
        def get(self, *_arguments, **_named):
            raise error

    answer_with(monkeypatch, Stopped())
    began_at = timezone.now()
    (call,) = claim_due(began_at)
    arguments = (call.harvest_id, call.lease.isoformat())
    with pytest.raises(ZeroDivisionError) if is_told else nullcontext():
        tasks.harvest_channel(*arguments)
    stored = again(harvest)
    assert (stored.lease_until, stored.failures, stored.health) == (None, 1, "failing")
    usual = schedule.after_error(began_at, timedelta(minutes=harvest.interval_minutes), 1, "", 0, None)
    assert began_at + timedelta(minutes=29) < usual <= stored.next_run_at  # on the 1st half an hour, else an hour
    assert HarvestRun.objects.get().note == "Kunjungan ini terputus."


def test_diskominfo_is_told_when_nobody_makes_the_visits(settings, django_assert_num_queries):
    harvest = make_harvest(next_run_at=NOW - timedelta(hours=1))
    assert planning.delay_words(NOW) == []
    ChannelHarvest.objects.filter(pk=harvest.pk).update(next_run_at=NOW - timedelta(hours=3))
    with django_assert_num_queries(1):
        assert planning.delay_words(NOW) == [
            "1 kanal menunggu kunjungan sejak 18 November 2026 07.00 WIB: pekerja panen tampaknya tidak berjalan."
        ]
    settings.HARVEST_ENABLED = False
    with django_assert_num_queries(0):
        assert planning.delay_words(NOW) == []


# --- old visits ---------------------------------------------------------------------------------------------------


def test_old_visits_are_thinned_to_one_a_jakarta_day_a_good_one_if_there_was_any():
    harvest, now = make_harvest(), datetime(2026, 11, 18, 12, 0, tzinfo=JAKARTA)
    day = now - timedelta(days=100)
    good = run_of(harvest, day.replace(hour=1), "ok")
    for hour in (5, 23):
        run_of(harvest, day.replace(hour=hour), "error", error="dns")
    next_day = [run_of(harvest, (day + timedelta(days=1)).replace(hour=hour), "error", error="dns") for hour in (0, 9)]
    young = [run_of(harvest, now - timedelta(days=80, hours=hour)) for hour in (1, 2)]
    assert (thin_runs(now), thin_runs(now)) == (3, 0)
    assert set(HarvestRun.objects.all()) == {good, next_day[1], *young}


def test_thinning_is_a_task_that_may_run_twice():
    run_of(make_harvest(), timezone.now() - timedelta(days=200))
    for _time in range(2):
        tasks.thin_harvest_runs.delay()
    assert HarvestRun.objects.count() == 1


def test_the_schedule_asks_the_database_a_constant_number_of_times(django_assert_num_queries):
    def make(count):
        for _number in range(count):
            channel = make_channel(make_unit(), "website")
            ChannelHarvest.objects.create(channel=channel, connector="feed", endpoint=FEED, next_run_at=NOW)

    make(1)
    with django_assert_num_queries(6):
        assert len(claim_due(NOW)) == 1
    make(9)
    with django_assert_num_queries(6):
        assert len(claim_due(NOW)) == 9
