"""The forms with which unit staff post, and Diskominfo decides."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from opd.models import Unit

from .links import claim_link
from .models import Activity, Photo
from .permalinks import MAX_LENGTH as LINK_LENGTH
from .photos import Variant, keep_variants, make_variants
from .services import REASON_LENGTH

LINK_FIELDS = ("link_1", "link_2", "link_posted_on")
URL_FIELDS = LINK_FIELDS[:2]
EARLIEST_DAY = date(2005, 1, 1)
#: Line breaks and control characters: a space in one line of text.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
#: Zero-width characters and those that turn the direction of writing: they hide or swap what a reader sees.
_UNSEEN = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def one_line(text: str) -> str:
    """What a reader sees of the text, in one line."""
    return " ".join(_BREAKS.sub(" ", _UNSEEN.sub("", text)).split())


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ActivityForm(forms.ModelForm):  # type: ignore[type-arg]
    """An activity with up to two links to the same posting elsewhere."""

    #: Set for staff of one unit, who have no choice to make.
    own_unit: Unit | None = None

    link_1 = forms.CharField(
        label=_("Tautan unggahan di kanal lain"),
        required=False,
        max_length=LINK_LENGTH,
        widget=forms.URLInput(attrs={"class": "vTextField", "inputmode": "url"}),
        help_text=_("Bila kegiatan ini juga diunggah di situs atau media sosial unit. Diskominfo memeriksanya dulu."),
    )
    link_2 = forms.CharField(
        label=_("Tautan kedua"),
        required=False,
        max_length=LINK_LENGTH,
        widget=forms.URLInput(attrs={"class": "vTextField", "inputmode": "url"}),
    )
    link_posted_on = forms.DateField(
        label=_("Tanggal unggah tautan"),
        required=False,
        widget=DayInput(),
        help_text=_("Hari unggahannya terbit di kanal itu. Bila kosong, dipakai waktu tautan ini diterima."),
    )

    class Meta:
        model = Activity
        fields = ("unit", "title", "text", "happened_on", "place", "theme")
        widgets = {"happened_on": DayInput(), "text": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "text": _("Siapa, apa, di mana, untuk apa. Mulai 200 huruf dihitung lengkap."),
            "happened_on": _("Hari kegiatan berlangsung."),
        }

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"])
        if not any(letter.isalnum() for letter in title):
            raise ValidationError(_("Tulis judul dengan huruf, agar orang dapat membaca dan membukanya."))
        return title

    def clean_place(self) -> str:
        return one_line(self.cleaned_data["place"])

    def clean_happened_on(self) -> date | None:
        return self._possible("happened_on", _("Tanggal kegiatan masih di masa depan. Tulis setelah berlangsung."))

    def clean_link_posted_on(self) -> date | None:
        return self._possible("link_posted_on", _("Tanggal unggah masih di masa depan."))

    def _possible(self, name: str, too_late: Any) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and day > local_day(timezone.now()):
            raise ValidationError(too_late)
        if day is not None and day < EARLIEST_DAY:
            raise ValidationError(_("Paling awal 1 Januari 2005."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        unit = cleaned.get("unit") or self.own_unit
        unit_id = self.instance.unit_id or (unit.pk if unit else None)
        keys: set[str] = set()
        for name in URL_FIELDS:
            if cleaned.get(name) and unit_id:
                self._check_link(name, unit_id, cleaned[name], keys)
        return cleaned

    def _check_link(self, name: str, unit_id: int, url: str, keys: set[str]) -> None:
        link = claim_link(unit_id=unit_id, url=url)
        if link.problem:
            self.add_error(name, link.problem)
        elif link.key in keys:
            self.add_error(name, _("Tautan ini sama dengan tautan pertama."))
        keys.add(link.key)

    def links(self) -> list[str]:
        return [self.cleaned_data[name] for name in URL_FIELDS if self.cleaned_data.get(name)]

    def posted_on(self) -> date | None:
        """The day on which the links' postings appeared, if the unit said so."""
        return self.cleaned_data.get("link_posted_on")


class PhotoForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new photo is checked and re-encoded; of a kept one only the words change."""

    file = forms.FileField(
        label=_("Foto"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-photo": ""}),
        help_text=_("JPEG, PNG, atau WebP, paling besar 15 MB. Lokasi dan data lain di dalam foto dihapus."),
    )

    class Meta:
        model = Photo
        fields = ("alt",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.variants: list[Variant] = []
        if self.instance.pk:  # a kept photo is not exchanged, only described, or deleted
            self.fields["file"].disabled = True
            self.fields["file"].widget = forms.HiddenInput()

    def clean_file(self) -> None:
        upload = self.cleaned_data["file"]
        if upload is not None:
            self.variants = make_variants(upload)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.pk and not self.variants and "file" not in self.errors and self.has_changed():
            self.add_error("file", _("Pilih fotonya."))
        return cleaned

    def save(self, commit: bool = True) -> Photo:
        if self.variants:
            keep_variants(self.instance, self.variants)
        photo: Photo = super().save(commit)
        return photo


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


class MergeForm(forms.Form):
    """Which of several activities stays; the others lead to it."""

    keep = forms.ChoiceField(label=_("Yang dipertahankan"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, activities: list[Activity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["keep"]
        field.choices = [(str(row.pk), merge_label(row)) for row in activities]
        field.initial = str(activities[0].pk)

    @property
    def kept_id(self) -> int:
        return int(self.cleaned_data["keep"])


def merge_label(activity: Activity) -> str:
    day = date_format(local_day(activity.published_at), "j F Y") if activity.published_at else _("belum terbit")
    return f"{activity.title} – {activity.unit}, {day}"
