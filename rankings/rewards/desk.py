"""What the workspace shows: proposals of a month for those who decide, the letters of the own units for the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, Q

from opd.models import Membership, Unit, User
from opd.permissions import limit_to_units, may, unit_ids_of

from .deciding import RIGHT
from .models import Proposal, ProposalQuerySet, RewardRule

VIEW = "rankings.view_proposal"
Status = Proposal.Status


def may_decide(user: User) -> bool:
    return may(user, RIGHT)


def visible_to(user: User) -> ProposalQuerySet:
    """Who decides sees all; a unit's staff see what was issued to their unit, never what is only proposed."""
    rows: ProposalQuerySet = Proposal.objects.select_related("rule__letter_kind", "unit", "letter__kind", "ranking")
    if may_decide(user):
        return rows.select_related("decided_by", "withdrawn_by")
    own: ProposalQuerySet = limit_to_units(rows.sent_out(), user)  # type: ignore[assignment]
    return own


@dataclass(frozen=True)
class MonthOption:
    """A month of the desk's picker."""

    month: date
    waiting: int


def months() -> list[MonthOption]:
    """Months with proposals, newest first, each with how many wait."""
    waiting = Count("pk", filter=Q(status=Status.PROPOSED))
    rows = Proposal.objects.order_by("-month").values_list("month").annotate(waiting=waiting)
    return [MonthOption(*row) for row in rows]


def month_to_show(options: list[MonthOption], asked: date | None) -> date | None:
    """The month asked for, else the oldest in which something waits (warnings go in that order), else the newest."""
    known = [option.month for option in options]
    if asked in known:
        return asked
    waiting = [option.month for option in options if option.waiting]
    return waiting[-1] if waiting else next(iter(known), None)


@dataclass(frozen=True)
class Case:
    """A proposal as the person sees it who is to decide."""

    proposal: Proposal
    has_address: bool
    is_own_unit: bool


@dataclass(frozen=True)
class Group:
    """The proposals of a page under one rule."""

    rule: RewardRule
    cases: list[Case]


def in_order(rows: ProposalQuerySet) -> ProposalQuerySet:
    """By rule: guidance, rewards (by place), the ladder of warnings; then by name."""
    return rows.order_by("rule__kind", "rule__threshold", "rule_id", "facts__rank", "unit__name", "pk")


def groups(rows: Iterable[Proposal], user: User) -> list[Group]:
    found = list(rows)
    reachable = units_with_address({row.unit_id for row in found})
    own = unit_ids_of(user)
    cases = [Case(row, row.is_sample or row.unit_id in reachable, row.unit_id in own) for row in found]
    by_rule = groupby(cases, key=lambda case: case.proposal.rule)
    return [Group(rule, list(members)) for rule, members in by_rule]


def units_with_address(unit_ids: set[int]) -> set[int]:
    """Units that a mail reaches: their office has an address, or someone who works for them."""
    offices = Unit.objects.filter(pk__in=unit_ids).exclude(email="").values_list("pk", flat=True)
    people = Membership.objects.filter(unit__in=unit_ids, user__is_active=True).exclude(user__email="")
    return {*offices, *people.values_list("unit_id", flat=True)}


def doubted() -> ProposalQuerySet:
    """Letters that a later revision no longer bears out: someone has to look at them."""
    rows: ProposalQuerySet = Proposal.objects.issued().filter(doubted_at__isnull=False)
    return rows.select_related("rule", "unit", "letter").order_by("doubted_at", "pk")


@dataclass(frozen=True)
class Numbers:
    waiting: int
    oldest: date | None


def numbers() -> Numbers:
    waiting = Proposal.objects.waiting()
    oldest = waiting.order_by("month").values_list("month", flat=True).first()
    return Numbers(waiting.count(), oldest)
