"""What every change of a request's state shares: its refusal, its event, its limits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.calendar import days_off
from opd.models import User
from opd.permissions import may
from requests_info.deadlines import working_days_left
from requests_info.models import InformationRequest, Objection, ObjectionEvent, RequestEvent

Kind = RequestEvent.Kind
Status = InformationRequest.Status
REASON_LENGTH = 4000
#: Letters and walk-ins are entered late at times, never this late.
OLDEST_RECEIPT = timedelta(days=5 * 366)


class RequestError(Exception):
    """The change is refused; the message says why, for the person who asked."""


def note_step(
    request: InformationRequest, kind: str, at: datetime, actor: User | None = None, note: str = ""
) -> RequestEvent:
    return RequestEvent.objects.create(information_request=request, kind=kind, at=at, actor=actor, note=note)


def note_objection(
    objection: Objection, kind: str, at: datetime, actor: User | None = None, note: str = ""
) -> ObjectionEvent:
    return ObjectionEvent.objects.create(objection=objection, kind=kind, at=at, actor=actor, note=note)


def locked(request_id: int) -> InformationRequest:
    """The request, held until commit."""
    return InformationRequest.objects.select_for_update(of=("self",)).get(pk=request_id)  # type: ignore[no-any-return]


def locked_objection(objection_id: int) -> Objection | None:
    """The objection, held until commit; None if there is none."""
    return Objection.objects.select_for_update(of=("self",)).filter(pk=objection_id).first()  # type: ignore[no-any-return]


def close(request: InformationRequest, status: str, outcome: str, now: datetime) -> None:
    """End a case that is held: its state, its result and the working days it took come together."""
    start, end = local_day(request.received_at), local_day(now)
    request.status, request.outcome, request.closed_at = status, outcome, now
    request.days_used = working_days_left(start, end, days_off(start, end).keys()) if end > start else 0
    request.save(update_fields=["status", "outcome", "closed_at", "days_used"])


def check_right(actor: User, right: str) -> None:
    if not may(actor, f"requests_info.{right}"):
        raise RequestError(_("Anda tidak berhak melakukan langkah ini."))


def check_receipt(source: str, received_at: datetime, now: datetime) -> None:
    """What the desk enters came by letter, mail or visit, and not in the future."""
    if source == InformationRequest.Source.FORM or source not in InformationRequest.Source.values:
        raise RequestError(_("Pilih cara masuknya: datang langsung, surat, atau surel."))
    if received_at > now:
        raise RequestError(_("Waktu penerimaan masih di masa depan."))
    if now - received_at > OLDEST_RECEIPT:
        raise RequestError(_("Waktu penerimaan terlalu lama lampau; periksa tahunnya."))


def clean_text(text: str, problem: str) -> str:
    """The text without outer space; `problem` is said when there is none."""
    text = text.replace("\r\n", "\n").strip()
    if not text or "\x00" in text:
        raise RequestError(problem)
    if len(text) > REASON_LENGTH:
        raise RequestError(_("Paling panjang %(length)d huruf.") % {"length": REASON_LENGTH})
    return text


def off_days(start: date, days: int) -> set[date]:
    """Days off that a period of so many working days after `start` can meet."""
    return set(days_off(start, start + timedelta(days=3 * days + 60)))
