"""Deciding an objection: by Diskominfo, never by the unit itself, item by item, once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from opd.models import Channel, User
from opd.permissions import may, unit_ids_of
from publications.contesting import accept_contested, reject_contested
from publications.models import CoverageGap
from publications.services import PublicationError
from rankings.models import Ranking
from rankings.services import compute_month, lock_month

from .making import RebuttalError, clean_text
from .models import ANSWER_LENGTH, Rebuttal, RebuttalItem, RebuttalQuerySet
from .notices import tell_decision

logger = logging.getLogger(__name__)
RIGHT = "rankings.decide_rebuttal"
#: As long as the reason that stays with a publication.
ITEM_ANSWER_LENGTH = 300
Verdict = RebuttalItem.Verdict


@dataclass(frozen=True)
class Decision:
    """What is decided about one item, and why."""

    accepted: bool
    answer: str


def undecided(actor: User) -> RebuttalQuerySet:
    """What this person may decide, longest waiting first."""
    rows: RebuttalQuerySet = Rebuttal.objects.undecided()
    return rows.exclude(made_by=actor).exclude(unit__in=unit_ids_of(actor)).oldest_first()


@dataclass(frozen=True)
class Waiting:
    count: int
    oldest: datetime | None


def waiting(actor: User) -> Waiting:
    found = undecided(actor).order_by().aggregate(count=Count("pk"), oldest=Min("made_at"))
    return Waiting(found["count"], found["oldest"])


def why_not_decider(rebuttal: Rebuttal, actor: User) -> str:
    """Why this person may not decide it; empty if they may."""
    if rebuttal.made_by_id == actor.pk:
        return _("Yang mengajukan sanggahan tidak boleh memutuskannya.")
    if rebuttal.unit_id in unit_ids_of(actor):
        return _("Sanggahan tidak diputuskan oleh petugas dari unit yang menyanggah.")
    return ""


@transaction.atomic
def decide_rebuttal(
    *, rebuttal_id: int, actor: User, decisions: Mapping[int, Decision], answer: str, now: datetime | None = None
) -> Ranking:
    """Decide every item (by its id) and the objection with them, and compute the month again; all of it or nothing."""
    now = now or timezone.now()
    month = _month_of(rebuttal_id, actor)
    answer = clean_text(answer, ANSWER_LENGTH, _("Tuliskan pertimbangan putusan."))
    lock_month(month)
    rebuttal = Rebuttal.objects.select_for_update().filter(pk=rebuttal_id, status=Rebuttal.Status.OPEN).first()
    if rebuttal is None:
        raise RebuttalError(_("Sanggahan ini sudah diputuskan."))
    if problem := why_not_decider(rebuttal, actor):
        raise RebuttalError(problem)
    items = list(rebuttal.items.select_related("channel").order_by("pk"))
    if set(decisions) != {item.pk for item in items}:
        raise RebuttalError(_("Putuskan setiap pokok sanggahan."))
    for item in items:
        _decide_item(rebuttal, item, decisions[item.pk], actor)
    open_row = Rebuttal.objects.filter(pk=rebuttal_id, status=Rebuttal.Status.OPEN)
    outcome = outcome_of([decision.accepted for decision in decisions.values()])
    values = {"status": Rebuttal.Status.DECIDED, "outcome": outcome, "answer": answer}
    if not open_row.update(decided_by=actor, decided_at=now, **values):
        raise RebuttalError(_("Sanggahan ini sudah diputuskan."))
    LogEntry.objects.log_actions(actor.pk, [rebuttal], CHANGE, str(outcome.label), single_object=True)
    logger.info("rebuttal %d of %s decided: %s", rebuttal.pk, rebuttal.unit_id, outcome)
    rebuttal.refresh_from_db()
    tell_decision(rebuttal)
    return compute_month(month, now)


def outcome_of(accepted: list[bool]) -> Rebuttal.Outcome:
    if all(accepted):
        return Rebuttal.Outcome.ACCEPTED
    return Rebuttal.Outcome.PARTIAL if any(accepted) else Rebuttal.Outcome.REJECTED


def _month_of(rebuttal_id: int, actor: User) -> date:
    rebuttal = Rebuttal.objects.select_related("ranking").filter(pk=rebuttal_id).first()
    if rebuttal is None or not may(actor, RIGHT):
        raise RebuttalError(_("Sanggahan tidak ditemukan."))
    month: date = rebuttal.ranking.month
    return month


def _decide_item(rebuttal: Rebuttal, item: RebuttalItem, decision: Decision, actor: User) -> None:
    answer = clean_text(decision.answer, ITEM_ANSWER_LENGTH, _("Tuliskan alasan untuk setiap pokok."))
    answer = " ".join(answer.split())
    try:
        if item.publication_id is not None:
            whose: dict[str, Any] = {"unit": rebuttal.unit, "actor": actor, "reason": answer}
            if decision.accepted:
                accept_contested(publication_id=item.publication_id, claimed_on=item.claimed_on, **whose)
            else:
                reject_contested(publication_id=item.publication_id, **whose)
        elif decision.accepted:
            _record_gap(item, actor, answer)
    except PublicationError as error:
        raise RebuttalError(str(error)) from error
    item.verdict = Verdict.ACCEPTED if decision.accepted else Verdict.REJECTED
    item.answer = answer
    item.save(update_fields=["verdict", "answer"])


def _record_gap(item: RebuttalItem, actor: User, answer: str) -> None:
    """The days on which the portal could not read the channel, joined to what is recorded of it."""
    channel, first, last = item.channel, item.claimed_on, item.claimed_until
    if channel is None or first is None or last is None or channel.status != Channel.Status.VERIFIED:
        raise RebuttalError(_("Kanal ini tidak lagi terverifikasi."))
    reason = _("Diterima atas sanggahan unit: %(answer)s") % {"answer": answer}
    if CoverageGap.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=last), channel=channel, started_on__lte=first
    ).exists():
        return
    gap = CoverageGap.objects.create(
        channel=channel, started_on=first, ended_on=last, reason=reason[:ITEM_ANSWER_LENGTH]
    )
    LogEntry.objects.log_actions(actor.pk, [gap], ADDITION, reason, single_object=True)
