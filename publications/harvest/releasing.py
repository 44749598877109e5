"""What was held and has not to wait any longer: its time has come, its channel is verified, its date is known now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from opd.models import Channel
from publications.date_limits import TOLERANCE
from publications.lateness import late_flags
from publications.merging import give_activity
from publications.models import Publication

from . import judging
from .existence import GONE
from .items import Item
from .recognising import Hit

#: So many in one call: the next one goes on.
BATCH = 500


def release_due(now: datetime) -> int:
    """Let count what was held for its time or its channel and waits for nothing else; how many that were.

    To be called every few minutes: it asks "due and still held", so a missed hour is made up. One transaction each.
    """
    waiting = Publication.objects.pending().filter(
        Q(flags__contains=["future"], published_at__lte=now)
        | Q(flags__contains=["channel_unverified"], channel__status=Channel.Status.VERIFIED),
        origin=Publication.Origin.HARVEST, reviewed_at=None,
    )  # fmt: skip
    due = waiting.order_by("published_at", "pk").values_list("pk", flat=True)[:BATCH]
    return sum(_release(pk, now) for pk in due)


@transaction.atomic
def _release(pk: int, now: datetime) -> bool:
    rows = Publication.objects.pending().select_for_update(of=("self",)).select_related("channel", "unit")
    publication: Publication | None = rows.filter(pk=pk).first()
    return publication is not None and _settle(publication, now)


def reconsider(known: Sequence[Hit], now: datetime) -> None:
    """At a visit: what the source left open and tells by now is filled in; nothing is overwritten."""
    for hit in known:
        publication = hit.publication
        if publication.state != Publication.State.PENDING or publication.reviewed_at or not publication.channel_id:
            continue
        is_filled = publication.published_at is None and hit.one.item.claimed_at is not None
        if is_filled:
            _fill_date(publication, hit.one.item, now)
        if "api_only" in publication.flags and not hit.one.item.is_api_only:  # the public feed shows it as well
            publication.flags = [flag for flag in publication.flags if flag != "api_only"]
            is_filled = True
        if is_filled or ("no_title" in publication.flags and publication.title):
            _settle(publication, now)


def bring_back(hit: Hit) -> None:
    """Deleted and posted again: it counts again, on its first day. Under its old address a feed may only be stale."""
    publication = hit.publication
    if GONE not in publication.flags or hit.one.permalink_key == publication.permalink_key:
        return
    publication.permalink, publication.permalink_key = hit.one.item.permalink[:600], hit.one.permalink_key
    publication.flags = [flag for flag in publication.flags if flag != GONE]
    publication.state = Publication.State.ACCEPTED
    publication.reason = _("Dihapus, lalu dimuat lagi: dihitung pada tanggal pertamanya.")
    publication.save(update_fields=["permalink", "permalink_key", "flags", "state", "reason"])


def _fill_date(publication: Publication, item: Item, now: datetime) -> None:
    """The date that could not be believed yet, or was not told. Told too late, a person looks at it."""
    claimed = item.claimed_at
    if claimed is None:
        return
    publication.published_at, publication.date_basis = claimed, item.date_basis
    publication.claimed_raw = item.claimed_raw[:100]
    if claimed > now + TOLERANCE:
        publication.flags = [*publication.flags, "future"]
    else:
        publication.flags = [*publication.flags, *late_flags(claimed, publication.first_seen_at)]
    publication.save(update_fields=["published_at", "date_basis", "claimed_raw", "flags"])


def _settle(publication: Publication, now: datetime) -> bool:
    """Take away the holds that have passed; what no hold is left for counts. True if it counts now."""
    publication.flags = [flag for flag in publication.flags if not _has_passed(flag, publication, now)]
    publication.reason = judging.in_words(publication.flags)
    fields = ["flags", "reason"]
    if not publication.reason and publication.published_at is not None and publication.title:
        if publication.activity_id is None:
            give_activity(publication)
        publication.state = Publication.State.ACCEPTED
        fields += ["state", "activity"]
    publication.save(update_fields=fields)
    return publication.state == Publication.State.ACCEPTED


def _has_passed(flag: str, publication: Publication, now: datetime) -> bool:
    channel = publication.channel
    return {
        "future": publication.published_at is not None and publication.published_at <= now + TOLERANCE,
        "no_date": publication.published_at is not None,
        "no_title": bool(publication.title),
        "channel_unverified": channel is not None and channel.status == Channel.Status.VERIFIED,
    }.get(flag, False)
