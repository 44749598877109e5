"""What Pasal 12 owes the public each year: how many requests, how long they took, granted and refused, and why.

Counted in the database from the register itself, so that pages, API and reports cannot differ. The year is that of the
registration number. A part that a unit gave back counts for nobody but the unit that took it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Aggregate, Avg, Count, F, FloatField, Q
from django.db.models.functions import ExtractMonth, TruncDate

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Unit

from .models import PARTS_KEPT, Decision, InformationRequest, Objection, Rating
from .periods import periods

#: Medians and shares of fewer answered requests than this say more about a person than about a unit.
FEWEST = 5
Outcome = InformationRequest.Outcome
ANSWERED = Q(status="answered")
ON_TIME = Q(status="answered", closed_on__lte=F("due_on"))


class Median(Aggregate):
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Figures:
    """One year. `median_days` (working days) and `on_time_percent` are None where too few were answered."""

    registered: int
    open: int
    answered: int
    on_time: int
    #: Of the answered: within the days of the notice, within those of the extension, later.
    within_notice: int
    within_extension: int
    beyond: int
    median_days: float | None
    on_time_percent: float | None
    outcomes: dict[str, int]
    grounds: dict[str, int]
    #: How many requesters told how satisfied they were (1 to 5), and their mean; None where too few did.
    ratings: int
    rating_mean: float | None

    @property
    def given(self) -> int:
        """Granted wholly or in part."""
        return self.outcomes.get(Outcome.GRANTED, 0) + self.outcomes.get(Outcome.PARTIAL, 0)

    @property
    def refused(self) -> int:
        return self.outcomes.get(Outcome.REFUSED, 0)


@dataclass(frozen=True)
class UnitFigures:
    """A unit that was asked for its part; how the whole request fared, for its requester waits for the whole."""

    name: str
    slug: str
    registered: int
    answered: int
    given: int
    refused: int
    median_days: float | None
    on_time_percent: float | None


@dataclass(frozen=True)
class MonthFigures:
    """What was registered in a month (1-12) of a year, and what became of it."""

    month: int
    registered: int
    answered: int
    given: int
    refused: int
    median_days: float | None


def years() -> list[int]:
    """Years with a request or an objection, newest first."""
    asked = InformationRequest.objects.on_register().order_by().values_list("year", flat=True)
    objected = Objection.objects.filter(is_sample=False).order_by().values_list("year", flat=True)
    return sorted(asked.union(objected), reverse=True)


def _dated(**filters: Any) -> Any:
    rows = InformationRequest.objects.on_register().filter(**filters)
    return rows.annotate(closed_on=TruncDate("closed_at", tzinfo=JAKARTA)).order_by()


def _counted() -> dict[str, Any]:
    """What is counted alike of a year, a unit and a month."""
    return {
        "registered": Count("pk"),
        "answered": Count("pk", filter=ANSWERED),
        "on_time": Count("pk", filter=ON_TIME),
        "given": Count("pk", filter=Q(outcome__in=[Outcome.GRANTED, Outcome.PARTIAL])),
        "refused": Count("pk", filter=Q(outcome=Outcome.REFUSED)),
        "median": Median("days_used", filter=ANSWERED),
    }


def _median(row: dict[str, Any], fewest: int) -> float | None:
    return row["median"] if row["answered"] >= fewest else None


def _share(row: dict[str, Any], fewest: int) -> float | None:
    enough = row["answered"] >= max(fewest, 1)
    return round(100 * row["on_time"] / row["answered"], 1) if enough else None


def year_figures(year: int, fewest: int = FEWEST) -> Figures:
    """All of a year; `fewest` is how many must be answered before a median or share is told."""
    lengths, rows = periods(), _dated(year=year)
    extended = lengths.notice + lengths.extension
    totals = rows.aggregate(
        **_counted(),
        open=Count("pk", filter=Q(status__in=InformationRequest.OPEN)),
        within_notice=Count("pk", filter=ANSWERED & Q(days_used__lte=lengths.notice)),
        within_extension=Count("pk", filter=ANSWERED & Q(days_used__gt=lengths.notice, days_used__lte=extended)),
        beyond=Count("pk", filter=ANSWERED & Q(days_used__gt=extended)),
    )
    outcomes = rows.exclude(outcome="").values_list("outcome").annotate(count=Count("pk"))
    grounds = Decision.objects.filter(information_request__in=rows.values("pk")).exclude(ground="").order_by()
    counted = ("registered", "open", "answered", "on_time", "within_notice", "within_extension", "beyond")
    return Figures(
        **{name: totals[name] for name in counted},
        median_days=_median(totals, fewest),
        on_time_percent=_share(totals, fewest),
        outcomes=dict(outcomes),
        grounds=dict(grounds.values_list("ground").annotate(count=Count("pk"))),
        **_ratings(rows, fewest),
    )


def _ratings(rows: Any, fewest: int) -> dict[str, Any]:
    told = Rating.objects.filter(information_request__in=rows.values("pk")).aggregate(n=Count("pk"), mean=Avg("score"))
    enough = told["n"] >= max(fewest, 1)
    return {"ratings": told["n"], "rating_mean": round(float(told["mean"]), 1) if enough else None}


def unit_figures(year: int, fewest: int = FEWEST) -> list[UnitFigures]:
    """The units that were asked in a year, by name."""
    asked = _dated(year=year).filter(assignments__state__in=PARTS_KEPT)
    named = asked.values(unit_name=F("assignments__unit__name"), unit_slug=F("assignments__unit__slug"))
    return [
        UnitFigures(
            name=row["unit_name"],
            slug=row["unit_slug"],
            registered=row["registered"],
            answered=row["answered"],
            given=row["given"],
            refused=row["refused"],
            median_days=_median(row, fewest),
            on_time_percent=_share(row, fewest),
        )
        for row in named.annotate(**_counted()).order_by("unit_name")
    ]


def month_figures(year: int, fewest: int = FEWEST) -> list[MonthFigures]:
    """Twelve months, by the month (Asia/Jakarta) in which the number was given."""
    by_month = _dated(year=year).values(in_month=ExtractMonth("created_at", tzinfo=JAKARTA))
    known = {row["in_month"]: row for row in by_month.annotate(**_counted())}
    nothing = {"registered": 0, "answered": 0, "given": 0, "refused": 0, "median": None}
    found = [(month, known.get(month, nothing)) for month in range(1, 13)]
    return [
        MonthFigures(month, row["registered"], row["answered"], row["given"], row["refused"], _median(row, fewest))
        for month, row in found
    ]


def register_rows(unit: Unit | None = None) -> Any:
    """The public register: no column that a person could be found by. The subject is the desk's own words."""
    kept = Q(assignments__state__in=PARTS_KEPT)
    units = ArrayAgg("assignments__unit__name", filter=kept, order_by="assignments__unit__name", default=[])
    rows = _dated(pk__in=InformationRequest.objects.asked_of(unit).values("pk")) if unit else _dated()
    return (
        rows.annotate(units=units)
        .order_by("-year", "-sequence")
        .only("number", "year", "sequence", "received_at", "subject", "status", "outcome", "due_on", "days_used")
    )
