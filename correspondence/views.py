"""Anyone may ask whether a letter is genuine. The answer names no person, and an unknown letter is told nothing."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cilegon_kip.common.attempts import Attempts

from .forms import CompareForm, LetterForm
from .models import Letter

#: A code has 80 bits, so this only keeps guessing from costing us anything.
GUESSES = Attempts("letter", limit=20, seconds=60)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """By number and code, as they are printed on the letter: both must be right."""
    form = LetterForm(request.GET if request.GET.keys() & LetterForm.base_fields.keys() else None)
    if form.is_bound and form.is_valid():
        if GUESSES.are_used_up(request):
            return _slow_down(request)
        letter = Letter.objects.with_code(form.cleaned_data["kode"]).filter(number=form.cleaned_data["nomor"]).first()
        if letter is not None:
            return redirect(letter)
        return _unknown(request, form)
    return render(request, "correspondence/search.html", {"form": form})


def _slow_down(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(GUESSES.seconds)
    response["Cache-Control"] = "no-store"
    return response


def _unknown(request: HttpRequest, form: LetterForm) -> HttpResponse:
    """The same answer whether number, code or both are wrong."""
    GUESSES.count_one(request)
    response = render(request, "correspondence/search.html", {"form": form, "is_unknown": True}, status=404)
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt  # it changes nothing, and the page sets no cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of the letter with this code; a file sent along is compared with the one that was issued."""
    if GUESSES.are_used_up(request):
        return _slow_down(request)
    letter = Letter.objects.with_code(code).select_related("kind", "unit").first()
    if letter is None:
        return _unknown(request, LetterForm())
    if code != letter.printed_code:
        return redirect(letter)
    form = CompareForm(request.POST, request.FILES) if request.method == "POST" else CompareForm()
    context = {"letter": letter, "form": form}
    if form.is_bound and form.is_valid():
        digest = hashlib.file_digest(form.cleaned_data["berkas"], "sha256").hexdigest()
        context |= {"compared": True, "is_same": digest == letter.sha256, "digest": digest}
    return render(request, "correspondence/check.html", context)
