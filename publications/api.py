"""`/api/v1/activities/` and `/api/v1/publications/`: what is public, newest first."""

from __future__ import annotations

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from cilegon_kip.common.api.filters import MonthFilter, SinceFilter, SlugChoiceFilter, YesNoFilter
from cilegon_kip.common.api.paging import NewestFirstPages, NewestFirstPagesWithUndated
from cilegon_kip.common.api.views import PublicViewSet
from opd.models import Category, Unit

from .models import Activity, Publication, PublicationKind, Theme
from .serializers import ActivitySerializer, PublicationSerializer


class PublishedFilters(django_filters.FilterSet):  # type: ignore[misc]
    """What activities and publications are both asked for."""

    unit = SlugChoiceFilter(queryset=Unit.objects.all(), help_text="slug unit")
    category = django_filters.ChoiceFilter(
        field_name="unit__category", choices=Category.choices, help_text="kategori unit"
    )
    month = MonthFilter(help_text="bulan terbit menurut waktu Jakarta, contoh 2023-01")
    since = SinceFilter(help_text="terbit sejak tanggal atau waktu ini")
    is_sample = YesNoFilter(help_text="true: hanya data contoh; false: tanpa data contoh")


class ActivityFilters(PublishedFilters):
    theme = django_filters.ChoiceFilter(choices=Theme.choices, help_text="tema")


@extend_schema_view(
    list=extend_schema(
        summary=_("Daftar kegiatan"),
        extensions={"x-example": "/api/v1/activities/?unit=dinas-kesehatan&month=2023-01"},
        description=_("Kegiatan yang terbit, terbaru dahulu, dengan foto dan publikasinya."),
    ),
    retrieve=extend_schema(
        summary=_("Satu kegiatan"),
        description=_("Satu kegiatan yang terbit, dengan foto dan publikasinya."),
        extensions={"x-example": "/api/v1/activities/1/"},
    ),
)
class ActivityViewSet(PublicViewSet):
    serializer_class = ActivitySerializer
    filterset_class = ActivityFilters
    pagination_class = NewestFirstPages
    lookup_value_regex = r"\d{1,18}"
    queryset = Activity.objects.all()

    def get_queryset(self) -> QuerySet[Activity]:
        public = Publication.objects.public().select_related("activity").order_by("published_at", "pk")
        activities: QuerySet[Activity] = (
            Activity.objects.published()
            .select_related("unit__parent")
            .defer("search")
            .prefetch_related("photos", Prefetch("publications", public, to_attr="public_publications"))
            .newest_first()
        )
        return activities


class PublicationFilters(PublishedFilters):
    kind = django_filters.ChoiceFilter(choices=PublicationKind.choices, help_text="jenis kanal; news: liputan media")


@extend_schema_view(
    list=extend_schema(
        summary=_("Daftar publikasi"),
        extensions={"x-example": "/api/v1/publications/?kind=instagram&since=2023-01-15"},
        description=_(
            "Publikasi yang diterima, terbaru dahulu; yang tidak bertanggal di akhir. Liputan media (kind=news)"
            " tidak dihitung dalam peringkat. Yang menunggu verifikasi, ditolak, atau ditarik tidak ada di sini."
        ),
    ),
    retrieve=extend_schema(
        summary=_("Satu publikasi"),
        description=_("Satu publikasi yang diterima atau satu liputan media."),
        extensions={"x-example": "/api/v1/publications/1/"},
    ),
)
class PublicationViewSet(PublicViewSet):
    serializer_class = PublicationSerializer
    filterset_class = PublicationFilters
    pagination_class = NewestFirstPagesWithUndated
    lookup_value_regex = r"\d{1,18}"
    queryset = Publication.objects.all()

    def get_queryset(self) -> QuerySet[Publication]:
        publications: QuerySet[Publication] = (
            Publication.objects.public().select_related("unit__parent", "activity").defer("search", "activity__search")
        )
        return publications
