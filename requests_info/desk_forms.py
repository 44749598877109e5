"""The forms of the desk. Each is one step of a case; the services say whether it may be taken."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import JAKARTA, local_day
from opd.models import Unit
from publications.documents.models import Document

from .forms import LONGEST, RequesterForm
from .models import Decision, InformationRequest
from .services.deciding import DECIDABLE
from .text_fields import PlainField

Source = InformationRequest.Source


def text_field(
    label: Any, help_text: Any = "", *, required: bool = True, rows: int = 4, most: int = 4000
) -> PlainField:
    return PlainField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"}),
    )


def day_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget)


def token_field() -> forms.UUIDField:
    """One per page that was opened: sending it twice makes one row."""
    return forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)


def beginning_of(day: date) -> datetime:
    """The moment of receipt of what came by letter or visit: only the day is known, and only the day counts."""
    if not 2000 <= day.year <= 2100:
        raise ValidationError(_("Periksa tahunnya."))
    return datetime(day.year, day.month, day.day, tzinfo=JAKARTA)


class EntryForm(RequesterForm):
    """A letter, a mail or a visit, with the true day of its receipt."""

    field_order = ("sumber", "diterima", "informasi", "tujuan")

    formulir = token_field()
    sumber = forms.ChoiceField(
        label=_("Cara masuk"), choices=[choice for choice in Source.choices if choice[0] != Source.FORM]
    )
    diterima = day_field(
        _("Tanggal diterima"), _("Hari permohonan sampai di meja layanan, bukan hari ini bila lebih awal.")
    )
    informasi = text_field(_("Informasi yang diminta"), most=LONGEST)
    tujuan = text_field(_("Tujuan penggunaan"), rows=2, most=1000)
    surel = forms.EmailField(label=_("Surel"), required=False, max_length=254)
    cara = forms.ChoiceField(label=_("Cara memperoleh"), choices=InformationRequest.Manner.choices)
    terima = forms.ChoiceField(
        label=_("Cara menerima"),
        choices=InformationRequest.Delivery.choices,
        initial=InformationRequest.Delivery.COLLECT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jenis"].label = _("Pemohon")  # the officer fills in for somebody else

    def clean_diterima(self) -> datetime:
        return beginning_of(self.cleaned_data["diterima"])


class IncompleteForm(forms.Form):
    missing = text_field(_("Yang perlu dilengkapi"), _("Pemohon membaca kalimat ini."))


class ForwardForm(forms.Form):
    subject = forms.CharField(
        label=_("Pokok permohonan untuk register umum"), max_length=200, help_text=_("Tanpa nama atau data pribadi.")
    )
    units = forms.ModelMultipleChoiceField(
        label=_("Teruskan kepada"),
        help_text=_("Boleh lebih dari satu: di komputer tahan Ctrl (atau ⌘) sambil memilih."),
        queryset=Unit.objects.in_order(),
        widget=forms.SelectMultiple(attrs={"size": 8}),
        error_messages={"required": _("Pilih sedikitnya satu unit.")},
    )
    task = text_field(_("Yang diminta dari unit"), required=False, rows=3)
    due_on = day_field(_("Batas unit"))


class PartForm(forms.Form):
    answer = text_field(_("Jawaban unit, atau alasan bila dikembalikan"), rows=6)


class ExtendForm(forms.Form):
    reason = text_field(
        _("Alasan perpanjangan"), _("Pemohon membaca alasan ini. Hanya satu kali, sebelum batasnya lewat.")
    )


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Hasil"), choices=[("", _("Pilih hasil")), *((value, value.label) for value in DECIDABLE)]
    )
    explanation = text_field(
        _("Isi pemberitahuan"), _("Apa yang diberikan atau mengapa tidak; masuk ke dalam surat."), rows=6
    )
    exempt = forms.ModelChoiceField(
        label=_("Informasi yang dikecualikan"),
        required=False,
        queryset=Document.objects.none(),
        empty_label=_("Tidak ada"),
        help_text=_(
            "Wajib untuk penolakan: dasar Pasal 17 dan uji konsekuensinya diambil dari daftar ini. Yang belum ada "
            "di sini diuji dan disetujui dahulu di Informasi publik, kelas Dikecualikan."
        ),
    )
    redaction = text_field(
        _("Bagian yang tidak diberikan"), _("Wajib bila dikabulkan sebagian."), required=False, rows=2
    )
    form_held = forms.ChoiceField(
        label=_("Bentuk yang dikuasai"),
        required=False,
        choices=[("", _("Tidak dikuasai atau belum diketahui")), *Decision.FormHeld.choices],
        help_text=_("Untuk register permohonan."),
    )
    medium = forms.CharField(label=_("Cara penyampaian"), required=False, max_length=200)
    cost = forms.IntegerField(label=_("Biaya (rupiah)"), required=False, min_value=0, max_value=100_000_000)
    referred_to = forms.CharField(
        label=_("Badan publik lain"),
        required=False,
        max_length=200,
        help_text=_("Wajib bila diteruskan ke badan publik lain."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_force = Document.objects.in_force_on(local_day(timezone.now()))
        self.fields["exempt"].queryset = in_force.select_related("unit").defer("search")  # type: ignore[attr-defined]
