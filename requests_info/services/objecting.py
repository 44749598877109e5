"""Objections: made when their ground is ripe, on the page or at the desk, with a number and a clock at once."""

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
from requests_info import objection_notices
from requests_info.deadlines import first_day_late, objection_answer_due
from requests_info.grounds import Facts, Ground, Opening, opening, openings
from requests_info.models import (
    Assignment,
    Decision,
    InformationRequest,
    Objection,
    ObjectionEvent,
    hash_of,
    new_token,
)
from requests_info.periods import periods

from .slowing import count_sent_form
from .steps import (
    RequestError,
    check_receipt,
    check_right,
    clean_text,
    locked,
    note_objection,
    off_days,
)

Event = ObjectionEvent.Kind


@dataclass(frozen=True)
class Objector:
    """Who objects where there is no request: the law asks for name and address."""

    name: str
    address: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class DeskEntry:
    """An objection that came by letter, mail or visit: how, when truly, and who records it."""

    source: str
    received_at: datetime
    actor: User


# --- what is ripe -------------------------------------------------------------------------------------------------


def facts_of(request: InformationRequest, on: date) -> Facts:
    """What was so on a day: an answer that came later does not count yet, for letters are entered days afterwards."""
    answered_on = local_day(request.closed_at) if request.closed_at else None
    if answered_on is None or answered_on > on:
        return Facts(request.due_on)
    decision = Decision.objects.filter(information_request=request).first()
    return Facts(request.due_on, request.outcome, answered_on, decision.cost if decision else 0)


def openings_of(request: InformationRequest, on: date) -> list[Opening]:
    """All grounds of a request as they stood on a day."""
    facts = facts_of(request, on)
    return openings(facts, on, periods(), _off_days_of(facts))


def _off_days_of(facts: Facts) -> set[date]:
    return off_days(facts.answered_on or first_day_late(facts.due_on), periods().objection)


# --- making one -----------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_objection(
    *,
    request_id: int,
    ground: str,
    text: str,
    form_token: uuid.UUID,
    now: datetime | None = None,
    entry: DeskEntry | None = None,
) -> Objection:
    """Object to how a request was treated. Each ground once; the same form sent twice is one objection.

    With `entry` the desk records it; the ground must have been ripe on the day of its receipt.
    """
    now = now or timezone.now()
    received_on = local_day(_receipt(entry, now))
    request = locked(request_id)  # two at once are told apart here
    if known := Objection.objects.filter(form_token=form_token, information_request=request).first():
        return known  # type: ignore[no-any-return]
    if ground not in Ground.values:
        raise RequestError(_("Pilih alasan keberatan."))
    if received_on < local_day(request.received_at):
        raise RequestError(_("Keberatan ini diterima sebelum permohonannya; periksa tanggalnya."))
    facts = facts_of(request, received_on)
    state = opening(Ground(ground), facts, received_on, periods(), _off_days_of(facts))
    if not state.is_ripe:
        raise RequestError(state.why)
    if twin := Objection.objects.filter(information_request=request, ground=ground).first():
        raise RequestError(_("Keberatan dengan alasan ini sudah diajukan: nomor %(number)s.") % {"number": twin})
    text = clean_text(text, _("Tuliskan keberatan Anda."))
    fields = {"information_request": request, "unit": _unit_of(request), "is_sample": request.is_sample}
    return _register(ground, text, form_token, now, entry, **fields)


def submit_periodic_objection(
    *,
    objector: Objector,
    unit: Unit,
    text: str,
    form_token: uuid.UUID,
    address: str = "",
    now: datetime | None = None,
    entry: DeskEntry | None = None,
) -> Objection:
    """Ground b: a unit does not provide what it must publish periodically. It needs no request before it.

    Of one network (`address`, a hash) so many an hour are taken, more are TooManyError.
    """
    now = now or timezone.now()
    _receipt(entry, now)
    text = clean_text(text, _("Tuliskan keberatan Anda."))
    if not objector.name.strip() or not objector.address.strip():
        raise RequestError(_("Tuliskan nama dan alamat Anda."))

    def register(token: uuid.UUID) -> Objection:
        with transaction.atomic():
            count_sent_form(address, now)
            return _register(Ground.PERIODIC, text, token, now, entry, unit=unit, **vars(objector))

    twin = _with_form(form_token)
    if twin is None:
        try:
            return register(form_token)
        except IntegrityError:
            if (twin := _with_form(form_token)) is None:
                raise
    return twin if _says(twin, unit, text, objector) else register(uuid.uuid4())


def _says(objection: Objection, unit: Unit, text: str, objector: Objector) -> bool:
    """Only the same words are the same form: a stranger may have planted its token in somebody else's page."""
    said = {"unit": unit, "text": text, **vars(objector)}
    return all(getattr(objection, name) == value for name, value in said.items())


def _receipt(entry: DeskEntry | None, now: datetime) -> datetime:
    """The true moment of receipt, once it is plausible; the same rule as for requests."""
    if entry is None:
        return now
    check_right(entry.actor, "add_objection")
    check_receipt(entry.source, entry.received_at, now)
    return entry.received_at


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


def _register(
    ground: str, text: str, form_token: uuid.UUID, now: datetime, entry: DeskEntry | None, **fields: object
) -> Objection:
    received_at, lengths, year = entry.received_at if entry else now, periods(), local_day(now).year
    received_on = local_day(received_at)
    sequence, token = _next_number(year), new_token()
    objection: Objection = Objection.objects.create(
        number=f"KB-{year}-{sequence:04d}",
        year=year,
        sequence=sequence,
        token=token,
        token_hash=hash_of(token),
        form_token=form_token,
        ground=ground,
        text=text,
        received_at=received_at,
        due_on=objection_answer_due(received_on, lengths, off_days(received_on, lengths.objection_answer)),
        created_at=now,
        **({"source": entry.source, "entered_by": entry.actor} if entry else {}),
        **fields,
    )
    note_objection(objection, Event.ENTERED if entry else Event.RECEIVED, now, entry.actor if entry else None)
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
