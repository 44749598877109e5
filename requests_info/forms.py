"""The request in steps of one subject. Nothing is kept before it is sent: each step carries the others along."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from opd.forms import UnitChoiceField
from opd.models import Unit

from .models import InformationRequest
from .services import Asked
from .text_fields import LineField, PlainField, address_field, name_field, phone_field

#: Longer than any request that a person reads; a file goes to the desk.
LONGEST = 5000


class InformationForm(forms.Form):
    title = _("Informasi yang diminta")

    informasi = PlainField(
        label=_("Informasi apa yang Anda minta?"),
        max_length=LONGEST,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Sebutkan sejelas mungkin: dokumen apa, tahun berapa, tentang apa. Satu permohonan satu pokok."),
        error_messages={
            "required": _("Tulis informasi yang Anda minta."),
            "min_length": _("Tulis sedikit lebih jelas, paling sedikit 10 huruf."),
            "max_length": _("Paling panjang 5.000 huruf."),
        },
    )
    tujuan = PlainField(
        label=_("Untuk apa informasi itu digunakan?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Undang-undang meminta alasan permohonan (Pasal 4 ayat 3). Cukup satu kalimat."),
        error_messages={
            "required": _("Tulis tujuan penggunaan informasi."),
            "max_length": _("Paling panjang 1.000 huruf."),
        },
    )
    unit = UnitChoiceField(
        label=_("Unit yang menurut Anda memiliki informasi itu"),
        queryset=Unit.objects.all(),
        required=False,
        empty_label=_("Saya tidak tahu"),
        to_field_name="slug",
        help_text=_("Mempercepat bila Anda tahu. Boleh dikosongkan: Diskominfo meneruskannya kepada unit yang tepat."),
        error_messages={"invalid_choice": _("Pilih unit dari daftar.")},
    )


class RequesterForm(forms.Form):
    title = _("Pemohon")

    jenis = forms.ChoiceField(
        label=_("Anda memohon sebagai"),
        choices=InformationRequest.RequesterKind.choices,
        initial=InformationRequest.RequesterKind.CITIZEN,
        widget=forms.RadioSelect,
        help_text=_(
            "Hak ini milik warga negara dan badan hukum Indonesia (Pasal 4); kelompok memohon dengan surat kuasa."
        ),
        error_messages={"required": _("Pilih salah satu."), "invalid_choice": _("Pilih salah satu.")},
    )
    nama = name_field(_("Diminta undang-undang (Pasal 22). Untuk badan hukum atau kelompok: nama badan atau wakilnya."))
    alamat = address_field(_("Diminta undang-undang (Pasal 22). Dipakai bila jawaban dikirim dengan surat."))
    nik = LineField(
        label=_("Nomor identitas"),
        max_length=30,
        required=False,
        help_text=_("NIK, atau nomor akta badan hukum. Dipakai hanya untuk memastikan siapa pemohonnya."),
    )
    telepon = phone_field(_("Boleh dikosongkan. Dipakai hanya bila permohonan perlu diperjelas."))
    pekerjaan = LineField(
        label=_("Pekerjaan"),
        max_length=100,
        required=False,
        help_text=_("Kolom register menurut peraturan. Boleh dikosongkan."),
    )

    #: Which settings name asks for which field.
    identity = {"nik": "identity_number", "telepon": "phone", "pekerjaan": "occupation"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, key in self.identity.items():
            if key in settings.REQUEST_FIELDS_REQUIRED:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = _("Isian ini wajib.")
            elif key not in settings.REQUEST_FIELDS_ASKED:
                del self.fields[name]


class DeliveryForm(forms.Form):
    title = _("Cara menerima jawaban")

    cara = forms.ChoiceField(
        label=_("Bagaimana Anda ingin memperoleh informasinya?"),
        choices=InformationRequest.Manner.choices,
        initial=InformationRequest.Manner.SOFT_COPY,
        widget=forms.RadioSelect,
        help_text=_("Supaya unit menyiapkannya dalam bentuk yang Anda perlukan."),
        error_messages={"required": _("Pilih salah satu."), "invalid_choice": _("Pilih salah satu.")},
    )
    terima = forms.ChoiceField(
        label=_("Bagaimana jawaban disampaikan?"),
        choices=InformationRequest.Delivery.choices,
        initial=InformationRequest.Delivery.EMAIL,
        widget=forms.RadioSelect,
        help_text=_("Supaya kami tahu ke mana surat jawabannya dikirim."),
        error_messages={"required": _("Pilih salah satu."), "invalid_choice": _("Pilih salah satu.")},
    )
    surel = forms.EmailField(
        label=_("Alamat surel"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Nomor pendaftaran, batas waktu dan perkembangan dikirim ke sini. Wajib bila jawaban lewat surel."),
        error_messages={"invalid": _("Alamat surel ini tidak lengkap. Contoh: nama@contoh.id.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (
            data.get("terima") == InformationRequest.Delivery.EMAIL
            and not data.get("surel")
            and "surel" not in self.errors
        ):
            self.add_error("surel", _("Tulis alamat surel, atau pilih cara lain untuk menerima jawaban."))
        return data


STEPS: dict[str, type[forms.Form]] = {
    "informasi": InformationForm,
    "pemohon": RequesterForm,
    "penerimaan": DeliveryForm,
}
CHECK = "periksa"


class Steps:
    """All steps over what one POST carries; a GET has none of it."""

    def __init__(self, data: QueryDict | None) -> None:
        self.forms = {name: form(data) for name, form in STEPS.items()}
        self.form_token = _uuid(data.get("formulir", "") if data else "")

    def first_wrong(self) -> str | None:
        return next((name for name, form in self.forms.items() if not form.is_valid()), None)

    def asked(self) -> tuple[Asked, Unit | None]:
        data = {key: value for form in self.forms.values() for key, value in form.cleaned_data.items()}
        asked = Asked(
            wanted=data["informasi"],
            purpose=data["tujuan"],
            requester_kind=data["jenis"],
            name=data["nama"],
            address=data["alamat"],
            identity_number=data.get("nik", ""),
            phone=data.get("telepon", ""),
            occupation=data.get("pekerjaan", ""),
            email=data["surel"],
            manner=data["cara"],
            delivery=data["terima"],
        )
        return asked, data["unit"]


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()


class WithdrawForm(forms.Form):
    yakin = forms.BooleanField(
        label=_("Ya, saya mencabut permohonan ini"),
        error_messages={"required": _("Centang dahulu bila Anda memang hendak mencabutnya.")},
    )


class NumberForm(forms.Form):
    nomor = LineField(
        label=_("Nomor pendaftaran"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("Ada pada tanda bukti dan surel pendaftaran, misalnya PI-2026-0001."),
        error_messages={"required": _("Tulis nomor pendaftarannya."), "max_length": _("Nomor ini terlalu panjang.")},
    )


class CodeForm(forms.Form):
    nomor = LineField(max_length=30, widget=forms.HiddenInput, required=False)
    kunci = LineField(max_length=64, widget=forms.HiddenInput, required=False)
    kode = LineField(
        label=_("Kode dari surel"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("Enam angka."),
        error_messages={"required": _("Tulis kode dari surel."), "max_length": _("Kode terdiri atas enam angka.")},
    )

    def clean_kode(self) -> str:
        code = "".join(self.cleaned_data["kode"].split())
        if not re.fullmatch(r"[0-9]{6}", code):
            raise forms.ValidationError(_("Kode terdiri atas enam angka."))
        return code

    def refuse(self) -> None:
        """One sentence for a wrong code, an old one, a used one, and a number that does not exist."""
        self.add_error(
            "kode", _("Kode ini tidak cocok atau tidak berlaku lagi. Periksa surel Anda, atau minta kode baru.")
        )


def check_answers(steps: Steps) -> list[dict[str, Any]]:
    """What the requester is about to send, question by question, as the check page shows it."""
    groups = []
    for name, form in steps.forms.items():
        rows = [(field.label, _shown(field, form)) for field in form]
        groups.append({"step": name, "title": form.title, "rows": rows})  # type: ignore[attr-defined]
    return groups


def _shown(field: Any, form: forms.Form) -> str:
    value = form.cleaned_data.get(field.name)
    choices = dict(getattr(field.field, "choices", [])) if isinstance(field.field, forms.ChoiceField) else {}
    if isinstance(field.field, UnitChoiceField):
        return str(value) if value else str(_("Saya tidak tahu"))
    return str(choices.get(value, value) or _("tidak diisi"))
