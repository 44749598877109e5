"""The hand-written tables behind the sample months (`data/*.csv`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from cilegon_kip.common.jakarta import parse_month

FOLDER = Path(__file__).parent / "data"
FOUNDING_FIRST, FOUNDING_LAST = date(2022, 1, 1), date(2023, 1, 1)


def seeded(*parts: object) -> Random:
    """A generator of its own for what `parts` name: the same numbers everywhere, whatever was drawn before."""
    return Random(":".join(map(str, ("kip", *parts))))  # noqa: S311 - nothing here is a secret


@dataclass(frozen=True)
class SampleChannel:
    kind: str
    opened_on: date


@dataclass(frozen=True)
class Profile:
    """How a unit behaves: its ways to publish (`portal` is one), its usual pace and how it writes."""

    slug: str
    kinds: tuple[tuple[str, date | None], ...]
    activities: int
    steady: float
    care: float
    quiet: float

    def kinds_on(self, day: date) -> list[str]:
        return [kind for kind, opened_on in self.kinds if opened_on is None or opened_on <= day]

    def channels(self) -> list[SampleChannel]:
        """The unit's own channels; those without a date were open before the first sample month."""
        start = date(2021, 1, 4 + len(self.slug) % 20)
        return [SampleChannel(kind, opened_on or start) for kind, opened_on in self.kinds if kind != "portal"]


@dataclass(frozen=True)
class Pace:
    """What a month asks of a unit: so many activities on so many days, written with so much care (0-1)."""

    activities: int
    days: int
    care: float


@dataclass(frozen=True)
class Gap:
    slug: str
    kind: str
    started_on: date
    ended_on: date
    silent: bool
    reason: str

    def covers(self, first: date, last: date) -> bool:
        return self.started_on <= first and last <= self.ended_on


@cache
def profiles() -> tuple[Profile, ...]:
    return tuple(
        Profile(
            row["slug"],
            tuple(_kind(text) for text in row["channels"].split()),
            int(row["activities"]),
            float(row["steady"]),
            float(row["care"]),
            float(row["quiet"]),
        )
        for row in _rows("units")
    )


@cache
def story() -> dict[tuple[date, str], Pace]:
    """What the founding story fixes, and a few months with another leader."""
    return {
        (parse_month(row["month"]), row["slug"]): Pace(int(row["activities"]), int(row["days"]), float(row["care"]))
        for row in _rows("story")
    }


@cache
def limits() -> dict[tuple[date, str], tuple[int, int]]:
    """Most activities and days of the units that the story does not name."""
    return {
        (parse_month(row["month"]), row["category"]): (int(row["activities"]), int(row["days"]))
        for row in _rows("limits")
    }


@cache
def gaps() -> tuple[Gap, ...]:
    return tuple(
        Gap(
            row["slug"],
            row["kind"],
            date.fromisoformat(row["started_on"]),
            date.fromisoformat(row["ended_on"]),
            row["silent"] == "yes",
            row["reason"],
        )
        for row in _rows("gaps")
    )


@cache
def photos() -> tuple[dict[str, str], ...]:
    return tuple(_rows("photos"))


@cache
def titles(slug: str, category: str) -> tuple[tuple[str, str], ...]:
    """Theme and title pattern of what the unit may do; its own first, else its category's."""
    rows = [(row["theme"], row["title"], row["who"]) for row in _rows("titles")]
    own = tuple((theme, title) for theme, title, who in rows if who == slug)
    general = tuple((theme, title) for theme, title, who in rows if who == category)
    return own * 2 + general


@cache
def sentences(theme: str) -> tuple[str, ...]:
    return tuple(row["sentence"] for row in _rows("sentences") if row["theme"] in (theme, "semua"))


@cache
def reasons(kind: str) -> tuple[str, ...]:
    return tuple(row["reason"] for row in _rows("reasons") if row["kind"] == kind)


def _kind(text: str) -> tuple[str, date | None]:
    """`instagram` was always there, `instagram@2024-03-04` was opened on that day."""
    kind, _at, opened_on = text.partition("@")
    return kind, date.fromisoformat(opened_on) if opened_on else None


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
