"""What people type about themselves and their case: the fields that several forms ask for."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class PlainField(forms.CharField):
    """Text as people see it: no control characters, none that turn the direction of writing."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return _UNSEEN.sub("", text.replace("\r\n", "\n")).strip()


class LineField(PlainField):
    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


def name_field(help_text: Any) -> LineField:
    """The name of whoever fills the form in."""
    return LineField(
        label=_("Nama lengkap"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=help_text,
        error_messages={"required": _("Tulis nama Anda."), "max_length": _("Paling panjang 200 huruf.")},
    )


def address_field(help_text: Any) -> LineField:
    """Where whoever fills the form in gets letters."""
    return LineField(
        label=_("Alamat"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=help_text,
        error_messages={"required": _("Tulis alamat Anda."), "max_length": _("Paling panjang 500 huruf.")},
    )


def phone_field(help_text: Any) -> LineField:
    """May stay empty, unless the form says otherwise."""
    return LineField(
        label=_("Telepon"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=help_text,
    )
