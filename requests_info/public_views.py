"""The public side: the register without persons, the figures of Pasal 12, the calculator of working days."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of
from opd.calendar import count_period
from publications.documents.models import ExemptionGround
from publications.search_forms import QueryField

from . import statistics
from .calculator import CalculatorForm, rows_of
from .models import InformationRequest

PER_PAGE = 25
Outcome = InformationRequest.Outcome


class RegisterFilterForm(forms.Form):
    """The names of the fields are the names in the address."""

    q = QueryField(label=_("Pokok atau nomor"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    tahun = forms.IntegerField(label=_("Tahun"), required=False, min_value=2000, max_value=2100, widget=forms.Select)
    hasil = forms.ChoiceField(
        label=_("Hasil"),
        required=False,
        choices=[("", _("Semua hasil")), ("terbuka", _("Masih diproses")), *Outcome.choices],
        error_messages={"invalid_choice": _("Hasil ini tidak ada dalam daftar.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        years = [("", _("Semua tahun")), *((year, str(year)) for year in statistics.years())]
        self.fields["tahun"].widget.choices = years  # type: ignore[attr-defined]


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterFilterForm(request.GET)
    rows = statistics.register_rows()
    if form.is_valid():
        data = form.cleaned_data
        if data["q"]:
            rows = rows.filter(subject__icontains=data["q"]) | rows.filter(number__iexact=data["q"])
        if data["tahun"]:
            rows = rows.filter(year=data["tahun"])
        if data["hasil"] == "terbuka":
            rows = rows.filter(outcome="")
        elif data["hasil"]:
            rows = rows.filter(outcome=data["hasil"])
    else:
        rows = rows.none()
    context = {"form": form, "page_obj": page_of(request, rows, PER_PAGE)}
    return render(request, "requests_info/register.html", context, status=200 if form.is_valid() else 400)


@require_safe
def figures(request: HttpRequest, year: int | None = None) -> HttpResponse:
    known = statistics.years()
    if year is not None and year not in known:
        raise Http404
    shown = year or (known[0] if known else None)
    found = statistics.year_figures(shown) if shown else None
    context = {
        "year": shown,
        "years": known,
        "figures": found,
        "outcomes": [(Outcome(name).label, count) for name, count in found.outcomes.items()] if found else [],
        "grounds": [(ExemptionGround(name).label, count) for name, count in found.grounds.items()] if found else [],
        "units": statistics.unit_figures(shown) if shown else [],
        "fewest": statistics.FEWEST,
    }
    return render(request, "requests_info/statistics.html", context)


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """The end of a period in working days, with every day that counts or not. Works by its address alone."""
    is_asked = any(name in request.GET for name in CalculatorForm.base_fields)
    form = CalculatorForm(
        request.GET.dict() if is_asked else None, initial={"mulai": local_day(timezone.now()), "batas": "jawaban"}
    )
    is_wrong = is_asked and not form.is_valid()
    period = count_period(form.cleaned_data["mulai"], form.days) if is_asked and not is_wrong else None
    context = {"form": form, "is_wrong": is_wrong, "period": period, "rows": rows_of(period) if period else []}
    return render(request, "requests_info/calculator.html", context, status=400 if is_wrong else 200)
