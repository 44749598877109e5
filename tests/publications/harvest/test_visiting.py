"""Visits: lease, record, position, health, and when to come again."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from publications.harvest import schedule
from publications.harvest.items import HarvestError
from publications.harvest.records import ChannelHarvest, HarvestRun
from publications.harvest.visiting import connect_channel, portal_client, probe_channel, visit
from publications.models import Publication
from tests.builders import make_channel, make_unit

from .recording import Recording
from .samples import rss

SITE = "https://dinas.example.id"
FEED = f"{SITE}/feed"
pytestmark = pytest.mark.django_db


def make_harvest(**fields) -> ChannelHarvest:
    channel = make_channel(make_unit(), "website", url=SITE, key="dinas.example.id")
    return ChannelHarvest.objects.create(channel=channel, **{"connector": "feed", "endpoint": FEED, **fields})


def feed(*numbers: int) -> str:
    moment = timezone.now() - timedelta(hours=1)
    return rss(
        *(
            f"<item><title>Rapat nomor {number}</title><link>{SITE}/{number}</link>"
            f"<pubDate>{moment:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for number in numbers
        )
    )


def again(harvest: ChannelHarvest) -> ChannelHarvest:
    return ChannelHarvest.objects.get(pk=harvest.pk)


def test_a_good_visit_is_recorded_and_the_next_one_planned():
    harvest = make_harvest()
    done = visit(harvest, Recording({FEED: (200, feed(1, 2), {"etag": '"1"'})}), trigger="command")
    stored = again(harvest)
    assert (done.run.outcome, done.run.seen, done.run.new, done.run.error) == ("ok", 2, 2, "")
    assert done.run.finished_at is not None
    assert (stored.health, stored.failures, stored.lease_until) == ("ok", 0, None)
    assert stored.cursor["etag"] == '"1"'
    assert stored.coverage_from is not None
    assert timedelta(minutes=53) < stored.next_run_at - done.run.started_at < timedelta(minutes=67)


def test_what_did_not_change_is_asked_for_once_a_day_all_the_same():
    """304 for ever: some caches say so for months."""
    harvest = make_harvest()
    visit(harvest, Recording({FEED: (200, feed(1), {"etag": '"1"'})}), trigger="x")
    http = Recording({FEED: (304, b"", {})})
    assert visit(again(harvest), http, trigger="x").run.outcome == "unchanged"
    ChannelHarvest.objects.update(last_full_at=timezone.now() - timedelta(hours=25))
    http = Recording({FEED: (200, feed(1, 2), {"etag": '"1"'})})
    assert visit(again(harvest), http, trigger="x").run.new == 1
    assert http.asked[0][1] == {}


def test_a_second_worker_finds_the_lease_taken():
    harvest = make_harvest(lease_until=timezone.now() + timedelta(minutes=1))
    http = Recording({FEED: feed(1)})
    assert visit(harvest, http, trigger="x").run is None
    assert (http.asked, HarvestRun.objects.count()) == ([], 0)


def test_a_worker_that_died_leaves_a_closed_run_and_gives_the_channel_back():
    harvest = make_harvest(lease_until=timezone.now() - timedelta(seconds=1))
    dead = HarvestRun.objects.create(channel=harvest.channel, started_at=timezone.now(), trigger="schedule")
    assert visit(harvest, Recording({FEED: feed(1)}), trigger="x").run.outcome == "ok"
    dead.refresh_from_db()
    assert (dead.outcome, dead.finished_at is not None) == ("error", True)


def test_an_error_that_is_none_of_ours_frees_the_channel_and_closes_the_run():
    harvest = make_harvest()

    class Broken:
        def get(self, *_a, **_n):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        visit(harvest, Broken(), trigger="x")
    assert again(harvest).lease_until is None
    assert HarvestRun.objects.get().outcome == "error"


@pytest.mark.parametrize(
    ("answer", "error", "health"),
    [
        ((404, b"", {}), "http_4xx", "failing"),
        ("<!doctype html><p>Verifikasi", "bot_wall", "blocked"),
        (HarvestError("blocked_address", "x"), "blocked_address", "blocked"),
        (HarvestError("timeout", "x"), "timeout", "failing"),
    ],
)
def test_a_bad_visit_stores_nothing_and_says_why(answer, error, health):
    harvest = make_harvest(cursor={"etag": "lama"}, coverage_from=timezone.now())
    done = visit(harvest, Recording({FEED: answer}), trigger="x")
    stored = again(harvest)
    assert (done.run.outcome, done.run.error, stored.health, stored.failures) == ("error", error, health, 1)
    assert done.run.note
    assert (stored.cursor, Publication.objects.count(), stored.last_ok_at) == ({"etag": "lama"}, 0, None)


def test_nothing_is_ever_switched_off():
    harvest = make_harvest()
    for _time in range(50):
        visit(again(harvest), Recording({FEED: (404, b"", {})}), trigger="x")
    stored = again(harvest)
    assert stored.failures == 50
    assert stored.next_run_at - timezone.now() <= timedelta(hours=24)
    assert visit(stored, Recording({FEED: feed(1)}), trigger="x").run.outcome == "ok"
    assert again(harvest).failures == 0


def test_back_off_is_linear_and_soft_errors_count_less():
    now, hour = datetime(2026, 11, 16, 3, tzinfo=UTC), timedelta(hours=1)  # on the 1st all waits are short
    errors = ((1, "not_a_feed", 0), (3, "not_a_feed", 0), (3, "timeout", 0), (2, "http_4xx", 404))
    errors += ((4, "rate_limited", 429), (99, "parse", 0))
    waits = [schedule.after_error(now, hour, failures, kind, status, None) - now for failures, kind, status in errors]
    assert waits == [hour, 3 * hour, 1.5 * hour, hour, hour, 24 * hour]
    assert schedule.after_error(now, hour, 1, "rate_limited", 429, now + 5 * hour) == now + 5 * hour
    assert schedule.next_visit(now, hour, now + 99 * hour) == now + 24 * hour


def test_due_are_those_whose_time_has_come_and_where_nobody_is():
    now = timezone.now()
    harvest = make_harvest(next_run_at=now - timedelta(days=3))
    assert list(ChannelHarvest.objects.due(now)) == [harvest]
    for change in ({"lease_until": now + timedelta(minutes=1)}, {"next_run_at": now + timedelta(minutes=1)}):
        ChannelHarvest.objects.update(**change)
        assert not ChannelHarvest.objects.due(now).exists()


def test_wordpress_is_found_before_the_feed_and_the_way_is_kept():
    channel = make_channel(make_unit(), "website", url=SITE, key="dinas.example.id")
    http = Recording({SITE: "<html><p>x", f"{SITE}/feed/": feed(1)})
    probe = probe_channel(channel, http, timezone.now())
    harvest = connect_channel(channel, probe)
    assert (harvest.connector, harvest.endpoint, harvest.interval_minutes) == ("feed", f"{SITE}/feed/", 60)
    facebook = make_channel(make_unit(), "facebook")
    with pytest.raises(HarvestError):
        probe_channel(facebook, http, timezone.now())


def test_the_client_goes_under_the_portals_name_and_never_home(settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://kip.example.id", ["kip.example.id", ".example.go.id"]
    policy = portal_client()._policy
    assert policy.user_agent.startswith("KIPCilegon/1.0 (+https://kip.example.id/tentang/")
    assert policy.own_hosts == {"kip.example.id", "example.go.id"}
    assert policy.test_servers == frozenset()


# --- the command --------------------------------------------------------------------------------------------------


def run_command(monkeypatch, http: Recording, **options) -> str:
    monkeypatch.setattr("publications.management.commands.harvest.portal_client", lambda turns: http)
    out = StringIO()
    call_command("harvest", stdout=out, **options)
    return out.getvalue()


def test_the_command_connects_visits_and_reports(monkeypatch):
    channel = make_channel(make_unit(), "website", url=SITE, key="dinas.example.id")
    http = Recording({SITE: "<html><p>x", f"{SITE}/feed/": feed(1, 2)})
    told = run_command(monkeypatch, http, channel=channel.pk)
    assert "2 terlihat, 2 baru" in told
    assert run_command(monkeypatch, http) == ""  # nothing is due
    assert "0 baru" in run_command(monkeypatch, http, channel=channel.pk)


def test_a_dry_run_stores_nothing(monkeypatch):
    harvest = make_harvest()
    told = run_command(monkeypatch, Recording({FEED: feed(1)}), dry_run=True)
    assert "1 baru" in told
    assert (Publication.objects.count(), HarvestRun.objects.count(), again(harvest).cursor) == (0, 0, {})


def test_the_command_fails_where_a_channel_failed_or_is_unknown(monkeypatch):
    make_harvest()
    with pytest.raises(CommandError, match="1 dari 1"):
        run_command(monkeypatch, Recording({}))
    with pytest.raises(CommandError, match="999"):
        run_command(monkeypatch, Recording({}), channel=999)
