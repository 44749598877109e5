"""What a requester takes along from the secret address: the receipt and the dates."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import local_day

from . import dates_calendar
from .models import Objection
from .receipt import receipt_pdf
from .views import found_request


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    found = found_request(token)
    pdf = receipt_pdf(found, local_day(timezone.now()))
    return _file(pdf, "application/pdf", f"tanda-bukti-{found.number}.pdf")


@never_cache
@require_safe
def dates(request: HttpRequest, token: str) -> HttpResponse:
    found = found_request(token)
    return _file(dates_calendar.as_ics(found), "text/calendar; charset=utf-8", f"permohonan-{found.number}.ics")


@never_cache
@require_safe
def objection_dates(request: HttpRequest, token: str) -> HttpResponse:
    found = Objection.objects.with_token(token).first()
    if found is None:
        raise Http404
    ics = dates_calendar.objection_as_ics(found)
    return _file(ics, "text/calendar; charset=utf-8", f"keberatan-{found.number}.ics")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response
