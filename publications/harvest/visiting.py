"""Visiting one channel: lease, pages, record of the visit, and when to come again. No transaction spans a request."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from .connectors.base import Http, Page, Target
from .items import HarvestError
from .leases import BROKEN_OFF, LeaseLostError, claim, close_run, give_back, hold, open_run
from .records import ChannelHarvest, ConnectorKind, HarvestRun
from .schedule import INTERVALS, after_error, after_part, next_visit
from .storing import Tally, store_page
from .ways import connect_channel, connector_for, portal_client, probe_channel

__all__ = [
    "Visit", "connect_channel", "connector_for", "portal_client", "probe_channel", "rehearse", "visit",
]  # fmt: skip

FULL_READING = timedelta(hours=24)
#: Pages of one visit, and seconds after which no further page is begun; the rest is for the next.
MAX_PAGES, MAX_SECONDS = 10, 15.0
#: Paging connectors look so far behind the last visit.
OVERLAP = timedelta(days=2)
#: In the stored position, while pages are left: how far back they are read.
SINCE = "since"
Health, Outcome = ChannelHarvest.Health, HarvestRun.Outcome
HEALTH = {"bot_wall": Health.BLOCKED, "blocked_address": Health.BLOCKED, "auth": Health.NEEDS_TOKEN}


@dataclass(frozen=True)
class Visit:
    """What a visit was; `run` is None where somebody else is there."""

    run: HarvestRun | None
    tally: Tally


@dataclass
class _Reading:
    """A visit in work."""

    harvest: ChannelHarvest
    http: Http
    run: HarvestRun
    started_at: datetime
    since: datetime | None = None
    max_seconds: float = MAX_SECONDS
    #: A rehearsal stores nothing.
    is_kept: bool = True
    tally: Tally = field(default_factory=Tally)


def visit(
    harvest: ChannelHarvest, http: Http, *, trigger: str, since: datetime | None = None,
    lease: datetime | None = None, max_seconds: float = MAX_SECONDS,
) -> Visit:  # fmt: skip
    """One visit; a second worker finds the lease taken and leaves. `lease`: one that was taken for this visit.

    An error that is not the harvest's own is recorded, slows the channel like any other, and goes on to the caller.
    """
    now = timezone.now()
    if not claim(harvest, lease, now):
        return Visit(None, Tally())
    reading = _Reading(harvest, http, open_run(harvest, trigger, now), now, since, max_seconds)
    try:
        _find_way(reading)
        page = _read_pages(reading)
    except HarvestError as error:
        _fail(reading, error.kind, error.status, error.retry_at, str(error))
    except LeaseLostError:
        close_run(reading.run, reading.tally)
    except Exception:
        _fail(reading, "", 0, None, BROKEN_OFF)
        raise
    else:
        _succeed(reading, page)
    return Visit(reading.run, reading.tally)


def rehearse(harvest: ChannelHarvest, http: Http, *, since: datetime | None = None) -> Visit:
    """Read and judge as a visit does, and keep nothing: not the items, the position, the record or the health."""
    now = timezone.now()
    run = HarvestRun(channel=harvest.channel, started_at=now, trigger="rehearsal")
    reading = _Reading(harvest, http, run, now, since, is_kept=False)
    try:
        _find_way(reading)
        _take_outcome(run, _read_pages(reading), reading.tally)
    except HarvestError as error:
        run.outcome, run.error, run.status, run.note = Outcome.ERROR, error.kind, error.status, str(error)
    return Visit(run, reading.tally)


# --- reading ------------------------------------------------------------------------------------------------------


def _find_way(reading: _Reading) -> None:
    """A channel that was never read is asked first how it can be."""
    harvest = reading.harvest
    if harvest.connector != ConnectorKind.AUTO:
        return
    probe = probe_channel(harvest.channel, reading.http, reading.started_at)
    found = {"connector": probe.kind, "endpoint": probe.endpoint, "external_id": probe.external_id,
             "interval_minutes": INTERVALS[probe.kind]}  # fmt: skip
    for name, value in found.items():
        setattr(harvest, name, value)
    if reading.is_kept:
        ChannelHarvest.objects.filter(pk=harvest.pk, lease_until=harvest.lease_until).update(**found)


def _read_pages(reading: _Reading) -> Page:
    """Page after page until there is none, or time or the server say that it is enough; the last one."""
    harvest, ends_at = reading.harvest, time.monotonic() + reading.max_seconds
    connector, page = connector_for(harvest.connector, harvest.channel_id), Page(is_complete=False)
    target = Target(harvest.endpoint, ZoneInfo(harvest.zone), harvest.channel.handle, harvest.external_id)
    since, cursor = _since(reading), _cursor(harvest, reading.started_at)
    for _step in range(MAX_PAGES):
        page = connector.fetch(target, cursor, since, reading.http, reading.started_at)
        cursor = dict(page.cursor)
        if not page.is_complete:
            page = replace(page, cursor={**cursor, SINCE: since.isoformat() if since else ""})
        _keep(reading, page, timezone.now())
        if page.is_complete or page.retry_at or time.monotonic() > ends_at:
            break
    return page


def _since(reading: _Reading) -> datetime | None:
    """How far back paging goes: as asked, as the pages read before went, or somewhat behind the last visit."""
    harvest = reading.harvest
    if reading.since is not None:
        return reading.since
    if SINCE in harvest.cursor:
        return datetime.fromisoformat(harvest.cursor[SINCE]) if harvest.cursor[SINCE] else None
    return harvest.last_ok_at - OVERLAP if harvest.last_ok_at else None


def _cursor(harvest: ChannelHarvest, now: datetime) -> dict[str, Any]:
    """The stored position, once a day without what would let the server say "not changed"."""
    left_out = {SINCE} | ({"etag", "last_modified"} if _is_full(harvest, now) else set())
    return {name: value for name, value in harvest.cursor.items() if name not in left_out}


def _is_full(harvest: ChannelHarvest, now: datetime) -> bool:
    return harvest.last_full_at is None or now - harvest.last_full_at >= FULL_READING


@transaction.atomic
def _keep(reading: _Reading, page: Page, now: datetime) -> None:
    """The page's items and the position behind them, both or neither, and only while the lease is ours."""
    harvest = reading.harvest
    if not reading.is_kept:
        if page.items:
            reading.tally.add(store_page(harvest, page.items, now))
        transaction.set_rollback(True)
        return
    hold(harvest)
    if page.items:
        reading.tally.add(store_page(harvest, page.items, now))
    harvest.cursor = dict(page.cursor)
    harvest.save(update_fields=["cursor"])


# --- what follows -------------------------------------------------------------------------------------------------


@transaction.atomic
def _succeed(reading: _Reading, page: Page) -> None:
    harvest, run, tally, now = reading.harvest, reading.run, reading.tally, reading.started_at
    _take_outcome(run, page, tally)
    if _has_gap(harvest, run, tally):
        run.outcome, run.note = Outcome.GAP, run.note or "Tidak ada yang sama dengan kunjungan sebelumnya."
    interval = timedelta(minutes=harvest.interval_minutes)
    is_whole = page.is_complete
    changes: dict[str, Any] = {
        "failures": 0,
        "health": Health.OK,
        "last_ok_at": now,
        "last_new_at": now if tally.new else harvest.last_new_at,
        "last_full_at": now if _is_full(harvest, now) else harvest.last_full_at,
        "coverage_from": harvest.coverage_from or (now if is_whole else None),
        "next_run_at": (
            next_visit(timezone.now(), interval, page.retry_at, random.uniform(-1, 1))  # noqa: S311
            if is_whole
            else after_part(timezone.now(), page.retry_at)
        ),
    }
    _leave(reading, changes)


def _take_outcome(run: HarvestRun, page: Page, tally: Tally) -> None:
    run.outcome = Outcome.OK if page.is_complete else Outcome.PARTIAL
    if page.is_unchanged:
        run.outcome = Outcome.UNCHANGED
    run.note, run.moved_to = page.problem[:300], page.moved_to
    run.seen, run.new, run.changed, run.refused = tally.seen, tally.new, tally.changed, tally.refused


def _has_gap(harvest: ChannelHarvest, run: HarvestRun, tally: Tally) -> bool:
    """All that a feed shows is new, and it showed something before: in between more may have come and gone.

    Connectors that page back to the last visit cannot miss anything.
    """
    only_newest = harvest.connector in (ConnectorKind.FEED, ConnectorKind.YOUTUBE)
    had_before = harvest.last_new_at is not None
    return run.outcome == Outcome.OK and only_newest and had_before and tally.new > 0 and not tally.recognised


@transaction.atomic
def _fail(reading: _Reading, kind: str, status: int, retry_at: datetime | None, note: str) -> None:
    harvest, run = reading.harvest, reading.run
    failures = harvest.failures + 1
    interval = timedelta(minutes=harvest.interval_minutes)
    run.outcome, run.error, run.status, run.note = Outcome.ERROR, kind, status, note[:300]
    changes = {
        "failures": failures,
        "health": HEALTH.get(kind, Health.FAILING),
        "next_run_at": after_error(timezone.now(), interval, failures, kind, status, retry_at),
    }
    _leave(reading, changes)


def _leave(reading: _Reading, changes: dict[str, Any]) -> None:
    """Close the record and give the lease back with what the visit changed; not if it is somebody else's by now."""
    give_back(reading.harvest, changes)
    close_run(reading.run, reading.tally)
