"""A month's ranking as plain records: the one truth behind the JSON and CSV downloads and the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from opd.models import Category
from opd.serializers import UnitNameSerializer

from .models import Entry, Method, Ranking
from .score import EXPECTED_KINDS

#: In which order a category's entries stand: the ranked, then the silent, then those not measured.
STATE_ORDER = {Entry.State.RANKED: 0, Entry.State.SILENT: 1, Entry.State.NOT_MEASURED: 2}
SAMPLE_LABEL = "data contoh"


def entries_of(ranking: Ranking) -> QuerySet[Entry]:
    """Entries by category, in rank order, then the silent, then those not measured."""
    by_category = [When(category=value, then=Value(number)) for number, value in enumerate(Category.values)]
    by_state = [When(state=state, then=Value(number)) for state, number in STATE_ORDER.items()]
    entries: QuerySet[Entry] = ranking.entries.all()  # each knows this very ranking, its method and its address
    return entries.select_related("unit__parent").order_by(
        Case(*by_category, output_field=IntegerField()),
        Case(*by_state, output_field=IntegerField()),
        F("rank").asc(nulls_last=True),
        "unit__name",
        "pk",
    )


class ExactNumber(serializers.FloatField):
    """A stored decimal as a JSON number: at most 9 digits, so it reads back as exactly the same decimal."""

    def to_representation(self, value: Any) -> float:  # type: ignore[override]
        return float(value)


class BandSerializer(serializers.Serializer[Any]):
    label = serializers.CharField(help_text="nama golongan")  # type: ignore[assignment]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of Python's own and cannot be a class attribute.
        lowest: dict[str, serializers.Field[Any, Any, Any, Any]] = {
            "from": serializers.FloatField(help_text="indeks terendah golongan")
        }
        return lowest | super().get_fields()


class WeightsSerializer(serializers.Serializer[Method]):
    volume = ExactNumber(source="volume_weight")
    consistency = ExactNumber(source="consistency_weight")
    reach = ExactNumber(source="reach_weight")
    completeness = ExactNumber(source="completeness_weight")


class MethodSerializer(serializers.ModelSerializer[Method]):
    """The published method: with it and the counts, anybody can compute the scores again."""

    name = serializers.CharField(source="__str__", help_text="nama metode")
    weights = WeightsSerializer(source="*", help_text="bobot tiap komponen, jumlahnya 1")
    bands = BandSerializer(many=True, help_text="golongan nilai, tertinggi dahulu")
    expected_kinds = serializers.SerializerMethodField(help_text="jenis kanal yang diharapkan")
    formula = serializers.SerializerMethodField(help_text="rumus dalam kata")
    url = serializers.SerializerMethodField(help_text="halaman metode")

    class Meta:
        model = Method
        fields = (
            "version",
            "name",
            "effective_from",
            "weights",
            "daily_limit",
            "text_min_length",
            "late_hours",
            "expected_kinds",
            "bands",
            "formula",
            "url",
        )
        read_only_fields = fields

    def get_expected_kinds(self, method: Method) -> list[str]:
        return list(EXPECTED_KINDS)

    def get_formula(self, method: Method) -> list[str]:
        return formula_lines(method)

    def get_url(self, method: Method) -> str:
        return settings.SITE_URL + reverse("rankings:method_version", args=[method.version])


def formula_lines(method: Method) -> list[str]:
    """The published formula, one sentence a line, in the names of the file's own fields."""
    return [
        _(
            "score = 100 × (weights.volume × volume + weights.consistency × consistency"
            " + weights.reach × reach + weights.completeness × completeness), dibulatkan ke 4 desimal"
            " (setengah menjauhi nol) dari komponen yang belum dibulatkan; score 0 bila activities = 0."
        ),
        _(
            "activities (n) = kegiatan berbeda yang diterima dalam bulan itu menurut waktu Jakarta,"
            " paling banyak %(limit)d sehari; max_activities = n terbesar di kategori."
        )
        % {"limit": method.daily_limit},
        _("volume = ln(1 + activities) / ln(1 + max_activities)."),
        _("consistency = yang lebih kecil dari 1 dan active_days / working_days."),
        _("reach = banyaknya kinds_used / (3 − banyaknya kinds_not_measured); 0 bila ketiganya tidak terukur."),
        _(
            "Kelengkapan satu kegiatan 0–3 poin: foto atau video (foto portal hanya dengan keterangan),"
            " uraian %(length)d karakter atau lebih, tanggal kegiatan diketahui;"
            " points = banyaknya kegiatan dengan 0, 1, 2, dan 3 poin."
        )
        % {"length": method.text_min_length},
        _(
            "completeness = nilai terbesar, untuk k = 1 … n, dari rata-rata poin k kegiatan terlengkap / 3"
            " − (weights.volume / weights.completeness) × (ln(1 + n) − ln(1 + k)) / ln(1 + max_activities);"
            " bila weights.completeness = 0, rata-rata poin semua kegiatan / 3."
            " Dengan begitu tambahan kegiatan tidak pernah menurunkan indeks."
        ),
        _(
            "rank: urut menurut score, lalu activities, lalu active_days; yang sama berperingkat sama (1, 2, 2, 4)."
            " Unit tanpa kegiatan tidak diberi peringkat."
        ),
    ]


class DayOffSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    name = serializers.CharField()


class RankingSerializer(serializers.ModelSerializer[Ranking]):
    """What a month's figures rest on."""

    month = serializers.CharField(source="month_text", help_text="bulan, contoh 2023-01")
    status_label = serializers.CharField(source="get_status_display", help_text="status dalam kata")
    sample_label = serializers.SerializerMethodField(
        help_text="\u201cdata contoh\u201d pada bulan contoh, selain itu null"
    )
    method = MethodSerializer()
    days_off = serializers.SerializerMethodField(help_text="hari libur bulan itu selain akhir pekan")
    source = serializers.SerializerMethodField(help_text="sumber yang dicantumkan bila data dipakai")  # type: ignore[assignment]
    licence = serializers.SerializerMethodField(help_text="lisensi data")
    url = serializers.SerializerMethodField(help_text="halaman bulan itu")

    class Meta:
        model = Ranking
        fields = (
            "month",
            "revision",
            "status",
            "status_label",
            "is_sample",
            "sample_label",
            "computed_at",
            "objection_until",
            "finalised_at",
            "revision_reason",
            "working_days",
            "days_off",
            "input_sha256",
            "method",
            "source",
            "licence",
            "url",
        )
        read_only_fields = fields

    def get_sample_label(self, ranking: Ranking) -> str | None:
        return SAMPLE_LABEL if ranking.is_sample else None

    @extend_schema_field(DayOffSerializer(many=True))
    def get_days_off(self, ranking: Ranking) -> list[dict[str, str]]:
        return [{"day": day, "name": name} for day, name in sorted(ranking.days_off.items())]

    def get_source(self, ranking: Ranking) -> str:
        return source_line()

    def get_licence(self, ranking: Ranking) -> str:
        return settings.DATA_LICENCE

    def get_url(self, ranking: Ranking) -> str:
        return settings.SITE_URL + ranking.get_absolute_url()


def source_line() -> str:
    return f"{settings.PORTAL_NAME}, {settings.CITY_NAME}, {settings.SITE_URL}/"


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """One unit's place with every component and the counts behind it."""

    unit = UnitNameSerializer()
    score = ExactNumber(help_text="indeks 0–100, 4 desimal")
    band = serializers.SerializerMethodField(help_text="golongan nilai; null bila tidak diperingkat")
    volume = ExactNumber(help_text="0–1, 6 desimal")
    consistency = ExactNumber(help_text="0–1, 6 desimal")
    reach = ExactNumber(help_text="0–1, 6 desimal")
    completeness = ExactNumber(help_text="0–1, 6 desimal")
    working_days = serializers.IntegerField(source="ranking.working_days", help_text="hari kerja bulan itu")
    points = serializers.ListField(
        child=serializers.IntegerField(), help_text="banyaknya kegiatan dengan 0, 1, 2, dan 3 poin kelengkapan"
    )
    url = serializers.SerializerMethodField(help_text="halaman penjelasan entri")

    class Meta:
        model = Entry
        fields = (
            "rank",
            "previous_rank",
            "state",
            "unit",
            "category",
            "score",
            "band",
            "volume",
            "consistency",
            "reach",
            "completeness",
            "activities",
            "max_activities",
            "active_days",
            "working_days",
            "points",
            "with_media",
            "with_text",
            "with_date",
            "kinds_used",
            "kinds_not_measured",
            "publications",
            "left_out",
            "has_social_media",
            "url",
        )
        read_only_fields = fields

    def get_band(self, entry: Entry) -> str | None:
        return band_of(entry)

    def get_url(self, entry: Entry) -> str:
        return settings.SITE_URL + entry.get_absolute_url()


def band_of(entry: Entry) -> str | None:
    """The name of the score's band; units without a rank have none."""
    if entry.rank is None:
        return None
    return entry.ranking.method.band_of(Decimal(entry.score))
