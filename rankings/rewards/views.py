"""The public register of rewards (and of warnings, where the city publishes them), and its letters."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cilegon_kip.common.http import public_page
from cilegon_kip.common.paging import page_of, query_without_page
from correspondence.models import Letter
from correspondence.services import letter_pdf

from .forms import RegisterForm
from .models import ProposalQuerySet
from .register import published

PER_PAGE = 50


@require_safe
@public_page
def register(request: HttpRequest) -> HttpResponse:
    """A wrong filter is named at its field and left out; the others still filter."""
    form = RegisterForm(request.GET)
    status = 200 if form.is_valid() else 400
    page = page_of(request, _matching(form), PER_PAGE)
    context = {
        "form": form,
        "filters": form.active_filters(),
        "page_obj": page,
        "page_query": query_without_page(request),
        "has_sample": any(row.is_sample for row in page.object_list),
    }
    return render(request, "rankings/rewards.html", context, status=status)


def _matching(form: RegisterForm) -> ProposalQuerySet:
    rows, data = published(), form.cleaned_data
    if month := form.month():
        rows = rows.filter(month=month)
    if category := data.get("kategori"):
        rows = rows.filter(unit__category=category)
    if unit := data.get("unit"):
        rows = rows.filter(unit=unit)
    if kind := data.get("jenis"):
        rows = rows.filter(rule__kind=kind)
    return rows


@require_safe
@public_page
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF of a published letter; of a withdrawn one only that it is gone."""
    found = Letter.objects.filter(proposal__in=published().order_by().filter(pk=pk)).first()
    if found is None:
        raise Http404
    if found.withdrawn_at is not None:
        return render(request, "410.html", status=410)
    response = HttpResponse(letter_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.file_name}"'
    return response
