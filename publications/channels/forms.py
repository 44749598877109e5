"""Forms of the channel pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opd.channels import Address, ChannelError, normalise
from opd.forms import UnitChoiceField
from opd.models import Channel, ChannelKind, Unit

from .records import ChannelProbe


class AddressForm(forms.Form):
    """One field; the kind only where a name alone does not tell it, the unit only for those who work for several."""

    alamat = forms.CharField(
        label=_("Alamat kanal"),
        max_length=300,
        help_text=_("Tempelkan alamat situs atau akun, misalnya dinkes.cilegon.go.id atau instagram.com/dinkes."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "inputmode": "url"}),
    )
    jenis = forms.ChoiceField(
        label=_("Jenis kanal"),
        required=False,
        choices=[("", _("Kenali dari alamatnya")), *ChannelKind.choices],
        help_text=_("Isi hanya bila Anda menulis nama akun saja, misalnya @dinkescilegon."),
    )
    unit = UnitChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("Pilih unit"))

    address: Address

    def __init__(self, *args: Any, units: Any, own_unit: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._own_unit = own_unit
        if own_unit is not None:
            del self.fields["unit"]
        else:
            field: Any = self.fields["unit"]
            field.queryset = units

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("alamat"):
            try:
                self.address = normalise(data["alamat"], data.get("jenis") or "")
            except ChannelError as error:
                self.add_error("alamat", str(error))
            else:
                if not self.address.key:
                    self.add_error("alamat", _("Tuliskan alamat atau nama akunnya (@nama), bukan nama halamannya."))
        return data

    @property
    def chosen_unit(self) -> Unit:
        chosen: Unit = self._own_unit or self.cleaned_data["unit"]
        return chosen


class VerifyForm(forms.Form):
    """How it was found out that the account is the unit's."""

    via = forms.ChoiceField(label=_("Bukti kepemilikan"), choices=Channel.Proof.choices, widget=forms.RadioSelect)
    how = forms.CharField(
        label=_("Penjelasan"),
        max_length=300,
        help_text=_("Misalnya nomor surat, halaman yang memuat tautan, atau di mana kodenya terlihat."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def proposing(cls, channel: Channel, probe: ChannelProbe | None) -> VerifyForm:
        """What is known already is filled in: a link from the unit's own site, else where the token would be seen."""
        if probe is not None and probe.linked_from:
            words = _("Tautan ke akun ini ada di %(page)s.") % {"page": probe.linked_from}
            return cls(initial={"via": Channel.Proof.LINK, "how": words[:300]}, auto_id="verifikasi_%s")
        return cls(auto_id="verifikasi_%s")


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Alasan penolakan"),
        max_length=300,
        help_text=_("Dibaca oleh unit: apa yang keliru dan apa yang perlu dilakukan."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
