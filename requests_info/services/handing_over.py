"""Writing down that the requester has got what was granted."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from requests_info.models import Handover, InformationRequest

from .steps import Kind, RequestError, check_right, locked, note_step

Outcome = InformationRequest.Outcome
Payment = Handover.Payment
#: Only these give anything.
GIVING = (Outcome.GRANTED, Outcome.PARTIAL)


@transaction.atomic
def record_handover(*, request_id: int, actor: User, on: date, payment: str, now: datetime | None = None) -> Handover:
    """Record, or set right, on which day (Asia/Jakarta) the information was handed over and how it was paid."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    request = locked(request_id)
    if request.outcome not in GIVING:
        raise RequestError(_("Hanya informasi yang dikabulkan, seluruhnya atau sebagian, yang diserahkan."))
    _check_day(request, on, now)
    _check_payment(request.decision.cost, payment)
    fields = {"on": on, "payment": payment, "at": now, "by": actor}
    handover, _created = Handover.objects.update_or_create(information_request=request, defaults=fields)
    note_step(request, Kind.HANDED_OVER, now, actor, date_format(on, "j F Y"))
    return handover


def _check_day(request: InformationRequest, on: date, now: datetime) -> None:
    if not local_day(request.received_at) <= on <= local_day(now):
        raise RequestError(_("Tanggal penyerahan harus antara hari permohonan diterima dan hari ini."))


def _check_payment(cost: int, payment: str) -> None:
    if payment not in Payment.values:
        raise RequestError(_("Pilih cara pembayaran."))
    if cost and payment == Payment.FREE:
        raise RequestError(_("Keputusannya menyebut biaya; pilih cara biaya itu dibayar."))
    if not cost and payment != Payment.FREE:
        raise RequestError(_("Keputusannya tidak menyebut biaya, jadi tidak ada yang dibayar."))
