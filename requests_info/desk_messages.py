"""Messages and files of a case at the desk: read, answer, lay aside, take as completion, hand on to a unit."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.common.jakarta import local_day
from opd.models import User

from . import services
from .case_views import file_answer
from .desk_forms import text_field
from .desk_views import needs, page
from .models import Assignment, IdentityRead, InformationRequest, RequestFile, RequestMessage
from .services import RequestError
from .services.files import file_for_staff
from .services.steps import REASON_LENGTH
from .upload_forms import FormOnce, PowerOfAttorneyForm, attachments


class AnswerForm(FormOnce):
    pesan = text_field(gettext_lazy("Pesan kepada pemohon"), rows=5, most=REASON_LENGTH)
    berkas = attachments(gettext_lazy("Lampiran (boleh dikosongkan)"))


class RowForm(forms.Form):
    """Which message, file and part an act is about; the services look whether they belong together."""

    pesan = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    berkas = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    bagian = forms.IntegerField(required=False, min_value=1, max_value=2**62)


def found_case(user: User, pk: int) -> InformationRequest:
    found: InformationRequest | None = InformationRequest.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@needs("handle")
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """All that both sides wrote and sent, and what the desk can do with it."""
    user = cast(User, request.user)
    case = found_case(user, pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    form = AnswerForm(*((request.POST, request.FILES) if act == "write" else ()))
    paper = PowerOfAttorneyForm(*((request.POST, request.FILES) if act == "paper" else ()))
    status = 200
    if act:
        sent = {"write": form, "paper": paper}.get(act) or RowForm(request.POST)
        if sent.is_valid() and _act(request, case, user, act, sent.cleaned_data):
            return HttpResponseRedirect(request.path)
        status = 400
    response = page(
        request, "messages", _("Pesan dan berkas %(number)s") % {"number": case.number}, **_shown(case, form, paper)
    )
    response.status_code = status
    return response


def _shown(case: InformationRequest, form: AnswerForm, paper: PowerOfAttorneyForm) -> dict[str, Any]:
    parts = list(case.assignments.exclude(state=Assignment.State.RETURNED).select_related("unit"))
    files = case.files.select_related("event", "uploaded_by").prefetch_related("forwards__assignment__unit", "accesses")
    return {
        "case": case,
        "form": form,
        "paper": paper if case.is_open else None,
        "thread": case.messages.select_related("event__actor", "handled_by"),
        "files": [(file, _parts_left(file, parts)) for file in files],
        "may_write": services.may_write(case, local_day(timezone.now())),
        "rating": getattr(case, "rating", None),
    }


def _parts_left(file: RequestFile, parts: list[Assignment]) -> list[Assignment]:
    if file.is_secret or file.purged_at is not None:
        return []
    has = {row.assignment_id for row in file.forwards.all()}
    return [part for part in parts if part.pk not in has]


def _act(request: HttpRequest, case: InformationRequest, user: User, act: str, data: dict[str, Any]) -> bool:
    """Take the step; False shows the page again with what is wrong."""
    try:
        _take(case, user, act, data)
    except RequestError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _("Pesan terkirim.") if act == "write" else _("Langkah dicatat."))
    return True


def _take(case: InformationRequest, user: User, act: str, data: dict[str, Any]) -> None:
    if act == "paper":
        services.add_power_of_attorney(request_id=case.pk, files=data["kuasa"], actor=user)
        return
    if act == "write":
        services.write_to_requester(
            request_id=case.pk, actor=user, text=data["pesan"], files=data["berkas"], form_token=data["formulir"]
        )
        return
    if act == "forward":
        file = RequestFile.objects.filter(information_request=case, pk=data["berkas"] or 0).first()
        services.forward_file(file_id=file.pk if file else 0, assignment_id=data["bagian"] or 0, actor=user)
        return
    message = RequestMessage.objects.filter(information_request=case, pk=data["pesan"] or 0).first()
    if act not in ("aside", "accept") or message is None:
        raise RequestError(_("Langkah ini tidak tersedia; muat ulang halaman ini."))
    (services.lay_aside if act == "aside" else services.accept_as_completion)(message_id=message.pk, actor=user)


@needs("view")
@require_safe
def file(request: HttpRequest, pk: int, key: uuid.UUID) -> HttpResponse:
    """A file for those who may have it: the desk all, a unit what was handed on to it; each time noted."""
    user = cast(User, request.user)
    case = found_case(user, pk)
    found = file_for_staff(user, case, key)
    if found is not None and found.uploaded_by_id is None:  # whatever a requester sends may say who that is
        services.record_identity_read(user, case, IdentityRead.What.FILE, place_hash=address_hash(request))
    return file_answer(case, found, user)
