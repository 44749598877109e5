"""The filters of the DIP (GET) and what they do to a queryset.

The names of the fields are the names in the address: q, kelas, unit (slug), kategori, tahun, butir (code), telat.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib.postgres.search import SearchRank, TrigramWordSimilarity
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from opd.models import Category, Unit
from publications.search_forms import QueryField, UnitField, clean_query
from publications.search_text import full_text

from .checklist_models import ChecklistItem, InfoClass
from .models import Document, DocumentQuerySet


def year_choices() -> list[tuple[str, str]]:
    years = Document.objects.published().order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


class ItemField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Chosen by a link from a unit's page or the completeness table, and kept by the form."""

    widget = forms.HiddenInput


class DocumentFilterForm(forms.Form):
    q = QueryField(label=_("Kata kunci"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    kelas = forms.ChoiceField(label=_("Kelas"), required=False, choices=[("", _("Semua kelas")), *InfoClass.choices])
    unit = UnitField(
        label=_("Unit"),
        queryset=Unit.objects.in_order().only("slug", "name", "category"),
        to_field_name="slug",
        required=False,
        empty_label=_("Semua unit"),
        error_messages={"invalid_choice": _("Unit ini tidak ada dalam daftar.")},
    )
    kategori = forms.ChoiceField(
        label=_("Kategori unit"), required=False, choices=[("", _("Semua kategori")), *Category.choices]
    )
    tahun = forms.ChoiceField(label=_("Tahun"), required=False)
    butir = ItemField(
        label=_("Butir wajib"),
        queryset=ChecklistItem.objects.all(),
        to_field_name="code",
        required=False,
        error_messages={"invalid_choice": _("Butir ini tidak ada dalam daftar.")},
    )
    telat = forms.BooleanField(label=_("Hanya yang perlu diperbarui"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "saring-%s")
        super().__init__(*args, **kwargs)
        self.fields["tahun"].choices = [("", _("Semua tahun")), *year_choices()]  # type: ignore[attr-defined]

    def active_filters(self) -> list[tuple[str, str]]:
        """(label, value in words) of each filter in use, without the query itself."""
        data = getattr(self, "cleaned_data", {})
        words = {
            "kelas": InfoClass(data["kelas"]).label if data.get("kelas") else "",
            "unit": data.get("unit") or "",
            "kategori": Category(data["kategori"]).label if data.get("kategori") else "",
            "tahun": data.get("tahun") or "",
            "butir": data.get("butir") or "",
            "telat": _("ya") if data.get("telat") else "",
        }
        return [(str(self.fields[name].label), str(value)) for name, value in words.items() if value]


def filter_documents(documents: DocumentQuerySet, filters: Mapping[str, Any], today: date | None = None) -> Any:
    """The documents that the filters leave; `q` is not among them (see `match_documents`)."""
    if kind := filters.get("kelas"):
        documents = documents.filter(info_class=kind)
    if unit := filters.get("unit"):
        documents = documents.filter(unit=unit)
    if category := filters.get("kategori"):
        documents = documents.filter(unit__category=category)
    if year := filters.get("tahun"):
        documents = documents.filter(year=year)
    if item := filters.get("butir"):
        documents = documents.filter(checklist_item=item)
    if filters.get("telat"):
        documents = documents.overdue_on(today or local_day(timezone.now()))
    return documents


def match_documents(documents: DocumentQuerySet, text: object, unit_ids: list[int] | None = None) -> Any:
    """Those that fit the text, best first; all of them, in their order, for an empty text.

    An exempt document is found by its title only: the table holds no more of it.
    """
    query = clean_query(text)
    if not query:
        return documents
    by_rank = ("-text_rank", "-published_at", "-pk")
    fits = Q(search=full_text(query))
    if unit_ids:
        fits |= Q(unit_id__in=unit_ids)
    fitting = documents.filter(fits)
    if fitting.exists():
        return fitting.annotate(text_rank=SearchRank(F("search"), full_text(query))).order_by(*by_rank)
    similar = documents.filter(title__trigram_word_similar=query)
    return similar.annotate(text_rank=TrigramWordSimilarity(query, "title")).order_by(*by_rank)
