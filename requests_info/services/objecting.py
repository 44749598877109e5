"""Objections: made when their ground is ripe, decided once by the superior, with a number, a clock and a letter."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import Unit, User
from opd.permissions import may
from requests_info import letters, objection_notices
from requests_info.deadlines import dispute_until, first_day_late, objection_answer_due
from requests_info.grounds import Facts, Ground, Opening, opening, openings
from requests_info.models import (
    Assignment,
    Decision,
    InformationRequest,
    Objection,
    ObjectionDecision,
    ObjectionEvent,
    hash_of,
    new_token,
)
from requests_info.periods import periods

from .steps import RequestError, clean_text, locked, off_days

Event = ObjectionEvent.Kind


@dataclass(frozen=True)
class Objector:
    """Who objects where there is no request: the law asks for name and address."""

    name: str
    address: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class ObjectionVerdict:
    """What the Atasan PPID decided, and who that is."""

    outcome: str
    explanation: str
    superior_name: str
    superior_position: str


# --- what is ripe -------------------------------------------------------------------------------------------------


def facts_of(request: InformationRequest) -> Facts:
    decision = Decision.objects.filter(information_request=request).first()
    answered_on = local_day(request.closed_at) if request.closed_at else None
    return Facts(request.due_on, request.outcome, answered_on, decision.cost if decision else 0)


def openings_of(request: InformationRequest, on: date) -> list[Opening]:
    """All grounds of a request as they stand on a day."""
    facts = facts_of(request)
    return openings(facts, on, periods(), _off_days_of(facts))


def _off_days_of(facts: Facts) -> set[date]:
    return off_days(facts.answered_on or first_day_late(facts.due_on), periods().objection)


def last_day_of_dispute(objection: Objection) -> date:
    """Pasal 37 ayat (2): counted from the decision, or from the end of its limit where there is none."""
    start = local_day(objection.closed_at) if objection.closed_at else objection.due_on
    return dispute_until(start, periods(), off_days(start, periods().dispute))


# --- making one -----------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_objection(
    *, request_id: int, ground: str, text: str, form_token: uuid.UUID, now: datetime | None = None
) -> Objection:
    """Object to how a request was treated. Each ground once; the same form sent twice is one objection."""
    now = now or timezone.now()
    request = locked(request_id)  # two at once are told apart here
    if known := Objection.objects.filter(form_token=form_token, information_request=request).first():
        return known  # type: ignore[no-any-return]
    if ground not in Ground.values:
        raise RequestError(_("Pilih alasan keberatan."))
    facts = facts_of(request)
    state = opening(Ground(ground), facts, local_day(now), periods(), _off_days_of(facts))
    if not state.is_ripe:
        raise RequestError(state.why)
    if twin := Objection.objects.filter(information_request=request, ground=ground).first():
        raise RequestError(_("Keberatan dengan alasan ini sudah Anda ajukan: nomor %(number)s.") % {"number": twin})
    text = clean_text(text, _("Tuliskan keberatan Anda."))
    fields = {"information_request": request, "unit": _unit_of(request), "is_sample": request.is_sample}
    return _register(ground, text, form_token, now, **fields)


def submit_periodic_objection(
    *, objector: Objector, unit: Unit, text: str, form_token: uuid.UUID, now: datetime | None = None
) -> Objection:
    """Ground b: a unit does not provide what it must publish periodically. It needs no request before it."""
    now = now or timezone.now()
    text = clean_text(text, _("Tuliskan keberatan Anda."))
    if not objector.name.strip() or not objector.address.strip():
        raise RequestError(_("Tuliskan nama dan alamat Anda."))
    if known := _with_form(form_token):
        return known
    try:
        with transaction.atomic():
            return _register(Ground.PERIODIC, text, form_token, now, unit=unit, **vars(objector))
    except IntegrityError:
        if known := _with_form(form_token):
            return known
        raise


def _with_form(form_token: uuid.UUID) -> Objection | None:
    return Objection.objects.filter(form_token=form_token, information_request=None).first()  # type: ignore[no-any-return]


def _unit_of(request: InformationRequest) -> Unit:
    """Whose Atasan decides: that of the one unit that was asked, else that of PPID Utama."""
    parts = request.assignments.exclude(state=Assignment.State.RETURNED)
    asked = [part.unit for part in parts.select_related("unit")]
    if len(asked) == 1:
        return asked[0]
    office = Unit.objects.filter(slug=settings.PPID_UNIT).first() or request.unit
    if office is None:
        raise RequestError(_("Unit PPID Utama belum terdaftar; hubungi Diskominfo."))
    return office


def _register(ground: str, text: str, form_token: uuid.UUID, now: datetime, **fields: object) -> Objection:
    received_on, lengths = local_day(now), periods()
    sequence, token = _next_number(received_on.year), new_token()
    objection: Objection = Objection.objects.create(
        number=f"KB-{received_on.year}-{sequence:04d}",
        year=received_on.year,
        sequence=sequence,
        token=token,
        token_hash=hash_of(token),
        form_token=form_token,
        ground=ground,
        text=text,
        received_at=now,
        due_on=objection_answer_due(received_on, lengths, off_days(received_on, lengths.objection_answer)),
        **fields,
    )
    ObjectionEvent.objects.create(objection=objection, kind=Event.RECEIVED, at=now)
    objection_notices.tell_objector(objection, "received")
    objection_notices.tell_superior(objection)
    return objection


def _next_number(year: int) -> int:
    """As for requests: others wait until our transaction ends, so no number is ever missing or double."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO requests_info_objectioncounter (year, last) VALUES (%s, 1)
            ON CONFLICT (year) DO UPDATE SET last = requests_info_objectioncounter.last + 1 RETURNING last
            """,
            [year],
        )
        number: int = cursor.fetchone()[0]
    return number


# --- deciding -------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide_objection(
    *, objection_id: int, actor: User, verdict: ObjectionVerdict, now: datetime | None = None
) -> ObjectionDecision:
    """Decide once and issue the letter; of two at the same moment one wins."""
    now = now or timezone.now()
    objection = Objection.objects.select_for_update(of=("self",)).filter(pk=objection_id).first()
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
    ObjectionEvent.objects.create(
        objection=objection, kind=Event.DECIDED, at=now, actor=actor, note=decision.get_outcome_display()
    )
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
