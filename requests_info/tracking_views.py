"""Following a request by its number. The same answer, after the same work, whether the number exists or not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cilegon_kip.common.attempts import address_hash
from cilegon_kip.errors import too_many
from correspondence.letterhead import sender

from .forms import CodeForm, NumberForm
from .services.tracking import VALID, TooManyError, ask_code, enter_code


@csrf_exempt  # as for asking: no cookie proves anything here
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """First the number, then the code that came by mail."""
    try:
        if request.method == "POST" and request.POST.get("langkah") == "kode":
            return _enter(request)
        if request.method == "POST":
            return _ask(request)
    except TooManyError as error:
        return too_many(request, error.retry_after)
    return _page(request, NumberForm())


def _ask(request: HttpRequest) -> HttpResponse:
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    number = form.cleaned_data["nomor"]
    ticket = ask_code(number=number, address=address_hash(request))
    return _page(request, CodeForm(initial={"nomor": number, "kunci": ticket}), number)


def _enter(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        found = enter_code(
            ticket=form.cleaned_data["kunci"], code=form.cleaned_data["kode"], address=address_hash(request)
        )
        if found is not None:
            return HttpResponseRedirect(found.get_absolute_url(), status=303)
        form.refuse()
    return _page(request, form, form["nomor"].value() or "")


def _page(request: HttpRequest, form: NumberForm | CodeForm, number: str = "") -> HttpResponse:
    context = {
        "form": form,
        "number": number,
        "is_code": isinstance(form, CodeForm),
        "minutes": int(VALID.total_seconds() // 60),
        "desk": sender(),
    }
    return render(request, "requests_info/track.html", context)
