"""To which channel of a unit a submitted link belongs, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from opd.models import SOCIAL_KINDS, Channel
from opd.owners import owner_of, owns
from opd.platforms import SHORTENERS, host_key, kind_of_host

from .models import Publication
from .permalinks import PermalinkError, canonical_key


@dataclass(frozen=True)
class Link:
    """A link as it may be recorded; with a `problem` it may not, and the rest is empty."""

    permalink: str = ""
    key: str = ""
    channel: Channel | None = None
    flags: list[str] = field(default_factory=list)
    problem: str = ""


def claim_link(*, unit_id: int, url: str) -> Link:
    """Match a link that nobody recorded yet to a verified channel of the unit."""
    key = key_of(url)
    if key and Publication.objects.filter(permalink_key=key).exists():
        return Link(problem=known_link_text(key, unit_id))
    return match_link(unit_id=unit_id, url=url)


def key_of(url: str) -> str:
    """The link's canonical key; empty if it is no address of a posting."""
    try:
        return canonical_key(url.strip())
    except PermalinkError:
        return ""


def match_link(*, unit_id: int, url: str) -> Link:
    """Match a link to a verified channel of the unit, recorded already or not."""
    url = url.strip()
    try:
        return _match(unit_id, url, canonical_key(url))
    except PermalinkError as error:
        return Link(problem=str(error))


def known_link_text(key: str, unit_id: int) -> str:
    """Why a known link is refused, with a pointer to it; of another unit's posting nothing is told."""
    known = Publication.objects.filter(permalink_key=key, unit_id=unit_id).select_related("activity").first()
    if known is None:
        return _("Tautan ini sudah tercatat di portal. Hubungi Diskominfo bila menurut Anda ini keliru.")
    if known.activity is None:
        return _("Tautan ini sudah tercatat sebagai publikasi nomor %(number)d.") % {"number": known.pk}
    return _("Tautan ini sudah tercatat pada kegiatan “%(title)s” (nomor %(number)d).") % {
        "title": known.activity.title,
        "number": known.activity.pk,
    }


def _match(unit_id: int, url: str, key: str) -> Link:
    return match_among(list(Channel.objects.filter(unit_id=unit_id).order_by("pk")), url, key)


def match_among(channels: Sequence[Channel], url: str, key: str) -> Link:
    """Match a link to a verified one of these channels; the others among them tell why not. No query."""
    host = host_key(urlsplit(url))
    if host in SHORTENERS:
        return Link(
            problem=_("%(host)s adalah tautan pendek; tempelkan alamat unggahan yang lengkap.") % {"host": host}
        )
    verified = [channel for channel in channels if channel.status == Channel.Status.VERIFIED]
    owner = owner_of(url)
    if owner is None:
        return _by_platform(channels, verified, host, url, key)
    fitting = [channel for channel in verified if owns(channel.kind, channel.key, owner)]
    channel = max(fitting, key=lambda channel: len(channel.key), default=None)
    # An account's own address shows no single posting.
    if channel is not None and owner.key == channel.key and key in _addresses(channel):
        return Link(problem=_("Ini alamat kanalnya; tempelkan alamat satu unggahan."))
    return Link(url, key, channel) if channel else Link(problem=_unknown_channel(channels, host))


def _by_platform(channels: Sequence[Channel], verified: Sequence[Channel], host: str, url: str, key: str) -> Link:
    """instagram.com/p/… and its kin do not say whose they are: the reviewer looks."""
    fitting = [channel for channel in verified if channel.kind == kind_of_host(host)]
    if not fitting:
        return Link(problem=_unknown_channel(channels, host))
    if len({channel.unit_id for channel in fitting}) > 1:
        return Link(problem=_("Alamat ini tidak menunjukkan akun siapa; pilih unitnya."))
    return Link(url, key, fitting[0], flags=["owner_unknown"])


def _addresses(channel: Channel) -> set[str]:
    try:
        return {canonical_key(channel.url)}
    except PermalinkError:
        return set()


def _unknown_channel(channels: Sequence[Channel], host: str) -> str:
    kind = kind_of_host(host)
    waiting = [channel.kind for channel in channels if channel.status == Channel.Status.UNVERIFIED]
    if kind in waiting if kind in SOCIAL_KINDS else set(waiting) - set(SOCIAL_KINDS):
        return _("Kanal unit Anda di %(host)s belum diverifikasi Diskominfo, jadi tautannya belum dapat dikirim.") % {
            "host": host
        }
    return _("Tautan ini bukan dari kanal terverifikasi unit Anda. Daftarkan dahulu kanalnya (%(host)s).") % {
        "host": host
    }
