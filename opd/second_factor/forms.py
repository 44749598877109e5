"""What is typed at the second step."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A code of the phone, or one from paper; blanks and dashes in it do not matter."""

    code = forms.CharField(
        label=_("Kode"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def refuse(self) -> None:
        """Say the same whatever was wrong."""
        self.add_error(
            "code",
            _(
                "Kode ini tidak cocok, sudah terpakai, atau terlalu cepat setelah kode yang salah. "
                "Tunggu kode berikutnya di ponsel Anda, lalu coba lagi."
            ),
        )
