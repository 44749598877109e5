"""Registers with names, for Diskominfo alone, and the record of what was handed over."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.common.jakarta import local_day
from opd.models import User

from . import register_files, registers, services, statistics, yearly_files
from .desk_views import needs, page
from .models import IdentityRead, InformationRequest
from .register_desk_forms import REQUESTS, HandoverForm, RegisterForm
from .services import RequestError
from .services.handing_over import GIVING

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs("export")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_download(request: HttpRequest) -> HttpResponse:
    """The form, and by POST the file: a link that is opened in advance must not count as having read the names."""
    form = RegisterForm(request.POST if request.method == "POST" else None, initial={"tahun": timezone.now().year})
    if form.is_bound and form.is_valid():
        return _file(request, form)
    return page(request, "register", _("Register dan laporan"), form=form, years=statistics.years())


def _file(request: HttpRequest, form: RegisterForm) -> HttpResponse:
    """Who reads whose identity is written down before the file leaves."""
    period, now, name = form.period(), timezone.now(), form.cleaned_data["berkas"]
    user, what, place = cast(User, request.user), IdentityRead.What.REGISTER, address_hash(request)
    if name == REQUESTS:
        requests = registers.requests_of(period)
        services.record_identity_reads(user, requests, what, place_hash=place, now=now)
        content = register_files.request_workbook(period, requests, now)
    else:
        objections = registers.objections_of(period)
        services.record_identity_reads(user, objections, what, place_hash=place, now=now)
        content = register_files.objection_workbook(period, objections, now)
    response = HttpResponse(content, content_type=XLSX)
    file = f"{slugify(settings.PORTAL_NAME)}-register-{name}-{local_day(now):%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


@needs("handle")
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """When the requester got what was granted; recording it again sets it right."""
    user = cast(User, request.user)
    rows = InformationRequest.objects.visible_to(user).filter(pk=pk, outcome__in=GIVING)
    case = rows.select_related("handover", "decision").first()
    if case is None:
        raise Http404
    form = HandoverForm(request.POST if request.method == "POST" else None, initial=_recorded(case))
    if form.is_bound and form.is_valid() and _record(request, user, case, form):
        return HttpResponseRedirect(reverse("requests_desk:case", args=[pk]))
    title = _("Penyerahan informasi %(number)s") % {"number": case.number}
    return page(request, "handover", title, case=case, form=form, cost=case.decision.cost)


def _recorded(case: InformationRequest) -> dict[str, object]:
    known = getattr(case, "handover", None)
    if known is None:
        return {"tanggal": local_day(timezone.now())}
    return {"tanggal": known.on, "pembayaran": known.payment}


def _record(request: HttpRequest, user: User, case: InformationRequest, form: HandoverForm) -> bool:
    """False shows the page again with what is wrong."""
    data = form.cleaned_data
    try:
        services.record_handover(request_id=case.pk, actor=user, on=data["tanggal"], payment=data["pembayaran"])
    except RequestError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Penyerahan dicatat."))
    return True


@needs("export")
@never_cache
@require_safe
def report(request: HttpRequest, year: str, kind: str) -> HttpResponse:
    """The city's own copy of the yearly report: with the medians and shares of small groups too."""
    return yearly_files.response_of(int(year), kind, fewest=0)
