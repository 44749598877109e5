"""A version of the method as plain fields: percents instead of shares, a month, and rows instead of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import month_text, parse_month

from .methods import BAND_LENGTH, LIMIT_FIELDS, MOST_BANDS, WEIGHT_FIELDS, problems
from .models import Method

PLACES = range(1, MOST_BANDS + 1)
NOTE_LENGTH = 2000


class MonthField(forms.CharField):
    """`2026-12`, by the browser's own month picker where it has one."""

    widget = forms.TextInput(attrs={"type": "month", "pattern": "[0-9]{4}-[0-9]{2}", "placeholder": "2026-12"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse_month(str(text))
        except ValueError as error:
            raise ValidationError(_("Tulis bulan seperti 2026-12."), code="invalid") from error


def percent_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=100, max_digits=5, decimal_places=2)


class MethodForm(forms.Form):
    effective_from = MonthField(
        label=_("Berlaku sejak bulan"),
        help_text=_("Bulan dan tahun, misalnya 2026-12. Lebih adil bila bulannya belum dimulai."),
    )
    volume_weight = percent_field(_("Bobot volume (%)"))
    consistency_weight = percent_field(_("Bobot konsistensi (%)"))
    reach_weight = percent_field(_("Bobot jangkauan (%)"))
    completeness_weight = percent_field(_("Bobot kelengkapan (%)"))
    daily_limit = forms.IntegerField(label=_("Kegiatan dihitung per hari, paling banyak"), min_value=1, max_value=100)
    text_min_length = forms.IntegerField(label=_("Panjang uraian lengkap (karakter)"), min_value=1, max_value=10000)
    late_hours = forms.IntegerField(
        label=_("Batas terlambat terlihat (jam)"),
        min_value=1,
        max_value=1000,
        help_text=_("Publikasi yang terlihat lebih lambat menunggu verifikasi. Tidak ikut dalam pratinjau."),
    )
    note = forms.CharField(
        label=_("Mengapa versi ini dibuat"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Dibaca publik di halaman metode."),
    )

    def __init__(self, *args: Any, version: int, today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.version, self.today = version, today
        for place in PLACES:
            self.fields[f"band_{place}_label"] = forms.CharField(
                label=_("Golongan %(place)d: nama") % {"place": place}, max_length=BAND_LENGTH, required=False
            )
            self.fields[f"band_{place}_from"] = forms.IntegerField(
                label=_("Golongan %(place)d: mulai dari indeks") % {"place": place},
                min_value=0,
                max_value=100,
                required=False,
            )
        for bound in self:
            described = [f"{bound.auto_id}_help"] if bound.field.help_text else []
            if self.is_bound and bound.errors:
                described.append(f"{bound.auto_id}_error")
                bound.field.widget.attrs["aria-invalid"] = "true"
            if described:
                bound.field.widget.attrs["aria-describedby"] = " ".join(described)

    @staticmethod
    def initial_of(method: Method) -> dict[str, Any]:
        """The fields that show a version."""
        initial: dict[str, Any] = {name: getattr(method, name) for name in (*LIMIT_FIELDS, "note")}
        initial["effective_from"] = month_text(method.effective_from)
        initial |= {name: plain(100 * getattr(method, name)) for name in WEIGHT_FIELDS}
        for place, band in zip(PLACES, method.bands, strict=False):
            initial |= {f"band_{place}_label": band["label"], f"band_{place}_from": band["from"]}
        return initial

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._clean_bands(data)
        for field, words in problems(self.values(), self.version, self.today).items():
            self.add_error("band_1_label" if field == "bands" else field, words)
        return data

    def _clean_bands(self, data: dict[str, Any]) -> None:
        for place in PLACES:
            label, low = f"band_{place}_label", f"band_{place}_from"
            if label in self.errors or low in self.errors:
                continue
            if data.get(label) and data.get(low) is None:
                self.add_error(low, _("Isi indeks terendah golongan ini."))
            elif data.get(low) is not None and not data.get(label):
                self.add_error(label, _("Isi nama golongan ini, atau kosongkan keduanya."))

    def values(self) -> dict[str, Any]:
        """What `save_method` takes; of a form with errors what is right so far."""
        data = self.cleaned_data
        found = {name: data[name] / 100 for name in WEIGHT_FIELDS if name in data}
        found |= {name: data[name] for name in ("effective_from", *LIMIT_FIELDS) if name in data}
        if "note" in data:
            found["note"] = data["note"].strip()
        if not any(name.startswith("band_") for name in self.errors):
            bands = [{"from": data[f"band_{n}_from"], "label": data[f"band_{n}_label"]} for n in PLACES]
            found["bands"] = [band for band in bands if band["label"]]
        return found

    def candidate(self) -> Method:
        """The version as typed, for a preview; never saved."""
        return Method(version=self.version, **self.values())

    @property
    def groups(self) -> Iterator[tuple[Any, Any, list[BoundField]]]:
        """(heading, explanation, fields) in reading order."""
        yield _("Kapan dan mengapa"), "", [self["effective_from"], self["note"]]
        yield _("Bobot"), _("Keempatnya bersama harus 100%."), [self[name] for name in WEIGHT_FIELDS]
        yield _("Batas"), "", [self[name] for name in LIMIT_FIELDS]
        names = [f"band_{place}_{part}" for place in PLACES for part in ("label", "from")]
        words = _("Dari yang tertinggi. Golongan yang tidak dipakai dikosongkan; yang terbawah mulai dari 0.")
        yield _("Golongan indeks"), words, [self[name] for name in names]


def plain(value: Decimal) -> str:
    """40 instead of 40.0000, for a number field."""
    return f"{value.normalize():f}"
