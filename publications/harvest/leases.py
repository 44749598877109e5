"""Who visits a channel holds its lease, and the record of the visit is open as long. Both end by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from .records import ChannelHarvest, HarvestRun
from .storing import Tally

#: Longer than a visit may take and its task may wait; whoever waits longer renews it.
LEASE = timedelta(minutes=10)
BROKEN_OFF = "Kunjungan ini terputus."
Outcome = HarvestRun.Outcome


class LeaseLostError(Exception):
    """The visit took longer than its lease, and somebody else is there by now: nothing more may be stored."""


def claim(harvest: ChannelHarvest, lease: datetime | None, now: datetime) -> bool:
    """Take the channel, or go on under a lease that was taken for this visit; false where somebody else is there."""
    rows = ChannelHarvest.objects.filter(pk=harvest.pk)
    rows = rows.free(now) if lease is None else rows.filter(lease_until=lease)
    if not rows.update(lease_until=now + LEASE):
        return False
    harvest.refresh_from_db()
    return True


def hold(harvest: ChannelHarvest) -> None:
    """Keep the channel to ourselves until the transaction ends; LeaseLostError if it is not ours any more."""
    rows = ChannelHarvest.objects.select_for_update(of=("self",)).filter(pk=harvest.pk)
    if not rows.filter(lease_until=harvest.lease_until).exists():
        raise LeaseLostError


def give_back(harvest: ChannelHarvest, changes: Mapping[str, Any]) -> None:
    """End the lease with what the visit changed; not if it is somebody else's by now."""
    mine = ChannelHarvest.objects.filter(pk=harvest.pk, lease_until=harvest.lease_until)
    mine.update(**changes, lease_until=None)


@transaction.atomic
def open_run(harvest: ChannelHarvest, trigger: str, now: datetime) -> HarvestRun:
    """The record of this visit; what a dead worker left open is closed first."""
    HarvestRun.objects.open().filter(channel=harvest.channel).update(
        outcome=Outcome.ERROR, finished_at=now, note=BROKEN_OFF
    )
    run: HarvestRun = HarvestRun.objects.create(channel=harvest.channel, started_at=now, trigger=trigger)
    return run


def close_run(run: HarvestRun, tally: Tally) -> None:
    """Write what the visit was, unless somebody has closed it meanwhile."""
    run.seen, run.new, run.changed, run.refused = tally.seen, tally.new, tally.changed, tally.refused
    run.recognised, run.finished_at = dict(tally.recognised), timezone.now()
    if not run.outcome:
        run.outcome, run.note = Outcome.ERROR, BROKEN_OFF
    names = ("outcome", "error", "status", "note", "moved_to", "seen", "new", "changed", "refused", "recognised",
             "finished_at")  # fmt: skip
    HarvestRun.objects.open().filter(pk=run.pk).update(**{name: getattr(run, name) for name in names})
