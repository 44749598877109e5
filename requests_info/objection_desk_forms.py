"""The desk's forms of objections: entry of what came by letter or visit, the response, the dispute and its outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from opd.forms import UnitChoiceField
from opd.models import Unit

from .desk_forms import beginning_of, day_field, text_field, token_field
from .grounds import Ground
from .models import Dispute, InformationRequest, ObjectionResponse
from .services import Objector, Registered
from .text_fields import LineField

Source = InformationRequest.Source


def _choice(label: Any, empty: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", empty), *choices], help_text=help_text)


class EnterObjectionForm(forms.Form):
    """A letter, a mail or a visit, with the true day of its receipt. Its ground must have been ripe on that day."""

    formulir = token_field()
    sumber = forms.ChoiceField(
        label=_("Cara masuk"), choices=[choice for choice in Source.choices if choice[0] != Source.FORM]
    )
    diterima = day_field(
        _("Tanggal diterima"), _("Hari keberatan sampai di meja layanan, bukan hari ini bila lebih awal.")
    )
    nomor = LineField(
        label=_("Nomor permohonan"),
        max_length=30,
        required=False,
        help_text=_("Misalnya PI-2026-0001. Kosongkan hanya bila keberatan ini tentang informasi berkala."),
    )
    alasan = _choice(
        _("Alasan"), _("Pilih alasan"), [(ground.value, f"{ground.value}. {ground.label}") for ground in Ground]
    )
    uraian = text_field(_("Uraian keberatan"), rows=6)
    unit = UnitChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("Pilih unit"),
        help_text=_("Hanya tanpa nomor permohonan: unit yang tidak menyediakan informasi berkala."),
        error_messages={"invalid_choice": _("Pilih unit dari daftar.")},
    )
    nama = LineField(
        label=_("Nama"),
        max_length=200,
        required=False,
        help_text=_("Hanya tanpa nomor permohonan, juga isian berikut."),
    )
    alamat = LineField(label=_("Alamat"), max_length=500, required=False)
    surel = forms.EmailField(label=_("Surel"), required=False, max_length=254)
    telepon = LineField(label=_("Telepon"), max_length=30, required=False)

    def clean_diterima(self) -> datetime:
        return beginning_of(self.cleaned_data["diterima"])

    def clean_nomor(self) -> InformationRequest | None:
        number = self.cleaned_data["nomor"]
        found: InformationRequest | None = InformationRequest.objects.filter(number__iexact=number).first()
        if number and found is None:
            raise ValidationError(_("Tidak ada permohonan dengan nomor ini; periksa tanda buktinya."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("nomor") or "nomor" in self.errors:
            return data
        if data.get("alasan") not in (None, Ground.PERIODIC):
            self.add_error("nomor", _("Tuliskan nomor permohonannya; hanya huruf b tidak membutuhkannya."))
            return data
        for name in ("unit", "nama", "alamat"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Wajib diisi bila tidak ada nomor permohonan."))
        return data

    def objector(self) -> Objector:
        data = self.cleaned_data
        return Objector(data["nama"], data["alamat"], data["surel"], data["telepon"])


class RecordResponseForm(forms.Form):
    answer = _choice(_("Tanggapan"), _("Pilih tanggapan"), ObjectionResponse.Answer.choices)
    note = text_field(_("Keterangan"), required=False, rows=2)


class DisputeForm(forms.Form):
    number = forms.CharField(label=_("Nomor register Komisi Informasi"), max_length=100)
    registered_on = day_field(_("Tanggal didaftarkan"))
    note = text_field(_("Catatan"), required=False, rows=2)

    def registered(self) -> Registered:
        return Registered(**self.cleaned_data)


class DisputeOutcomeForm(forms.Form):
    outcome = _choice(_("Hasil sengketa"), _("Pilih hasil"), Dispute.Outcome.choices)
    decided_on = day_field(_("Tanggal putusan atau kesepakatan"))
    note = text_field(_("Catatan"), required=False, rows=2)
