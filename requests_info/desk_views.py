"""The desk in the workspace: queue, entry of letters and visits, and the steps of one case."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.common.jakarta import local_day
from opd.calendar import days_off
from opd.models import User
from opd.permissions import is_citywide, may

from . import desk, services
from .claim_forms import CLAIM_FORMS, claim_forms_of
from .counting import count_of_request
from .deadlines import before_the_limit
from .desk_forms import DecideForm, EntryForm, ExtendForm, ForwardForm, IncompleteForm, PartForm
from .models import Assignment, Extension, IdentityRead, InformationRequest
from .services import Asked, RequestError
from .services.deciding import Verdict

#: Working days before the requester's limit by which a unit is asked to answer.
UNIT_BEFORE = 3
View = Callable[..., HttpResponse]
#: Who asks is shown when it is asked for, and written down; letters are addressed without it.
IDENTITY = "identity"
#: Steps of a case and their forms; which of them are open follows from its state and the person.
FORMS: dict[str, type[forms.Form]] = {
    "incomplete": IncompleteForm,
    "forward": ForwardForm,
    "extend": ExtendForm,
    "decide": DecideForm,
}

#: What a step did, and what follows from it.
DONE = {
    "claim": _lazy("Permohonan ini sekarang Anda tangani."),
    "release": _lazy("Permohonan dilepaskan; petugas lain dapat mengambilnya."),
    "take_over": _lazy("Permohonan diambil alih dan sekarang Anda tangani."),
    "incomplete": _lazy("Pemohon diminta melengkapi permohonannya."),
    "forward": _lazy("Permohonan diteruskan. Jawaban unit akan muncul di halaman ini."),
    "extend": _lazy("Batas waktu diperpanjang; pemohon diberi tahu alasannya."),
    "decide": _lazy("Keputusan dicatat dan surat pemberitahuannya terbit."),
    "answer": _lazy("Jawaban unit Anda diserahkan kepada Diskominfo."),
    "return": _lazy("Bagian ini dikembalikan kepada Diskominfo."),
}


def needs(right: str, model: str = "informationrequest") -> Callable[[View], View]:
    """Log-in first; for those without the right the page does not exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user, f"requests_info.{right}_{model}"):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View, admin.site.admin_view(checked))

    return decorate


def page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/requests_info/{template}.html", context)


@needs("add")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    form = EntryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        asked = Asked(
            wanted=data["informasi"],
            purpose=data["tujuan"],
            requester_kind=data["jenis"],
            name=data["nama"],
            address=data["alamat"],
            identity_number=data.get("nik", ""),
            phone=data.get("telepon", ""),
            occupation=data.get("pekerjaan", ""),
            email=data["surel"],
            manner=data["cara"],
            delivery=data["terima"],
        )
        try:
            case = services.enter_request(
                asked=asked,
                source=data["sumber"],
                received_on=data["diterima"],
                actor=cast(User, request.user),
                form_token=data["formulir"],
            )
        except RequestError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Permohonan dicatat dengan nomor %(number)s.") % {"number": case.number})
            return HttpResponseRedirect(reverse("requests_desk:case", args=[case.pk]))
    return page(request, "enter", _("Catat permohonan"), form=form)


@needs("view")
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    found = InformationRequest.objects.visible_to(user).select_related("unit", "entered_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else ""
    open_forms = {
        name: form(request.POST if act == name else None, auto_id=f"{name}_%s", initial=_initial(name, found))
        for name, form in FORMS.items()
        if _is_open(name, found, user)
    }
    part_form = PartForm(request.POST if act in ("answer", "return") else None)
    claim = found.claims.open().select_related("user").first()
    claim_forms = claim_forms_of(found, claim, user, request.POST if act in CLAIM_FORMS else None)
    shows_identity = act == IDENTITY and is_citywide(user)
    if shows_identity:
        services.record_identity_read(user, found, IdentityRead.What.CASE, place_hash=address_hash(request))
    elif act and _act(request, user, found, act, {**open_forms, **claim_forms}, part_form):
        return HttpResponseRedirect(request.path)
    return page(
        request,
        "case",
        _("Permohonan %(number)s") % {"number": found.number},
        case=found,
        sees_requester=is_citywide(user),
        shows_identity=shows_identity,
        parts=[(part, _may_answer(part, user)) for part in desk.parts_of(found, user)],
        events=found.events.select_related("actor"),
        objections=found.objections.all(),
        count=count_of_request(found, Extension.objects.filter(information_request=found).first()),
        forms=open_forms,
        part_form=part_form,
        claim=claim,
        claim_forms=claim_forms,
        decision=getattr(found, "decision", None),
    )


def _may_answer(part: Assignment, user: User) -> bool:
    return part.state == Assignment.State.WAITING and may(user, "requests_info.answer_assignment", part)


def _is_open(name: str, case: InformationRequest, user: User) -> bool:
    """Whether the page offers the step; the service decides."""
    right = "decide" if name == "decide" else "handle"
    if not may(user, f"requests_info.{right}_informationrequest") or not case.is_open:
        return False
    if name == "incomplete":
        return case.status == "received" and case.declared_incomplete_at is None
    if name == "extend":
        return not hasattr(case, "extension")
    return case.status != "incomplete"


def _initial(name: str, case: InformationRequest) -> dict[str, Any]:
    if name == "forward":
        off = days_off(case.clock_started_on, case.due_on).keys()
        due_on = before_the_limit(case.due_on, UNIT_BEFORE, off)
        return {"subject": case.subject, "due_on": max(due_on, local_day(timezone.now()))}
    return {}


def _act(
    request: HttpRequest,
    user: User,
    case: InformationRequest,
    act: str,
    open_forms: dict[str, forms.Form],
    part_form: PartForm,
) -> bool:
    """Take the step; False shows the page again with what is wrong."""
    form = part_form if act in ("answer", "return") else open_forms.get(act)
    if form is None:
        messages.error(request, _("Langkah ini tidak tersedia lagi; keadaan permohonan sudah berubah."))
        return True
    if not form.is_valid():
        return False
    try:
        _take(act, case.pk, user, form.cleaned_data, request.POST.get("bagian", ""))
    except RequestError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, DONE[act])
    return True


def _take(act: str, case_id: int, user: User, data: dict[str, Any], part: str) -> None:
    if act in ("answer", "return"):
        part_id = int(part) if part.isascii() and part.isdecimal() and len(part) < 18 else 0
        if act == "answer":
            services.answer_part(assignment_id=part_id, actor=user, answer=data["answer"])
        else:
            services.return_part(assignment_id=part_id, actor=user, reason=data["answer"])
    elif act in CLAIM_FORMS:
        CLAIM_FORMS[act].service(request_id=case_id, actor=user, **data)
    elif act == "incomplete":
        services.declare_incomplete(request_id=case_id, actor=user, missing=data["missing"])
    elif act == "extend":
        services.extend_deadline(request_id=case_id, actor=user, reason=data["reason"])
    elif act == "forward":
        services.forward_request(request_id=case_id, actor=user, **data)
    else:
        services.decide_request(request_id=case_id, actor=user, verdict=Verdict(**{**data, "cost": data["cost"] or 0}))
