"""The requester's pages: asking in steps, and the letter behind the secret address (the case: `case_views`)."""

from __future__ import annotations

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.attempts import Attempts, address_hash
from cilegon_kip.errors import too_many
from correspondence.services import letter_pdf

from .forms import CHECK, STEPS, Steps, check_answers
from .models import Decision, InformationRequest
from .periods import periods
from .services import submit_request
from .services.slowing import TooManyError
from .suggestions import Suggestion, suggestions
from .upload_forms import ProxyForm

ORDER = [*STEPS, CHECK]
#: Not a step of its own: shown after the first one, where something published fits what was typed.
SUGGESTIONS = "saran"
#: Files that one address may send in an hour, over all requests; many share an address on mobile networks.
UPLOADS = Attempts("request-files", 60, 3600)


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
    if has_seen := current == SUGGESTIONS:
        current = ORDER[0]
    if current not in ORDER:
        return _step(request, steps, ORDER[0])
    if (wanted := request.POST.get("ke", "")) in ORDER:  # back, or a change from the check page: nothing is lost
        return _step(request, steps, wanted)
    if current != CHECK and not steps.forms[current].is_valid():
        return _step(request, steps, current, wrong=True)
    following = ORDER[ORDER.index(current) + 1] if current != CHECK else CHECK
    if following == CHECK and (wrong := steps.first_wrong()):
        return _step(request, steps, wrong, wrong=True)
    if current == ORDER[0] and not has_seen and (found := _published(steps)):
        return _suggest(request, steps, found)
    if current != CHECK:
        return _step(request, steps, following)
    return _send(request, steps)


def _send(request: HttpRequest, steps: Steps) -> HttpResponse:
    """Everything at once, the file too: before this moment nothing is kept."""
    proxy = ProxyForm(request.POST, request.FILES)
    if not proxy.is_valid():
        return _step(request, steps, CHECK, wrong=True, proxy=proxy)
    papers = proxy.cleaned_data["kuasa"]
    if papers and UPLOADS.are_used_up(request):
        return too_many(request, UPLOADS.seconds)
    asked, unit = steps.asked()
    try:
        registered = submit_request(
            asked=asked,
            form_token=steps.form_token,
            unit=unit,
            power_of_attorney=papers,
            address=address_hash(request),
        )
    except TooManyError as error:
        return slowed(_step(request, steps, CHECK, problem=error.form_words), error)
    for _each in papers:
        UPLOADS.count_one(request)
    return HttpResponseRedirect(registered.get_absolute_url(), status=303)


def slowed(page: HttpResponse, error: TooManyError) -> HttpResponse:
    """The page with what was typed, as an answer to too many."""
    page.status_code = 429
    page["Retry-After"] = str(error.retry_after)
    return page


def _published(steps: Steps) -> list[Suggestion]:
    first = steps.forms[ORDER[0]].cleaned_data
    return suggestions(first["informasi"], first["unit"])


def _suggest(request: HttpRequest, steps: Steps, found: list[Suggestion]) -> HttpResponse:
    """What is published already; the way on is one button, and what was typed travels along."""
    carried = _carried(request, steps, step=SUGGESTIONS)
    context = {"found": found, "carried": carried, "form_token": steps.form_token, "step": SUGGESTIONS}
    return render(request, "requests_info/suggestions.html", context)


def _carried(request: HttpRequest, steps: Steps, step: str) -> list[tuple[str, str]]:
    """What the other steps hold, for hidden fields."""
    return [
        (name, value)
        for other, other_form in steps.forms.items()
        if other != step
        for name in other_form.fields
        for value in request.POST.getlist(name)
    ]


def _step(
    request: HttpRequest,
    steps: Steps,
    step: str,
    wrong: bool = False,
    proxy: ProxyForm | None = None,
    problem: str = "",
) -> HttpResponse:
    """A page of the form; what the other steps hold travels along hidden. Faults are marked once they were sent."""
    position = ORDER.index(step)
    form: Form | None = None
    if step != CHECK:
        given = request.POST or request.GET
        filled = {name: given[name] for name in STEPS[step].base_fields if name in given}
        form = steps.forms[step] if wrong else STEPS[step](initial=filled)
    context = {
        "step": step,
        "form": form,
        "is_wrong": wrong,
        "problem": problem,
        "carried": _carried(request, steps, step),
        "form_token": steps.form_token,
        "number": position + 1,
        "total": len(ORDER),
        "previous": ORDER[position - 1] if position else "",
        "answers": check_answers(steps) if step == CHECK else [],
        "proxy": (proxy or ProxyForm()) if step == CHECK else None,
        "kind": request.POST.get("jenis", ""),
        "periods": periods(),
    }
    return render(request, "requests_info/ask.html", context)


def found_request(token: str) -> InformationRequest:
    found: InformationRequest | None = InformationRequest.objects.with_token(token).select_related("unit").first()
    if found is None:
        raise Http404
    return found


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
