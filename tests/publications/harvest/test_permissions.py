"""Budgets, the consent of accounts, and connectors that are switched off and on again."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from publications.harvest.budgets import TokenBudgets
from publications.harvest.connectors.tiktok import LIST, RENEW
from publications.harvest.consents import StoredTokens, give_consent
from publications.harvest.items import HarvestError
from publications.harvest.planning import claim_due
from publications.harvest.records import AccountToken, ChannelHarvest, ConnectorKind, TokenBudget
from publications.harvest.storing import store_page
from publications.harvest.visiting import connector_for, probe_channel, visit
from publications.harvest.ways import is_on
from publications.models import Publication
from tests.builders import make_channel, make_unit

from .connectors.test_platforms import GRAPH, answer, media
from .recording import Recording
from .test_storing import NOW, item, make_harvest

WIB = ZoneInfo("Asia/Jakarta")
pytestmark = pytest.mark.django_db


# --- budgets ------------------------------------------------------------------------------------------------------


def test_calls_of_a_day_stop_at_the_limit_and_begin_anew_the_next():
    moment = datetime(2026, 11, 24, 23, 59, tzinfo=WIB)
    budget = TokenBudgets("facebook", 2, clock=lambda: moment)
    budget.spend()
    budget.spend()
    with pytest.raises(HarvestError) as error:
        budget.spend()
    assert (error.value.kind, error.value.retry_at) == ("budget", datetime(2026, 11, 25, tzinfo=WIB))
    TokenBudgets("facebook", 2, clock=lambda: moment + timedelta(minutes=2)).spend()
    TokenBudgets("threads", 2, clock=lambda: moment).spend()


def test_money_of_a_month_is_set_aside_before_and_given_back_after():
    moment = datetime(2026, 11, 24, tzinfo=WIB)
    budget = TokenBudgets("x", 100, Decimal("0.12"), clock=lambda: moment)
    budget.spend(cost=Decimal("0.10"))
    with pytest.raises(HarvestError) as error:
        budget.spend(cost=Decimal("0.10"))
    assert error.value.retry_at == datetime(2026, 12, 1, tzinfo=WIB)
    budget.give_back(Decimal("0.09"))
    budget.spend(cost=Decimal("0.10"))
    assert TokenBudget.objects.get(token="x:month").cost == Decimal("0.11")
    assert TokenBudget.objects.get(token="x").calls == 2


def test_a_refused_call_costs_no_money():
    budget = TokenBudgets("x", 0, Decimal(1), clock=lambda: NOW)
    with pytest.raises(HarvestError):
        budget.spend(cost=Decimal("0.10"))
    assert TokenBudget.objects.get(token="x:month").cost == 0


# --- off and on ---------------------------------------------------------------------------------------------------


def test_all_platforms_with_a_permission_are_off_until_it_is_set(settings):
    off = {"instagram", "facebook", "x", "tiktok", "threads"}
    assert {kind for kind in ConnectorKind.values if not is_on(kind)} == off
    settings.X_TOKEN = "t"
    assert not is_on("x")  # a token without a budget spends nothing
    settings.X_MONTHLY_BUDGET = Decimal(30)
    assert is_on("x")
    for kind in off:
        channel = make_channel(make_unit(kind), kind)
        if kind != "x":
            with pytest.raises(HarvestError, match="unit mengirim tautannya"):
                probe_channel(channel, Recording({}), NOW)
    assert {connector_for(kind).kind for kind in ConnectorKind.values if kind != "auto"} >= off


def test_switching_instagram_off_and_on_loses_nothing(settings):
    settings.HARVEST_ENABLED, settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN = True, "1784", "rahasia"
    now = timezone.now()
    channel = make_channel(make_unit(), "instagram", handle="dinas.contoh", key="dinas.contoh")
    harvest = ChannelHarvest.objects.create(channel=channel, connector="instagram", endpoint=channel.url)
    posts = [media(n, 1, timestamp=f"{now - timedelta(hours=n):%Y-%m-%dT%H:%M:%S}+0000") for n in (3, 4)]
    posts[1]["caption"] = "Rapat koordinasi penanganan banjir bersama kecamatan dan kelurahan"
    assert visit(harvest, Recording({GRAPH: answer(*posts)}), trigger="x").run.new == 2
    ChannelHarvest.objects.update(next_run_at=now - timedelta(days=3))
    settings.INSTAGRAM_TOKEN = ""
    assert claim_due(timezone.now()) == []
    before = ChannelHarvest.objects.values_list("cursor", "last_ok_at", "coverage_from", "failures").get()
    settings.INSTAGRAM_TOKEN = "baru"
    assert [call.harvest_id for call in claim_due(timezone.now())] == [harvest.pk]
    assert ChannelHarvest.objects.values_list("cursor", "last_ok_at", "coverage_from", "failures").get() == before
    ChannelHarvest.objects.update(lease_until=None)
    newer = media(2, 1, timestamp=f"{now - timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+0000", caption="Panen raya di Cibeber")
    done = visit(harvest, Recording({GRAPH: answer(newer, *posts)}), trigger="x")
    assert (done.run.new, dict(done.tally.recognised), Publication.objects.count()) == (1, {"exact": 2}, 3)


def test_an_expired_token_is_told_and_a_new_one_goes_on(settings):
    settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN = "1784", "lama"
    channel = make_channel(make_unit(), "instagram", handle="dinas.contoh", key="dinas.contoh")
    harvest = ChannelHarvest.objects.create(
        channel=channel, connector="instagram", endpoint=channel.url, cursor={"after": "Q"}
    )
    expired = Recording({GRAPH: (400, {"error": {"code": 190, "error_subcode": 463}}, {})})
    assert visit(harvest, expired, trigger="x").run.error == "auth"
    stored = ChannelHarvest.objects.get()
    assert (stored.health, stored.cursor) == ("needs_token", {"after": "Q"})
    settings.INSTAGRAM_TOKEN = "baru"
    http = Recording({GRAPH: answer(media(1, 1))})
    assert visit(stored, http, trigger="x").run.outcome == "ok"
    assert ChannelHarvest.objects.get().health == "ok"
    assert http.asked[0][1]["Authorization"] == "Bearer baru"


# --- consent of an account -----------------------------------------------------------------------------------------

TOLD = {"access_token": "act.2", "expires_in": 86400, "refresh_token": "rft.2", "refresh_expires_in": 31536000}


def test_consent_is_tried_kept_encrypted_and_renewed_when_it_must_be(settings):
    settings.TIKTOK_CLIENT_KEY, settings.TIKTOK_CLIENT_SECRET = "key", "secret"
    channel = make_channel(make_unit(), "tiktok")
    http = Recording({RENEW: TOLD})
    give_consent(channel.pk, "rft.1", http)
    with connection.cursor() as cursor:
        cursor.execute("SELECT access || refresh FROM publications_accounttoken")
        stored = cursor.fetchone()[0]
    assert "act" not in stored
    assert "rft" not in stored
    tokens = StoredTokens(channel.pk)
    assert (tokens.access(http), len(http.asked)) == ("act.2", 1)
    AccountToken.objects.update(access_until=timezone.now() + timedelta(minutes=1))
    http.answers[RENEW] = {**TOLD, "access_token": "act.3", "refresh_token": "rft.3"}
    assert (tokens.access(http), AccountToken.objects.get().refresh) == ("act.3", "rft.3")
    assert b"refresh_token=rft.2" in http.sent[-1]


def test_without_or_with_refused_consent_nothing_is_kept(settings):
    settings.TIKTOK_CLIENT_KEY, settings.TIKTOK_CLIENT_SECRET = "key", "secret"
    channel = make_channel(make_unit(), "tiktok")
    http = Recording({RENEW: (400, {"error": "invalid_grant"}, {}), LIST: {}})
    with pytest.raises(HarvestError):
        give_consent(channel.pk, "rft.1", http)
    assert not AccountToken.objects.exists()
    harvest = ChannelHarvest.objects.create(channel=channel, connector="tiktok", endpoint=channel.url)
    assert visit(harvest, http, trigger="x").run.error == "auth"


def test_the_command_reads_the_consent_from_standard_input(settings, monkeypatch):
    channel = make_channel(make_unit(), "tiktok")
    with pytest.raises(CommandError, match="TIKTOK_CLIENT_KEY"):
        call_command("take_tiktok_consent", channel.pk)
    settings.TIKTOK_CLIENT_KEY, settings.TIKTOK_CLIENT_SECRET = "key", "secret"
    name = "publications.management.commands.take_tiktok_consent"
    monkeypatch.setattr(f"{name}.portal_client", lambda: Recording({RENEW: TOLD}))
    monkeypatch.setattr("sys.stdin", StringIO("rft.1\n"))
    out = StringIO()
    call_command("take_tiktok_consent", channel.pk, stdout=out)
    assert "rft" not in out.getvalue()
    assert AccountToken.objects.get().channel == channel
    monkeypatch.setattr("sys.stdin", StringIO(""))
    for arguments in ((channel.pk,), (0,)):
        with pytest.raises(CommandError):
            call_command("take_tiktok_consent", *arguments)


# --- what only an interface tells ------------------------------------------------------------------------------------


def test_what_only_youtubes_interface_tells_counts_nothing_until_the_public_feed_shows_it():
    harvest = make_harvest()
    store_page(harvest, [item(is_api_only=True)], NOW)
    stored = Publication.objects.get()
    assert (stored.state, stored.flags) == ("pending", ["api_only"])
    store_page(harvest, [item()], NOW)
    stored.refresh_from_db()
    assert (stored.state, stored.flags) == ("accepted", [])
