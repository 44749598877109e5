"""`/api/v1/units/`: the register."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view

from cilegon_kip.common.api.filters import SlugChoiceFilter, YesNoFilter
from cilegon_kip.common.api.paging import NumberedPages
from cilegon_kip.common.api.views import PublicViewSet
from cilegon_kip.common.jakarta import local_day

from .models import Category, Channel, Unit
from .serializers import UnitSerializer


class UnitFilters(django_filters.FilterSet):  # type: ignore[misc]
    category = django_filters.ChoiceFilter(choices=Category.choices, help_text="kategori unit")
    parent = SlugChoiceFilter(
        queryset=Unit.objects.filter(category=Category.KECAMATAN), help_text="slug kecamatan: kelurahan di dalamnya"
    )
    has_social_media = YesNoFilter(help_text="true: punya media sosial terverifikasi; false: tidak")
    q = django_filters.CharFilter(
        method="search", max_length=100, help_text="bagian nama, nama singkat, atau nama lain (paling banyak 100 huruf)"
    )

    def search(self, units: Any, name: str, value: str) -> Any:
        return units.named_like(value)


@extend_schema_view(
    list=extend_schema(
        summary=_("Daftar unit"),
        extensions={"x-example": "/api/v1/units/?category=kelurahan&has_social_media=false"},
        description=_("OPD, BUMD, kecamatan, dan kelurahan dengan kanalnya."),
    ),
    retrieve=extend_schema(
        summary=_("Satu unit"),
        description=_("Kantor, kanal terverifikasi, dan kode resmi satu unit."),
        extensions={"x-example": "/api/v1/units/kelurahan-pabean/"},
    ),
)
class UnitViewSet(PublicViewSet):
    serializer_class = UnitSerializer
    filterset_class = UnitFilters
    pagination_class = NumberedPages
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"
    queryset = Unit.objects.all()

    def get_queryset(self) -> QuerySet[Unit]:
        verified = Channel.objects.verified().order_by("kind", "pk")
        units: QuerySet[Unit] = (
            Unit.objects.with_social_media(local_day(timezone.now()))
            .select_related("parent", "successor")
            .prefetch_related(Prefetch("channels", verified, to_attr="verified_channels"))
            .in_order()
        )
        return units
