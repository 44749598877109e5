"""Objections in the workspace: for PPID Utama all, for the Atasan PPID of a unit those addressed to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of
from opd.models import User
from opd.permissions import is_citywide, may

from . import desk
from .bundle import bundle_zip, file_name
from .counting import count_of_objection
from .desk_views import IDENTITY, needs, page
from .models import IdentityRead, Objection, ObjectionDecision
from .objection_desk_forms import DisputeForm, DisputeOutcomeForm, EnterObjectionForm, RecordResponseForm
from .objection_forms import DecideObjectionForm
from .queue_views import PER_PAGE
from .services import (
    DeskEntry,
    RequestError,
    close_dispute,
    decide_objection,
    last_day_of_dispute,
    record_identity_read,
    register_dispute,
    respond_to_decision,
    submit_objection,
    submit_periodic_objection,
)


@needs("view", "objection")
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    user, today = cast(User, request.user), local_day(timezone.now())
    view = request.GET.get("tampil", "terbuka")
    if view not in desk.OBJECTION_VIEWS:
        raise Http404
    views = [(name, label, desk.objections(user, name, today).count()) for name, label in desk.OBJECTION_VIEWS.items()]
    rows = desk.objections(user, view, today).select_related("unit", "information_request")
    return page(
        request,
        "objections",
        _("Keberatan"),
        page_obj=page_of(request, rows, PER_PAGE),
        view=view,
        views=views,
        today=today,
        may_enter=may(user, "requests_info.add_objection"),
    )


@needs("add", "objection")
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """An objection by letter or visit; `?nomor=` comes from the page of its request."""
    initial = {"nomor": request.GET.get("nomor", "")[:30], "diterima": local_day(timezone.now())}
    form = EnterObjectionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = _entered(form, cast(User, request.user))
        except RequestError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Keberatan dicatat dengan nomor %(number)s.") % {"number": made.number})
            return HttpResponseRedirect(reverse("requests_desk:objection", args=[made.pk]))
    return page(request, "enter_objection", _("Catat keberatan"), form=form)


def _entered(form: EnterObjectionForm, actor: User) -> Objection:
    data = form.cleaned_data
    entry = DeskEntry(source=data["sumber"], received_at=data["diterima"], actor=actor)
    token = data["formulir"] or uuid.uuid4()
    if (about := data["nomor"]) is not None:
        return submit_objection(
            request_id=about.pk, ground=data["alasan"], text=data["uraian"], form_token=token, entry=entry
        )
    return submit_periodic_objection(
        objector=form.objector(), unit=data["unit"], text=data["uraian"], form_token=token, entry=entry
    )


@needs("view", "objection")
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    rows = Objection.objects.visible_to(user).select_related("unit", "information_request", "dispute", "entered_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    decision = ObjectionDecision.objects.filter(objection=found).select_related("letter", "by", "response").first()
    is_late = found.is_open and local_day(timezone.now()) > found.due_on
    act = request.POST.get("act", "")
    shows_identity = act == IDENTITY and is_citywide(user)
    if shows_identity:
        record_identity_read(user, found, IdentityRead.What.OBJECTION, place_hash=address_hash(request))
    offered = {
        name: make(found, request.POST if act == name else None)
        for name, make in FORMS.items()
        if _is_open(name, found, decision, is_late, user)
    }
    if act and not shows_identity and _act(request, user, found, act, offered):
        return HttpResponseRedirect(request.path)
    return page(
        request,
        "objection",
        _("Keberatan %(number)s") % {"number": found.number},
        objection=found,
        case=found.information_request,
        sees_requester=is_citywide(user),
        shows_identity=shows_identity,
        decision=decision,
        response=getattr(decision, "response", None),
        dispute=getattr(found, "dispute", None),
        events=found.events.select_related("actor"),
        count=count_of_objection(found),
        forms=offered,
        dispute_until=last_day_of_dispute(found),
        is_late=is_late,
    )


def _dispute_form(objection: Objection, data: Any) -> DisputeForm:
    known = getattr(objection, "dispute", None)
    fields = ("number", "registered_on", "note")
    return DisputeForm(data, auto_id="dispute_%s", initial={name: getattr(known, name) for name in fields if known})


#: Steps of an objection and their forms; which of them are open follows from its state and the person.
FORMS: dict[str, Callable[[Objection, Any], forms.Form]] = {
    "decide": DecideObjectionForm,
    "respond": lambda objection, data: RecordResponseForm(data, auto_id="respond_%s"),
    "dispute": _dispute_form,
    "outcome": lambda objection, data: DisputeOutcomeForm(data, auto_id="outcome_%s"),
}


def _is_open(name: str, objection: Objection, decision: ObjectionDecision | None, is_late: bool, user: User) -> bool:
    """Whether the page offers the step; the service decides."""
    dispute = getattr(objection, "dispute", None)
    if name == "decide":
        return objection.is_open and may(user, "requests_info.decide_objection", objection)
    if name == "respond":
        is_awaited = decision is not None and not hasattr(decision, "response")
        return is_awaited and may(user, "requests_info.add_objection")
    if name == "dispute":
        is_ripe = decision is not None or is_late
        return is_ripe and (dispute is None or dispute.is_open) and may(user, "requests_info.add_dispute")
    return dispute is not None and dispute.is_open and may(user, "requests_info.change_dispute")


def _act(request: HttpRequest, user: User, objection: Objection, act: str, offered: dict[str, forms.Form]) -> bool:
    """Take the step; False shows the page again with what is wrong."""
    form = offered.get(act)
    if form is None:
        messages.error(request, _("Langkah ini tidak tersedia lagi; keadaan keberatan sudah berubah."))
        return True
    if not form.is_valid():
        return False
    try:
        said = _take(form, objection.pk, user)
    except RequestError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, said)
    return True


def _take(form: forms.Form, objection_id: int, user: User) -> str:
    """Call the one service behind a form; what was done, in words."""
    if isinstance(form, DecideObjectionForm):
        decision = decide_objection(objection_id=objection_id, actor=user, verdict=form.verdict())
        return _("Diputuskan dengan surat %(number)s.") % {"number": decision.letter}
    if isinstance(form, RecordResponseForm):
        respond_to_decision(objection_id=objection_id, actor=user, **form.cleaned_data)
        return _("Tanggapan pemohon dicatat.")
    if isinstance(form, DisputeForm):
        dispute = register_dispute(objection_id=objection_id, actor=user, registered=form.registered())
        return _("Sengketa %(number)s dicatat.") % {"number": dispute}
    close_dispute(objection_id=objection_id, actor=user, **form.cleaned_data)
    return _("Hasil sengketa dicatat.")


@needs("view", "dispute")
@require_safe
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """The file bundle with the units' answers; it names who objects, so each download is written down."""
    user = cast(User, request.user)
    found = Objection.objects.visible_to(user).select_related("unit", "information_request").filter(pk=pk).first()
    if found is None:
        raise Http404
    record_identity_read(user, found, IdentityRead.What.BUNDLE, place_hash=address_hash(request))
    response = HttpResponse(bundle_zip(found, is_internal=True), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    return response
