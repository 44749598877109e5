"""`/api/v1/requests/stats/`: the figures of Pasal 12, the same as on the page. Single requests have no API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from . import statistics


class UnitFiguresSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text=_("nama unit"))
    slug = serializers.CharField(help_text=_("slug unit"))
    registered = serializers.IntegerField(help_text=_("permohonan yang diteruskan kepada unit"))
    answered = serializers.IntegerField(help_text=_("yang sudah dijawab"))
    median_days = serializers.FloatField(allow_null=True, help_text=_("median hari kerja; kosong bila kurang dari 5"))
    on_time_percent = serializers.FloatField(allow_null=True, help_text=_("persen tepat waktu, bila ada 5 atau lebih"))


class YearFiguresSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField(help_text=_("tahun pendaftaran"))
    registered = serializers.IntegerField(help_text=_("terdaftar"))
    open = serializers.IntegerField(help_text=_("masih diproses"))
    answered = serializers.IntegerField(help_text=_("dijawab"))
    on_time = serializers.IntegerField(help_text=_("dijawab tepat waktu"))
    median_days = serializers.FloatField(allow_null=True, help_text=_("median hari kerja sampai dijawab"))
    outcomes = serializers.DictField(child=serializers.IntegerField(), help_text=_("jumlah per hasil"))
    grounds = serializers.DictField(child=serializers.IntegerField(), help_text=_("jumlah per huruf Pasal 17"))
    units = UnitFiguresSerializer(many=True, help_text=_("per unit"))


class RequestStatsSerializer(serializers.Serializer[Any]):
    years = YearFiguresSerializer(many=True, help_text=_("satu baris per tahun, terbaru dahulu"))


class RequestStatsView(APIView):
    @extend_schema(
        summary=_("Statistik permohonan informasi"),
        description=_("Per tahun menurut Pasal 12 UU 14/2008: jumlah, waktu, hasil dan alasan; tanpa data pemohon."),
        responses=RequestStatsSerializer,
        extensions={"x-example": "/api/v1/requests/stats/"},
    )
    def get(self, request: Request) -> Response:
        years = [
            {"year": year, **asdict(statistics.year_figures(year)), "units": statistics.unit_figures(year)}
            for year in statistics.years()
        ]
        return Response(RequestStatsSerializer({"years": years}).data)
