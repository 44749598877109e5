"""The yearly report on the service (*laporan layanan informasi publik*): one year, all its figures in one object.

Due on 31 March of the next year (Pasal 12 UU 14/2008; PerKI 1/2021). The portal counts requests, objections and
disputes; staff, money and equipment it does not know, and says so instead of inventing them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from cilegon_kip.common.jakarta import JAKARTA

from . import statistics
from .models import Dispute, Objection
from .statistics import FEWEST, Figures, MonthFigures, UnitFigures

DUE_MONTH, DUE_DAY = 3, 31


@dataclass(frozen=True)
class ObjectionFigures:
    """Objections numbered in a year, by ground and by decision, and the disputes that followed them."""

    registered: int
    open: int
    decided: int
    on_time: int
    grounds: dict[str, int]
    outcomes: dict[str, int]
    disputes: int
    #: By outcome; the empty one is still open.
    dispute_outcomes: dict[str, int]


@dataclass(frozen=True)
class Report:
    year: int
    #: The day (Asia/Jakarta) whose figures these are.
    today: date
    #: From how many answered requests on a median or share is told; 0 for the city's own copy.
    fewest: int
    figures: Figures
    months: list[MonthFigures]
    units: list[UnitFigures]
    objections: ObjectionFigures

    @property
    def is_provisional(self) -> bool:
        """The year is running."""
        return self.today.year <= self.year

    @property
    def is_whole(self) -> bool:
        """Nothing of it is open any more."""
        return not (self.is_provisional or self.figures.open or self.objections.open)

    @property
    def due_on(self) -> date:
        return date(self.year + 1, DUE_MONTH, DUE_DAY)


def report_of(year: int, today: date, fewest: int = FEWEST) -> Report:
    return Report(
        year=year,
        today=today,
        fewest=fewest,
        figures=statistics.year_figures(year, fewest),
        months=statistics.month_figures(year, fewest),
        units=statistics.unit_figures(year, fewest),
        objections=objection_figures(year),
    )


def objection_figures(year: int) -> ObjectionFigures:
    rows: Any = Objection.objects.filter(year=year, is_sample=False).order_by()
    decided = Q(status=Objection.Status.DECIDED)
    totals = rows.annotate(closed_on=TruncDate("closed_at", tzinfo=JAKARTA)).aggregate(
        registered=Count("pk"),
        open=Count("pk", filter=~decided),
        decided=Count("pk", filter=decided),
        on_time=Count("pk", filter=decided & Q(closed_on__lte=F("due_on"))),
    )
    disputes = Dispute.objects.filter(objection__in=rows.values("pk")).order_by()
    by_outcome = dict(disputes.values_list("outcome").annotate(count=Count("pk")))
    return ObjectionFigures(
        **totals,
        grounds=dict(rows.values_list("ground").annotate(count=Count("pk"))),
        outcomes=dict(rows.filter(decided).values_list("decision__outcome").annotate(count=Count("pk"))),
        disputes=sum(by_outcome.values()),
        dispute_outcomes=by_outcome,
    )
