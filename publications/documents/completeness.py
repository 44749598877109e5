"""Completeness of mandatory information: a score of its own, never mixed into the activity index.

A unit's score is the share of the items asked of its category that it has and that are fresh. What is there but should
have been renewed is counted apart, as stale: it is neither missing nor enough.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.text import slugify

from opd.models import Unit

from .checklist_models import ChecklistItem

FRESH, STALE, MISSING = "fresh", "stale", "missing"


@dataclass(frozen=True)
class Score:
    """How many items are asked of a unit and how they stand."""

    fresh: int
    stale: int
    missing: int

    @property
    def asked(self) -> int:
        return self.fresh + self.stale + self.missing

    @property
    def share(self) -> float | None:
        """0 to 1; None where nothing is asked."""
        return self.fresh / self.asked if self.asked else None

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all."""
        return self.fresh * 100 // self.asked if self.asked else None


def score_of(states: Iterable[str]) -> Score:
    found = list(states)
    return Score(*(found.count(state) for state in (FRESH, STALE, MISSING)))


@dataclass(frozen=True)
class ItemState:
    """One item asked of one unit: fresh, stale or missing, and what fulfils it."""

    item: ChecklistItem
    state: str
    dated_on: date | None
    title: str
    url: str
    is_sample: bool


@dataclass(frozen=True)
class UnitCompleteness:
    score: Score
    items: list[ItemState]

    def having(self, state: str) -> list[ItemState]:
        return [item for item in self.items if item.state == state]

    @property
    def fresh(self) -> list[ItemState]:
        return self.having(FRESH)

    @property
    def stale(self) -> list[ItemState]:
        return self.having(STALE)

    @property
    def missing(self) -> list[ItemState]:
        return self.having(MISSING)

    @property
    def is_sample(self) -> bool:
        return any(item.is_sample for item in self.items)


@cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "completeness.sql").read_text(encoding="utf-8")


def _rows(sql: str, today: date, unit: int | None = None, category: str = "") -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"today": today, "unit": unit, "category": category})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def scores_on(today: date, category: str = "") -> dict[int, Score]:
    """The score of every unit of today, by its id, in one statement; units of which nothing is asked are left out."""
    counts = ", ".join(f"COUNT(*) FILTER (WHERE state = '{state}') AS {state}" for state in (FRESH, STALE, MISSING))
    sql = f"SELECT unit_id, {counts} FROM ({_statement()}) AS pairs GROUP BY unit_id"  # noqa: S608  (our own names)
    found = _rows(sql, today, category=category)
    return {row["unit_id"]: Score(row[FRESH], row[STALE], row[MISSING]) for row in found}


def unit_completeness(unit: Unit, today: date) -> UnitCompleteness:
    """What a unit has, what is stale, what is missing, in one query."""
    found = [_state(row) for row in _rows(_statement(), today, unit=unit.pk)]
    found.sort(key=lambda state: (state.item.order, state.item.pk))
    return UnitCompleteness(score_of(state.state for state in found), found)


def all_states(today: date, category: str = "") -> list[tuple[int, ItemState]]:
    """(unit id, state) of every unit and item, for the file, in one query."""
    pairs = [(row["unit_id"], _state(row)) for row in _rows(_statement(), today, category=category)]
    return sorted(pairs, key=lambda pair: (pair[0], pair[1].item.order, pair[1].item.pk))


def _state(row: dict[str, Any]) -> ItemState:
    url, title = row["url"] or "", row["document_title"] or ""
    if row["document_id"]:
        slug = slugify(title)[:80].strip("-") or "dokumen"
        url = reverse("documents:document", args=[row["document_id"], slug])
    item = ChecklistItem(
        **{name: row[name] for name in ("code", "title", "legal_basis", "order")},
        pk=row["item_id"],
    )
    return ItemState(item, row["state"], row["dated_on"], title, url, row["is_sample"])


def median_percent(scores: Iterable[Score]) -> int | None:
    """The middle unit's score in whole percent, rounded down."""
    shares = [score.share for score in scores if score.share is not None]
    return int(median(shares) * 100 + 1e-9) if shares else None
