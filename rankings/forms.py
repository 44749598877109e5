"""What a person says when a month becomes final, or is to be corrected."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .finalising import REASON_LENGTH


class FinaliseForm(forms.Form):
    despite_open = forms.BooleanField(label=_("Saya tahu yang masih terbuka; finalkan apa adanya"), required=False)


class ReviseForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan revisi"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Dibaca publik di halaman bulan itu."),
    )
