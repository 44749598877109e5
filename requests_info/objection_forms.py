"""The forms of objections: of the requester, of whoever misses periodic information, and of the superior."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opd.forms import UnitChoiceField
from opd.models import Unit

from .desk_forms import text_field
from .grounds import Ground, Opening
from .models import Objection, ObjectionResponse
from .services import ObjectionVerdict, Objector
from .text_fields import PlainField, address_field, name_field, phone_field

LONGEST = 4000


class _ObjectionForm(forms.Form):
    #: One per page that was opened: sending it twice makes one objection.
    formulir = forms.UUIDField(required=False, widget=forms.HiddenInput)
    uraian = PlainField(
        label=_("Mengapa Anda keberatan?"),
        max_length=LONGEST,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Ceritakan dengan kata-kata Anda sendiri, dan apa yang Anda harapkan dari Atasan PPID."),
        error_messages={
            "required": _("Tulis keberatan Anda."),
            "min_length": _("Tulis sedikit lebih jelas, paling sedikit 10 huruf."),
            "max_length": _("Paling panjang 4.000 huruf."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"formulir": uuid.uuid4()})
        super().__init__(*args, **kwargs)

    @property
    def form_token(self) -> uuid.UUID:
        return self.cleaned_data.get("formulir") or uuid.uuid4()


class ObjectionForm(_ObjectionForm):
    """About a request: only the grounds that are ripe can be chosen."""

    field_order = ("alasan", "uraian")
    alasan = forms.ChoiceField(
        label=_("Apa alasan keberatan Anda?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih satu alasan."), "invalid_choice": _("Pilih satu alasan yang terbuka.")},
    )

    def __init__(self, openings: list[Opening], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ripe = [(row.ground.value, row.ground.label) for row in openings if row.is_ripe]
        self.fields["alasan"].choices = ripe  # type: ignore[attr-defined]


class PeriodicObjectionForm(_ObjectionForm):
    """Ground b, without a request: who objects, and which unit does not provide what it must."""

    field_order = ("unit", "uraian", "nama", "alamat", "surel", "telepon")
    unit = UnitChoiceField(
        label=_("Unit yang tidak menyediakan informasi berkala"),
        queryset=Unit.objects.all(),
        to_field_name="slug",
        empty_label=_("Pilih unit"),
        error_messages={"required": _("Pilih unitnya."), "invalid_choice": _("Pilih unit dari daftar.")},
    )
    nama = name_field(_("Untuk surat keputusan; tidak diumumkan."))
    alamat = address_field(_("Untuk surat keputusan; tidak diumumkan."))
    surel = forms.EmailField(
        label=_("Surel"),
        required=False,
        max_length=254,
        help_text=_("Boleh dikosongkan. Tanda terima dan keputusan dikirim ke sini."),
        error_messages={"invalid": _("Periksa alamat surelnya.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    telepon = phone_field(_("Boleh dikosongkan. Dipakai hanya bila keberatan perlu diperjelas."))

    def objector(self) -> Objector:
        data = self.cleaned_data
        return Objector(data["nama"], data["alamat"], data["surel"], data["telepon"])


class ResponseForm(forms.Form):
    """What whoever objected says to the decision, on the secret page."""

    tanggapan = forms.ChoiceField(
        label=_("Apakah Anda menerima keputusan ini?"),
        choices=[
            (ObjectionResponse.Answer.ACCEPTED, _("Ya, saya menerima keputusan ini")),
            (ObjectionResponse.Answer.NOT_SATISFIED, _("Tidak, saya tidak puas")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Dicatat satu kali dalam register keberatan. Hak Anda atas sengketa tidak berubah karenanya."),
        error_messages={"required": _("Pilih salah satu."), "invalid_choice": _("Pilih salah satu.")},
    )
    keterangan = PlainField(
        label=_("Mengapa? (boleh dikosongkan)"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Paling panjang 4.000 huruf.")},
    )


class DecideObjectionForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Keputusan"))
    explanation = text_field(_("Isi keputusan"), _("Masuk ke dalam surat kepada yang berkeberatan."), rows=6)
    superior_name = forms.CharField(label=_("Nama Atasan PPID yang memutuskan"), max_length=150)
    superior_position = forms.CharField(label=_("Jabatan Atasan PPID"), max_length=150)

    def __init__(self, objection: Objection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = Objection.Outcome.SETTLED if objection.ground == Ground.REFUSED else None
        choices = [(value, label) for value, label in Objection.Outcome.choices if value != left_out]
        self.fields["outcome"].choices = [("", _("Pilih keputusan")), *choices]  # type: ignore[attr-defined]

    def verdict(self) -> ObjectionVerdict:
        return ObjectionVerdict(**self.cleaned_data)
