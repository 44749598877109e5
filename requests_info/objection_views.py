"""Objecting without account: from the page of a request, or (ground b) without one; and the page of an objection."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.common.jakarta import local_day
from correspondence.services import letter_pdf

from .bundle import bundle_zip, file_name
from .counting import count_of_dispute, count_of_objection
from .grounds import Ground
from .models import Dispute, Objection, ObjectionDecision
from .objection_forms import ObjectionForm, PeriodicObjectionForm, ResponseForm
from .periods import periods
from .services import (
    RequestError,
    last_day_of_dispute,
    openings_of,
    respond_to_decision,
    submit_objection,
    submit_periodic_objection,
)
from .services.slowing import TooManyError
from .views import found_request, slowed


# As in `views`: no log-in and no cookie stands behind these forms, so there is nothing to forge.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, token: str) -> HttpResponse:
    """The seven grounds of a request as they stand today, and the objection itself."""
    case = found_request(token)
    made = list(case.objections.all())
    sent_again = request.POST.get("formulir")  # the same form twice leads to the one objection
    used = {row.ground for row in made if str(row.form_token) != sent_again}
    openings = [row for row in openings_of(case, local_day(timezone.now())) if row.ground not in used]
    form = ObjectionForm(openings, request.POST if request.method == "POST" else None)
    problem = ""
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            objection = submit_objection(
                request_id=case.pk, ground=data["alasan"], text=data["uraian"], form_token=form.form_token
            )
        except RequestError as error:
            problem = str(error)
        else:
            return HttpResponseRedirect(objection.get_absolute_url(), status=303)
    context = {
        "case": case,
        "openings": openings,
        "form": form,
        "problem": problem,
        "made": made,
        "is_open": any(row.is_ripe for row in openings),
        "is_about_the_request": any(row.is_ripe and row.ground != Ground.PERIODIC for row in openings),
        "periods": periods(),
    }
    return render(request, "requests_info/object.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_periodic(request: HttpRequest) -> HttpResponse:
    """Ground b needs no request before it."""
    form = PeriodicObjectionForm(request.POST if request.method == "POST" else None)
    problem, too_many = "", None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            made = submit_periodic_objection(
                objector=form.objector(),
                unit=data["unit"],
                text=data["uraian"],
                form_token=form.form_token,
                address=address_hash(request),
            )
        except RequestError as error:
            problem = str(error)
        except TooManyError as error:
            problem, too_many = error.form_words, error
        else:
            return HttpResponseRedirect(made.get_absolute_url(), status=303)
    context = {"form": form, "problem": problem, "periods": periods()}
    page = render(request, "requests_info/object_periodic.html", context)
    return slowed(page, too_many) if too_many else page


def _found(token: str) -> Objection:
    rows = Objection.objects.with_token(token).select_related("unit", "information_request")
    found: Objection | None = rows.first()
    if found is None:
        raise Http404
    return found


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt, later the decision: number, limits and how they are counted, the response, the dispute."""
    found = _found(token)
    form = ResponseForm(request.POST if request.method == "POST" else None)
    problem = ""
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            respond_to_decision(objection_id=found.pk, answer=data["tanggapan"], note=data["keterangan"])
        except RequestError as error:
            problem = str(error)
        else:
            return HttpResponseRedirect(found.get_absolute_url(), status=303)
    today, dispute_until = local_day(timezone.now()), last_day_of_dispute(found)
    is_late = found.is_open and today > found.due_on
    decision = ObjectionDecision.objects.filter(objection=found).select_related("letter", "response").first()
    context = {
        "objection": found,
        "events": found.events.all(),
        "count": count_of_objection(found),
        "dispute_count": count_of_dispute(found, dispute_until),
        "decision": decision,
        "response": getattr(decision, "response", None),
        "form": form,
        "problem": problem,
        "is_late": is_late,
        "dispute": Dispute.objects.filter(objection=found).first(),
        "dispute_until": dispute_until,
        "may_dispute": (is_late or not found.is_open) and today <= dispute_until,
        "periods": periods(),
    }
    return render(request, "requests_info/objection.html", context)


@never_cache
@require_safe
def objection_letter(request: HttpRequest, token: str) -> HttpResponse:
    """The superior's decision as PDF, for whoever has the secret address."""
    decision = ObjectionDecision.objects.filter(objection=_found(token)).select_related("letter").first()
    if decision is None:
        raise Http404
    response = HttpResponse(letter_pdf(decision.letter), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{decision.letter.file_name}"'
    return response


@never_cache
@require_safe
def bundle(request: HttpRequest, token: str) -> HttpResponse:
    """The file bundle for Komisi Informasi, without the city's internal notes."""
    found = _found(token)
    response = HttpResponse(bundle_zip(found, is_internal=False), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    return response
