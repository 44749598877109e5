"""Forms about personal data: who has seen whose, and setting it right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import User

from .desk_forms import day_field, text_field
from .personal_data import Subject
from .text_fields import LineField


class SeenForm(forms.Form):
    akun = forms.ModelChoiceField(
        label=_("Akun"),
        queryset=User.objects.order_by("username"),
        to_field_name="username",
        empty_label=_("Pilih akun"),
        error_messages={"required": _("Pilih akunnya."), "invalid_choice": _("Akun ini tidak ada.")},
    )
    sejak = day_field(_("Sejak"), _("Hari pertama yang dihitung."))

    def clean_sejak(self) -> datetime:
        """The beginning of the day in Jakarta."""
        day = self.cleaned_data["sejak"]
        if not 2000 <= day.year <= 2100:
            raise ValidationError(_("Periksa tahunnya."))
        return datetime(day.year, day.month, day.day, tzinfo=JAKARTA)


class RectifyForm(forms.Form):
    """Who the requester is, as it stands; names and lengths are those of the form that asked for it."""

    nama = LineField(label=_("Nama lengkap"), max_length=200)
    alamat = LineField(label=_("Alamat"), max_length=500)
    nik = LineField(label=_("Nomor identitas"), max_length=30, required=False)
    surel = forms.EmailField(label=_("Surel"), max_length=254, required=False)
    telepon = LineField(label=_("Telepon"), max_length=30, required=False)
    pekerjaan = LineField(label=_("Pekerjaan"), max_length=100, required=False)
    alasan = text_field(_("Alasan perbaikan"), _("Pemohon membaca kalimat ini. Jangan tulis data yang lama."), rows=2)

    columns = {"nama": "name", "alamat": "address", "nik": "identity_number", "surel": "email", "telepon": "phone",
               "pekerjaan": "occupation"}  # fmt: skip

    def __init__(self, subject: Subject, data: Any = None) -> None:
        own = {name: column for name, column in self.columns.items() if hasattr(subject, column)}
        super().__init__(data, initial={name: getattr(subject, column) for name, column in own.items()})
        for name in self.columns.keys() - own.keys():
            del self.fields[name]

    def values(self) -> dict[str, str]:
        """By the names of the columns."""
        return {column: self.cleaned_data[name] for name, column in self.columns.items() if name in self.cleaned_data}
