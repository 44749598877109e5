"""`/unit/<slug>/bukti/`: every posting of a unit with its address, grade and state, whether it counts or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import month_text, next_month
from cilegon_kip.common.paging import page_of, query_without_page
from opd.models import Unit

from .grades import GRADES, grade_of
from .harvest.records import ExistenceCheck
from .models import Activity, Publication, PublicationQuerySet
from .search_forms import MonthField

PER_PAGE = 50


class EvidenceForm(forms.Form):
    bulan = MonthField(label=_("Bulan"), required=False, widget=forms.Select)
    keadaan = forms.ChoiceField(
        label=_("Keadaan"), required=False, choices=[("", _("Semua")), *Publication.State.choices],
        error_messages={"invalid_choice": _("Keadaan ini tidak ada.")},
    )  # fmt: skip

    def __init__(self, *args: Any, months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "saring-%s", **kwargs})
        choices = [(month_text(month), f"{MONTHS[month.month]} {month.year}") for month in months]
        self.fields["bulan"].widget.choices = [("", _("Semua bulan")), *choices]


@dataclass(frozen=True)
class Piece:
    """A posting as evidence."""

    publication: Publication

    @property
    def grade(self) -> str:
        return grade_of(self.publication, was_found=self.publication.was_found)  # type: ignore[attr-defined]

    @property
    def grade_words(self) -> Any:
        return GRADES[self.grade]

    @property
    def is_withdrawn(self) -> bool:
        activity = self.publication.activity
        return activity is not None and activity.status == Activity.Status.WITHDRAWN

    @property
    def why(self) -> str:
        """Why it does not count; reasons of accepted ones may name the person who looked, so they stay inside."""
        return "" if self.publication.state == Publication.State.ACCEPTED else self.publication.reason


def evidence_of(unit: Unit) -> PublicationQuerySet:
    """All postings of the unit but those of drafts; press reports are no evidence."""
    rows: PublicationQuerySet = Publication.objects.own().filter(unit=unit)
    return rows.filter(Q(activity=None) | ~Q(activity__status=Activity.Status.DRAFT))


@require_safe
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Six queries, whatever the number of postings."""
    unit = get_object_or_404(Unit, slug=slug)
    rows = evidence_of(unit)
    form = EvidenceForm(request.GET, months=_months(rows))
    status = 200 if form.is_valid() else 400
    shown = _filtered(rows, form.cleaned_data)
    page = page_of(request, _in_order(shown), PER_PAGE)
    context = {
        "unit": unit,
        "form": form,
        "month": form.cleaned_data.get("bulan"),
        "numbers": _numbers(shown),
        "pieces": [Piece(publication) for publication in page.object_list],
        "grades": [(grade, words) for grade, words in GRADES.items() if grade],
        "page_obj": page,
        "page_query": query_without_page(request),
    }
    return render(request, "publications/evidence.html", context, status=status)


def _months(rows: PublicationQuerySet) -> list[date]:
    dated = rows.exclude(counted_on=None).order_by().annotate(month=TruncMonth("counted_on"))
    return sorted(dated.values_list("month", flat=True).distinct(), reverse=True)


def _filtered(rows: PublicationQuerySet, filters: dict[str, Any]) -> PublicationQuerySet:
    if month := filters.get("bulan"):
        rows = rows.filter(counted_on__gte=month, counted_on__lt=next_month(month))
    if state := filters.get("keadaan"):
        rows = rows.filter(state=state)
    return rows


def _in_order(rows: PublicationQuerySet) -> PublicationQuerySet:
    """Newest first, those without a known date last."""
    answered = ExistenceCheck.objects.filter(publication=OuterRef("pk"), answer=ExistenceCheck.Answer.YES)
    ordered = (
        rows.annotate(was_found=Exists(answered))
        .select_related("activity")
        .defer("search", "activity__search", "activity__text")
    )
    found: PublicationQuerySet = ordered.order_by(F("published_at").desc(nulls_last=True), "-pk")
    return found


def _numbers(rows: PublicationQuerySet) -> dict[str, int]:
    states = {state.value: Count("pk", filter=Q(state=state)) for state in Publication.State}
    found: dict[str, int] = rows.aggregate(all=Count("pk"), **states)
    return found
