"""Which rows of a register, and the day on which information was handed over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opd.models import Unit
from publications.search_forms import UnitField

from .desk_forms import day_field
from .models import Handover
from .registers import Period

REQUESTS, OBJECTIONS = "permohonan", "keberatan"


class RegisterForm(forms.Form):
    berkas = forms.ChoiceField(
        label=_("Register"), choices=[(REQUESTS, _("Permohonan, 15 kolom")), (OBJECTIONS, _("Keberatan, kolom a–k"))]
    )
    tahun = forms.IntegerField(
        label=_("Tahun nomor"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("Kosongkan untuk semua tahun."),
    )
    dari = day_field(_("Diterima sejak"), required=False)
    sampai = day_field(_("Diterima sampai"), required=False)
    unit = UnitField(
        label=_("Unit"),
        queryset=Unit.objects.in_order().only("slug", "name", "category"),
        to_field_name="slug",
        required=False,
        empty_label=_("Semua unit"),
        error_messages={"invalid_choice": _("Unit ini tidak ada dalam daftar.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("dari") and data.get("sampai") and data["sampai"] < data["dari"]:
            raise ValidationError(_("Tanggal akhirnya lebih awal daripada tanggal mulainya."))
        return data

    def period(self) -> Period:
        data = self.cleaned_data
        return Period(data["tahun"], data["dari"], data["sampai"], data["unit"])


class HandoverForm(forms.Form):
    tanggal = day_field(_("Diserahkan pada"), _("Hari pemohon menerima informasinya."))
    pembayaran = forms.ChoiceField(label=_("Cara pembayaran"), choices=Handover.Payment.choices)
