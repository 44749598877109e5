"""Charts as SVG, drawn on the server: geometry in attributes, colour by classes (static/css/chart.css).

No chart says a number that the page does not also say in text, so small ones are hidden from readers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import date_format, number_format

from cilegon_kip.common.jakarta import last_of_month
from rankings.boards.category import Sort
from rankings.boards.city_map import CityMap
from rankings.boards.entries import Movement, Point, in_words, movement
from rankings.models import Entry, Ranking

register = template.Library()

#: Heights of the beams of the places 1, 2 and 3, in the podium's 120-wide boxes.
BEAM_HEIGHTS = {1: 136, 2: 104, 3: 80}


@dataclass(frozen=True)
class Segment:
    """A run of months without a gap; a single month is drawn as a dot."""

    points: str
    is_dot: bool
    x: float = 0
    y: float = 0


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def segments(values: Sequence[Decimal | None], width: float, height: float, left: float, top: float) -> list[Segment]:
    """Lines for the runs of known values on a scale of 0 to 100."""
    step = width / max(1, len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((left + number * step, top + height * (1 - float(value) / 100)))
    return [
        Segment(" ".join(f"{_short(x)},{_short(y)}" for x, y in run), len(run) == 1, *(round(v, 1) for v in run[-1]))
        for run in runs
        if run
    ]


@register.inclusion_tag("charts/sparkline.html")
def sparkline(history: Sequence[Point]) -> dict[str, Any]:
    """Twelve months in 84 × 24; a gap where a month is not measured; the last month as a dot."""
    found = segments([point.score for point in history], 78, 18, 3, 3)
    is_known = bool(history) and history[-1].score is not None
    lines = [segment for segment in found if not segment.is_dot]
    dots = [segment for segment in found if segment.is_dot and not (is_known and segment is found[-1])]
    return {"lines": lines, "dots": dots, "last": found[-1] if found and is_known else None}


@register.inclusion_tag("charts/podium.html")
def podium(entries: Sequence[Entry]) -> dict[str, Any]:
    """The first places on beams whose height tells the place: two firsts stand equally high."""
    return {"places": [{"entry": entry, "beam": beam(BEAM_HEIGHTS[entry.rank or 3])} for entry in entries]}


def beam(height: int, width: int = 120, flange: int = 14, web: int = 56, fillet: int = 10) -> dict[str, Any]:
    """The section of an H-beam as a path."""
    right, left, foot = (width + web) // 2, (width - web) // 2, height - flange
    corner = f"a{fillet} {fillet} 0 0 0"
    path = (
        f"M0 0H{width}V{flange}H{right + fillet}{corner} -{fillet} {fillet}V{foot - fillet}{corner} {fillet} {fillet}"
        f"H{width}V{height}H0V{foot}H{left - fillet}{corner} {fillet} -{fillet}V{flange + fillet}{corner} "
        f"-{fillet} -{fillet}H0Z"
    )
    return {"height": height, "width": width, "path": path, "middle": height // 2 + 13}


@register.inclusion_tag("charts/movement.html")
def change(entry: Entry) -> dict[str, Movement]:
    """Arrow, word and number: naik 3, turun 2, tetap, baru."""
    return {"movement": movement(entry)}


@register.inclusion_tag("charts/bar.html")
def bar(share: float | Decimal) -> dict[str, float]:
    """A bar of 0 to 1 on its track; the number stands beside it in text."""
    return {"width": round(200 * min(1.0, max(0.0, float(share))), 1)}


@register.inclusion_tag("charts/trend.html")
def trend(history: Sequence[Point], title: str = "", has_ranks: bool = True) -> dict[str, Any]:
    """Twelve months as a line with axes, 0 to 100; the numbers stand in a table under it."""
    width, height, left, top = 540, 160, 44, 12
    step = width / max(1, len(history) - 1)
    return {
        "title": title,
        "has_ranks": has_ranks,
        "segments": segments([point.score for point in history], width, height, left, top),
        "grid": [{"value": value, "y": top + height * (100 - value) / 100} for value in (0, 20, 40, 60, 80, 100)],
        "months": [
            {"x": _short(left + n * step), "label": date_format(point.month, "M"), "is_shown": n % 2 == 1}
            for n, point in enumerate(history)
        ],
        "history": history,
        "right": left + width,
        "first": history[0].month if history else None,
        "last": history[-1].month if history else None,
    }


@register.inclusion_tag("charts/heat.html")
def active_days_strip(month: date, days: Iterable[date]) -> dict[str, Any]:
    """The month's days in one strip, the active ones filled; weekends have a lower box."""
    active = set(days)
    span = [month + timedelta(days=n) for n in range(last_of_month(month).day)]
    boxes = [
        {"x": 18 * n, "day": day.day, "is_active": day in active, "is_weekend": day.weekday() >= 5}
        for n, day in enumerate(span)
    ]
    return {"boxes": boxes, "width": 18 * len(span), "active": sorted(active), "count": len(active), "month": month}


@register.inclusion_tag("charts/map.html")
def kelurahan_map(city_map: CityMap | None, table: str = "#papan") -> dict[str, Any]:
    """The kelurahan by band; `table` is where the same stands as a table."""
    return {"map": city_map, "table": table}


@register.inclusion_tag("charts/sort_head.html")
def sort_head(
    sorts: dict[str, Sort], key: str, current: Sort, css: str = "", ranking: Ranking | None = None
) -> dict[str, Any]:
    """A table head whose link orders the board by this column, within the revision that is shown."""
    query = f"revisi={ranking.revision}&" if ranking is not None and ranking.query else ""
    flags = {"is_current": current.key == key, "is_default": key == "peringkat"}
    return {"sort": sorts[key], "css": css, "query": query, **flags}


@register.filter
def index(value: Decimal | float | None, places: int = 1) -> str:
    """87,4 – or a dash for what is not known."""
    return "–" if value is None else in_words(value, places)


@register.filter
def whole(value: int | None) -> str:
    """1.234"""
    return "–" if value is None else number_format(value, 0, use_l10n=True, force_grouping=True)
