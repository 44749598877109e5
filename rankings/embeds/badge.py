"""A unit's badge: its place in the newest finished month, as an SVG without script, style or anything to load."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.xml import xml_text
from opd.models import Unit
from rankings.boards.entries import in_words
from rankings.models import Entry, Ranking

from .text_width import shorten, width_of

HEIGHT = 84
LEFT, GAP, PADDING = 64, 12, 12
#: Not wider than a small phone's column.
NARROWEST, WIDEST = 220, 328
ROOM = WIDEST - LEFT - GAP - PADDING
SIZES = (14, 12, 11, 11)
BASELINES = (22, 40, 56, 71)


@dataclass(frozen=True)
class Line:
    """One line of text: `length` holds the browser to the width that was reckoned with."""

    text: str
    size: int
    y: int
    is_bold: bool

    @property
    def length(self) -> int:
        return round(width_of(self.text, self.size, bold=self.is_bold))


@dataclass(frozen=True)
class Badge:
    number: str
    lines: list[Line]
    title: str
    description: str

    height = HEIGHT
    left = LEFT
    text_x = LEFT + GAP

    middle = LEFT // 2  # whole: a template writes 32.5 with a comma, which SVG reads as two numbers

    @property
    def number_size(self) -> int:
        return {1: 36, 2: 32, 3: 26}.get(len(self.number), 20)

    @property
    def width(self) -> int:
        longest = max(line.length for line in self.lines)
        return min(WIDEST, max(NARROWEST, LEFT + GAP + longest + PADDING))


def newest_entry(unit: Unit) -> Entry | None:
    """The unit's entry of the newest finished month it stands in, with `peers`: how many its category has."""
    peers = (
        Entry.objects.filter(ranking=OuterRef("ranking"), category=OuterRef("category"))
        .order_by()
        .values("ranking")
        .annotate(number=Count("pk"))
        .values("number")
    )
    entry: Entry | None = (
        Entry.objects.filter(unit=unit, ranking__in=Ranking.objects.current())
        .exclude(ranking__status=Ranking.Status.PROVISIONAL)
        .select_related("ranking__method", "unit")
        .annotate(peers=Coalesce(Subquery(peers), 0))
        .order_by("-ranking__month")
        .first()
    )
    return entry


def badge_of(unit: Unit, entry: Entry | None) -> Badge:
    name = xml_text(unit.name) or unit.slug
    place, when = place_words(entry), month_words(entry)
    texts = [_fitting_name(unit, name), beside_number(entry) or place, when, settings.PORTAL_NAME]
    lines = [
        Line(shorten(text, size, ROOM, bold=not n), size, y, is_bold=not n)
        for n, (text, size, y) in enumerate(zip(texts, SIZES, BASELINES, strict=True))
        if text
    ]
    number = str(entry.rank) if entry and entry.rank else "–"
    return Badge(
        number=number,
        lines=lines,
        title=f"{name}: {place}",
        description=" ".join(filter(None, [when and f"{when}.", _source_words(unit)])),
    )


def _source_words(unit: Unit) -> str:
    return _("Kategori %(category)s. Sumber: %(portal)s, %(address)s") % {
        "category": unit.get_category_display(),
        "portal": xml_text(settings.PORTAL_NAME),
        "address": settings.SITE_URL + unit.get_absolute_url(),
    }


def _fitting_name(unit: Unit, name: str) -> str:
    """The short name where the whole one would be cut."""
    short = xml_text(unit.short_name)
    return short if short and width_of(name, SIZES[0], bold=True) > ROOM else name


def place_words(entry: Entry | None) -> str:
    """Where the unit stands, in words that judge nobody who has no place."""
    if entry is None:
        return _("Belum masuk peringkat")
    if entry.state == Entry.State.NOT_MEASURED:
        return _("Tidak terukur pada bulan ini")
    if entry.rank is None:
        return _("Belum ada kegiatan terverifikasi")
    return _("Peringkat %(rank)d dari %(peers)d %(category)s, indeks %(score)s (%(band)s)") % {
        "rank": entry.rank,
        "peers": entry.peers,  # type: ignore[attr-defined]  # annotated
        "category": entry.get_category_display(),
        "score": in_words(entry.score),
        "band": entry.ranking.method.band_of(entry.score).lower(),
    }


def beside_number(entry: Entry | None) -> str:
    """The rest of the place's words, where the picture shows the number itself."""
    if entry is None or entry.rank is None:
        return ""
    return _("dari %(peers)d %(category)s · %(band)s") % {
        "peers": entry.peers,  # type: ignore[attr-defined]  # annotated
        "category": entry.get_category_display(),
        "band": entry.ranking.method.band_of(entry.score).lower(),
    }


def month_words(entry: Entry | None) -> str:
    """Month, its state if it may still change, and that it is a sample; nothing before the first month."""
    if entry is None:
        return ""
    ranking = entry.ranking
    notes = [_("rancangan")] if ranking.status == Ranking.Status.DRAFT else []
    notes += [_("data contoh")] if ranking.is_sample else []
    month = date_format(ranking.month, "F Y")
    return f"{month} ({', '.join(notes)})" if notes else month


def draw(badge: Badge) -> bytes:
    return render_to_string("embeds/badge.svg", {"badge": badge}).encode()
