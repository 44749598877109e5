"""Visiting one channel: lease, pages, record of the visit, and when to come again. No transaction spans a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from opd.models import Channel

from .client import Client
from .connectors.base import Connector, Http, Page, Probe, Target
from .connectors.feed import FeedConnector
from .connectors.instagram import InstagramConnector
from .connectors.mastodon import MastodonConnector
from .connectors.sitemap import SitemapConnector
from .connectors.wordpress import WordPressConnector
from .connectors.youtube import YouTubeConnector
from .fetching import Policy
from .items import HarvestError
from .records import ChannelHarvest, HarvestRun
from .schedule import INTERVALS, after_error, next_visit
from .storing import Tally, store_page

LEASE = timedelta(minutes=10)
FULL_READING = timedelta(hours=24)
#: Pages of one visit; the rest is for the next.
MAX_PAGES = 10
#: Paging connectors look so far behind the last visit.
OVERLAP = timedelta(days=2)
Health = ChannelHarvest.Health
HEALTH = {"bot_wall": Health.BLOCKED, "blocked_address": Health.BLOCKED, "auth": Health.NEEDS_TOKEN}
#: In this order at an unknown website.
WEBSITE_CONNECTORS = ("wp_rest", "feed", "sitemap")


@dataclass(frozen=True)
class Visit:
    """What a visit was; `run` is None where somebody else is there."""

    run: HarvestRun | None
    tally: Tally


def portal_client() -> Client:
    """The client under the portal's name."""
    contact = f"; {settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else ""
    own = {urlsplit(settings.SITE_URL).hostname or "", *settings.ALLOWED_HOSTS} - {"", "*"}
    return Client(
        Policy(
            user_agent=f"KIPCilegon/1.0 (+{settings.SITE_URL}/tentang/{contact})",
            own_hosts=frozenset(host.strip("[].").lower() for host in own),
            ca_file=settings.HARVEST_CA_FILE,
        )
    )


def connector_for(kind: str) -> Connector:
    connectors: list[Connector] = [
        WordPressConnector(), FeedConnector(), SitemapConnector(), YouTubeConnector(), MastodonConnector(),
        InstagramConnector(settings.INSTAGRAM_ACCOUNT_ID, settings.INSTAGRAM_TOKEN),
    ]  # fmt: skip
    return next(connector for connector in connectors if connector.kind == kind)


def probe_channel(channel: Channel, http: Http, now: datetime) -> Probe:
    """How this channel can be read; the error of the last try if it cannot."""
    kinds = WEBSITE_CONNECTORS if channel.kind == "website" else (channel.kind,)
    if channel.kind not in ("website", "youtube", "mastodon", "instagram"):
        raise HarvestError("not_a_feed", "Kanal jenis ini tidak dipanen: unit mengirim tautannya.")
    number = channel.key if channel.key.startswith("UC") else ""
    target = Target(channel.url, ZoneInfo("Asia/Jakarta"), channel.handle, number)
    problem = HarvestError("not_a_feed", "Kanal ini tidak dapat dibaca.")
    for kind in kinds:
        try:
            return connector_for(kind).probe(target, http, now)
        except HarvestError as error:
            problem = error
    raise problem


def connect_channel(channel: Channel, probe: Probe) -> ChannelHarvest:
    """Store the way that was found; a channel that is read otherwise by now keeps its memory, not its position."""
    found = {"connector": probe.kind, "endpoint": probe.endpoint, "external_id": probe.external_id,
             "interval_minutes": INTERVALS[probe.kind], "cursor": {}}  # fmt: skip
    harvest: ChannelHarvest = ChannelHarvest.objects.update_or_create(channel=channel, defaults=found)[0]
    return harvest


def visit(harvest: ChannelHarvest, http: Http, *, trigger: str, since: datetime | None = None) -> Visit:
    """One visit; a second worker finds the lease taken and leaves."""
    now = timezone.now()
    if not ChannelHarvest.objects.free(now).filter(pk=harvest.pk).update(lease_until=now + LEASE):
        return Visit(None, Tally())
    harvest.refresh_from_db()
    HarvestRun.objects.filter(channel=harvest.channel, finished_at=None).update(
        outcome=HarvestRun.Outcome.ERROR, finished_at=now, note="Kunjungan ini terputus."
    )
    run = HarvestRun.objects.create(channel=harvest.channel, started_at=now, trigger=trigger)
    tally = Tally()
    try:
        _read_pages(harvest, http, run, tally, since, now)
    except HarvestError as error:
        _fail(harvest, run, error, timezone.now())
    finally:
        _close(run, tally)
        ChannelHarvest.objects.filter(pk=harvest.pk).update(lease_until=None)
    return Visit(run, tally)


def _read_pages(
    harvest: ChannelHarvest, http: Http, run: HarvestRun, tally: Tally, since: datetime | None, now: datetime
) -> None:
    connector, page = connector_for(harvest.connector), Page(is_complete=False)
    target = Target(harvest.endpoint, ZoneInfo(harvest.zone), harvest.channel.handle, harvest.external_id)
    since = since or (harvest.last_ok_at - OVERLAP if harvest.last_ok_at else None)
    is_full = harvest.last_full_at is None or now - harvest.last_full_at >= FULL_READING
    cursor = {
        name: value for name, value in harvest.cursor.items() if not is_full or name not in ("etag", "last_modified")
    }
    for _step in range(MAX_PAGES):
        page = connector.fetch(target, cursor, since, http, now)
        _keep(harvest, page, tally, timezone.now())
        cursor = dict(page.cursor)
        if page.is_complete or page.retry_at:
            break
    run.outcome = HarvestRun.Outcome.OK if page.is_complete else HarvestRun.Outcome.PARTIAL
    if page.is_unchanged:
        run.outcome = HarvestRun.Outcome.UNCHANGED
    run.note, run.moved_to = page.problem[:300], page.moved_to
    _succeed(harvest, page, tally, now, is_full)


@transaction.atomic
def _keep(harvest: ChannelHarvest, page: Page, tally: Tally, now: datetime) -> None:
    """The page's items and the position behind them, both or neither."""
    if page.items:
        tally.add(store_page(harvest, page.items, now))
    harvest.cursor = dict(page.cursor)
    harvest.save(update_fields=["cursor"])


def _succeed(harvest: ChannelHarvest, page: Page, tally: Tally, now: datetime, is_full: bool) -> None:
    interval = timedelta(minutes=harvest.interval_minutes)
    harvest.failures, harvest.health, harvest.last_ok_at = 0, Health.OK, now
    harvest.last_new_at = now if tally.new else harvest.last_new_at
    harvest.last_full_at = now if is_full else harvest.last_full_at
    if page.is_complete:
        harvest.coverage_from = harvest.coverage_from or now
    harvest.next_run_at = next_visit(now, interval, page.retry_at)
    harvest.save(update_fields=[
        "failures", "health", "last_ok_at", "last_new_at", "last_full_at", "coverage_from", "next_run_at",
    ])  # fmt: skip


def _fail(harvest: ChannelHarvest, run: HarvestRun, error: HarvestError, now: datetime) -> None:
    interval = timedelta(minutes=harvest.interval_minutes)
    harvest.failures += 1
    harvest.health = HEALTH.get(error.kind, Health.FAILING)
    harvest.next_run_at = after_error(now, interval, harvest.failures, error.kind, error.status, error.retry_at)
    harvest.save(update_fields=["failures", "health", "next_run_at"])
    run.outcome, run.error, run.status, run.note = HarvestRun.Outcome.ERROR, error.kind, error.status, str(error)[:300]


def _close(run: HarvestRun, tally: Tally) -> None:
    run.seen, run.new, run.changed, run.refused = tally.seen, tally.new, tally.changed, tally.refused
    run.recognised, run.finished_at = dict(tally.recognised), timezone.now()
    if not run.outcome:  # an error that is none of ours: it goes on to whoever called
        run.outcome, run.note = HarvestRun.Outcome.ERROR, "Kunjungan ini terputus."
    run.save()
