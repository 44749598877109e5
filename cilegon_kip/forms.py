"""Forms of the pages that belong to no room."""

from django import forms
from django.utils.translation import gettext_lazy as _

THEME_COOKIE = "tema"
AUTOMATIC = "otomatis"


class ThemeForm(forms.Form):
    tema = forms.ChoiceField(
        label=_("Warna tampilan"),
        choices=[
            (AUTOMATIC, _("Otomatis, mengikuti setelan perangkat")),
            ("terang", _("Terang")),
            ("gelap", _("Gelap")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Pilih salah satu warna tampilan."),
            "invalid_choice": _("Pilih otomatis, terang, atau gelap."),
        },
    )
    kembali = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
