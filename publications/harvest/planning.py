"""Who is to be visited now, by whom, and what is tidied up. The tasks call these; nothing here waits for a site."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, local_day
from opd.models import Channel

from .leases import BROKEN_OFF, LEASE
from .records import ChannelHarvest, ConnectorKind, HarvestRun
from .schedule import after_error
from .turns import Turns
from .visiting import visit
from .ways import API_HOSTS, READ_KINDS, is_on, portal_client

#: Channels that one call of the schedule hands out.
AT_ONCE = 50
#: A channel whose host is being asked comes back after so many pauses (as set: 5 to 30 seconds).
SHORTEST_WAIT, SPREAD, LONGEST_WAIT = 1, 2, 6
#: Seconds of a visit's task (soft, hard). Looking for a way and reading a sitemap's articles ask a host many times.
LIMITS, LONG_LIMITS = (60, 90), (240, 300)
SLOW = (ConnectorKind.AUTO, ConnectorKind.SITEMAP)
#: What is overdue by so much is not merely waiting for its host.
LATE = timedelta(hours=2)
#: The visits of so many days are kept in full, and one of each day before.
KEPT_DAYS = 90


@dataclass(frozen=True)
class Call:
    """A visit that is to be made under a lease; `limits` in seconds, soft and hard."""

    harvest_id: int
    lease: datetime
    limits: tuple[int, int] = LIMITS
    #: Seconds to wait before.
    countdown: float = 0


def claim_due(now: datetime) -> list[Call]:
    """Lease the channels that are due, longest overdue first. Two callers at once never get the same channel."""
    if not settings.HARVEST_ENABLED:
        return []
    close_dead_runs(now)
    enrol_channels(now)
    with transaction.atomic():
        off = [kind for kind in ConnectorKind.values if not is_on(kind)]
        due = ChannelHarvest.objects.due(now).exclude(connector__in=off).order_by("next_run_at", "pk")
        found = list(due.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
        lease = now + LEASE
        ChannelHarvest.objects.filter(pk__in=[harvest.pk for harvest in found]).update(lease_until=lease)
    return [Call(harvest.pk, lease, limits_of(harvest)) for harvest in found]


def limits_of(harvest: ChannelHarvest) -> tuple[int, int]:
    return LONG_LIMITS if harvest.connector in SLOW else LIMITS


def make_call(harvest_id: int, lease: datetime) -> Call | None:
    """Make the visit if the lease still stands and the host is free; else the call to make later, or None.

    While it waits the channel's lease is renewed, so that a message that is delivered twice finds it gone.
    """
    harvest = ChannelHarvest.objects.filter(pk=harvest_id, lease_until=lease).select_related("channel__unit").first()
    if harvest is None:
        return None
    with Turns() as turns:
        wait = turns.take(asked_address(harvest))
        if wait is not None:
            return _put_off(harvest, lease, wait)
        soft, _hard = limits_of(harvest)
        visit(harvest, portal_client(turns), trigger="schedule", lease=lease, max_seconds=soft / 4)
    return None


def asked_address(harvest: ChannelHarvest) -> str:
    """Where the first request of a visit goes."""
    if harvest.connector in API_HOSTS:
        return API_HOSTS[harvest.connector]
    return harvest.endpoint or harvest.channel.url


def _put_off(harvest: ChannelHarvest, lease: datetime, wait: timedelta) -> Call | None:
    now, gap = timezone.now(), settings.HARVEST_GAP_SECONDS
    mine = ChannelHarvest.objects.filter(pk=harvest.pk, lease_until=lease)
    if wait > LEASE / 2:  # the host asked for it (Retry-After): the schedule comes back
        mine.update(lease_until=None, next_run_at=now + wait)
        return None
    seconds = max(wait.total_seconds(), gap * SHORTEST_WAIT) + random.uniform(0, gap * SPREAD)  # noqa: S311
    renewed = now + LEASE
    if not mine.update(lease_until=renewed):
        return None
    return Call(harvest.pk, renewed, limits_of(harvest), min(seconds, gap * LONGEST_WAIT))


def enrol_channels(now: datetime) -> int:
    """Give each verified real channel of a kind that is read its place in the schedule; how many were new."""
    day = local_day(now)
    kinds = [kind for kind in READ_KINDS if is_on(kind)]
    channels = Channel.objects.verified().open_between(day, day).filter(is_sample=False, kind__in=kinds)
    missing = channels.filter(harvest=None).exclude(url="", handle="")
    rows = [ChannelHarvest(channel=channel, endpoint=channel.url, next_run_at=now) for channel in missing]
    ChannelHarvest.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def close_dead_runs(now: datetime) -> int:
    """Close the records of visits whose worker died: their lease has ended. One death costs no time, more slow down."""
    dead = HarvestRun.objects.open().filter(channel__harvest__in=ChannelHarvest.objects.free(now))
    closed = 0
    for run in dead.select_related("channel__harvest"):
        harvest = run.channel.harvest
        values = {"outcome": HarvestRun.Outcome.ERROR, "finished_at": now, "note": BROKEN_OFF}
        if not HarvestRun.objects.open().filter(pk=run.pk).update(**values):
            continue
        closed += 1
        failures = harvest.failures + 1
        changes: dict[str, object] = {"failures": failures}
        if failures > 1:
            interval = timedelta(minutes=harvest.interval_minutes)
            changes["next_run_at"] = after_error(now, interval, failures, "", 0, None)
        ChannelHarvest.objects.free(now).filter(pk=harvest.pk).update(**changes)
    return closed


def delay_words(now: datetime) -> list[str]:
    """That visits are overdue by so much that the harvest's worker must be away; no query where the harvest is off."""
    if not settings.HARVEST_ENABLED:
        return []
    off = [kind for kind in ConnectorKind.values if not is_on(kind)]
    waiting = ChannelHarvest.objects.read_by_schedule(local_day(now)).exclude(connector__in=off)
    late = waiting.filter(next_run_at__lt=now - LATE).aggregate(number=Count("pk"), since=Min("next_run_at"))
    if not late["number"]:
        return []
    words = {"number": late["number"], "since": date_format(late["since"].astimezone(JAKARTA), "j F Y H.i")}
    return [
        _("%(number)d kanal menunggu kunjungan sejak %(since)s WIB: pekerja panen tampaknya tidak berjalan.") % words
    ]


THIN = """
DELETE FROM publications_harvestrun WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY channel_id, (started_at AT TIME ZONE 'Asia/Jakarta')::date
            ORDER BY outcome = 'gap' DESC, outcome IN ('ok', 'unchanged') DESC, started_at DESC, id DESC
        ) AS place
        FROM publications_harvestrun
        WHERE started_at < %s AND outcome <> ''
    ) AS placed
    WHERE place > 1
)
"""


def thin_runs(now: datetime) -> int:
    """Of each channel and Jakarta day before the last KEPT_DAYS keep one visit: with a gap, else a good one if any."""
    with connection.cursor() as cursor:
        cursor.execute(THIN, [now - timedelta(days=KEPT_DAYS)])
        return int(cursor.rowcount)
