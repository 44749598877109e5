"""The calculator of working days: what is asked, checked, and counted. Page and API share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opd.calendar import FIRST_YEAR, LAST_YEAR, Period

from .periods import periods

#: The law's longest period has 30 days; a page that lists every day has to end somewhere.
MOST_DAYS = 200
OWN = "lain"


@dataclass(frozen=True)
class Row:
    """One day of a count: its number if it counts, else why not."""

    day: date
    number: int | None
    why: str = ""
    decree: str = ""
    #: Where its decree stands in `Period.decrees`, from 1; 0 without one.
    note: int = 0


def rows_of(period: Period) -> list[Row]:
    """Every day after day 0 up to the last one, in order."""
    counted = [Row(day, number) for number, day in enumerate(period.counted, 1)]
    notes = {decree: number for number, decree in enumerate(period.decrees, 1)}
    skipped = [Row(row.day, None, row.why, row.decree, notes.get(row.decree, 0)) for row in period.skipped]
    return sorted([*counted, *skipped], key=lambda row: row.day)


def limits() -> dict[str, tuple[int, str]]:
    """The periods of the law by their name in the address: length and label."""
    lengths = periods()
    return {
        "jawaban": (lengths.notice, _("Jawaban tertulis atas permohonan (Pasal 22 ayat 7)")),
        "perpanjangan": (lengths.extension, _("Perpanjangan, sesudah batas pertama (Pasal 22 ayat 8)")),
        "keberatan": (lengths.objection, _("Mengajukan keberatan (Pasal 36 ayat 1)")),
        "tanggapan": (lengths.objection_answer, _("Keputusan atas keberatan (Pasal 36 ayat 2)")),
        "sengketa": (lengths.dispute, _("Mengajukan sengketa ke Komisi Informasi (Pasal 37 ayat 2)")),
    }


class CalculatorForm(forms.Form):
    """The names of the fields are the names in the address."""

    mulai = forms.DateField(
        label=gettext_lazy("Hari nol: tanggal peristiwanya"),
        help_text=gettext_lazy("Misalnya hari permohonan diterima. Hari ini sendiri tidak dihitung."),
        input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Tulis tanggal peristiwanya."),
            "invalid": gettext_lazy("Tanggal ini tidak ada. Contoh: 2024-03-14 atau 14-03-2024."),
        },
    )
    batas = forms.ChoiceField(
        label=gettext_lazy("Batas yang dihitung"),
        error_messages={"invalid_choice": gettext_lazy("Pilih batas dari daftar.")},
    )
    hari = forms.IntegerField(
        label=gettext_lazy("Jumlah hari kerja"),
        help_text=gettext_lazy("Hanya bila Anda memilih jumlah hari sendiri."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 3, "size": 4}),
        error_messages={"invalid": gettext_lazy("Tulis bilangan bulat, misalnya 10.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        if data is not None and not data.get("batas"):
            data = {**{name: data[name] for name in data if name in self.base_fields}, "batas": OWN}
        super().__init__(data, **kwargs)
        labels = [(name, f"{label}: {days} hari kerja") for name, (days, label) in limits().items()]
        self.fields["batas"].choices = [*labels, (OWN, _("Jumlah hari sendiri"))]  # type: ignore[attr-defined]

    def clean_mulai(self) -> date:
        day: date = self.cleaned_data["mulai"]
        check_start(day)
        return day

    def clean_hari(self) -> int | None:
        days: int | None = self.cleaned_data["hari"]
        if days is not None:
            check_days(days)
        return days

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("batas") == OWN and data.get("hari") is None and "hari" not in self.errors:
            self.add_error("hari", _("Tulis jumlah hari kerjanya, atau pilih batas dari daftar."))
        return data

    @property
    def days(self) -> int:
        """After a check that found nothing wrong."""
        chosen = self.cleaned_data["batas"]
        days: int = self.cleaned_data["hari"] if chosen == OWN else limits()[chosen][0]
        return days


def check_start(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        words = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise forms.ValidationError(
            _("Tahunnya harus antara %(first)d dan %(last)d; hari libur tahun lain tidak tercatat.") % words
        )


def check_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise forms.ValidationError(_("Jumlahnya harus antara 1 dan %(most)d hari kerja.") % {"most": MOST_DAYS})
