"""Adding a channel: a person pastes an address, the worker looks, the person sees what was found and saves.

The looking is the worker's: a slow server may take a minute over all requests of a probe, and no web process waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA
from opd.channels import Address
from opd.models import Channel, Unit, User
from opd.permissions import may
from opd.services import put_address
from publications.harvest.connectors.base import Http, Probe, Target
from publications.harvest.items import HarvestError, Item
from publications.harvest.records import ChannelHarvest
from publications.harvest.visiting import connect_channel, connector_for, probe_channel

from .hurried import Hurried
from .ownership import linking_page
from .records import ChannelProbe

RIGHT = "opd.add_channel"
WHOLE_SECONDS = 60.0
SHOWN = 3
#: Sources that are asked once more for how far back they go; a sitemap is many requests, and platforms count calls.
READ_AGAIN = ("wp_rest", "feed", "youtube", "mastodon")
#: Probes go out to the world, so a person has so many an hour.
MOST, SPAN = 30, timedelta(hours=1)


class ChannelDeskError(Exception):
    """The change is refused; the message says why, for the person who asked."""


# --- asking -------------------------------------------------------------------------------------------------------


def ask_probe(*, unit: Unit, address: Address, actor: User, channel: Channel | None = None) -> ChannelProbe:
    """Let the worker look at the address; `channel` where it is a known one."""
    from publications.tasks import probe_address

    if not may(actor, RIGHT, unit):
        raise ChannelDeskError(_("Unit tidak ditemukan."))
    if ChannelProbe.objects.filter(asked_by=actor, asked_at__gt=timezone.now() - SPAN).count() >= MOST:
        raise ChannelDeskError(
            _("Anda sudah memeriksa %(most)d alamat dalam satu jam. Lanjutkan nanti.") % {"most": MOST}
        )
    if channel is None and (problem := why_taken(unit, address)):
        raise ChannelDeskError(problem)
    probe = ChannelProbe.objects.create(
        unit=unit, channel=channel, asked_by=actor, kind=address.kind, url=address.url, handle=address.handle,
        key=address.key,
    )  # fmt: skip
    transaction.on_commit(lambda: probe_address.delay(probe.pk), robust=True)  # without Redis the page says so
    return probe


def why_taken(unit: Unit, address: Address) -> str:
    """Why the address cannot be a new channel; of another unit's only that it is taken."""
    known = Channel.objects.filter(kind=address.kind, key=address.key).first()
    if known is None:
        return ""
    if known.unit_id == unit.pk:
        return _("Alamat ini sudah terdaftar sebagai kanal unit Anda.")
    return _("Alamat ini sudah terdaftar sebagai kanal sebuah unit. Hubungi Diskominfo bila itu keliru.")


# --- looking (the worker) -----------------------------------------------------------------------------------------


def run_probe(probe_id: int, http: Http) -> None:
    """Look, and write down what was found; a second call finds nothing to do."""
    probe = ChannelProbe.objects.select_related("unit").filter(pk=probe_id, state=ChannelProbe.State.WAITING).first()
    if probe is None:
        return
    now, hurried = timezone.now(), Hurried(http, WHOLE_SECONDS)
    found = {**_look(probe, hurried, now), "linked_from": linking_page(probe.unit, address_of(probe), hurried)}
    ChannelProbe.objects.filter(pk=probe_id, state=ChannelProbe.State.WAITING).update(done_at=timezone.now(), **found)


def _look(probe: ChannelProbe, http: Http, now: datetime) -> dict[str, Any]:
    channel = Channel(unit=probe.unit, kind=probe.kind, url=probe.url, handle=probe.handle, key=probe.key)
    try:
        found = probe_channel(channel, http, now)
    except HarvestError as error:
        return {"state": ChannelProbe.State.FAILED, "error": error.kind, "status": error.status,
                "note": str(error)[:300]}  # fmt: skip
    items = _all_items(found, probe, http, now)
    claims = [item.claimed_at for item in items if item.claimed_at]
    newest = sorted(items, key=lambda item: item.claimed_at.timestamp() if item.claimed_at else 0, reverse=True)
    return {
        "state": ChannelProbe.State.FOUND, "connector": found.kind, "endpoint": found.endpoint[:600],
        "external_id": found.external_id[:100], "entries": [_entry(item) for item in newest[:SHOWN]],
        "seen": len(items), "oldest_at": min(claims, default=None),
    }  # fmt: skip


def _all_items(found: Probe, probe: ChannelProbe, http: Http, now: datetime) -> tuple[Item, ...]:
    """One page, read as a visit would: how far back the source goes."""
    if found.kind not in READ_AGAIN:
        return found.items
    target = Target(found.endpoint, JAKARTA, probe.handle, found.external_id)
    try:
        return connector_for(found.kind).fetch(target, {}, None, http, now).items or found.items
    except HarvestError:
        return found.items


def _entry(item: Item) -> dict[str, str]:
    claimed = item.claimed_at.isoformat() if item.claimed_at else ""
    return {"title": item.title[:200], "permalink": item.permalink[:600], "claimed_at": claimed}


def address_of(row: ChannelProbe | Channel) -> Address:
    return Address(row.kind, row.url, row.handle, row.key)


# --- saving -------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_channel(*, probe_id: int, actor: User) -> Channel:
    """The channel of a probe, for Diskominfo to verify; how it is read is stored where the probe found a way.

    A probe that failed or never came back is no obstacle: such a channel is one whose links the unit sends.
    """
    probe = ChannelProbe.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=probe_id).first()
    if probe is None or not may(actor, RIGHT, probe.unit):
        raise ChannelDeskError(_("Pemeriksaan tidak ditemukan."))
    channel = probe.channel or _new_channel(probe)
    if (channel.kind, channel.key) != (probe.kind, probe.key):
        raise ChannelDeskError(_("Alamat kanal ini sudah diubah sejak diperiksa. Periksa kembali."))
    if probe.state == ChannelProbe.State.FOUND:
        connect_channel(channel, Probe(probe.connector, probe.endpoint, probe.external_id))
    ChannelProbe.objects.filter(pk=probe.pk).update(channel=channel)
    return channel


def _new_channel(probe: ChannelProbe) -> Channel:
    channel = Channel(unit=probe.unit, source=_("Didaftarkan di ruang kerja"))
    put_address(channel, address_of(probe))
    try:
        with transaction.atomic():
            channel.save()
    except IntegrityError:  # someone else was faster
        raise ChannelDeskError(why_taken(probe.unit, address_of(probe))) from None
    return channel


def forget_old_account(channel: Channel) -> None:
    """After another address: how the old account was read says nothing of the new one."""
    ChannelHarvest.objects.filter(channel=channel).delete()
