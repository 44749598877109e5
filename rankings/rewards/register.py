"""What the public may see of rewards and warnings: page, unit page, entry page and API ask here alike."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Case, QuerySet, Value, When

from opd.models import Unit, UnitQuerySet

from .models import Proposal, ProposalQuerySet, RewardRule

#: In this order within a month.
KINDS = [RewardRule.Kind.REWARD, RewardRule.Kind.WARNING, RewardRule.Kind.GUIDANCE]


def kinds_shown() -> list[tuple[str, str]]:
    """Kinds that the register holds, for its filter; warnings and guidance by the city's setting."""
    shown = KINDS if settings.PUBLISH_WARNINGS else KINDS[:1]
    return [(kind.value, str(kind.label)) for kind in shown]


def published() -> ProposalQuerySet:
    """Letters that the public may see, newest month first; withdrawn ones too, for they were seen."""
    by_kind = Case(*[When(rule__kind=kind, then=Value(place)) for place, kind in enumerate(KINDS)])
    rows: ProposalQuerySet = Proposal.objects.public(with_warnings=settings.PUBLISH_WARNINGS)
    return rows.select_related("rule", "unit", "letter__kind").order_by(
        "-month", by_kind, "rule__threshold", "rule_id", "facts__rank", "unit__name", "pk"
    )


def of_unit(unit: Unit) -> ProposalQuerySet:
    return published().filter(unit=unit)


def of_entry(unit: Unit, month: date) -> ProposalQuerySet:
    return of_unit(unit).filter(month=month)


def of_month(month: date) -> ProposalQuerySet:
    """For counting: what the register says of one month."""
    rows: ProposalQuerySet = Proposal.objects.public(with_warnings=settings.PUBLISH_WARNINGS)
    return rows.filter(month=month)


def months_shown() -> list[date]:
    """Months of the register, newest first."""
    rows: QuerySet[Proposal] = Proposal.objects.public(with_warnings=settings.PUBLISH_WARNINGS)
    return list(rows.order_by("-month").values_list("month", flat=True).distinct())


def units_shown() -> UnitQuerySet:
    """Units that have a letter in the register, by category."""
    rows = Proposal.objects.public(with_warnings=settings.PUBLISH_WARNINGS)
    units: UnitQuerySet = Unit.objects.filter(pk__in=rows.values("unit")).in_order()
    return units
