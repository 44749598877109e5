"""What typst sources of the ranking are given: words and numbers as people write them, names that fit, a map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any
from xml.sax.saxutils import quoteattr

from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from opd.models import Category
from rankings.boards.entries import band_number, in_words, movement
from rankings.models import Entry, Ranking
from rankings.records import source_line

from . import facts

#: The board's colours for the method's five bands, lowest first, as in static/css/base.css.
RAMP = ("#DCEAF2", "#A5CBDF", "#68A3C3", "#2F7AA3", "#0B4A6F")
EMPTY, EDGE, INK = "#FFFFFF", "#667885", "#14202A"
#: Longer names are cut on paper; pages and tables have them whole.
LONGEST_NAME = 72


def short(text: str, length: int = LONGEST_NAME) -> str:
    return Truncator(text).chars(length)


def name_in(entry: Entry, category: str = "") -> str:
    """The unit's name; under the heading "Kelurahan" without that word before it."""
    name = entry.unit.name
    label = str(Category(entry.category).label)
    return short(name.removeprefix(f"{label} ") if category and name != label else name)


def place(entry: Entry, category: str = "") -> dict[str, Any]:
    return {
        "rank": entry.rank,
        "name": name_in(entry, category),
        "index": in_words(entry.score),
        "share": float(entry.score) / 100,
        "movement": movement(entry).words,
        "direction": movement(entry).kind,
    }


def frame(ranking: Ranking, category: str = "") -> dict[str, Any]:
    """What stands on every sheet and poster: whose, which month, in which state, made from what."""
    moment = facts.made_at(ranking).astimezone(UTC)
    return {
        "portal": settings.PORTAL_NAME,
        "city": settings.CITY_NAME,
        "subject": facts.subject_words(category),
        "month": facts.month_words(ranking),
        "state": ranking.state_words,
        "is_open": ranking.status != Ranking.Status.FINAL,
        "is_sample": ranking.is_sample,
        "sample_words": _("Data contoh: angka dibuat untuk memperagakan portal"),
        "method": _("Indeks Keaktifan (0–100), metode versi %(version)d") % {"version": ranking.method.version},
        "made": facts.made_words(ranking),
        "input": facts.input_words(ranking),
        "address": facts.short_address(ranking, category),
        "url": facts.url_of(ranking, category),
        "source": source_line(),
        "licence": settings.DATA_LICENCE,
        "moment": [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second],
    }


def names(entries: QuerySet[Entry], limit: int, length: int = 60) -> dict[str, Any]:
    """The first names in the order given, and how many more there are."""
    listed = list(entries[:limit])
    more = max(0, entries.count() - limit) if len(listed) == limit else 0
    return {
        "names": [_together(value, list(group), length) for value, group in groupby(listed, key=_heading)],
        "more": _("dan %(count)d lainnya") % {"count": more} if more else "",
    }


def _heading(entry: Entry) -> str:
    """What a name begins with that its neighbours need not repeat: "Kelurahan Dringo, Randakari"."""
    label = str(Category(entry.category).label)
    return label if entry.unit.name.startswith(f"{label} ") else entry.unit.name


def _together(heading: str, entries: list[Entry], length: int) -> str:
    shown = [short(entry.unit.name.removeprefix(f"{heading} "), length) for entry in entries]
    begins = entries[0].unit.name.startswith(f"{heading} ")
    return f"{heading} {', '.join(shown)}" if begins else ", ".join(shown)


def map_svg(ranking: Ranking, category: str) -> str:
    """The outlines of a category's units by band, hatched without social media; empty where there are none."""
    rows = Entry.objects.filter(ranking=ranking, category=category, unit__boundary__isnull=False)
    entries = list(rows.select_related("unit__boundary").order_by("unit__name"))
    if not entries:
        return ""
    grid = entries[0].unit.boundary
    areas = "".join(_area(entry, ranking.method.bands) for entry in entries)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {grid.width + 8} {grid.height + 8}"><defs>'
        '<pattern id="arsir" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path fill="{INK}" fill-opacity=".75" d="M0 0h2v9h-2z"/></pattern>'
        '<pattern id="titik" width="9" height="9" patternUnits="userSpaceOnUse">'
        f'<circle fill="{INK}" cx="4.5" cy="4.5" r="1.7"/></pattern></defs>'
        f'<g stroke="{EDGE}" stroke-width="1.5" stroke-linejoin="round">{areas}</g></svg>'
    )


def _area(entry: Entry, bands: Sequence[dict[str, object]]) -> str:
    path = quoteattr(entry.unit.boundary.path)
    fill = RAMP[band_number(bands, entry.score) - 1] if entry.state == Entry.State.RANKED else EMPTY
    drawn = f'<path fill="{fill}" d={path}/>'
    if entry.state == Entry.State.NOT_MEASURED:
        drawn += f'<path fill="url(#titik)" stroke="none" d={path}/>'
    if not entry.has_social_media:
        drawn += f'<path fill="url(#arsir)" stroke="none" d={path}/>'
    return drawn


def legend(ranking: Ranking) -> list[dict[str, str]]:
    """The bands' names with the map's colours, highest first."""
    labels = [str(band["label"]) for band in ranking.method.bands[: len(RAMP)]]
    return [{"fill": RAMP[len(RAMP) - 1 - n], "label": short(label, 20)} for n, label in enumerate(labels)]


def joined(words: Iterable[str]) -> str:
    return " · ".join(word for word in words if word)
