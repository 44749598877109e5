"""Forms with which links are sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from opd.forms import UnitChoiceField
from opd.models import Unit
from publications.forms import DayInput
from publications.permalinks import MAX_LENGTH

from .judging import TITLE_LENGTH

MAX_BYTES = 1024 * 1024


class LinkForm(forms.Form):
    """One field is enough; unit and channel follow from the address."""

    tautan = forms.CharField(
        label=_("Tautan unggahan"),
        max_length=MAX_LENGTH,
        widget=forms.URLInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Alamat satu unggahan di situs atau akun unit Anda yang sudah diverifikasi."),
    )
    tanggal = forms.DateField(
        label=_("Tanggal unggah"),
        required=False,
        widget=DayInput(),
        help_text=_("Hari unggahannya terbit di sana. Bila kosong, dihitung pada hari tautan ini diterima."),
    )
    jam = forms.TimeField(
        label=_("Jam unggah (WIB)"), required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    judul = forms.CharField(
        label=_("Judul"),
        required=False,
        max_length=TITLE_LENGTH,
        help_text=_("Seperti di unggahannya. Bila kosong, pemeriksa yang mengisinya."),
    )
    unit = UnitChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("Hanya bila tautannya tidak menunjukkan akun siapa."),
    )

    def __init__(self, *args: Any, units: Any, own_unit: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own_unit is not None:
            del self.fields["unit"]
        else:
            field: Any = self.fields["unit"]
            field.queryset = units

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("jam") and not data.get("tanggal") and "tanggal" not in self.errors:
            self.add_error("tanggal", _("Isi juga tanggalnya."))
        return data

    @property
    def chosen_unit(self) -> Unit | None:
        return self.cleaned_data.get("unit")

    def cells(self) -> dict[str, str]:
        """As a row of a file would have it."""
        data = self.cleaned_data
        day = data["tanggal"].isoformat() if data["tanggal"] else ""
        moment = f"{day}T{data['jam']:%H:%M}" if data["jam"] else day
        return {"permalink": data["tautan"], "published_at": moment, "title": data["judul"]}


class FileForm(forms.Form):
    berkas = forms.FileField(
        label=_("Berkas CSV"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("Paling besar 1 MB dan 1.000 baris. Kolom: tautan, tanggal, judul; hanya tautan yang harus ada."),
    )

    def clean_berkas(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["berkas"]
        if file.size is None or file.size > MAX_BYTES:
            raise ValidationError(_("Berkas lebih besar dari 1 MB. Bagilah menjadi beberapa berkas."))
        return file
