"""What a person sees of objections: the own unit's months that can be contested, and what waits for a decision."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from opd.models import User
from opd.permissions import limit_to_units, may, unit_ids_with
from rankings.models import Entry, Ranking

from .deciding import RIGHT as DECIDE
from .making import RIGHT as MAKE
from .models import Rebuttal, RebuttalQuerySet

VIEW = "rankings.view_rebuttal"


def visible_to(user: User) -> RebuttalQuerySet:
    """All for those who decide, else those of the person's own units."""
    rows: RebuttalQuerySet = Rebuttal.objects.select_related("unit", "ranking")
    if not may(user, VIEW):
        return rows.none()
    return limit_to_units(rows, user)  # type: ignore[return-value]


def open_places(user: User, today: date) -> QuerySet[Entry]:
    """Entries of the person's own units in drafts whose window is open, newest month first."""
    units = unit_ids_with(user, MAKE)
    has_open = Rebuttal.objects.undecided().filter(ranking=OuterRef("ranking"), unit=OuterRef("unit"))
    return (
        Entry.objects.filter(unit__in=units, ranking__status=Ranking.Status.DRAFT, ranking__objection_until__gte=today)
        .filter(ranking__in=Ranking.objects.current())
        .annotate(has_open_rebuttal=Exists(has_open))
        .select_related("ranking", "unit")
        .order_by("-ranking__month", "unit__name")
    )


def may_decide(user: User) -> bool:
    return may(user, DECIDE)
