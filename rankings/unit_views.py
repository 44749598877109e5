"""The list of units and a unit's page. They show the ranking too, so they live in its room."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.paging import page_of, query_without_page
from opd.models import Category, Channel, Unit
from publications.documents.completeness import unit_completeness
from publications.listing import nearest_units, with_row_parts
from publications.models import Activity, Document, Publication
from publications.search import match_units
from publications.search_forms import QueryField, UnitField

from .boards.months import latest_finished
from .boards.unit import unit_record
from .rewards.register import of_unit as rewards_of_unit

PER_PAGE = 100
NEWEST = 6
PRESS = 10
REWARDS = 12
DOCUMENTS = 5
#: How many there are in all, on each of the few rows that are read.
ALL = Window(Count("pk"))


class UnitFilterForm(forms.Form):
    q = QueryField(label=_("Nama"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    kategori = forms.ChoiceField(
        label=_("Kategori"),
        required=False,
        choices=[("", _("Semua kategori")), *Category.choices],
        error_messages={"invalid_choice": _("Kategori ini tidak ada.")},
    )
    kecamatan = UnitField(
        label=_("Kecamatan"),
        queryset=Unit.objects.filter(category=Category.KECAMATAN).order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=_("Semua kecamatan"),
        error_messages={"invalid_choice": _("Kecamatan ini tidak ada dalam daftar.")},
    )
    tanpa_media_sosial = forms.BooleanField(label=_("Hanya yang tanpa media sosial"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "saring-%s")
        super().__init__(*args, **kwargs)

    def active_filters(self) -> list[tuple[str, str]]:
        """(label, value in words) of each filter in use, without the name searched for."""
        data = self.cleaned_data
        words = {
            "kategori": Category(data["kategori"]).label if data.get("kategori") else "",
            "kecamatan": str(data.get("kecamatan") or ""),
            "tanpa_media_sosial": _("ya") if data.get("tanpa_media_sosial") else "",
        }
        return [(str(self.fields[name].label), str(value)) for name, value in words.items() if value]


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    form = UnitFilterForm(request.GET)
    status = 200 if form.is_valid() else 400
    filters = form.cleaned_data
    query = filters.get("q", "")
    page = page_of(request, _with_channels(_matching(filters)), PER_PAGE)
    context = {
        "form": form,
        "filters": form.active_filters(),
        "query": query,
        "page_obj": page,
        "page_query": query_without_page(request),
        "groups": _groups(list(page.object_list), in_order=not query),
        "near": list(nearest_units(query)) if query and not page.object_list else [],
    }
    return render(request, "opd/units.html", context, status=status)


def _matching(filters: Mapping[str, Any]) -> QuerySet[Unit]:
    """Units that exist today and fit, in the register's order or best name first."""
    today = local_day(timezone.now())
    query = filters.get("q", "")
    found: QuerySet[Unit] = match_units(query) if query else Unit.objects.in_order()
    found = found.filter(pk__in=Unit.objects.active_on(today))
    if category := filters.get("kategori"):
        found = found.filter(category=category)
    if kecamatan := filters.get("kecamatan"):
        found = found.filter(parent=kecamatan) | found.filter(pk=kecamatan.pk)
    if filters.get("tanpa_media_sosial"):
        found = found.filter(~Exists(_shown_channels().verified().social().filter(unit=OuterRef("pk"))))
    return found


def _shown_channels() -> Any:
    """Channels open today; those of the sample only while the newest month is a sample, as in the ranking."""
    today = local_day(timezone.now())
    channels = Channel.objects.open_between(today, today)
    ranking = latest_finished()
    return channels if ranking is not None and ranking.is_sample else channels.filter(is_sample=False)


def _with_channels(found: QuerySet[Unit]) -> QuerySet[Unit]:
    verified = _shown_channels().verified().order_by("kind")
    return found.select_related("parent").prefetch_related(Prefetch("channels", verified, to_attr="open_channels"))


def _groups(found: list[Unit], *, in_order: bool) -> list[tuple[str, list[Unit]]]:
    """By category as in the register; one group, best first, when a name was searched for."""
    if not in_order:
        return [("", found)] if found else []
    return [(Category(value).long_label, list(rows)) for value, rows in groupby(found, key=lambda unit: unit.category)]


@require_safe
def unit(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Unit.objects.select_related("parent", "successor"), slug=slug)
    today = local_day(timezone.now())
    activities = Activity.objects.published().filter(unit=found).newest_first()
    documents = Document.objects.published().filter(unit=found)
    context = {
        "unit": found,
        "has_ended": found.active_until is not None and found.active_until < today,
        "not_begun": found.active_from is not None and found.active_from > today,
        "predecessors": list(found.predecessors.order_by("name").only("name", "slug")),
        "children": list(found.children.active_on(today).order_by("name").only("name", "slug")),
        "channels": list(_channels_of(found)),
        "record": unit_record(found),
        "activities": list(with_row_parts(activities)[:NEWEST]),
        "activity_count": activities.count(),
        "completeness": unit_completeness(found, today),
        "documents": list(documents.newest_first().defer("search", "summary").annotate(total=ALL)[:DOCUMENTS]),
        "press": list(_press_of(found)[:PRESS]),
        "rewards": list(rewards_of_unit(found)[:REWARDS]),
    }
    return render(request, "opd/unit.html", context)


def _channels_of(found: Unit) -> QuerySet[Channel]:
    """All but the rejected; verified ones first, closed ones last."""
    channels: QuerySet[Channel] = found.channels.exclude(status=Channel.Status.REJECTED).order_by(
        F("closed_on").desc(nulls_first=True), "-status", "kind"
    )
    return channels


def _press_of(found: Unit) -> QuerySet[Publication]:
    """Press reports, newest first; those without a date last."""
    reports: QuerySet[Publication] = (
        Publication.objects.press()
        .accepted()
        .filter(unit=found)
        .order_by(F("published_at").desc(nulls_last=True), "pk")
    )
    return reports
