"""The case behind its secret address: where it stands, what comes next, and all that its requester can do about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.errors import too_many

from . import journey, services
from .counting import count_of_completion, count_of_request
from .forms import WithdrawForm
from .models import Assignment, Decision, Extension, InformationRequest, Rating, RequestFile
from .services import RequestError, TooManyMessagesError
from .services.files import content_type, download_name, file_for_requester, give_out
from .upload_forms import CompleteForm, MessageForm, PowerOfAttorneyForm, RatingForm
from .views import UPLOADS, found_request

Data = dict[str, Any]
FORMS: dict[str, type[Form]] = {
    "cabut": WithdrawForm,
    "lengkapi": CompleteForm,
    "pesan": MessageForm,
    "kuasa": PowerOfAttorneyForm,
    "nilai": RatingForm,
}
ACTS: dict[str, Callable[[int, Data], object]] = {
    "cabut": lambda pk, data: services.withdraw_request(request_id=pk),
    "lengkapi": lambda pk, data: services.complete_request(
        request_id=pk, added=data["kelengkapan"], files=data["berkas"]
    ),
    "pesan": lambda pk, data: services.write_to_desk(
        request_id=pk, text=data["pesan"], files=data["berkas"], form_token=data["formulir"]
    ),
    "kuasa": lambda pk, data: services.add_power_of_attorney(request_id=pk, files=data["kuasa"]),
    "nilai": lambda pk, data: services.rate_request(request_id=pk, score=data["nilai"], comment=data["komentar"]),
}
#: What the page says after an act; its name stands in the address, for there is no session.
NEWS = {
    "lengkapi": _("Kelengkapan Anda sudah kami terima."),
    "pesan": _("Pesan Anda sudah terkirim. Jawabannya muncul di halaman ini."),
    "kuasa": _("Surat kuasa Anda sudah kami terima."),
    "nilai": _("Terima kasih atas penilaian Anda."),
}


# As in `views`: no log-in and no cookie stands behind these forms, so there is nothing to forge.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, token: str) -> HttpResponse:
    """The page, and what is sent from it: withdrawal, completion, message, power of attorney, rating."""
    found = found_request(token)
    act = request.POST.get("langkah", "cabut") if request.method == "POST" else ""
    forms = {name: _form(name, request, act) for name in FORMS}
    if not act:
        return _page(request, found, forms)
    if act not in FORMS or not forms[act].is_valid():
        return _page(request, found, forms, status=400)
    sent = [file for name in ("berkas", "kuasa") for file in forms[act].cleaned_data.get(name, [])]
    if sent and UPLOADS.are_used_up(request):
        return too_many(request, UPLOADS.seconds)
    try:
        ACTS[act](found.pk, forms[act].cleaned_data)
    except RequestError as error:
        status = 429 if isinstance(error, TooManyMessagesError) else 409
        return _page(request, found_request(token), forms, status=status, problem=str(error))
    for _each in sent:
        UPLOADS.count_one(request)
    news = f"?kabar={act}#kabar" if act in NEWS else ""
    return HttpResponseRedirect(f"{found.get_absolute_url()}{news}", status=303)


def _form(name: str, request: HttpRequest, act: str) -> Form:
    if name != act:
        return FORMS[name](auto_id=f"{name}-%s")
    return FORMS[name](request.POST, request.FILES, auto_id=f"{name}-%s")


def _page(
    request: HttpRequest, found: InformationRequest, forms: dict[str, Form], status: int = 200, problem: str = ""
) -> HttpResponse:
    today = local_day(timezone.now())
    extension = Extension.objects.filter(information_request=found).first()
    files = found.files.kept()
    context = {
        "case": found,
        "steps": journey.steps(found),
        "ahead": journey.ahead(found, today, is_extended=extension is not None),
        "count": count_of_request(found, extension),
        "completion_count": count_of_completion(found),
        "forms": forms,
        "wrong": next((form for form in forms.values() if form.errors), None),
        "problem": problem,
        "news": NEWS.get(request.GET.get("kabar", "")) if status == 200 else None,
        "waiting_at": found.assignments.filter(state=Assignment.State.WAITING).select_related("unit"),
        "decision": Decision.objects.filter(information_request=found).select_related("letter").first(),
        "objections": found.objections.all(),
        "extension": extension,
        "is_late": found.is_open and today > found.due_on,
        "is_asked": _is_asked(found),
        "may_write": services.may_write(found, today),
        "messages_until": services.messages_until(found),
        "papers": files.filter(kind=RequestFile.Kind.POWER_OF_ATTORNEY).count(),
        "may_rate": found.status == InformationRequest.Status.ANSWERED
        and not Rating.objects.filter(information_request=found).exists(),
    }
    return render(request, "requests_info/detail.html", context, status=status)


def _is_asked(case: InformationRequest) -> bool:
    """The desk wrote last: the form for an answer stands open."""
    last = case.messages.order_by("pk").last()
    return last is not None and not last.is_from_requester


@never_cache
@require_safe
def file(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """A file of this request, for whoever has its secret address; each time noted."""
    case = found_request(token)
    return file_answer(case, file_for_requester(case, uuid.UUID(key)), None)


def file_answer(case: InformationRequest, found: RequestFile | None, actor: Any) -> HttpResponse:
    """The file to keep, never to show inside a page or to store on the way; 404 where there is none."""
    if found is None:
        raise Http404
    try:
        content = give_out(found, actor)
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=content_type(found))
    response["Content-Disposition"] = f'attachment; filename="{download_name(found, case)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Encoding"] = "identity"  # packed already, or small
    return response
