"""The forms with which unit staff register documents, in parts that fit a phone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from opd.models import Category, Unit, User
from publications.forms import DayInput, one_line

from .checklist_models import ChecklistItem, ChecklistLink, InfoClass
from .media import ACCEPT, KIND_NAMES, Checked, check_upload
from .models import ConsequenceTest, Document

FILE_FIELDS = ("file", "note")
DAYS = ("made_on", "active_from", "active_until", "exempt_until")


class ItemChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, item: Any) -> str:
        return f"{item.title} ({item.legal_basis})"


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Any part of a document; what a part does not show it leaves alone."""

    own_unit: Unit | None = None

    checklist_item = ItemChoice(
        label=_("Memenuhi butir wajib"),
        queryset=ChecklistItem.objects.none(),
        required=False,
        empty_label=_("Tidak ada"),
        help_text=_("Bila dokumen ini salah satu informasi yang wajib diumumkan unit."),
    )
    file = forms.FileField(
        label=_("Berkas"), required=False, allow_empty_file=True, widget=forms.FileInput(attrs={"accept": ACCEPT})
    )
    note = forms.CharField(
        label=_("Catatan versi"),
        required=False,
        max_length=200,
        help_text=_("Apa yang berubah, misalnya “angka final”."),
    )

    class Meta:
        model = Document
        fields = (
            "unit", "title", "summary", "info_class", "checklist_item", "year", "link", "producer", "made_on",
            "made_at_place", "form", "retention", "active_from", "active_until", "legal_basis", "exempt_until",
        )  # fmt: skip
        widgets = {**dict.fromkeys(DAYS, DayInput()), "summary": forms.Textarea(attrs={"rows": 5})}
        help_texts = {
            "summary": _("Dua tiga kalimat: apa isinya. Untuk yang dikecualikan, uraian ini hanya dibaca petugas."),
            "link": _("Bila dokumennya ada di situs lain."),
            "retention": _("Misalnya “5 tahun” atau “permanen”, menurut jadwal retensi arsip."),
            "exempt_until": _("Wajib untuk huruf a sampai f: tidak ada yang ditutup selamanya (Pasal 20)."),
            "active_from": _("Hari pertama tampil di atas setiap halaman."),
            "active_until": _("Hari terakhir tampil."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checked: Checked | None = None
        #: What was written about an exempt document: it belongs to the consequence test.
        self.closed_text = ""
        if "checklist_item" in self.fields:
            field: Any = self.fields["checklist_item"]
            field.queryset = items_for(self.own_unit or (self.instance.unit if self.instance.unit_id else None))
        if "file" in self.fields:
            limit = filesizeformat(settings.DOCUMENT_MAX_BYTES)
            self.fields["file"].help_text = _("%(kinds)s; paling besar %(limit)s. Yang lama tetap tersimpan.") % {
                "kinds": KIND_NAMES,
                "limit": limit,
            }
        if "year" in self.fields and not self.instance.pk:
            self.fields["year"].initial = local_day(timezone.now()).year

    def clean_title(self) -> str:
        title = one_line(self.cleaned_data["title"])
        if not any(letter.isalnum() for letter in title):
            raise ValidationError(_("Tulis judul dengan huruf, agar orang dapat membaca dan membukanya."))
        return title

    def clean_producer(self) -> str:
        return one_line(self.cleaned_data["producer"])

    def clean_made_at_place(self) -> str:
        return one_line(self.cleaned_data["made_at_place"])

    def clean_retention(self) -> str:
        return one_line(self.cleaned_data["retention"])

    def clean_made_on(self) -> date | None:
        return _not_in_future(self.cleaned_data["made_on"])

    def clean_file(self) -> None:
        upload = self.cleaned_data["file"]
        if upload is not None:
            self.checked = check_upload(upload)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("info_class") or self.instance.info_class
        self._check_class(kind)
        if kind == InfoClass.EXEMPT:
            if self.checked is not None:
                self.add_error("file", _("Dokumen yang dikecualikan tidak menerima berkas di portal."))
            self._close_text(cleaned)
        unit = cleaned.get("unit") or self.own_unit or (self.instance.unit if self.instance.unit_id else None)
        item = cleaned.get("checklist_item")
        if item is not None and unit is not None and unit.category not in item.categories:
            self.add_error("checklist_item", _("Butir ini tidak diwajibkan bagi kategori unit ini."))
        self._check_still_whole(cleaned, kind)
        return cleaned

    def _check_class(self, kind: str) -> None:
        was = self.initial.get("info_class", self.instance.info_class)  # a part without the field leaves it
        if self.instance.status == Document.Status.PUBLISHED and kind == InfoClass.EXEMPT != was:
            self.add_error(
                "info_class",
                _(
                    "Yang sudah terbit tidak dapat langsung dikecualikan. Tarik dengan alasan, lalu daftarkan lagi"
                    " sebagai informasi yang dikecualikan."
                ),
            )

    def _close_text(self, cleaned: dict[str, Any]) -> None:
        texts = [cleaned.get(name, "") for name in ("summary", "link") if name in self.fields]
        self.closed_text = "\n".join(filter(None, texts))
        cleaned.update({name: "" for name in ("summary", "link") if name in self.fields})

    def _check_still_whole(self, cleaned: dict[str, Any], kind: str) -> None:
        """A published entry keeps what it could not be published without."""
        if self.instance.status != Document.Status.PUBLISHED:
            return
        wanted = ["producer", "retention"]
        wanted += ["summary"] if kind != InfoClass.EXEMPT else ["legal_basis"]
        wanted += ["active_from", "active_until"] if kind == InfoClass.IMMEDIATE else []
        for name in wanted:
            if name in self.fields and name not in self.errors and not cleaned.get(name):
                self.add_error(name, _("Wajib diisi selama dokumen ini terbit."))


class ConsequenceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ConsequenceTest
        fields = ("explanation", "if_opened", "if_closed", "decided_by", "decided_on")
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in ("explanation", "if_opened", "if_closed")},
            "decided_on": DayInput(),
        }
        help_texts = {"decided_by": _("Jabatan yang menetapkan, misalnya “PPID Utama”.")}

    def clean_decided_on(self) -> date | None:
        return _not_in_future(self.cleaned_data["decided_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.document_id and self.instance.document.status == Document.Status.PUBLISHED:
            for name in self.fields:
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, _("Wajib diisi selama dokumen ini terbit."))
        return cleaned


class ChecklistItemForm(forms.ModelForm):  # type: ignore[type-arg]
    categories = forms.MultipleChoiceField(
        label=_("Wajib bagi"), choices=Category.choices, widget=forms.CheckboxSelectMultiple
    )
    info_class = forms.ChoiceField(
        label=_("Kelas informasi"), choices=[pair for pair in InfoClass.choices if pair[0] != InfoClass.EXEMPT]
    )

    class Meta:
        model = ChecklistItem
        fields = (
            "code", "title", "categories", "info_class", "legal_basis", "renewal_months", "order", "active_from",
            "active_until",
        )  # fmt: skip
        widgets = {"active_from": DayInput(), "active_until": DayInput()}


class ChecklistLinkForm(forms.ModelForm):  # type: ignore[type-arg]
    own_unit: Unit | None = None

    item = ItemChoice(
        label=_("Butir informasi wajib"), queryset=ChecklistItem.objects.none(), empty_label=_("Pilih butir")
    )

    class Meta:
        model = ChecklistLink
        fields = ("unit", "item", "url", "dated_on")
        widgets = {"dated_on": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.own_unit and not self.instance.unit_id:
            self.instance.unit = self.own_unit
        field: Any = self.fields.get("item")
        if field is not None:
            field.queryset = items_for(self.instance.unit if self.instance.unit_id else None)

    def clean_dated_on(self) -> date | None:
        return _not_in_future(self.cleaned_data["dated_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        unit = cleaned.get("unit") or self.own_unit or (self.instance.unit if self.instance.unit_id else None)
        item = cleaned.get("item")
        if unit and item:
            known = ChecklistLink.objects.filter(unit=unit, item=item).exclude(pk=self.instance.pk)
            if known.exists():
                self.add_error("item", _("Butir ini sudah punya tautan; ubah tautan yang ada."))
        return cleaned


def items_for(unit: Unit | None) -> Any:
    today = local_day(timezone.now())
    return (
        ChecklistItem.objects.asked_of(unit.category, today)
        if unit is not None
        else ChecklistItem.objects.active_on(today).order_by("order", "pk")
    )


def _not_in_future(day: date | None) -> date | None:
    if day is not None and day > local_day(timezone.now()):
        raise ValidationError(_("Tanggal ini masih di masa depan."))
    return day


def remembered(actor: Any) -> User:
    """The signed-in person behind a request, for services."""
    if not isinstance(actor, User):
        raise TypeError("staff only")
    return actor
