"""The superior decides about an objection, once, and the letter says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from opd.permissions import may
from requests_info import letters, objection_notices
from requests_info.grounds import Ground
from requests_info.models import Objection, ObjectionDecision, ObjectionEvent

from .disputes import last_day_of_dispute
from .steps import RequestError, clean_text, locked_objection, note_objection

Event = ObjectionEvent.Kind


@dataclass(frozen=True)
class ObjectionVerdict:
    """What the Atasan PPID decided, and who that is."""

    outcome: str
    explanation: str
    superior_name: str
    superior_position: str


@transaction.atomic
def decide_objection(
    *, objection_id: int, actor: User, verdict: ObjectionVerdict, now: datetime | None = None
) -> ObjectionDecision:
    """Decide once and issue the letter; of two at the same moment one wins."""
    now = now or timezone.now()
    objection = locked_objection(objection_id)
    if objection is None or not may(actor, "requests_info.decide_objection", objection):
        raise RequestError(_("Keberatan ini tidak ditemukan."))
    if not objection.is_open:
        raise RequestError(_("Keberatan ini sudah diputuskan."))
    decision = _checked(objection, verdict, actor, now)
    objection.status, objection.closed_at = Objection.Status.DECIDED, now
    until = last_day_of_dispute(objection)
    decision.letter = letters.issue_objection_decision(decision, local_day(now), until)
    decision.save()
    objection.save(update_fields=["status", "closed_at"])
    note_objection(objection, Event.DECIDED, now, actor, decision.get_outcome_display())
    objection_notices.tell_objector(objection, "decided", letter=decision.letter, dispute_until=until)
    return decision


def _checked(objection: Objection, verdict: ObjectionVerdict, actor: User, now: datetime) -> ObjectionDecision:
    if verdict.outcome not in Objection.Outcome.values:
        raise RequestError(_("Pilih keputusan."))
    if verdict.outcome == Objection.Outcome.SETTLED and objection.ground == Ground.REFUSED:
        raise RequestError(_("Keberatan atas penolakan (huruf a) tidak dapat diselesaikan secara musyawarah."))
    name, position = " ".join(verdict.superior_name.split()), " ".join(verdict.superior_position.split())
    if not name or not position or max(len(name), len(position)) > 150:
        raise RequestError(_("Tuliskan nama dan jabatan Atasan PPID yang memutuskan."))
    return ObjectionDecision(
        objection=objection,
        outcome=verdict.outcome,
        explanation=clean_text(verdict.explanation, _("Tuliskan isi keputusan.")),
        superior_name=name,
        superior_position=position,
        at=now,
        by=actor,
    )
