"""What follows from a month that became final: rows to decide about. Safe to run again, late, or side by side."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from rankings.models import Ranking

from .conditions import Facts, asked_by_rules, final_in_force
from .models import Proposal, ProposalRun, RewardRule
from .words import difference

logger = logging.getLogger(__name__)
LOCK = (20230215, 1)  # the ranking's lock space; months there are yyyymm
Status = Proposal.Status


@dataclass(frozen=True)
class Done:
    """What a run changed."""

    proposed: int = 0
    renewed: int = 0
    dropped: int = 0
    doubted: int = 0

    @property
    def changed(self) -> int:
        return self.proposed + self.renewed + self.dropped + self.doubted


def due_months() -> list[date]:
    """Final months not gone through since they, or an earlier month, last became final; oldest first.

    An earlier month that is finalised late, or revised, may lengthen or break the chains that follow it.
    """
    run_at = ProposalRun.objects.filter(ranking=OuterRef("pk"))
    earlier = Ranking.objects.filter(
        status=Ranking.Status.FINAL,
        is_sample=OuterRef("is_sample"),
        month__lt=OuterRef("month"),
        finalised_at__gt=OuterRef("proposal_run__ran_at"),
    )
    due = final_in_force().filter(Q(~Exists(run_at)) | Q(Exists(earlier)))
    return list(due.order_by("month").values_list("month", flat=True))


def hold_all() -> None:
    """One run or decision at a time, till commit: they look at each other's months."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)


@transaction.atomic
def propose_month(month: date, now: datetime | None = None) -> Done | None:
    """Propose what the rules ask after a final month, and take back what they no longer ask.

    What a person decided stays as it is; a letter that the month no longer bears out is marked, for a person to
    withdraw. None if the month is not final.
    """
    now = now or timezone.now()
    hold_all()
    ranking = final_in_force().filter(month=month).first()
    if ranking is None:
        return None
    done = _compare(ranking, asked_by_rules(ranking).facts, now)
    ProposalRun.objects.update_or_create(ranking=ranking, defaults={"ran_at": now})
    if done.changed:
        logger.info("proposals of %s: %s", ranking, done)
    return done


def propose_after(month: date, now: datetime | None = None) -> None:
    """Go through the final months after this one again: a refusal or withdrawal shortens the chains that follow."""
    later = final_in_force().filter(month__gt=month).exclude(proposal_run=None)
    for following in later.order_by("month").values_list("month", flat=True):
        propose_month(following, now)


def _compare(ranking: Ranking, asked: dict[tuple[int, RewardRule], Facts], now: datetime) -> Done:
    rows = Proposal.objects.filter(month=ranking.month).select_related("rule").order_by("pk")
    standing = {(row.unit_id, row.rule): row for row in rows if row.status != Status.WITHDRAWN}
    missing = [
        Proposal(
            month=ranking.month, ranking=ranking, is_sample=ranking.is_sample,
            unit_id=unit_id, rule=rule, facts=facts, proposed_at=now,
        )
        for (unit_id, rule), facts in asked.items()
        if (unit_id, rule) not in standing and not _is_settled(rows, unit_id, rule, facts)
    ]  # fmt: skip
    Proposal.objects.bulk_create(missing)
    renewed = dropped = doubted = 0
    for key, row in standing.items():
        facts = asked.get(key)
        if row.status in (Status.PROPOSED, Status.DROPPED):
            renewed += facts is not None and _renew(row, ranking, facts)
            dropped += facts is None and _drop(row)
        elif row.status == Status.ISSUED:
            doubted += _doubt(row, difference(row.facts, facts, row.month_text), now)
    return Done(len(missing), renewed, dropped, doubted)


def _is_settled(rows: Iterable[Proposal], unit_id: int, rule: RewardRule, facts: Facts) -> bool:
    """Whether a person has spoken already: took back this very letter, or refused to warn for this month at all."""
    own = [row for row in rows if row.unit_id == unit_id]
    taken_back = any(row.status == Status.WITHDRAWN and (row.rule, row.facts) == (rule, facts) for row in own)
    refused = any(row.status == Status.REJECTED and row.rule.kind == rule.kind != "reward" for row in own)
    return taken_back or refused


def _renew(row: Proposal, ranking: Ranking, facts: Facts) -> bool:
    if (row.status, row.facts, row.ranking_id) == (Status.PROPOSED, facts, ranking.pk):
        return False
    undecided = Proposal.objects.filter(pk=row.pk, status__in=[Status.PROPOSED, Status.DROPPED])
    return bool(undecided.update(status=Status.PROPOSED, facts=facts, ranking=ranking))


def _drop(row: Proposal) -> bool:
    return bool(Proposal.objects.filter(pk=row.pk, status=Status.PROPOSED).update(status=Status.DROPPED))


def _doubt(row: Proposal, words: str, now: datetime) -> bool:
    """Mark a letter whose reason changed, and clear the mark when it holds again."""
    if words == row.doubt:
        return False
    values = {"doubt": words, "doubted_at": (row.doubted_at or now) if words else None}
    return bool(Proposal.objects.filter(pk=row.pk, status=Status.ISSUED).update(**values))
