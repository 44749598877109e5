"""What a version of the method would have made of the newest finished month: computed for real, written nowhere.

`rankings.replay` recomputes the month from its stored input file with the candidate's figures in place of its own.
The late limit is not among them: it decides what waits for verification, before anything is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from opd.models import Category

from . import replay
from .boards.months import published_rankings
from .input_file import method_facts
from .models import Entry, InputFile, Method, Ranking
from .verifying import unpack

#: Rows listed for each category, those that move most first.
ROWS = 100


@dataclass(frozen=True)
class Row:
    """A unit's place and index, as they are and as they would be."""

    name: str
    url: str
    rank: int
    rank_then: int
    score: Decimal
    score_then: Decimal
    band: str
    band_then: str

    @property
    def rise(self) -> int:
        return self.rank - self.rank_then

    @property
    def gain(self) -> Decimal:
        return self.score_then - self.score

    @property
    def places(self) -> int:
        return abs(self.rise)


@dataclass(frozen=True)
class Board:
    category: Category
    rows: list[Row]
    ranked: int
    moved: int

    @property
    def more(self) -> int:
        return self.ranked - len(self.rows)


@dataclass(frozen=True)
class Preview:
    """A finished month under a candidate; without one (`ranking` None) there is nothing to compare with."""

    ranking: Ranking | None
    candidate: Method
    boards: list[Board] = field(default_factory=list)
    band_moved: int = 0

    @property
    def ranked(self) -> int:
        return sum(board.ranked for board in self.boards)

    @property
    def moved(self) -> int:
        return sum(board.moved for board in self.boards)


def preview(candidate: Method) -> Preview:
    """Read only, three queries; the candidate need not be saved. FileError where the stored file is damaged."""
    ranking = published_rankings().exclude(input_sha256="").first()
    if ranking is None:
        return Preview(None, candidate)
    source = replay.read(unpack(bytes(InputFile.objects.get(ranking=ranking).content)))
    source.month["method"] = method_facts(candidate)
    then = replay.replay(source).entries
    slugs = {unit["id"]: unit["slug"] for unit in source.units}
    by_category: dict[str, list[Row]] = {}
    for entry in _ranked(ranking):
        row = then.get(slugs.get(entry.unit_id, ""))
        if row and row["rank"]:
            by_category.setdefault(entry.category, []).append(_row(entry, row, candidate))
    boards = [_board(Category(value), by_category[value]) for value in Category.values if value in by_category]
    banded = sum(row.band != row.band_then for rows in by_category.values() for row in rows)
    return Preview(ranking, candidate, boards, banded)


def _ranked(ranking: Ranking) -> Iterator[Entry]:
    entries = ranking.entries.filter(state=Entry.State.RANKED).select_related("unit")
    yield from entries.only("ranking", "category", "rank", "score", "unit__name", "unit__slug", "unit__category")


def _row(entry: Entry, then: replay.Row, candidate: Method) -> Row:
    return Row(
        name=entry.unit.name,
        url=entry.get_absolute_url(),
        rank=entry.rank or 0,
        rank_then=then["rank"],
        score=entry.score,
        score_then=then["score"],
        band=entry.ranking.method.band_of(entry.score),
        band_then=candidate.band_of(then["score"]),
    )


def _board(category: Category, rows: list[Row]) -> Board:
    """Who moves most stands first, then whose index changes most."""
    ordered = sorted(rows, key=lambda row: (-row.places, -abs(row.gain), row.rank_then, row.name))
    return Board(category, ordered[:ROWS], len(rows), sum(row.rise != 0 for row in rows))
