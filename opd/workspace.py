"""The staff's admin site and the base class of its screens.

For a staff member, what belongs to another unit does not exist: every refusal is a 404, never a 403.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import DateField, Model, QuerySet
from django.forms import DateInput, TextInput
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from .forms import UnitChoiceField
from .models import Unit
from .permissions import is_citywide, limit_to_units, may, units_for


class LoginForm(AdminAuthenticationForm):
    """Refuses a name longer than any account's before the guess is recorded (its column is short)."""

    username = UsernameField(max_length=150, widget=TextInput(attrs={"autofocus": True}))


class WorkspaceSite(admin.AdminSite):
    login_form = LoginForm
    site_header = _("Ruang kerja KIP")
    site_title = _("Ruang kerja KIP")
    index_title = _("Tugas Anda")
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        """Without `r/<type>/<id>/`: its redirect would tell anyone on the staff the title of any unit's draft."""
        return [url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site"]

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if any("\x00" in value for values in request.GET.lists() for value in (values[0], *values[1])):
                raise BadRequest(_("Alamat ini memuat karakter NUL."))
            if request.method == "POST" and not all(map(is_row_number, ticked_rows(request))):
                raise BadRequest(_("Baris yang dipilih tidak dikenal."))
            try:
                response: HttpResponse = inner(request, *args, **kwargs)
            except PermissionDenied as error:
                raise Http404 from error
            return response

        return answer


def ticked_rows(request: HttpRequest) -> list[str]:
    """What a list's form says is ticked; Django asks the database for it as it stands."""
    match = request.resolver_match
    is_list = match is not None and str(match.url_name).endswith("_changelist")
    return request.POST.getlist(ACTION_CHECKBOX_NAME) if is_list else []


def is_row_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


class UnitScopedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A screen over rows of units: lists, forms, pickers and history show only the user's own units."""

    #: Path from the model to its unit; "" where the model is the unit.
    unit_path = "unit"
    list_per_page = 25
    view_on_site = False
    formfield_overrides = {  # the phone's own date picker instead of a script's
        DateField: {"widget": DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return limit_to_units(super().get_queryset(request), request.user, self.unit_path)

    def _right(self, act: str) -> str:
        return f"{self.opts.app_label}.{act}_{self.opts.model_name}"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, self._right("view"), obj) or may(request.user, self._right("change"), obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, self._right("add"))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, self._right("change"), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, self._right("delete"), obj)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **{**self.unit_choice(db_field, request), **kwargs})

    @staticmethod
    def unit_choice(db_field: Any, request: HttpRequest) -> dict[str, Any]:
        """How a foreign key to a unit is chosen: among the user's own units, grouped by category."""
        if db_field.related_model is not Unit:
            return {}
        return {"queryset": units_for(request.user), "form_class": UnitChoiceField}

    def get_own_unit(self, request: HttpRequest) -> Unit | None:
        """The only unit of this user, or None where there is a choice to make."""
        if is_citywide(request.user):
            return None
        units = list(units_for(request.user)[:2])
        return units[0] if len(units) == 1 else None


class CityAdmin(UnitScopedAdmin):
    """A screen over rows that belong to no unit: for those who work for the whole city."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = admin.ModelAdmin.get_queryset(self, request)
        return rows if is_citywide(request.user) else rows.none()
