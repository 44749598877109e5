"""The requester's pages: asking in steps, the receipt, and the case behind its secret address."""

from __future__ import annotations

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.jakarta import local_day
from correspondence.services import letter_pdf

from .counting import count_of_request
from .forms import CHECK, STEPS, CompleteForm, Steps, WithdrawForm, check_answers
from .models import Assignment, Decision, Extension, InformationRequest
from .periods import periods
from .services import RequestError, complete_request, submit_request, withdraw_request

ORDER = [*STEPS, CHECK]


# No log-in stands behind these forms and no cookie proves anything: what counts is what is typed, or the secret in the
# address. So they need no token against forged requests, and work where cookies are off.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """One step a page. `langkah` is the step that was filled in; the button says where to go."""
    if request.method != "POST":
        return _step(request, Steps(None), ORDER[0])
    steps, current = Steps(request.POST), request.POST.get("langkah", "")
    if current not in ORDER:
        return _step(request, steps, ORDER[0])
    if (wanted := request.POST.get("ke", "")) in ORDER:  # back, or a change from the check page: nothing is lost
        return _step(request, steps, wanted)
    if current != CHECK and not steps.forms[current].is_valid():
        return _step(request, steps, current, wrong=True)
    following = ORDER[ORDER.index(current) + 1] if current != CHECK else CHECK
    if following == CHECK and (wrong := steps.first_wrong()):
        return _step(request, steps, wrong, wrong=True)
    if current != CHECK:
        return _step(request, steps, following)
    asked, unit = steps.asked()
    registered = submit_request(asked=asked, form_token=steps.form_token, unit=unit)
    return HttpResponseRedirect(registered.get_absolute_url(), status=303)


def _step(request: HttpRequest, steps: Steps, step: str, wrong: bool = False) -> HttpResponse:
    """A page of the form; what the other steps hold travels along hidden. Faults are marked once they were sent."""
    position = ORDER.index(step)
    form: Form | None = None
    if step != CHECK:
        given = request.POST or request.GET
        filled = {name: given[name] for name in STEPS[step].base_fields if name in given}
        form = steps.forms[step] if wrong else STEPS[step](initial=filled)
    carried = [
        (name, value)
        for other, other_form in steps.forms.items()
        if other != step
        for name in other_form.fields
        for value in request.POST.getlist(name)
    ]
    context = {
        "step": step,
        "form": form,
        "is_wrong": wrong,
        "carried": carried,
        "form_token": steps.form_token,
        "number": position + 1,
        "total": len(ORDER),
        "previous": ORDER[position - 1] if position else "",
        "answers": check_answers(steps) if step == CHECK else [],
        "periods": periods(),
    }
    return render(request, "requests_info/ask.html", context)


def found_request(token: str) -> InformationRequest:
    found: InformationRequest | None = InformationRequest.objects.with_token(token).select_related("unit").first()
    if found is None:
        raise Http404
    return found


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, token: str) -> HttpResponse:
    """The case as its requester sees it: number, limit, how it is counted, what happened; and to take it back."""
    found = found_request(token)
    act = request.POST.get("langkah", "cabut") if request.method == "POST" else ""
    withdraw = WithdrawForm(request.POST if act == "cabut" else None)
    complete = CompleteForm(request.POST if act == "lengkapi" else None)
    problem = ""
    if act and (complete if act == "lengkapi" else withdraw).is_valid():
        try:
            if act == "lengkapi":
                complete_request(request_id=found.pk, added=complete.cleaned_data["kelengkapan"])
            else:
                withdraw_request(request_id=found.pk)
        except RequestError as error:
            problem = str(error)
        else:
            return HttpResponseRedirect(found.get_absolute_url(), status=303)
    extension = Extension.objects.filter(information_request=found).first()
    context = {
        "case": found,
        "events": found.events.all(),
        "count": count_of_request(found, extension),
        "withdraw": withdraw,
        "complete": complete,
        "problem": problem,
        "waiting_at": found.assignments.filter(state=Assignment.State.WAITING).select_related("unit"),
        "decision": Decision.objects.filter(information_request=found).select_related("letter").first(),
        "objections": found.objections.all(),
        "extension": extension,
        "is_late": found.is_open and local_day(timezone.now()) > found.due_on,
    }
    return render(request, "requests_info/detail.html", context)


@never_cache
@require_safe
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """The written notice as PDF, for whoever has the secret address."""
    decision = Decision.objects.filter(information_request=found_request(token)).select_related("letter").first()
    if decision is None:
        raise Http404
    response = HttpResponse(letter_pdf(decision.letter), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{decision.letter.file_name}"'
    return response
