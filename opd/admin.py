"""Screens for the register, channels, accounts and the calendar. Rules live in services and permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from .forms import ChannelForm, EditUserForm, LinesField, MembershipForm, NewUserForm, UnitForm
from .models import CalendarDay, Category, Channel, Membership, Unit, User
from .permissions import is_citywide, may_manage_account
from .second_factor.services import turn_off
from .services import OpdError, address_changed, reject_channel, verify_channel
from .workspace import CityAdmin, UnitScopedAdmin

if admin.site.is_registered(Group):
    admin.site.unregister(Group)  # rights follow from memberships, never from groups
for secrets in filter(admin.site.is_registered, (TOTPDevice, StaticDevice)):
    admin.site.unregister(secrets)  # each account sees its own, once, at /admin/keamanan/


@admin.register(Unit)
class UnitAdmin(UnitScopedAdmin):
    unit_path = ""
    form = UnitForm
    list_display = ("name", "category", "parent", "active_until")
    list_select_related = ("parent",)
    list_filter = ("category",)
    search_fields = ("name", "short_name", "aliases")
    fieldsets = (
        (None, {"fields": ("name", "short_name", "slug", "category", "parent", "aliases")}),
        (_("Kontak kantor"), {"fields": ("address", "phone", "email"), "classes": ("collapse",)}),
        (_("Masa berlaku"), {"fields": ("active_from", "active_until", "successor"), "classes": ("collapse",)}),
        (
            _("Kode dan letak"),
            {
                "fields": ("kemendagri_code", "bps_code", "latitude", "longitude", "source", "confidence"),
                "classes": ("collapse",),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()  # addresses are built on it

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "aliases":
            return LinesField(label=db_field.verbose_name, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            kwargs["queryset"] = Unit.objects.filter(category=Category.KECAMATAN).in_order()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class DecisionForm(ActionForm):
    """A verification says how it was reached, a rejection why; the channel's own page has room for more."""

    how = forms.CharField(label=_("Cara memeriksa, untuk verifikasi"), max_length=300, required=False)
    reason = forms.CharField(label=_("Alasan, untuk penolakan"), max_length=300, required=False)


@admin.register(Channel)
class ChannelAdmin(UnitScopedAdmin):
    form = ChannelForm
    list_display = ("address", "kind", "unit", "status")
    list_select_related = ("unit",)
    list_filter = ("status", "kind", "unit__category")
    search_fields = ("handle", "url", "unit__name", "unit__short_name")
    action_form = DecisionForm
    actions = ("verify", "reject")
    record = ("status", "verified_by", "verified_at", "verified_via", "verified_how", "rejected_reason")

    @admin.display(description=_("alamat"))
    def address(self, channel: Channel) -> str:
        return channel.handle or channel.url or str(_("alamat belum diketahui"))

    def get_fields(self, request: HttpRequest, obj: Channel | None = None) -> Any:
        fields = ["kind", "url", "remark"]
        if obj is not None or self.get_own_unit(request) is None:
            fields.insert(0, "unit")
        if is_citywide(request.user):
            fields += ["opened_on", "closed_on", "source"]
        return [*fields, *self.record] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: Channel | None = None) -> tuple[str, ...]:
        return self.record

    @staticmethod
    def actor(request: HttpRequest) -> User:
        return cast("User", request.user)  # the admin site lets nobody else in

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:
        if not change and obj.unit_id is None:
            obj.unit = self.get_own_unit(request)
        before = Channel.objects.filter(pk=obj.pk).values_list("kind", "key").first()
        super().save_model(request, obj, form, change)
        if before is not None and before != (obj.kind, obj.key):
            address_changed.send(Channel, channel=obj)

    @admin.action(description=_("Nyatakan terverifikasi"), permissions=["decide"])
    def verify(self, request: HttpRequest, rows: QuerySet[Channel]) -> None:
        how = request.POST.get("how", "")
        self._decide(request, rows, how, lambda pk: verify_channel(channel_id=pk, actor=self.actor(request), how=how))

    @admin.action(description=_("Tolak"), permissions=["decide"])
    def reject(self, request: HttpRequest, rows: QuerySet[Channel]) -> None:
        why = request.POST.get("reason", "")
        self._decide(
            request, rows, why, lambda pk: reject_channel(channel_id=pk, actor=self.actor(request), reason=why)
        )

    def _decide(self, request: HttpRequest, rows: QuerySet[Channel], words: str, decide: Callable[[int], None]) -> None:
        done = 0
        for channel in rows:
            try:
                decide(channel.pk)
            except OpdError as error:
                self.message_user(request, f"{channel}: {error}", messages.ERROR)
            else:
                done += 1
                self.log_change(request, channel, words[:300])
        if done:
            self.message_user(request, _("%(count)d kanal diputuskan.") % {"count": done}, messages.SUCCESS)


class MembershipInline(admin.StackedInline):
    model = Membership
    form = MembershipForm
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = type("MembershipForm", (MembershipForm,), {"may_give_city_role": request.user.is_superuser})
        return super().get_formset(request, obj, form=form, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.update(UnitScopedAdmin.unit_choice(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(User)
class UserAdmin(CityAdmin, DjangoUserAdmin):
    """Superusers see all accounts; PPID Utama those of unit staff, and cannot raise anyone to their own level."""

    form = EditUserForm
    add_form = NewUserForm
    list_display = ("username", "first_name", "is_active", "last_login")
    list_filter = ("is_active", "memberships__role")
    search_fields = ("username", "first_name", "last_name", "email")
    filter_horizontal = ()
    inlines = (MembershipInline,)
    own_fields = ("username", "first_name", "last_name", "email")
    actions = ("drop_second_factor",)
    add_fieldsets = ((None, {"fields": (*own_fields, "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users = super().get_queryset(request)
        return users if request.user.is_superuser else users.filter(is_superuser=False)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        fields = (*self.own_fields, "password", "is_active")
        return ((None, {"fields": (*fields, "is_superuser") if request.user.is_superuser else fields}),)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or may_manage_account(request.user, obj))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Matikan langkah kedua (ponsel hilang)"), permissions=["change"])
    def drop_second_factor(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        """For who lost both phone and paper codes, after it was made sure who asks."""
        actor = cast("User", request.user)
        for account in accounts:
            try:
                if not may_manage_account(actor, account):
                    raise OpdError(_("Akun ini bukan wewenang Anda."))
                turn_off(user=account, actor=actor)
            except OpdError as error:
                self.message_user(request, f"{account}: {error}", messages.ERROR)
            else:
                self.message_user(request, _("%(account)s: langkah kedua dimatikan.") % {"account": account})


@admin.register(CalendarDay)
class CalendarDayAdmin(CityAdmin):
    list_display = ("day", "name", "is_off", "decree")
    list_filter = ("is_off",)
    search_fields = ("name", "decree")
