"""Public pages of published answers: list and search, one answer, feed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Max
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cilegon_kip.common.atom import PortalFeed, absolute, tag, to_second
from cilegon_kip.common.atom import answer as feed_answer
from cilegon_kip.common.paging import page_of, query_without_page
from cilegon_kip.common.xml import xml_text
from opd.models import Unit
from publications.feeds import MAX_ENTRIES, SUMMARY_LENGTH
from publications.search_forms import QueryField, UnitField

from .answers import matching, published
from .models import PublishedAnswer

PER_PAGE = 20


class AnswerFilterForm(forms.Form):
    """The names of the fields are the names in the address."""

    q = QueryField(label=gettext_lazy("Kata kunci"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    unit = UnitField(
        label=gettext_lazy("Unit"),
        queryset=Unit.objects.in_order().only("slug", "name", "category"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("Semua unit"),
        error_messages={"invalid_choice": gettext_lazy("Unit ini tidak ada dalam daftar.")},
    )


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    form = AnswerFilterForm(request.GET)
    is_valid = form.is_valid()
    rows = matching(form.cleaned_data.get("q", ""), form.cleaned_data.get("unit")) if is_valid else published().none()
    context = {
        "form": form,
        "page_obj": page_of(request, rows, PER_PAGE),
        "page_query": query_without_page(request),
        "query": form.cleaned_data.get("q", ""),
    }
    return render(request, "requests_info/answers.html", context, status=200 if is_valid else 400)


@require_safe
def answer(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A draft does not exist, a withdrawn one says why and no more; a wrong slug leads to the right address."""
    rows = PublishedAnswer.objects.exclude(status=PublishedAnswer.Status.DRAFT).select_related("unit").defer("search")
    found = get_object_or_404(rows, pk=pk)
    if found.status == PublishedAnswer.Status.WITHDRAWN:
        return render(request, "410.html", {"answer": found}, status=410)
    if slug != found.slug:
        return redirect(found, permanent=True)
    return render(request, "requests_info/answer.html", {"answer": found})


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """`/permohonan/jawaban/atom.xml`: the newest answers."""
    address, title = reverse("requests_info:answers_feed"), _("Jawaban atas permohonan informasi")
    made = PortalFeed(
        title=title,
        link=absolute(reverse("requests_info:answers")),
        description=_("Jawaban yang diterbitkan untuk umum, tanpa data pemohon."),
        feed_url=absolute(address),
        feed_guid=absolute(address),
        author_name=settings.PORTAL_NAME,
        language="id",
    )
    for found in published().newest_first()[:MAX_ENTRIES]:
        made.add_item(**_entry(found))
    changed = PublishedAnswer.objects.aggregate(at=Max(Greatest("published_at", "withdrawn_at")))["at"]
    return feed_answer(request, made, changed_at=changed)


def _entry(found: PublishedAnswer) -> dict[str, Any]:
    if found.published_at is None:
        raise ValueError("a published answer has a time")
    moment = to_second(found.published_at)
    return {
        "title": xml_text(found.question),
        "link": absolute(found.get_absolute_url()),
        "description": xml_text(Truncator(found.text).chars(SUMMARY_LENGTH)),
        "unique_id": tag(f"jawaban/{found.pk}"),
        "author_name": xml_text(found.unit.name),
        "pubdate": moment,
        "updateddate": moment,
    }
