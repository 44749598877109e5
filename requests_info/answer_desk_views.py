"""Answers for everybody, at the desk: drafts from answered requests, approval by a second person, withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.paging import page_of
from opd.models import Unit, User

from . import services
from .desk_forms import text_field
from .desk_views import needs, page
from .models import Decision, InformationRequest, PublishedAnswer
from .services import RequestError
from .services.publishing import LONGEST_QUESTION, LONGEST_REASON, LONGEST_TEXT, findings

PER_PAGE = 25
State = PublishedAnswer.Status
VIEWS = {"naskah": State.DRAFT, "terbit": State.PUBLISHED, "ditarik": State.WITHDRAWN}


class AnswerForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("Pertanyaan"),
        max_length=LONGEST_QUESTION,
        help_text=gettext_lazy("Dengan kata-kata Anda sendiri, tanpa menyebut siapa yang bertanya."),
    )
    text = text_field(
        gettext_lazy("Jawaban untuk umum"),
        gettext_lazy("Tanpa nama, alamat, kontak, atau nomor identitas siapa pun."),
        rows=12,
        most=LONGEST_TEXT,
    )
    unit = forms.ModelChoiceField(label=gettext_lazy("Unit yang menguasai"), queryset=Unit.objects.in_order())


class WithdrawForm(forms.Form):
    reason = text_field(
        gettext_lazy("Alasan penarikan"), gettext_lazy("Pembaca melihat alasan ini."), rows=2, most=LONGEST_REASON
    )


@needs("view", "publishedanswer")
@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    view = request.GET.get("tampil", "naskah")
    if view not in VIEWS:
        raise Http404
    rows = PublishedAnswer.objects.filter(status=VIEWS[view]).select_related("unit", "written_by", "approved_by")
    views = [(name, state.label, PublishedAnswer.objects.filter(status=state).count()) for name, state in VIEWS.items()]
    shown = page_of(request, rows.defer("search", "text"), PER_PAGE)
    return page(request, "answers", _("Jawaban untuk umum"), page_obj=shown, view=view, views=views)


@needs("change", "publishedanswer")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft from a request that was answered; the desk's subject and the decision's words to begin with."""
    rows = InformationRequest.objects.on_register().filter(pk=pk, status=InformationRequest.Status.ANSWERED)
    case = get_object_or_404(rows)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=_beginning(case))
    if form.is_bound and form.is_valid():
        made = _written(request, form, case)
        if made is not None:
            return HttpResponseRedirect(reverse("requests_desk:answer", args=[made.pk]))
    return page(
        request, "answer_form", _("Jawaban untuk umum dari %(number)s") % {"number": case}, form=form, case=case
    )


def _beginning(case: InformationRequest) -> dict[str, Any]:
    decision = Decision.objects.filter(information_request=case).first()
    part = case.assignments.filter(state="answered").first()
    unit = part.unit_id if part else case.unit_id
    return {"question": case.subject, "text": decision.explanation if decision else "", "unit": unit}


def _written(
    request: HttpRequest, form: AnswerForm, case: InformationRequest, answer_id: int | None = None
) -> PublishedAnswer | None:
    try:
        made = services.write_answer(
            request_id=case.pk, actor=cast(User, request.user), answer_id=answer_id, **form.cleaned_data
        )
    except RequestError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Naskah disimpan. Orang kedua perlu menyetujuinya sebelum terbit."))
    return made


@needs("view", "publishedanswer")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One answer with what can be done about it now."""
    rows = PublishedAnswer.objects.select_related("information_request", "unit", "written_by", "approved_by")
    found = get_object_or_404(rows, pk=pk)
    act, is_draft = request.POST.get("act", ""), found.status == State.DRAFT
    initial = {"question": found.question, "text": found.text, "unit": found.unit_id}
    form = AnswerForm(request.POST if act == "write" else None, initial=initial) if is_draft else None
    withdraw = WithdrawForm(request.POST if act == "withdraw" else None) if found.status == State.PUBLISHED else None
    if act and (response := _act(request, found, act, form, withdraw)):
        return response
    return page(
        request,
        "answer",
        found.question,
        answer=found,
        case=found.information_request,
        form=form,
        withdraw_form=withdraw,
        findings=findings(found) if is_draft else [],
        is_own=found.written_by_id == request.user.pk,
    )


def _act(
    request: HttpRequest, found: PublishedAnswer, act: str, form: AnswerForm | None, withdraw: WithdrawForm | None
) -> HttpResponse | None:
    """Take the step; None shows the page again with what is wrong."""
    here = HttpResponseRedirect(request.path)
    if act == "write" and form is not None:
        is_done = form.is_valid() and _written(request, form, found.information_request, found.pk) is not None
        return here if is_done else None
    if act == "withdraw" and withdraw is not None:
        return here if withdraw.is_valid() and _try(request, lambda: _withdrawn(request, found, withdraw)) else None
    if act == "approve":
        _try(request, lambda: _approved(request, found))
        return here
    if act == "drop" and _try(request, lambda: _dropped(request, found)):
        return HttpResponseRedirect(reverse("requests_desk:answers"))
    return here


def _try(request: HttpRequest, step: Callable[[], None]) -> bool:
    try:
        step()
    except RequestError as error:
        messages.error(request, str(error))
        return False
    return True


def _approved(request: HttpRequest, found: PublishedAnswer) -> None:
    text = request.POST.get("revision", "")
    revision = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    services.approve_answer(answer_id=found.pk, revision=revision, actor=cast(User, request.user))
    messages.success(request, _("Jawaban terbit dan dapat dicari semua orang."))


def _withdrawn(request: HttpRequest, found: PublishedAnswer, form: WithdrawForm) -> None:
    services.withdraw_answer(answer_id=found.pk, actor=cast(User, request.user), reason=form.cleaned_data["reason"])
    messages.success(request, _("Jawaban ditarik."))


def _dropped(request: HttpRequest, found: PublishedAnswer) -> None:
    services.drop_draft(answer_id=found.pk, actor=cast(User, request.user))
    messages.success(request, _("Naskah dihapus."))
