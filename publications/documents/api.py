"""`/api/v1/documents/`: the published entries of the DIP, newest first."""

from __future__ import annotations

import re
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view

from cilegon_kip.common.api.filters import SinceFilter, SlugChoiceFilter, YesNoFilter
from cilegon_kip.common.api.paging import NewestFirstPages
from cilegon_kip.common.api.views import PublicViewSet
from cilegon_kip.common.jakarta import local_day
from opd.models import Category, Unit

from .checklist_models import ChecklistItem, InfoClass
from .models import Document
from .serializers import DocumentSerializer


class YearField(forms.CharField):
    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        if not re.fullmatch("[0-9]{4}", text):
            raise forms.ValidationError(_("Tulis tahun seperti 2023."), code="invalid")
        return int(text)


@extend_schema_field(OpenApiTypes.INT)
class YearFilter(django_filters.CharFilter):  # type: ignore[misc]
    field_class = YearField

    def filter(self, qs: Any, value: int | None) -> Any:
        return qs.filter(year=value) if value is not None else qs


class OverdueFilter(YesNoFilter):
    """Whether it should have been renewed by now."""

    def filter(self, qs: Any, value: str) -> Any:
        if not value:
            return qs
        late = {"renew_by__lt": local_day(timezone.now())}
        return qs.filter(**late) if value == "true" else qs.exclude(**late)


class DocumentFilters(django_filters.FilterSet):  # type: ignore[misc]
    unit = SlugChoiceFilter(queryset=Unit.objects.all(), help_text="slug unit")
    category = django_filters.ChoiceFilter(
        field_name="unit__category", choices=Category.choices, help_text="kategori unit"
    )
    info_class = django_filters.ChoiceFilter(choices=InfoClass.choices, help_text="kelas informasi")
    year = YearFilter(help_text="tahun informasi, contoh 2023")
    checklist_item = SlugChoiceFilter(
        queryset=ChecklistItem.objects.all(),
        to_field_name="code",
        help_text="kode butir informasi wajib",
        error_messages={"invalid_choice": _("Butir ini tidak ada.")},
    )
    is_overdue = OverdueFilter(help_text="true: lewat waktu pembaruannya; false: tidak")
    since = SinceFilter(help_text="terbit sejak tanggal atau waktu ini")
    is_sample = YesNoFilter(help_text="true: hanya data contoh; false: tanpa data contoh")


@extend_schema_view(
    list=extend_schema(
        summary=_("Daftar informasi publik (DIP)"),
        extensions={"x-example": "/api/v1/documents/?unit=dinas-kesehatan&info_class=periodic"},
        description=_(
            "Informasi yang terbit, terbaru dahulu, dengan kolom DIP dan berkasnya. Dari yang dikecualikan hanya"
            " judul, dasar hukum, dan jangka waktunya."
        ),
    ),
    retrieve=extend_schema(
        summary=_("Satu informasi"),
        description=_("Satu informasi yang terbit, dengan semua versi berkasnya."),
        extensions={"x-example": "/api/v1/documents/1/"},
    ),
)
class DocumentViewSet(PublicViewSet):
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilters
    pagination_class = NewestFirstPages
    lookup_value_regex = r"\d{1,18}"
    queryset = Document.objects.all()

    def get_queryset(self) -> QuerySet[Document]:
        documents: QuerySet[Document] = (
            Document.objects.published()
            .with_public_files()
            .select_related("unit__parent", "checklist_item")
            .newest_first()
        )
        return documents
