"""Forms about personal data: who has seen whose."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import User

from .desk_forms import day_field


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
