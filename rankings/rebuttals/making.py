"""Making an objection: who may, until when, and what can be contested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import last_of_month, local_day
from opd.models import Channel, ChannelQuerySet, Unit, User
from opd.permissions import may
from publications.contesting import record_missed_posting
from publications.forms import one_line
from publications.links import Link, key_of, match_link
from publications.models import Publication, PublicationKind
from publications.services import PublicationError
from rankings.models import Evidence, Ranking
from rankings.services import RankingError, lock_month, newest_of

from .models import REASON_LENGTH, Rebuttal, RebuttalItem

RIGHT = "rankings.add_rebuttal"
MOST_ITEMS, TITLE_LENGTH = 20, 200
#: So many publications are offered to tick; any other can be named by its link.
MOST_OFFERED = 100
Kind = RebuttalItem.Kind
#: What a verdict can change. The other rules follow from the method or from the unit's own act.
CONTESTABLE = (Evidence.Rule.PENDING, Evidence.Rule.REJECTED)


class RebuttalError(RankingError):
    """The objection or its decision is refused; the message says why."""


@dataclass(frozen=True)
class ClaimedLink:
    """A posting that should count: its address, when it was posted and what it tells, as the unit says."""

    url: str
    day: date
    title: str


@dataclass(frozen=True)
class ClaimedGap:
    """A verified channel that the portal could not read, and on which days."""

    channel: Channel
    first: date
    last: date


@transaction.atomic
def make_rebuttal(
    *,
    month: date,
    unit: Unit,
    actor: User,
    reason: str,
    links: Sequence[ClaimedLink] = (),
    left_out: Sequence[Publication] = (),
    gaps: Sequence[ClaimedGap] = (),
    now: datetime | None = None,
) -> Rebuttal:
    """Object against the unit's entry in the month's draft, once at a time, within the window, with evidence."""
    now = now or timezone.now()
    if not may(actor, RIGHT, unit):
        raise RebuttalError(_("Sanggahan hanya diajukan oleh petugas unit yang bersangkutan."))
    reason = clean_text(reason, REASON_LENGTH, _("Tuliskan alasan sanggahan."))
    if not links and not left_out and not gaps:
        raise RebuttalError(_("Sertakan sedikitnya satu bukti: tautan, publikasi yang tidak dihitung, atau kanal."))
    if len(links) + len(left_out) + len(gaps) > MOST_ITEMS:
        raise RebuttalError(_("Paling banyak %(count)d pokok dalam satu sanggahan.") % {"count": MOST_ITEMS})
    lock_month(month)
    ranking = newest_of(month)
    if problem := why_not(ranking, unit, local_day(now)):
        raise RebuttalError(problem)
    assert ranking is not None  # noqa: S101  (else why_not had said so)
    rebuttal = _open(ranking, unit, actor, reason, now)
    items = [_link_item(rebuttal, link, actor) for link in links]
    items += [_left_out_item(rebuttal, publication) for publication in left_out]
    items += [_gap_item(rebuttal, gap) for gap in gaps]
    contested = [item.publication_id for item in items if item.publication_id]
    if len(set(contested)) < len(contested):
        raise RebuttalError(_("Satu publikasi disebut dua kali."))
    RebuttalItem.objects.bulk_create(items)
    return rebuttal


def why_not(ranking: Ranking | None, unit: Unit, today: date) -> str:
    """Why the unit cannot object today; empty if it can."""
    if ranking is None or ranking.status == Ranking.Status.PROVISIONAL or ranking.objection_until is None:
        return _("Sanggahan dapat diajukan setelah bulan berakhir dan rancangan peringkat terbit.")
    if ranking.status == Ranking.Status.FINAL:
        return _("Peringkat bulan ini sudah final. Perbaikannya hanya lewat revisi oleh Diskominfo.")
    if today > ranking.objection_until:
        day = date_format(ranking.objection_until, "j F Y")
        return _("Masa sanggahan berakhir pada %(day)s. Hubungi Diskominfo bila masih ada yang keliru.") % {"day": day}
    if not ranking.entries.filter(unit=unit).exists():
        return _("Unit ini tidak ada dalam peringkat bulan ini.")
    if ranking.rebuttals.undecided().filter(unit=unit).exists():
        return _("Sanggahan unit Anda untuk bulan ini masih menunggu putusan.")
    return ""


def contestable(ranking: Ranking, unit: Unit) -> list[Evidence]:
    """The unit's publications of the month that a verdict could let count."""
    rows = Evidence.objects.filter(ranking=ranking, unit=unit, rule__in=CONTESTABLE)
    rows = rows.exclude(publication__kind=PublicationKind.NEWS).select_related("publication")
    return list(rows.defer("publication__search").order_by("counted_on", "pk")[:MOST_OFFERED])


def channels_of(unit: Unit, ranking: Ranking) -> ChannelQuerySet:
    """The unit's channels that the month measured: verified, open in it, and of its own kind of data."""
    rows: ChannelQuerySet = Channel.objects.verified().filter(unit=unit)
    rows = rows.open_between(ranking.month, last_of_month(ranking.month)).order_by("kind", "pk")
    return rows if ranking.is_sample else rows.filter(is_sample=False)


# --- links ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What a link is to the portal: new, or a publication that it has; with a `problem` it cannot be contested."""

    link: Link
    publication: Publication | None = None
    problem: str = ""


def find_link(*, url: str, unit: Unit, ranking: Ranking) -> Found:
    """Check a contested link as a submitted one: from a verified channel of the unit, and of this month."""
    link = match_link(unit_id=unit.pk, url=url)
    if link.problem:
        return Found(link, problem=link.problem)
    if link.channel is not None and link.channel.is_sample and not ranking.is_sample:
        return Found(link, problem=_("Kanal ini data contoh, yang tidak dihitung dalam bulan nyata."))
    known = Publication.objects.filter(permalink_key=key_of(url)).first()
    return Found(link, known, _known_problem(known, unit, ranking) if known else "")


def _known_problem(known: Publication, unit: Unit, ranking: Ranking) -> str:
    month = ranking.month
    if known.kind == PublicationKind.NEWS:
        return _("Tautan ini tercatat sebagai liputan media, yang tidak dihitung.")
    if known.counted_on is not None and not month <= known.counted_on <= last_of_month(month):
        if known.unit_id != unit.pk:
            return _("Tautan ini tercatat terbit di luar bulan ini.")
        day = date_format(known.counted_on, "j F Y")
        return _("Tautan ini tercatat terbit %(day)s, di luar bulan ini.") % {"day": day}
    if known.is_sample != ranking.is_sample:
        return _("Data contoh dan data nyata tidak dihitung bersama.")
    if known.unit_id == unit.pk and known.state == Publication.State.ACCEPTED:
        return _("Tautan ini sudah diterima dan tercatat pada unit Anda.")
    return ""


def _link_item(rebuttal: Rebuttal, claim: ClaimedLink, actor: User) -> RebuttalItem:
    ranking, unit = rebuttal.ranking, rebuttal.unit
    found = find_link(url=claim.url, unit=unit, ranking=ranking)
    if found.problem:
        raise RebuttalError(f"{claim.url}: {found.problem}")
    if not ranking.month <= claim.day <= last_of_month(ranking.month):
        raise RebuttalError(_("%(url)s: tanggal terbitnya di luar bulan ini.") % {"url": claim.url})
    title = one_line(claim.title)
    if not any(letter.isalnum() for letter in title) or len(title) > TITLE_LENGTH:
        raise RebuttalError(_("%(url)s: tulis judul unggahannya, paling panjang 200 huruf.") % {"url": claim.url})
    if found.publication is not None:
        kind = Kind.LEFT_OUT if found.publication.unit_id == unit.pk else Kind.OWNER
        return RebuttalItem(rebuttal=rebuttal, kind=kind, publication=found.publication, claimed_on=claim.day)
    try:
        made = record_missed_posting(
            unit=unit, link=found.link, title=title, day=claim.day, actor=actor, is_sample=ranking.is_sample
        )
    except PublicationError as error:
        raise RebuttalError(f"{claim.url}: {error}") from error
    return RebuttalItem(rebuttal=rebuttal, kind=Kind.LINK, publication=made, claimed_on=claim.day)


# --- what the portal has, and what it could not read ----------------------------------------------------------


def _left_out_item(rebuttal: Rebuttal, publication: Publication) -> RebuttalItem:
    month = rebuttal.ranking.month
    of_month = publication.counted_on is not None and month <= publication.counted_on <= last_of_month(month)
    is_open = publication.state != Publication.State.ACCEPTED and publication.kind != PublicationKind.NEWS
    if publication.unit_id != rebuttal.unit_id or not of_month or not is_open:
        raise RebuttalError(_("Publikasi ini tidak termasuk yang dapat disanggah unit Anda pada bulan ini."))
    return RebuttalItem(rebuttal=rebuttal, kind=Kind.LEFT_OUT, publication=publication)


def _gap_item(rebuttal: Rebuttal, gap: ClaimedGap) -> RebuttalItem:
    month, channel = rebuttal.ranking.month, gap.channel
    if not channels_of(rebuttal.unit, rebuttal.ranking).filter(pk=channel.pk).exists():
        raise RebuttalError(_("Kanal ini bukan kanal terverifikasi unit Anda pada bulan ini."))
    if not month <= gap.first <= gap.last <= last_of_month(month):
        raise RebuttalError(_("Hari-hari kanal tidak terbaca harus berurutan dan di dalam bulan ini."))
    return RebuttalItem(rebuttal=rebuttal, kind=Kind.GAP, channel=channel, claimed_on=gap.first, claimed_until=gap.last)


def _open(ranking: Ranking, unit: Unit, actor: User, reason: str, now: datetime) -> Rebuttal:
    try:
        with transaction.atomic():
            return Rebuttal.objects.create(ranking=ranking, unit=unit, made_by=actor, made_at=now, reason=reason)
    except IntegrityError as error:
        raise RebuttalError(_("Sanggahan unit Anda untuk bulan ini masih menunggu putusan.")) from error


def clean_text(text: str, length: int, missing: str) -> str:
    """People's text with its line breaks, without control characters; RebuttalError if nothing or too much is left."""
    lines = (one_line(line) for line in text.splitlines())
    text = "\n".join(lines).strip()
    if not any(letter.isalnum() for letter in text):
        raise RebuttalError(missing)
    if len(text) > length:
        raise RebuttalError(_("Paling panjang %(max)d huruf, sekarang %(now)d.") % {"max": length, "now": len(text)})
    return text
