"""Fields and forms by which a requester sends files and words about a request that exists."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from publications.documents.media import ACCEPT, KIND_NAMES, Checked, check_upload

from .models import Rating
from .services.steps import REASON_LENGTH
from .text_fields import PlainField

#: A power of attorney is a paper: its picture or its PDF.
PAPER = {"pdf", "jpg", "png"}
#: What `check_upload` says of a file that is whole, but of no format that a paper may have.
OTHER_FORMAT = ("not_taken", "not_utf8", "old_office", "macros")


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, each judged by its content; cleaned to a list of `Checked`."""

    def __init__(self, *, formats: set[str] | None = None, accept: str = ACCEPT, **kwargs: Any) -> None:
        self.formats = formats
        super().__init__(widget=FilesInput(attrs={"accept": accept, "multiple": True}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Checked]:  # type: ignore[override]
        uploads = [upload for upload in (data if isinstance(data, list) else [data]) if upload]
        if not uploads:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        if len(uploads) > settings.REQUEST_FILES_AT_ONCE:
            raise ValidationError(
                _("Paling banyak %(most)d berkas sekali kirim; Anda memilih %(count)d."),
                params={"most": settings.REQUEST_FILES_AT_ONCE, "count": len(uploads)},
                code="too_many",
            )
        return [self._checked(upload) for upload in uploads]

    def _checked(self, upload: Any) -> Checked:
        try:
            checked = check_upload(upload, settings.REQUEST_FILE_MAX_BYTES)
        except ValidationError as error:
            if self.formats is not None and error.code in OTHER_FORMAT:
                raise _not_a_paper(upload) from error
            raise ValidationError([f"“{upload.name[:80]}”: {message}" for message in error.messages]) from error
        if self.formats is not None and checked.kind not in self.formats:
            raise _not_a_paper(upload)
        return checked


def _not_a_paper(upload: Any) -> ValidationError:
    return ValidationError(
        _("“%(name)s” bukan PDF, JPEG, atau PNG. Foto atau pindai suratnya, lalu pilih lagi."),
        params={"name": upload.name[:80]},
        code="not_a_paper",
    )


def _limits() -> str:
    return str(
        _("Paling banyak %(count)d berkas, masing-masing paling besar %(size)s. Format: %(kinds)s.")
        % {
            "count": settings.REQUEST_FILES_AT_ONCE,
            "size": filesizeformat(settings.REQUEST_FILE_MAX_BYTES),
            "kinds": KIND_NAMES,
        }
    )


def attachments(label: Any) -> FilesField:
    return FilesField(label=label, required=False, help_text=_limits)


def paper(label: Any, *, required: bool = False) -> FilesField:
    return FilesField(
        label=label,
        required=required,
        formats=PAPER,
        accept=".pdf,.jpg,.jpeg,.png",
        help_text=_("Foto yang terbaca atau PDF. Disimpan tersandi dan hanya dibuka petugas layanan."),
        error_messages={"required": _("Pilih berkas surat kuasanya.")},
    )


class FormOnce(forms.Form):
    """Carries a token, so that a form that is sent twice counts once."""

    formulir = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["formulir"].initial = uuid.uuid4

    def clean_formulir(self) -> uuid.UUID:
        return self.cleaned_data["formulir"] or uuid.uuid4()


class MessageForm(FormOnce):
    pesan = PlainField(
        label=_("Pesan"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tuliskan pesannya."), "max_length": _("Paling panjang 4.000 huruf.")},
    )
    berkas = attachments(_("Lampiran (boleh dikosongkan)"))


class CompleteForm(forms.Form):
    kelengkapan = PlainField(
        label=_("Kelengkapan"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tuliskan kelengkapannya."), "max_length": _("Paling panjang 4.000 huruf.")},
    )
    berkas = attachments(_("Berkas (boleh dikosongkan)"))


class ProxyForm(forms.Form):
    """On the last page of asking: the file goes with the request, at once, and is kept nowhere before."""

    kuasa = paper(_("Surat kuasa"))


class PowerOfAttorneyForm(forms.Form):
    kuasa = paper(_("Surat kuasa"), required=True)


class RatingForm(forms.Form):
    nilai = forms.TypedChoiceField(
        label=_("Seberapa puas Anda dengan layanan atas permohonan ini?"),
        choices=list(reversed(Rating.Score.choices)),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih salah satu."), "invalid_choice": _("Pilih salah satu.")},
    )
    komentar = PlainField(
        label=_("Apa yang dapat kami perbaiki? (boleh dikosongkan)"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Dibaca petugas layanan saja, tidak diumumkan."),
        error_messages={"max_length": _("Paling panjang 1.000 huruf.")},
    )
