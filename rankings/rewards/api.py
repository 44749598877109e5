"""`/api/v1/rewards/`: the public register, as its page shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from cilegon_kip.common.api.filters import MonthField as MomentsField
from cilegon_kip.common.api.filters import SlugChoiceFilter
from cilegon_kip.common.api.paging import NumberedPages
from cilegon_kip.common.api.views import PublicViewSet
from cilegon_kip.common.jakarta import local_day
from opd.models import Category, Unit
from opd.serializers import UnitNameSerializer

from .models import Proposal, ProposalQuerySet, RewardRule
from .register import published


class RewardSerializer(serializers.ModelSerializer[Proposal]):
    """A letter of the register; no persons."""

    month = serializers.CharField(source="month_text", help_text="bulan peringkat")
    unit = UnitNameSerializer(help_text="unit penerima")
    kind = serializers.ChoiceField(choices=RewardRule.Kind.choices, source="rule.kind", help_text="jenis")
    letter = serializers.CharField(source="letter.kind.name", help_text="jenis surat")
    number = serializers.CharField(source="letter.number", help_text="nomor surat")
    issued_on = serializers.DateField(source="letter.issued_on", help_text="tanggal surat")
    reason = serializers.CharField(help_text="alasan dari peringkat bulan itu")
    is_withdrawn = serializers.BooleanField(help_text="surat sudah ditarik")
    withdrawn_reason = serializers.CharField(source="withdrawal", help_text="alasan penarikan; kosong bila berlaku")
    check_url = serializers.SerializerMethodField(help_text="halaman pemeriksaan keaslian")

    class Meta:
        model = Proposal
        fields = (
            "id",
            "month",
            "unit",
            "kind",
            "letter",
            "number",
            "issued_on",
            "reason",
            "is_sample",
            "is_withdrawn",
            "withdrawn_reason",
            "check_url",
        )
        read_only_fields = fields

    def get_check_url(self, reward: Proposal) -> str:
        return settings.SITE_URL + reward.letter.get_absolute_url() if reward.letter else ""


class FirstDayField(MomentsField):
    """`2023-01` as the first day of the month."""

    def clean(self, value: Any) -> date | None:  # type: ignore[override]
        moments = super().clean(value)
        return local_day(moments[0]) if moments else None


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$", "example": "2023-01"})
class RankingMonthFilter(django_filters.CharFilter):  # type: ignore[misc]
    field_class = FirstDayField


class RewardFilters(django_filters.FilterSet):  # type: ignore[misc]
    month = RankingMonthFilter(help_text="bulan peringkat, contoh 2023-01")
    category = django_filters.ChoiceFilter(
        field_name="unit__category", choices=Category.choices, help_text="kategori unit"
    )
    unit = SlugChoiceFilter(queryset=Unit.objects.all(), help_text="slug unit")
    kind = django_filters.ChoiceFilter(field_name="rule__kind", choices=RewardRule.Kind.choices, help_text="jenis")


@extend_schema_view(
    list=extend_schema(
        summary=_("Daftar penghargaan"),
        extensions={"x-example": "/api/v1/rewards/?month=2023-01"},
        description=_(
            "Surat penghargaan yang diterbitkan, bulan terbaru dahulu, termasuk yang ditarik dengan alasannya."
            " Teguran dan pembinaan hanya ada bila kota mengumumkannya."
        ),
    ),
    retrieve=extend_schema(
        summary=_("Satu penghargaan"),
        description=_("Satu surat dari daftar penghargaan menurut nomor barisnya."),
        extensions={"x-example": "/api/v1/rewards/1/"},
    ),
)
class RewardViewSet(PublicViewSet):
    serializer_class = RewardSerializer
    filterset_class = RewardFilters
    pagination_class = NumberedPages
    lookup_value_regex = r"\d{1,18}"
    queryset = Proposal.objects.all()

    def get_queryset(self) -> ProposalQuerySet:
        return published().select_related("unit__parent")
