"""Form fields and forms of the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from .channels import ChannelError, normalise
from .models import Category, Channel, Membership, Role, Unit, User
from .services import put_address


class _UnitsByCategory(ModelChoiceIterator):  # type: ignore[type-arg]
    """Options in groups, one per category, in one query."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        units = self.queryset.in_order()  # type: ignore[attr-defined]
        for category, group in groupby(units, key=lambda unit: unit.category):
            yield (Category(category).long_label, [self.choice(unit) for unit in group])


class UnitChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A plain select of units, grouped by category: the way to choose a unit everywhere in the workspace."""

    iterator = _UnitsByCategory


class LinesField(forms.CharField):
    """A list of texts, one a line (names may hold commas)."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(_("Paling banyak 200 karakter tiap baris."))
        return list(dict.fromkeys(filter(None, lines)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed("\n".join(initial or []), "\n".join((data or "").splitlines()))


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    aliases = LinesField(label=_("nama lain"), required=False, help_text=_("Satu nama tiap baris."))

    class Meta:
        model = Unit
        fields = (
            "name", "short_name", "slug", "category", "parent", "aliases", "address", "phone", "email", "active_from",
            "active_until", "successor", "kemendagri_code", "bps_code", "latitude", "longitude", "source", "confidence",
        )  # fmt: skip


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]
    """An address as people write it; it is brought into its one form here."""

    url = forms.CharField(
        label=_("Alamat"),
        max_length=300,
        help_text=_("Alamat lengkap, misalnya dinkes.cilegon.go.id, atau nama akun, misalnya @dinkescilegon."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    class Meta:
        model = Channel
        fields = ("unit", "kind", "url", "remark", "opened_on", "closed_on", "source")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("url") and data.get("kind"):
            try:
                self.address = normalise(data["url"], data["kind"])
            except ChannelError as error:
                self.add_error("url", str(error))
                return data
            self._check_address()
            data["url"] = self.address.url
        return data

    def _check_address(self) -> None:
        address = self.address
        if not address.key:
            self.add_error("url", _("Tuliskan alamat atau nama akunnya (@nama), bukan nama halamannya."))
        elif Channel.objects.filter(kind=address.kind, key=address.key).exclude(pk=self.instance.pk).exists():
            self.add_error("url", _("Alamat ini sudah terdaftar sebagai kanal sebuah unit."))

    def _post_clean(self) -> None:
        if not self.errors:
            # Before the form writes its fields: what was there decides whether the verification stands.
            put_address(self.instance, self.address)
        super()._post_clean()  # type: ignore[misc]


class NewUserForm(UserCreationForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")


class EditUserForm(UserChangeForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "is_active", "is_superuser")


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """PPID Utama's own role is given by a superuser only (`may_give_city_role` is set by the screen)."""

    may_give_city_role = False

    class Meta:
        model = Membership
        fields = ("unit", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.may_give_city_role and "role" in self.fields:
            field: Any = self.fields["role"]
            field.choices = [choice for choice in field.choices if choice[0] != Role.PPID_UTAMA]
