"""What Pasal 12 owes the public each year: how many requests, how long they took, granted and refused, and why.

Counted in the database from the register itself, so that pages, API and reports cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Aggregate, Count, F, FloatField, Q
from django.db.models.functions import TruncDate

from cilegon_kip.common.jakarta import JAKARTA

from .models import Decision, InformationRequest

#: Figures of fewer answered requests than this say more about a person than about a unit.
FEWEST = 5
Outcome = InformationRequest.Outcome


class Median(Aggregate):
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Figures:
    """One year, or one unit's share of it. `median_days` in working days; None where too few were answered."""

    registered: int
    open: int
    answered: int
    on_time: int
    median_days: float | None
    outcomes: dict[str, int]
    grounds: dict[str, int]

    @property
    def on_time_percent(self) -> float | None:
        return round(100 * self.on_time / self.answered, 1) if self.answered >= FEWEST else None


@dataclass(frozen=True)
class UnitFigures:
    """A unit that was asked for its part. Where fewer than FEWEST were answered, nothing but the number is told."""

    name: str
    slug: str
    registered: int
    answered: int
    median_days: float | None
    on_time_percent: float | None


def years() -> list[int]:
    return list(InformationRequest.objects.on_register().order_by("-year").values_list("year", flat=True).distinct())


_ON_TIME = Q(status="answered", closed_on__lte=F("due_on"))


def _dated(**filters: Any) -> Any:
    rows = InformationRequest.objects.on_register().filter(**filters)
    return rows.annotate(closed_on=TruncDate("closed_at", tzinfo=JAKARTA)).order_by()


def year_figures(year: int) -> Figures:
    answered = Q(status="answered")
    totals = _dated(year=year).aggregate(
        registered=Count("pk"),
        open=Count("pk", filter=Q(status__in=InformationRequest.OPEN)),
        answered=Count("pk", filter=answered),
        on_time=Count("pk", filter=_ON_TIME),
        median=Median("days_used", filter=answered),
    )
    outcomes = _dated(year=year).exclude(outcome="").values_list("outcome").annotate(count=Count("pk"))
    grounds = Decision.objects.filter(information_request__in=_dated(year=year).values("pk")).exclude(ground="")
    return Figures(
        registered=totals["registered"],
        open=totals["open"],
        answered=totals["answered"],
        on_time=totals["on_time"],
        median_days=totals["median"],
        outcomes=dict(outcomes),
        grounds=dict(grounds.order_by().values_list("ground").annotate(count=Count("pk"))),
    )


def unit_figures(year: int) -> list[UnitFigures]:
    """The units that were asked in a year, by name."""
    answered = Q(status="answered")
    rows = (
        _dated(year=year, assignments__isnull=False)
        .values(unit_name=F("assignments__unit__name"), unit_slug=F("assignments__unit__slug"))
        .annotate(
            registered=Count("pk"),
            answered=Count("pk", filter=answered),
            on_time=Count("pk", filter=_ON_TIME),
            median=Median("days_used", filter=answered),
        )
        .order_by("unit_name")
    )
    return [
        UnitFigures(
            name=row["unit_name"],
            slug=row["unit_slug"],
            registered=row["registered"],
            answered=row["answered"],
            median_days=row["median"] if row["answered"] >= FEWEST else None,
            on_time_percent=round(100 * row["on_time"] / row["answered"], 1) if row["answered"] >= FEWEST else None,
        )
        for row in rows
    ]


def register_rows() -> Any:
    """The public register: no column that a person could be found by. The subject is the desk's own words."""
    units = ArrayAgg("assignments__unit__name", filter=Q(assignments__isnull=False), order_by="assignments__unit__name")
    return (
        _dated()
        .annotate(units=units)
        .order_by("-year", "-sequence")
        .only("number", "year", "sequence", "received_at", "subject", "status", "outcome", "due_on", "days_used")
    )
