"""The DIP as files, and how complete each unit's mandatory information is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.api.errors import body, message_for
from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of, query_without_page
from opd.models import Category, Unit

from . import exports
from .completeness import all_states, median_percent, scores_on
from .forms import DocumentFilterForm, filter_documents, match_documents
from .models import Document

PER_PAGE = 100
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """`/informasi/dip.csv` and `.xlsx`, with the list's filters."""
    form = DocumentFilterForm(request.GET)
    if not form.is_valid():
        return _refusal(form)
    documents = filter_documents(Document.objects.published(), form.cleaned_data)
    documents = match_documents(documents, form.cleaned_data["q"]).newest_first().with_public_files()
    if kind == "csv":
        return _file(exports.as_csv(documents), CSV, "dip.csv")
    newest = max((row.updated_at for row in documents), default=timezone.now().replace(hour=0, minute=0, second=0))
    return _file(exports.as_xlsx(documents, newest), XLSX, "dip.xlsx")


def _refusal(form: forms.Form) -> JsonResponse:
    """A filter that cannot be, named with its reason."""
    errors = [{"field": name, "message": str(text)} for name, texts in form.errors.items() for text in texts]
    return JsonResponse(body(400, message_for(400), errors), status=400)


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{slugify(settings.PORTAL_NAME)}-{name}"'
    return response


class CategoryForm(forms.Form):
    kategori = forms.ChoiceField(
        label=_("Kategori unit"),
        required=False,
        choices=[("", _("Semua kategori")), *Category.choices],
        error_messages={"invalid_choice": _("Kategori ini tidak ada.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "saring-%s")
        super().__init__(*args, **kwargs)


@require_safe
def completeness(request: HttpRequest) -> HttpResponse:
    """All units with what they have, what is stale and what is missing. No places: like stands beside like."""
    form = CategoryForm(request.GET)
    status = 200 if form.is_valid() else 400
    category = form.cleaned_data.get("kategori", "")
    scores = scores_on(local_day(timezone.now()), category)
    page = page_of(request, Unit.objects.filter(pk__in=scores).in_order(), PER_PAGE)
    context = {
        "form": form,
        "page_obj": page,
        "page_query": query_without_page(request),
        "rows": [(unit, scores[unit.pk]) for unit in page.object_list],
        "median": median_percent(scores.values()),
        "count": len(scores),
        "category": category,
        "has_sample": Document.objects.published().filter(is_sample=True).exists(),
    }
    return render(request, "documents/completeness.html", context, status=status)


@require_safe
def completeness_file(request: HttpRequest) -> HttpResponse:
    """`/informasi/kelengkapan.csv`: one row for each unit and item."""
    form = CategoryForm(request.GET)
    if not form.is_valid():
        return _refusal(form)
    states = all_states(local_day(timezone.now()), form.cleaned_data["kategori"])
    units = {unit.pk: unit for unit in Unit.objects.in_order()}
    order = {pk: number for number, pk in enumerate(units)}
    states.sort(key=lambda pair: order[pair[0]])
    return _file(exports.completeness_csv(units, states), CSV, "kelengkapan.csv")
