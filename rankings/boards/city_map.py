"""The map of the city's kelurahan, coloured by the method's bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from opd.models import Category
from rankings.models import Entry, Ranking

from .entries import band_number, in_words, of_ranking


@dataclass(frozen=True)
class Area:
    """One kelurahan: its outline, its colour class and what a pointer or reader is told."""

    path: str
    url: str
    title: str
    css: str
    is_hatched: bool
    number: int


@dataclass(frozen=True)
class LegendRow:
    css: str
    label: str
    count: int


@dataclass(frozen=True)
class CityMap:
    areas: list[Area]
    legend: list[LegendRow]
    width: int
    height: int


def city_map(ranking: Ranking) -> CityMap | None:
    """The kelurahan that have an outline and an entry in this ranking; None without any."""
    rows = (
        Entry.objects.filter(ranking=ranking, category=Category.KELURAHAN, unit__boundary__isnull=False)
        .select_related("unit__boundary")
        .order_by("unit__name")
    )
    entries = of_ranking(rows, ranking)
    if not entries:
        return None
    grid = entries[0].unit.boundary
    areas = [_area(number, entry, ranking) for number, entry in enumerate(entries, start=1)]
    return CityMap(areas, _legend(areas, ranking), grid.width, grid.height)


def _area(number: int, entry: Entry, ranking: Ranking) -> Area:
    css, words = _shade(entry, ranking)
    hatched = not entry.has_social_media
    title = f"{entry.unit.name}: {words}" + (f", {_('tanpa media sosial')}" if hatched else "")
    return Area(entry.unit.boundary.path, entry.get_absolute_url(), title, css, hatched, number)


def _shade(entry: Entry, ranking: Ranking) -> tuple[str, str]:
    if entry.state == Entry.State.NOT_MEASURED:
        return "q-dots", _("tidak terukur")
    if entry.state == Entry.State.SILENT:
        return "q0", _("tanpa kegiatan")
    index = in_words(entry.score)
    words = _("peringkat %(rank)d, indeks %(index)s") % {"rank": entry.rank, "index": index}
    return f"q{band_number(ranking.method.bands, entry.score)}", words


def _legend(areas: list[Area], ranking: Ranking) -> list[LegendRow]:
    def count(css: str) -> int:
        return sum(area.css == css for area in areas)

    bands = [(f"q{5 - n}", band_label(ranking.method.bands, n)) for n in range(len(ranking.method.bands[:5]))]
    apart = [("q0", _("Tanpa kegiatan")), ("q-dots", _("Tidak terukur"))]
    rows = [LegendRow(css, label, count(css)) for css, label in [*bands, *apart]]
    return [*rows, LegendRow("q-hatch", _("Tanpa media sosial"), sum(area.is_hatched for area in areas))]


def band_label(bands: list[dict[str, Any]], place: int) -> str:
    """ "Aktif (60 – <80)": the name with its limits, highest band first."""
    band, low = bands[place], bands[place]["from"]
    if place == 0:
        return _("%(band)s (%(low)s ke atas)") % {"band": band["label"], "low": low}
    high = bands[place - 1]["from"]
    return _("%(band)s (%(low)s sampai di bawah %(high)s)") % {"band": band["label"], "low": low, "high": high}
