"""The public side: the register without persons, the figures of Pasal 12, the yearly report, the calculator of days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of, query_without_page
from opd.calendar import count_period
from opd.models import Unit
from publications.search_forms import QueryField, UnitField

from . import statistics, yearly, yearly_files, yearly_tables
from .calculator import CalculatorForm, rows_of
from .models import InformationRequest

PER_PAGE = 25
Outcome = InformationRequest.Outcome
Status = InformationRequest.Status


class RegisterFilterForm(forms.Form):
    """The names of the fields are the names in the address."""

    q = QueryField(label=_("Pokok atau nomor"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    tahun = forms.IntegerField(label=_("Tahun"), required=False, min_value=2000, max_value=2100, widget=forms.Select)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Semua status")), *Status.choices],
        error_messages={"invalid_choice": _("Status ini tidak ada dalam daftar.")},
    )
    hasil = forms.ChoiceField(
        label=_("Hasil"),
        required=False,
        choices=[("", _("Semua hasil")), ("terbuka", _("Masih diproses")), *Outcome.choices],
        error_messages={"invalid_choice": _("Hasil ini tidak ada dalam daftar.")},
    )
    unit = UnitField(
        label=_("Unit"),
        queryset=Unit.objects.in_order().only("slug", "name", "category"),
        to_field_name="slug",
        required=False,
        empty_label=_("Semua unit"),
        error_messages={"invalid_choice": _("Unit ini tidak ada dalam daftar.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        years = [("", _("Semua tahun")), *((year, str(year)) for year in statistics.years())]
        self.fields["tahun"].widget.choices = years  # type: ignore[attr-defined]


def filter_register(data: dict[str, Any]) -> Any:
    """The rows that the filters leave: subject or number, year, status, outcome, and the unit that was asked."""
    rows = statistics.register_rows(data["unit"])
    if data["q"]:
        rows = rows.filter(subject__icontains=data["q"]) | rows.filter(number__iexact=data["q"])
    if data["tahun"]:
        rows = rows.filter(year=data["tahun"])
    if data["status"]:
        rows = rows.filter(status=data["status"])
    if data["hasil"]:
        rows = rows.filter(outcome="" if data["hasil"] == "terbuka" else data["hasil"])
    return rows


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterFilterForm(request.GET)
    rows = filter_register(form.cleaned_data) if form.is_valid() else statistics.register_rows().none()
    context = {
        "form": form,
        "page_obj": page_of(request, rows, PER_PAGE),
        "page_query": query_without_page(request),
    }
    return render(request, "requests_info/register.html", context, status=200 if form.is_valid() else 400)


@require_safe
def figures(request: HttpRequest, year: int | None = None) -> HttpResponse:
    known = statistics.years()
    if year is not None and year not in known:
        raise Http404
    shown = year or (known[0] if known else None)
    found = yearly.report_of(shown, local_day(timezone.now())) if shown else None
    context = {
        "year": shown,
        "years": known,
        "report": found,
        "state": yearly_tables.state_words(found) if found else "",
        "tables": yearly_tables.in_words(found) if found else [],
    }
    return render(request, "requests_info/statistics.html", context)


@require_safe
def report(request: HttpRequest, year: str, kind: str) -> HttpResponse:
    """`/permohonan/statistik/2026.pdf` and `.xlsx`: the yearly report, provisional while the year runs."""
    return yearly_files.response_of(int(year), kind, statistics.FEWEST)


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
