"""Small facts about entries that several pages show: bands, movement, twelve months of history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

from django.db.models import Aggregate, FloatField, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import previous_month
from rankings.models import Entry, Evidence, Ranking

HISTORY_MONTHS = 12
#: Rules under which a posting stands among what counted: itself, or another posting of a counted activity.
COUNTING = (Evidence.Rule.COUNTED, Evidence.Rule.SAME_ACTIVITY)


class Median(Aggregate):
    """The middle value, by PostgreSQL's ordered-set aggregate."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field: ClassVar[FloatField[float, float]] = FloatField()


@dataclass(frozen=True)
class Movement:
    """How a place changed against the month before: a word, a number and an arrow's name."""

    kind: str  # up, down, same, new or "" (no place now)
    places: int = 0

    @property
    def words(self) -> str:
        if self.kind == "up":
            return _("naik %(places)d") % {"places": self.places}
        if self.kind == "down":
            return _("turun %(places)d") % {"places": self.places}
        return {"same": _("tetap"), "new": _("baru")}.get(self.kind, "")


def movement(entry: Entry) -> Movement:
    if entry.rank is None:
        return Movement("")
    if entry.previous_rank is None:
        return Movement("new")
    rise = entry.previous_rank - entry.rank
    return Movement("up" if rise > 0 else "down" if rise < 0 else "same", abs(rise))


@dataclass(frozen=True)
class Point:
    """A unit's month in a history; `score` is None where it was not measured or has no entry."""

    month: date
    score: Decimal | None = None
    rank: int | None = None
    state: str = ""


def window(last: date, length: int = HISTORY_MONTHS) -> list[date]:
    """The `length` months that end with `last`, oldest first."""
    found = [last]
    while len(found) < length:
        found.append(previous_month(found[-1]))
    return found[::-1]


def histories(unit_ids: Iterable[int], ranking: Ranking) -> dict[int, list[Point]]:
    """Twelve months up to the ranking's for each unit, in one query.

    Sample months and real months are never drawn in one line.
    """
    span = window(ranking.month)
    rankings = Ranking.objects.in_history_of(ranking).filter(
        month__range=(span[0], span[-1]), is_sample=ranking.is_sample
    )
    rows = Entry.objects.filter(unit__in=list(unit_ids), ranking__in=rankings).values_list(
        "unit_id", "ranking__month", "score", "rank", "state"
    )
    known: dict[tuple[int, date], Point] = {}
    for unit_id, month, score, rank, state in rows:
        measured = state != Entry.State.NOT_MEASURED
        known[unit_id, month] = Point(month, score if measured else None, rank, state)
    return {unit_id: [known.get((unit_id, month), Point(month)) for month in span] for unit_id in unit_ids}


def median_history(ranking: Ranking, category: str) -> list[Point]:
    """A category's median of twelve months, over the units that were measured, in one query."""
    span = window(ranking.month)
    rankings = Ranking.objects.in_history_of(ranking).filter(
        month__range=(span[0], span[-1]), is_sample=ranking.is_sample
    )
    rows = (
        Entry.objects.filter(ranking__in=rankings, category=category)
        .exclude(state=Entry.State.NOT_MEASURED)
        .order_by()
        .values_list("ranking__month")
        .annotate(median=Median("score"))
    )
    known = {month: Point(month, Decimal(str(median)), state="ranked") for month, median in rows}
    return [known.get(month, Point(month)) for month in span]


def band_number(bands: Sequence[dict[str, object]], score: Decimal) -> int:
    """5 for the highest band down to 1 for the lowest (the map's `q5` … `q1`)."""
    below = sum(score < Decimal(str(band["from"])) for band in bands)
    return max(1, 5 - below)


def board_of(ranking: Ranking, category: str) -> QuerySet[Entry]:
    """A category's entries in order of rank."""
    return (
        Entry.objects.filter(ranking=ranking, category=category).select_related("unit").order_by("rank", "unit__name")
    )


def of_ranking(entries: Iterable[Entry], ranking: Ranking) -> list[Entry]:
    """The entries with the ranking they belong to already in hand: their addresses need its month."""
    found = list(entries)
    for entry in found:
        entry.ranking = ranking
    return found


def kinds_in_short(kinds: Iterable[str]) -> str:
    """Used kinds of channel for a narrow column."""
    short = {"website": _("Web"), "instagram": "Instagram", "other_social": _("lainnya")}
    return ", ".join(str(short.get(kind, kind)) for kind in kinds) or "–"


def in_words(value: Decimal | float, places: int = 1) -> str:
    """A number as people write it (87,4), rounded half up: Django's own formatting would cut it off."""
    return number_format(Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), places)
