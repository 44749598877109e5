"""What people choose and write: the desk's decision, and the filters of the public register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import month_text, parse_month
from opd.models import Category, Unit
from publications.search_forms import UnitField

from .deciding import REASON_LENGTH
from .register import kinds_shown, months_shown, units_shown

VERDICTS = [("approve", _("Terbitkan surat")), ("reject", _("Tolak usulan"))]


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(choices=VERDICTS, error_messages={"required": _("Pilih terbitkan atau tolak.")})
    reason = forms.CharField(
        label=_("Alasan"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Wajib bila menolak; tersimpan bersama nama Anda dan tanggalnya, tidak dibaca publik."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == "reject" and not data.get("reason"):
            self.add_error("reason", _("Tuliskan alasan penolakan."))
        return data


class WithdrawForm(forms.Form):
    withdraw_reason = forms.CharField(
        label=_("Alasan penarikan"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dibaca publik di daftar penghargaan dan di halaman pemeriksaan surat, serta dikirim ke unit."),
    )


def _month_choices() -> list[tuple[str, str]]:
    return [("", str(_("Semua bulan")))] + [(month_text(month), date_format(month, "F Y")) for month in months_shown()]


class RegisterForm(forms.Form):
    """Filters by GET; the names of the fields are the names in the address."""

    bulan = forms.ChoiceField(
        label=_("Bulan"),
        required=False,
        error_messages={"invalid_choice": _("Tidak ada penghargaan pada bulan ini.")},
    )
    kategori = forms.ChoiceField(
        label=_("Kategori"),
        required=False,
        choices=[("", _("Semua kategori")), *Category.choices],
        error_messages={"invalid_choice": _("Kategori ini tidak ada.")},
    )
    unit = UnitField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("Semua unit"),
        error_messages={"invalid_choice": _("Unit ini belum mempunyai surat dalam daftar.")},
    )
    jenis = forms.ChoiceField(
        label=_("Jenis"), required=False, error_messages={"invalid_choice": _("Jenis ini tidak ada.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "saring-%s")
        super().__init__(*args, **kwargs)
        self.fields["bulan"].choices = _month_choices()  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units_shown()  # type: ignore[attr-defined]
        kinds = kinds_shown()
        self.fields["jenis"].choices = [("", _("Semua jenis")), *kinds]  # type: ignore[attr-defined]
        if len(kinds) == 1:
            del self.fields["jenis"]

    def month(self) -> date | None:
        text = self.cleaned_data.get("bulan")
        return parse_month(text) if text else None

    def active_filters(self) -> list[tuple[str, str]]:
        data, month = self.cleaned_data, self.month()
        words = {
            "bulan": date_format(month, "F Y") if month else "",
            "kategori": Category(data["kategori"]).label if data.get("kategori") else "",
            "unit": str(data.get("unit") or ""),
            "jenis": dict(kinds_shown()).get(data.get("jenis", ""), ""),
        }
        return [(str(self.fields[name].label), str(value)) for name, value in words.items() if value]
