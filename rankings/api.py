"""`/api/v1/rankings/`: months and their entries, from the same records as the downloads."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from cilegon_kip.common.api.filters import SlugChoiceFilter
from cilegon_kip.common.api.paging import NumberedPages
from cilegon_kip.common.api.views import PublicViewSet
from cilegon_kip.common.jakarta import MONTH_PATTERN
from opd.models import Category, Unit

from .boards.months import published_rankings, ranking_for
from .models import Entry, Ranking
from .records import EntrySerializer, RankingSerializer, entries_of

MONTH = OpenApiParameter(
    "month", str, OpenApiParameter.PATH, description="bulan, contoh 2023-01", pattern=f"^{MONTH_PATTERN}$"
)


def ranking_or_404(text: str) -> Ranking:
    ranking = ranking_for(text)
    if ranking is None:
        raise Http404
    return ranking


@extend_schema_view(
    list=extend_schema(
        summary=_("Daftar bulan"),
        extensions={"x-example": "/api/v1/rankings/"},
        description=_("Bulan yang sudah dihitung, terbaru dahulu, dalam revisi terakhirnya."),
    ),
    retrieve=extend_schema(
        summary=_("Satu bulan"),
        description=_("Status, metode, dan hari kerja satu bulan: kepala berkas JSON bulan itu."),
        extensions={"x-example": "/api/v1/rankings/2023-01/"},
        parameters=[MONTH],
    ),
)
class RankingViewSet(PublicViewSet):
    serializer_class = RankingSerializer
    pagination_class = NumberedPages
    lookup_field = "month"
    lookup_value_regex = MONTH_PATTERN
    queryset = Ranking.objects.all()

    def get_queryset(self) -> QuerySet[Ranking]:
        return published_rankings()

    def get_object(self) -> Ranking:
        return ranking_or_404(self.kwargs["month"])


class EntryFilters(django_filters.FilterSet):  # type: ignore[misc]
    category = django_filters.ChoiceFilter(choices=Category.choices, help_text="kategori")
    state = django_filters.ChoiceFilter(choices=Entry.State.choices, help_text="keadaan")
    unit = SlugChoiceFilter(queryset=Unit.objects.all(), help_text="slug unit")


@extend_schema_view(
    list=extend_schema(
        summary=_("Entri satu bulan"),
        extensions={"x-example": "/api/v1/rankings/2023-01/entries/?category=kelurahan"},
        description=_(
            "Peringkat, indeks, komponen, dan angka di baliknya; urut kategori lalu peringkat, kemudian unit tanpa"
            " kegiatan, kemudian unit yang tidak terukur. Sama dengan berkas JSON bulan itu."
        ),
        parameters=[MONTH],
    ),
)
class EntryViewSet(PublicViewSet):
    serializer_class = EntrySerializer
    filterset_class = EntryFilters
    pagination_class = NumberedPages
    queryset = Entry.objects.all()

    def get_queryset(self) -> QuerySet[Entry]:
        if getattr(self, "swagger_fake_view", False):
            return Entry.objects.none()
        return entries_of(ranking_or_404(self.kwargs["month"]))
