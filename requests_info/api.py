"""`/api/v1/requests/stats/`: the figures of Pasal 12, the same as on the page. Single requests have no API.

`/api/v1/working-days/`: the calculator of working days.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cilegon_kip.common.api.views import refuse_strange_parameters
from cilegon_kip.common.jakarta import local_day
from opd.calendar import count_period

from . import statistics
from .calculator import check_days, check_start, rows_of
from .yearly import Report, report_of


class UnitFiguresSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text=_("nama unit"))
    slug = serializers.CharField(help_text=_("slug unit"))
    registered = serializers.IntegerField(help_text=_("permohonan yang diteruskan kepada unit"))
    answered = serializers.IntegerField(help_text=_("yang sudah dijawab"))
    given = serializers.IntegerField(help_text=_("yang dikabulkan, seluruhnya atau sebagian"))
    refused = serializers.IntegerField(help_text=_("yang ditolak"))
    median_days = serializers.FloatField(allow_null=True, help_text=_("median hari kerja; kosong bila kurang dari 5"))
    on_time_percent = serializers.FloatField(allow_null=True, help_text=_("persen tepat waktu, bila ada 5 atau lebih"))


class MonthFiguresSerializer(serializers.Serializer[Any]):
    month = serializers.IntegerField(help_text=_("bulan, 1 sampai 12"))
    registered = serializers.IntegerField(help_text=_("terdaftar"))
    answered = serializers.IntegerField(help_text=_("yang sudah dijawab"))
    given = serializers.IntegerField(help_text=_("yang dikabulkan, seluruhnya atau sebagian"))
    refused = serializers.IntegerField(help_text=_("yang ditolak"))
    median_days = serializers.FloatField(allow_null=True, help_text=_("median hari kerja; kosong bila kurang dari 5"))


class ObjectionFiguresSerializer(serializers.Serializer[Any]):
    registered = serializers.IntegerField(help_text=_("keberatan terdaftar"))
    open = serializers.IntegerField(help_text=_("menunggu keputusan"))
    decided = serializers.IntegerField(help_text=_("diputuskan"))
    on_time = serializers.IntegerField(help_text=_("diputuskan tepat waktu"))
    grounds = serializers.DictField(child=serializers.IntegerField(), help_text=_("jumlah per huruf Pasal 35"))
    outcomes = serializers.DictField(child=serializers.IntegerField(), help_text=_("jumlah per keputusan"))
    disputes = serializers.IntegerField(help_text=_("sengketa di Komisi Informasi"))


class YearFiguresSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField(help_text=_("tahun pendaftaran"))
    registered = serializers.IntegerField(help_text=_("terdaftar"))
    open = serializers.IntegerField(help_text=_("masih diproses"))
    answered = serializers.IntegerField(help_text=_("dijawab"))
    on_time = serializers.IntegerField(help_text=_("dijawab tepat waktu"))
    on_time_percent = serializers.FloatField(allow_null=True, help_text=_("persen tepat waktu, bila ada 5 atau lebih"))
    median_days = serializers.FloatField(allow_null=True, help_text=_("median hari kerja; kosong bila kurang dari 5"))
    within_notice = serializers.IntegerField(help_text=_("dijawab dalam batas pertama (10 hari kerja)"))
    within_extension = serializers.IntegerField(help_text=_("dijawab dalam batas perpanjangan (17 hari kerja)"))
    beyond = serializers.IntegerField(help_text=_("dijawab sesudah itu"))
    outcomes = serializers.DictField(child=serializers.IntegerField(), help_text=_("jumlah per hasil"))
    grounds = serializers.DictField(child=serializers.IntegerField(), help_text=_("jumlah per huruf Pasal 17"))
    ratings = serializers.IntegerField(help_text=_("pemohon yang menilai layanan"))
    rating_mean = serializers.FloatField(allow_null=True, help_text=_("rata-rata, 1 sampai 5; kosong bila n < 5"))
    months = MonthFiguresSerializer(many=True, help_text=_("per bulan nomor pendaftaran diberikan"))
    units = UnitFiguresSerializer(many=True, help_text=_("per unit"))
    objections = ObjectionFiguresSerializer(help_text=_("keberatan dan sengketa"))
    is_provisional = serializers.BooleanField(help_text=_("true: tahunnya masih berjalan"))


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
        today = local_day(timezone.now())
        years = [_year(report_of(year, today)) for year in statistics.years()]
        return Response(RequestStatsSerializer({"years": years}).data)


def _year(report: Report) -> dict[str, Any]:
    return {
        "year": report.year,
        **asdict(report.figures),
        "months": report.months,
        "units": report.units,
        "objections": report.objections,
        "is_provisional": report.is_provisional,
    }


class WorkingDaysQuerySerializer(serializers.Serializer[Any]):
    start = serializers.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        validators=[check_start],
        help_text=_("hari nol: tanggal peristiwanya, contoh 2024-03-14; bila kosong, hari ini (WIB)"),
    )
    days = serializers.IntegerField(
        default=10, validators=[check_days], help_text=_("jumlah hari kerja, 1 sampai 200; bila kosong, 10")
    )


class CalendarRowSerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text=_("tanggal"))
    number = serializers.IntegerField(allow_null=True, help_text=_("hitungan hari kerja; null bila dilewati"))
    why = serializers.CharField(help_text=_("mengapa dilewati: akhir pekan, nama hari libur, atau cuti bersama"))
    decree = serializers.CharField(help_text=_("keputusan yang menetapkan hari libur itu"))


class WorkingDaysSerializer(serializers.Serializer[Any]):
    start = serializers.DateField(help_text=_("hari nol; tidak dihitung"))
    days = serializers.IntegerField(help_text=_("jumlah hari kerja"))
    due_on = serializers.DateField(help_text=_("hari terakhir; termasuk dihitung"))
    rows = CalendarRowSerializer(many=True, help_text=_("tiap hari sesudah hari nol sampai hari terakhir"))
    uncertain_years = serializers.ListField(
        child=serializers.IntegerField(), help_text=_("tahun yang cuti bersamanya belum ditetapkan")
    )


class WorkingDaysView(APIView):
    @extend_schema(
        summary=_("Kalkulator hari kerja"),
        description=_(
            "Hari terakhir suatu batas dalam hari kerja (Senin sampai Jumat tanpa hari libur nasional dan cuti"
            " bersama), dengan tiap hari yang dihitung dan yang dilewati."
        ),
        parameters=[WorkingDaysQuerySerializer],
        responses=WorkingDaysSerializer,
        extensions={"x-example": "/api/v1/working-days/?start=2024-03-14&days=10"},
    )
    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, frozenset(WorkingDaysQuerySerializer().fields))
        query = WorkingDaysQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        start = query.validated_data.get("start") or local_day(timezone.now())
        days = query.validated_data["days"]
        period = count_period(start, days)
        found = {"start": start, "days": days, "due_on": period.due_on, "rows": rows_of(period)}
        return Response(WorkingDaysSerializer({**found, "uncertain_years": period.uncertain_years}).data)
