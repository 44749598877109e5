"""The verdict on the desk: a reason from a list, in own words, or both."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opd.forms import UnitChoiceField
from opd.models import Unit

from .forms import DayInput, one_line
from .services import REASON_LENGTH

REASONS = {
    "accepted": [
        ("match", _("Tautan, unit, dan waktunya cocok")),
        ("account", _("Akunnya dikenali sebagai akun resmi unit")),
        ("time", _("Waktu terbitnya terbukti pada sumbernya")),
    ],
    "rejected": [
        ("gone", _("Tautan tidak dapat dibuka")),
        ("foreign", _("Bukan unggahan unit ini")),
        ("no_activity", _("Bukan kegiatan (iklan, ucapan, atau kiriman ulang)")),
        ("time_unproven", _("Waktu terbitnya tidak dapat dibuktikan")),
        ("double", _("Sudah tercatat dengan tautan lain")),
    ],
}
GROUPS = {"accepted": _("Untuk menerima"), "rejected": _("Untuk menolak")}


class VerdictForm(forms.Form):
    """The button that was pressed is the verdict; the reason has to fit it."""

    verdict = forms.ChoiceField(
        choices=[("accepted", _("Terima")), ("rejected", _("Tolak"))],
        error_messages={"invalid_choice": _("Pilih terima atau tolak.")},
    )
    reason = forms.ChoiceField(
        label=_("Alasan"),
        required=False,
        choices=[("", _("Pilih alasan")), *((str(GROUPS[verdict]), rows) for verdict, rows in REASONS.items())],
        error_messages={"invalid_choice": _("Alasan ini tidak ada dalam daftar.")},
    )
    note = forms.CharField(
        label=_("Penjelasan"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Boleh kosong bila alasan dari daftar sudah cukup. Unit membaca alasan ini."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        verdict, reason = data.get("verdict", ""), data.get("reason", "")
        if reason and verdict and reason not in dict(REASONS[verdict]):
            self.add_error("reason", _("Alasan ini tidak sesuai dengan putusannya."))
        elif not reason and not data.get("note") and not self.errors:
            self.add_error("reason", _("Pilih alasan dari daftar atau tuliskan penjelasan."))
        return data

    def words(self) -> str:
        """The reason as it is kept and shown."""
        data = self.cleaned_data
        listed = str(dict(REASONS[data["verdict"]]).get(data["reason"], ""))
        note = " ".join(data["note"].split())
        return ". ".join(filter(None, (listed, note)))[:REASON_LENGTH]


class CompletionForm(forms.Form):
    """What the import left open, and nothing else."""

    unit = UnitChoiceField(label=_("Unit"), queryset=Unit.objects.all(), required=False, empty_label=_("Belum jelas"))
    title = forms.CharField(label=_("Judul"), required=False, max_length=300)
    posted_on = forms.DateField(
        label=_("Tanggal terbit"), required=False, widget=DayInput(), help_text=_("Seperti tertulis pada sumbernya.")
    )

    def __init__(self, *args: Any, open_fields: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"published_at": "posted_on"}
        wanted = {names.get(name, name) for name in open_fields}
        for name in set(self.fields) - wanted:
            del self.fields[name]

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])
