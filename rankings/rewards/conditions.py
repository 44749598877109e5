"""Which units a rule is about in a month, with the facts that a letter will cite. Reads final rankings only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from cilegon_kip.common.jakarta import month_text, months_between
from rankings.models import Entry, Ranking

from .escalation import Month, silent_places, step
from .models import Proposal, RewardRule

Facts = dict[str, Any]
#: So many months back a chain of silence is followed.
LOOK_BACK = 24
#: A category of fewer units has no winners: the same floor as the podium's.
UNITS_FOR_PLACES = 3
MONTH_OF_STATE = {
    Entry.State.RANKED: Month.ACTIVE,
    Entry.State.SILENT: Month.SILENT,
    Entry.State.NOT_MEASURED: Month.NOT_MEASURED,
}
Condition = RewardRule.Condition


@dataclass
class Asked:
    """What the rules ask after one month: facts by (unit id, rule)."""

    facts: dict[tuple[int, RewardRule], Facts] = field(default_factory=dict)

    def add(self, entry: Entry, rule: RewardRule, facts: Facts) -> None:
        self.facts[entry.unit_id, rule] = facts


def final_in_force() -> QuerySet[Ranking]:
    """The newest final revision of each month: while a correction is a draft, the old one still holds."""
    newer = Ranking.objects.filter(
        month=OuterRef("month"), revision__gt=OuterRef("revision"), status=Ranking.Status.FINAL
    )
    rankings: QuerySet[Ranking] = Ranking.objects.filter(~Exists(newer), status=Ranking.Status.FINAL)
    return rankings


def asked_by_rules(ranking: Ranking) -> Asked:
    """All that the rules in force ask after this final ranking. A constant number of queries."""
    rules: list[RewardRule] = list(RewardRule.objects.in_force(ranking.month))
    entries = list(ranking.entries.select_related("unit").order_by("unit_id"))
    asked = Asked()
    _places(asked, entries, rules)
    _scores(asked, entries, rules)
    _climbers(asked, entries, rules)
    _silence(asked, ranking, entries, [rule for rule in rules if rule.condition == Condition.SILENT_MONTHS])
    for rule in rules:
        if rule.condition == Condition.NO_SOCIAL_MEDIA:
            _without_social_media(asked, ranking, entries, rule)
    return asked


# --- rewards ---------------------------------------------------------------------------------------------------


def _ranked(entries: Iterable[Entry]) -> list[tuple[Entry, Facts]]:
    """Ranked entries of categories that compare enough units, with the facts of their place.

    Silent units are no winners: where all are silent, nobody is ranked.
    """
    sizes: dict[str, int] = defaultdict(int)
    for entry in entries:
        sizes[entry.category] += 1
    return [
        (entry, _place_facts(entry, sizes[entry.category]))
        for entry in entries
        if entry.rank is not None and sizes[entry.category] >= UNITS_FOR_PLACES
    ]


def _place_facts(entry: Entry, units: int) -> Facts:
    return {
        "category": entry.category,
        "units": units,
        "rank": entry.rank,
        "score": str(entry.score),
        "activities": entry.activities,
        "active_days": entry.active_days,
    }


def _places(asked: Asked, entries: list[Entry], rules: list[RewardRule]) -> None:
    """Everyone who shares the last rewarded place gets the letter."""
    for rule in (rule for rule in rules if rule.condition == Condition.TOP_PLACES):
        for entry, facts in _ranked(entries):
            if facts["rank"] <= rule.threshold:
                asked.add(entry, rule, facts)


def _scores(asked: Asked, entries: list[Entry], rules: list[RewardRule]) -> None:
    """A reward that does not depend on others, for those who have no piagam this month."""
    has_place = {unit_id for unit_id, rule in asked.facts if rule.condition == Condition.TOP_PLACES}
    for rule in (rule for rule in rules if rule.condition == Condition.SCORE_AT_LEAST):
        for entry, facts in _ranked(entries):
            if entry.score >= rule.threshold and entry.unit_id not in has_place:
                asked.add(entry, rule, facts)


def _climbers(asked: Asked, entries: list[Entry], rules: list[RewardRule]) -> None:
    for rule in (rule for rule in rules if rule.condition == Condition.PLACES_RISEN):
        for entry, facts in _ranked(entries):
            rise = (entry.previous_rank or 0) - facts["rank"]
            if rise >= rule.threshold:
                asked.add(entry, rule, {**facts, "rise": rise})


# --- silence ---------------------------------------------------------------------------------------------------


def _silence(asked: Asked, ranking: Ranking, entries: list[Entry], rules: list[RewardRule]) -> None:
    """At most one step of the ladder for each silent unit."""
    silent = {entry.unit_id: entry for entry in entries if entry.state == Entry.State.SILENT}
    if not rules or not silent:
        return
    by_threshold = {rule.threshold: rule for rule in rules}
    span = _span(ranking.month, rules)
    known = _states(ranking, span, silent.keys())
    excused = _excused(span, silent.keys(), is_sample=ranking.is_sample)
    for unit_id, entry in silent.items():
        months = [_month(known.get((unit_id, month)), (unit_id, month) in excused) for month in span]
        chain = [month_text(span[place]) for place in silent_places(months)]
        reached = step(len(chain), by_threshold)
        if reached is not None:
            asked.add(entry, by_threshold[reached], {"category": entry.category, "months": chain})


def _span(last: date, rules: list[RewardRule]) -> list[date]:
    """The months that may count, oldest first: silence before the first rule was in force is nobody's fault."""
    first = min(rule.effective_from for rule in rules)
    return months_between(first, last)[-LOOK_BACK:]


def _states(ranking: Ranking, span: list[date], unit_ids: Iterable[int]) -> dict[tuple[int, date], str]:
    """States in final months of the same sort: sample months and real ones never meet in a chain."""
    rankings = final_in_force().filter(month__range=(span[0], span[-1]), is_sample=ranking.is_sample)
    rows = Entry.objects.filter(ranking__in=rankings.exclude(month=ranking.month), unit__in=list(unit_ids))
    found = {(unit_id, month): state for unit_id, month, state in rows.values_list("unit", "ranking__month", "state")}
    return found | {(unit_id, ranking.month): Entry.State.SILENT for unit_id in unit_ids}


def _excused(span: list[date], unit_ids: Iterable[int], *, is_sample: bool) -> set[tuple[int, date]]:
    """Earlier months for which a person refused or took back the letter, and none stands in its stead."""
    rows = Proposal.objects.filter(
        rule__kind=RewardRule.Kind.WARNING, unit__in=list(unit_ids), month__range=(span[0], span[-1])
    ).filter(is_sample=is_sample, month__lt=span[-1])
    pairs = list(rows.values_list("unit", "month", "status"))
    standing = {(unit, month) for unit, month, status in pairs if status in ("proposed", "issued")}
    return {(unit, month) for unit, month, status in pairs if status in ("rejected", "withdrawn")} - standing


def _month(state: str | None, is_excused: bool) -> Month:
    month = MONTH_OF_STATE[Entry.State(state)] if state else Month.UNKNOWN
    return Month.EXCUSED if month is Month.SILENT and is_excused else month


# --- guidance --------------------------------------------------------------------------------------------------


def _without_social_media(asked: Asked, ranking: Ranking, entries: list[Entry], rule: RewardRule) -> None:
    """Units without an account, unless the same was proposed in one of the `threshold` months around."""
    recently = _recently(ranking, rule)
    for entry in entries:
        if not entry.has_social_media and entry.unit_id not in recently:
            asked.add(entry, rule, {"category": entry.category})


def _recently(ranking: Ranking, rule: RewardRule) -> set[int]:
    rows = Proposal.objects.filter(rule=rule, is_sample=ranking.is_sample).exclude(status=Proposal.Status.DROPPED)
    found = rows.exclude(month=ranking.month).values_list("unit_id", "month")
    return {unit_id for unit_id, month in found if _distance(month, ranking.month) < rule.threshold}


def _distance(one: date, other: date) -> int:
    return abs((one.year - other.year) * 12 + one.month - other.month)
