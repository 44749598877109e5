"""`/api/v1/rankings/`: months and their entries, from the same records as the downloads."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cilegon_kip.common.api.filters import SlugChoiceFilter, YesNoFilter
from cilegon_kip.common.api.paging import NumberedPages
from cilegon_kip.common.api.views import PublicViewSet, refuse_strange_parameters
from cilegon_kip.common.jakarta import MONTH_PATTERN
from opd.models import Category, Unit
from opd.serializers import UnitNameSerializer

from .boards.months import published_rankings, ranking_for
from .boards.social import all_without
from .boards.unreached import not_measurable, unreachable
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
    has_social_media = YesNoFilter(help_text="false: hanya unit tanpa media sosial terverifikasi")


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


class WithoutSerializer(serializers.Serializer[Any]):
    """A unit without an account."""

    unit = UnitNameSerializer(source="entry.unit", help_text="unit")
    since = serializers.DateField(
        allow_null=True, help_text="bulan pertama tanpa akun; null bila sejak pertama tercatat"
    )


class UnreadSerializer(serializers.Serializer[Any]):
    """A verified account that the portal could not read."""

    unit = UnitNameSerializer(source="channel.unit", help_text="unit")
    kind = serializers.CharField(source="channel.kind", help_text="jenis kanal")
    url = serializers.CharField(source="channel.url", help_text="alamat akun")
    since = serializers.DateField(help_text="sejak kapan")
    reason = serializers.CharField(help_text="sebabnya, dalam kata")


class WithoutSocialMediaSerializer(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="bulan, contoh 2023-01")
    is_sample = serializers.BooleanField(help_text="data contoh")
    units = serializers.IntegerField(help_text="banyaknya unit bulan itu")
    none = WithoutSerializer(many=True, help_text="unit tanpa akun media sosial terverifikasi")
    unreachable = UnreadSerializer(many=True, help_text="akun yang tidak terjangkau pada bulan itu")
    not_measurable = UnreadSerializer(many=True, help_text="akun yang belum dapat dibaca portal")


class WithoutSocialMediaView(APIView):
    @extend_schema(
        summary=_("Unit tanpa media sosial"),
        description=_(
            "Tiga keadaan yang berbeda: tanpa akun, akun yang tidak terjangkau, dan akun yang belum dapat diukur."
        ),
        parameters=[MONTH],
        responses=WithoutSocialMediaSerializer,
        extensions={"x-example": "/api/v1/rankings/2023-01/without-social-media/"},
    )
    def get(self, request: Request, month: str) -> Response:
        refuse_strange_parameters(request, frozenset())
        ranking = ranking_or_404(month)
        found = {
            "month": ranking.month_text,
            "is_sample": ranking.is_sample,
            "units": Entry.objects.filter(ranking=ranking).count(),
            "none": all_without(ranking),
            "unreachable": unreachable(ranking),
            "not_measurable": not_measurable(ranking),
        }
        return Response(WithoutSocialMediaSerializer(found).data)
