"""What people type on the check page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

FILE_LIMIT = 10 * 1024 * 1024


class LetterForm(forms.Form):
    nomor = forms.CharField(label=_("Nomor surat"), max_length=150, help_text=_("Seperti tertulis pada surat."))
    kode = forms.CharField(
        label=_("Kode pemeriksaan"), max_length=60, help_text=_("16 huruf dan angka di samping kode QR.")
    )


class CompareForm(forms.Form):
    berkas = forms.FileField(label=_("Berkas PDF surat"), help_text=_("Paling besar 10 MB. Berkas tidak disimpan."))

    def clean_berkas(self) -> object:
        file = self.cleaned_data["berkas"]
        if file.size > FILE_LIMIT:
            raise forms.ValidationError(_("Berkas ini lebih besar dari 10 MB."))
        return file


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dibaca oleh siapa pun yang memeriksa surat ini. Jangan menulis data pribadi."),
    )
