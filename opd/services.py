"""Changes of state of channels. Who decided, when and how stays with the channel."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from .channels import Address
from .models import Channel, User


class OpdError(Exception):
    """The change is not possible; the text says why, for people."""


def put_address(channel: Channel, address: Address) -> None:
    """Give the channel an address (not saved). Another account than before has to be verified again."""
    if channel.pk and (channel.kind, channel.key) != (address.kind, address.key):
        channel.status = Channel.Status.UNVERIFIED
        channel.verified_by, channel.verified_at, channel.verified_how = None, None, ""
    channel.kind, channel.url, channel.handle, channel.key = address.kind, address.url, address.handle, address.key


def verify_channel(*, channel_id: int, actor: User, how: str) -> None:
    """From now on the channel counts; only once, and only where an address is known."""
    waiting = Channel.objects.filter(pk=channel_id).exclude(key="").exclude(status=Channel.Status.VERIFIED)
    _decide(waiting, Channel.Status.VERIFIED, actor, how, _("Tuliskan cara Anda memeriksa kanal ini."))


def reject_channel(*, channel_id: int, actor: User, reason: str) -> None:
    """The channel does not count (any more); its address stays known, with the reason."""
    open_ones = Channel.objects.filter(pk=channel_id).exclude(status=Channel.Status.REJECTED)
    _decide(open_ones, Channel.Status.REJECTED, actor, reason, _("Tuliskan alasan penolakan."))


def _decide(rows: object, status: str, actor: User, how: str, without_reason: str) -> None:
    """A conditional update: of two clicks one wins, the other is told."""
    how = " ".join(how.replace("\x00", "").split())[:300]
    if not how:
        raise OpdError(without_reason)
    changed = rows.update(  # type: ignore[attr-defined]
        status=status, verified_by=actor, verified_at=timezone.now(), verified_how=how
    )
    if not changed:
        raise OpdError(_("Kanal ini sudah diputuskan, atau alamatnya belum diketahui."))
