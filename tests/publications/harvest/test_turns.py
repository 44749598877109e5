"""Turns at hosts: one visit at a time, a pause between requests, and nothing that a dead worker keeps."""

from datetime import UTC, timedelta
from email.utils import format_datetime

import pytest
from django.db import connection
from django.utils import timezone

from publications.harvest import planning, turns
from publications.harvest.client import Client
from publications.harvest.fetching import Policy
from publications.harvest.items import HarvestError
from publications.harvest.records import ChannelHarvest, HarvestHost, HarvestRun
from publications.harvest.turns import Turns, host_key
from publications.harvest.visiting import portal_client
from tests.builders import make_channel, make_unit

from .hostile import by_path, says, serving

pytestmark = pytest.mark.django_db
SITE = "https://www.dinas.example.id/feed"
NOTHING = timedelta(0)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.dinas.example.id/feed", "dinas.example.id"),
        ("http://Dinas.example.id:80/", "dinas.example.id"),
        ("https://dinkes.cilegon.go.id/", "cilegon.go.id"),
        ("https://www.cilegon.go.id/", "cilegon.go.id"),
        ("https://bukancilegon.go.id/", "bukancilegon.go.id"),
        ("https://www.youtube.com/feeds/videos.xml?channel_id=UC1", "youtube.com"),
    ],
)
def test_sites_of_one_server_have_one_turn(url, expected):
    assert host_key(url) == expected


def test_one_visit_at_a_host_at_a_time():
    with Turns(NOTHING) as first, Turns(NOTHING) as second:
        assert first.take(SITE) is None
        assert first.take(SITE) is None  # it is ours already
        assert second.take("https://dinas.example.id/lain") == NOTHING
        assert second.take("https://lain.example.id/") is None
    with Turns(NOTHING) as third:
        assert third.take(SITE) is None


def test_a_dead_visit_gives_its_turn_back_when_its_hold_ends():
    dead, heir = Turns(NOTHING), Turns(NOTHING)
    assert dead.take(SITE) is None
    assert heir.take(SITE) == NOTHING
    HarvestHost.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert heir.take(SITE) is None


def test_after_a_request_comes_the_pause_also_for_the_next_visit():
    with Turns(timedelta(seconds=30)) as first:
        first.before(SITE)
        first.after(SITE)
    left = Turns(timedelta(seconds=30)).take(SITE)
    assert timedelta(seconds=20) < left <= timedelta(seconds=30)


def test_a_visit_waits_out_the_pause_before_its_next_request(monkeypatch):
    slept = []
    monkeypatch.setattr(turns.time, "sleep", slept.append)
    with Turns(timedelta(seconds=5)) as ours:
        ours.before(SITE)
        ours.after(SITE)
        ours.before(SITE, is_redirect=True)  # part of the same request
        assert slept == []
        ours.before(SITE)
    assert [4 < seconds <= 5 for seconds in slept] == [True]


def test_what_a_host_asks_for_holds_for_it_and_not_for_its_neighbours():
    until = timezone.now() + timedelta(hours=1)
    with Turns(NOTHING) as ours:
        for url in (SITE, "https://dinkes.cilegon.go.id/feed"):
            ours.before(url)
            ours.after(url, until)
    assert Turns().take(SITE) > timedelta(minutes=59)
    assert Turns().take("https://bpbd.cilegon.go.id/") is None
    with pytest.raises(HarvestError) as error, Turns(NOTHING) as ours:
        ours.before(SITE)
    assert (error.value.kind, abs(error.value.retry_at - until) < timedelta(minutes=1)) == ("rate_limited", True)


def test_a_redirect_to_a_host_where_another_visit_is_waits_and_then_fails_softly(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", timedelta(seconds=0.3))
    with Turns(NOTHING) as other, Turns(NOTHING) as ours:
        other.take(SITE)
        with pytest.raises(HarvestError) as error:
            ours.before(SITE, is_redirect=True)
    assert error.value.kind == "rate_limited"


def test_the_client_asks_before_each_request_and_tells_of_its_end(monkeypatch):
    told = []

    class Gate:
        def before(self, url, *, is_redirect=False):
            told.append(("before", url.rpartition("/")[2], is_redirect))

        def after(self, url, retry_at=None):
            told.append(("after", url.rpartition("/")[2], retry_at is not None))

    answers = {"/a": says("302 x", {"Location": "/b"}), "/b": says("429 x", {"Retry-After": "60"})}
    with serving(by_path(answers)) as site:
        client = portal_client(Gate())
        policy = Policy("x", test_servers=frozenset({("127.0.0.1", site.port)}))
        monkeypatch.setattr(client, "_policy", policy)
        with pytest.raises(HarvestError):
            client.get(f"{site.url}/a")
        with pytest.raises(HarvestError):
            client.get("http://10.0.0.1/c")
    assert told == [
        ("before", "a", False), ("after", "a", False), ("before", "b", True), ("after", "b", True),
        ("before", "c", False), ("after", "c", False),
    ]  # fmt: skip


@pytest.mark.parametrize("is_date", [False, True])
def test_retry_after_in_both_forms_rests_the_channel_and_its_whole_host(is_date, settings, monkeypatch):
    settings.HARVEST_ENABLED = True
    until = timezone.now() + timedelta(hours=2)
    wanted = format_datetime(until.astimezone(UTC), usegmt=True) if is_date else "7200"
    with serving(says("429 x", {"Retry-After": wanted})) as site:
        for number in (1, 2):
            channel = make_channel(make_unit(), "website", url=f"{site.url}/{number}")
            ChannelHarvest.objects.create(channel=channel, connector="feed", endpoint=f"{site.url}/{number}/feed")
        policy = Policy("x", test_servers=frozenset({("127.0.0.1", site.port)}))
        monkeypatch.setattr(planning, "portal_client", lambda gate: Client(policy, gate))
        for call in planning.claim_due(timezone.now()):
            assert planning.make_call(call.harvest_id, call.lease) is None
        assert len(site.asked) == 1
    planned = ChannelHarvest.objects.values_list("next_run_at", "lease_until")
    assert [(abs(moment - until) < timedelta(minutes=1), lease) for moment, lease in planned] == [(True, None)] * 2
    assert HarvestRun.objects.get().error == "rate_limited"


def test_taking_a_turn_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        Turns(NOTHING).take(SITE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM publications_harvesthost")
        assert cursor.fetchone() == (1,)
