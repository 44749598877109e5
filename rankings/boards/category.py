"""A category's full board: its rows in the order asked for, the median, and who stands apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opd.models import Category
from rankings.models import Entry, Ranking

from .entries import Movement, Point, board_of, histories, kinds_in_short, median_history, movement, of_ranking
from .overview import CategoryFigures, category_figures, leaders, podium

ROWS = 100
#: Names below the table, for each group.
NAMES = 100


@dataclass(frozen=True)
class Sort:
    """One way to order the board; `key` stands in the address (`?urut=`)."""

    key: str
    label: Promise | str
    direction: str  # as in aria-sort
    order: tuple[Any, ...]


SORTS = {
    sort.key: sort
    for sort in (
        Sort("peringkat", _("No."), "ascending", (F("rank").asc(), "unit__name")),
        Sort("nama", _("Unit"), "ascending", ("unit__name",)),
        Sort(
            "perubahan",
            _("Perubahan"),
            "descending",
            ((F("previous_rank") - F("rank")).desc(nulls_last=True), "rank", "unit__name"),
        ),
        Sort("kegiatan", _("Kegiatan"), "descending", ("-activities", "rank", "unit__name")),
        Sort("hari", _("Hari aktif"), "descending", ("-active_days", "rank", "unit__name")),
    )
}
DEFAULT_SORT = SORTS["peringkat"]


def sort_of(text: str) -> Sort:
    """The order asked for; the default for anything unknown."""
    return SORTS.get(text, DEFAULT_SORT)


@dataclass(frozen=True)
class Row:
    entry: Entry
    movement: Movement
    history: list[Point]
    band: str
    kinds: str
    is_leading: bool
    has_median_after: bool


@dataclass(frozen=True)
class Group:
    """Entries without a place, named below the table; `count` is how many there are in all."""

    entries: list[Entry]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.entries)


@dataclass(frozen=True)
class Board:
    ranking: Ranking
    category: Category
    figures: CategoryFigures
    sort: Sort
    page: Page[Entry]
    rows: list[Row]
    podium: list[Entry]
    silent: Group
    not_measured: Group
    categories: list[Category]
    medians: list[Point]
    units_of_all: int
    sorts: dict[str, Sort] = field(default_factory=lambda: SORTS)


def board(ranking: Ranking, category: str, sort: Sort = DEFAULT_SORT, page: str | int = 1) -> Board | None:
    """A category's month; None if it had no unit. A constant number of queries, whatever its size."""
    all_figures = category_figures(ranking)
    figures = next((found for found in all_figures if found.category == category), None)
    if figures is None:
        return None
    ranked = board_of(ranking, category).filter(state=Entry.State.RANKED).order_by(*sort.order)
    paginator = Paginator(ranked, ROWS)
    paginator.count = figures.ranked  # known already
    shown = paginator.get_page(page)
    entries = of_ranking(shown.object_list, ranking)
    return Board(
        ranking=ranking,
        category=Category(category),
        figures=figures,
        sort=sort,
        page=shown,
        rows=_rows(entries, ranking, figures.median if sort is DEFAULT_SORT else None),
        podium=_podium(ranking, category, figures),
        silent=_group(ranking, category, Entry.State.SILENT, figures.silent),
        not_measured=_group(ranking, category, Entry.State.NOT_MEASURED, figures.not_measured),
        categories=[found.category for found in all_figures],
        medians=median_history(ranking, category),
        units_of_all=sum(found.units for found in all_figures),
    )


def _rows(entries: list[Entry], ranking: Ranking, median: float | None) -> list[Row]:
    lines = histories([entry.unit_id for entry in entries], ranking)
    after = _median_after(entries, median)
    return [
        Row(
            entry=entry,
            movement=movement(entry),
            history=lines[entry.unit_id],
            band=ranking.method.band_of(entry.score),
            kinds=kinds_in_short(entry.kinds_used),
            is_leading=entry.rank is not None and entry.rank <= 3,
            has_median_after=number == after,
        )
        for number, entry in enumerate(entries)
    ]


def _median_after(entries: list[Entry], median: float | None) -> int | None:
    """After which row of this page the median's row stands: where the score falls below it."""
    if median is None or len(entries) < 2 or float(entries[0].score) < median:
        return None
    return max((n for n, entry in enumerate(entries) if float(entry.score) >= median), default=None)


def _podium(ranking: Ranking, category: str, figures: CategoryFigures) -> list[Entry]:
    if not figures.activities:
        return []
    return podium(of_ranking(leaders(ranking).filter(category=category), ranking), figures.units)


def _group(ranking: Ranking, category: str, state: str, count: int) -> Group:
    found: QuerySet[Entry] = board_of(ranking, category).filter(state=state)
    return Group(of_ranking(found[:NAMES], ranking), count)
