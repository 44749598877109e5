"""Changes of state of channels. Who decided, when and how stays with the channel."""

from __future__ import annotations

from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from .channels import Address
from .models import Channel, User

#: A channel got another address (`channel=`): what higher rooms know of the old account no longer holds.
address_changed = Signal()


class OpdError(Exception):
    """The change is not possible; the text says why, for people."""


def put_address(channel: Channel, address: Address) -> None:
    """Give the channel an address (not saved). Another account than before has to be verified again."""
    if channel.pk and (channel.kind, channel.key) != (address.kind, address.key):
        channel.status = Channel.Status.UNVERIFIED
        channel.verified_by, channel.verified_at, channel.verified_how = None, None, ""
        channel.verified_via, channel.rejected_reason = "", ""
    channel.kind, channel.url, channel.handle, channel.key = address.kind, address.url, address.handle, address.key


def verify_channel(*, channel_id: int, actor: User, how: str, via: str = "") -> None:
    """From now on the channel counts; only once, and only where an address is known. `via`: the kind of proof."""
    if via and via not in Channel.Proof.values:
        raise OpdError(_("Pilih bukti kepemilikannya."))
    how = _words(how, _("Tuliskan cara Anda memeriksa kanal ini."))
    waiting = Channel.objects.filter(pk=channel_id).exclude(key="").exclude(status=Channel.Status.VERIFIED)
    _decide(waiting, actor, status=Channel.Status.VERIFIED, verified_via=via, verified_how=how, rejected_reason="")


def reject_channel(*, channel_id: int, actor: User, reason: str) -> None:
    """The channel does not count (any more); its address stays known, with the reason."""
    reason = _words(reason, _("Tuliskan alasan penolakan."))
    open_ones = Channel.objects.filter(pk=channel_id).exclude(status=Channel.Status.REJECTED)
    _decide(open_ones, actor, status=Channel.Status.REJECTED, verified_via="", verified_how="", rejected_reason=reason)


def _decide(rows: QuerySet[Channel], actor: User, **fields: str) -> None:
    """A conditional update: of two clicks one wins, the other is told."""
    if not rows.update(verified_by=actor, verified_at=timezone.now(), **fields):
        raise OpdError(_("Kanal ini sudah diputuskan, atau alamatnya belum diketahui."))


def _words(text: str, if_empty: str) -> str:
    text = " ".join(text.replace("\x00", "").split())[:300]
    if not text:
        raise OpdError(if_empty)
    return text
