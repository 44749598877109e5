"""What the frames show: the top of a category, or one unit's place."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from opd.models import Category
from rankings.boards.entries import board_of, of_ranking
from rankings.models import Entry, Ranking

#: Rows of a frame; the portal's own page has the rest.
ROWS = 50


@dataclass(frozen=True)
class SmallBoard:
    """The first rows of a category's month, and how many units have no place in it."""

    ranking: Ranking
    category: Category
    entries: list[Entry]
    ranked: int
    silent: int
    not_measured: int

    @property
    def units(self) -> int:
        return self.ranked + self.silent + self.not_measured

    @property
    def more(self) -> int:
        return self.ranked - len(self.entries)


def small_board(ranking: Ranking, category: str) -> SmallBoard:
    """Two queries, whatever the category's size."""
    entries = board_of(ranking, category)
    counts = entries.order_by().aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in Entry.State}  # type: ignore[attr-defined]
    )
    return SmallBoard(
        ranking=ranking,
        category=Category(category),
        entries=of_ranking(entries.filter(state=Entry.State.RANKED)[:ROWS], ranking),
        ranked=counts[Entry.State.RANKED],
        silent=counts[Entry.State.SILENT],
        not_measured=counts[Entry.State.NOT_MEASURED],
    )
