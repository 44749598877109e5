"""Versions of the method in the workspace: written with a preview, activated, and then only to look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from opd.permissions import may
from opd.workspace import UnitScopedAdmin

from .boards.methods import differences
from .method_forms import MethodForm
from .methods import (
    ACTIVATE,
    MethodError,
    activate_method,
    copy_of_newest,
    deactivate_method,
    fingerprint,
    frozen_because,
    open_version,
    save_method,
)
from .models import Method, Ranking
from .preview import preview
from .replay import FileError


@admin.register(Method)
class MethodAdmin(UnitScopedAdmin):
    list_display = ("__str__", "effective_from", "state", "is_used")
    change_form_template = "admin/rankings/method/change_form.html"

    @admin.display(description=_("sudah dipakai"), boolean=True)
    def is_used(self, method: Method) -> bool:
        return method.is_used  # type: ignore[attr-defined, no-any-return]

    @admin.display(description=_("keadaan"))
    def state(self, method: Method) -> Any:
        return _("aktif") if method.is_activated else _("sedang ditulis")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        is_used = Exists(Ranking.objects.filter(method=OuterRef("pk")))
        rows: QuerySet[Any] = admin.ModelAdmin.get_queryset(self, request).annotate(is_used=is_used)
        return rows

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request) and not (isinstance(obj, Method) and frozen_because(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request) and not (isinstance(obj, Method) and frozen_because(obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}  # deleting is for one version at a time, with its own page

    def get_urls(self) -> list[Any]:
        own = [
            path("<int:pk>/activate/", self._page(self.activate), name="rankings_method_activate"),
            path("<int:pk>/deactivate/", self._page(self.deactivate), name="rankings_method_deactivate"),
        ]
        return own + super().get_urls()

    def _page(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """A page of one version, for those who may activate; for others it does not exist."""

        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            if not may(request.user, ACTIVATE):
                raise Http404
            return view(request, get_object_or_404(Method, pk=pk))

        return self.admin_site.admin_view(answer)  # type: ignore[no-any-return]

    # --- writing ---------------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form for a version that is being written; one that is activated or used only to look at, with why."""
        method = self.get_object(request, object_id) if object_id else None
        if object_id and (method is None or not self.has_change_permission(request, method)):
            reason = frozen_because(method) if method else ""
            return super().changeform_view(request, object_id, form_url, {"reason": reason, **(extra_context or {})})
        if method is None and not self.has_add_permission(request):
            raise Http404
        other = open_version() if method is None else None
        if other is not None:
            text = _("Versi %(version)d masih ditulis; lanjutkan di sini.") % {"version": other.version}
            self.message_user(request, text, messages.WARNING)
            return redirect("admin:rankings_method_change", other.pk)
        return self._write(request, method or copy_of_newest(local_day(timezone.now())))

    def _write(self, request: HttpRequest, method: Method) -> HttpResponse:
        version, today = method.version, local_day(timezone.now())
        if request.method != "POST":
            form = MethodForm(initial=MethodForm.initial_of(method), version=version, today=today)
            return self._render(request, method, form)
        form = MethodForm(request.POST, version=version, today=today)
        if not form.is_valid():
            return self._render(request, method, form)
        if "_preview" in request.POST:
            return self._render(request, method, form, self._preview(form.candidate()))
        try:
            saved = save_method(method=method, values=form.values(), actor=self._person(request))
        except MethodError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._render(request, method, form)
        log = self.log_change if method.pk else self.log_addition
        log(request, saved, _("Isi versi ditulis."))
        if "_activate" in request.POST and may(request.user, ACTIVATE):
            return redirect("admin:rankings_method_activate", saved.pk)
        self.message_user(request, _("Tersimpan. Versi ini belum berlaku sampai diaktifkan."), messages.SUCCESS)
        return redirect("admin:rankings_method_change", saved.pk)

    def _render(
        self, request: HttpRequest, method: Method, form: MethodForm, found: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = _("Versi %(version)d: ditulis, belum berlaku") % {"version": method.version}
        words = {"title": _("Galat: %(title)s") % {"title": title} if form.errors else title}
        return self._answer(request, method, "write.html", {"form": form, **words, **(found or {})})

    # --- activating ------------------------------------------------------------------------------------------

    def activate(self, request: HttpRequest, method: Method) -> HttpResponse:
        """All that would change, the newest finished month under it, and the button."""
        context: dict[str, Any] = {"title": _("Aktifkan versi %(version)d") % {"version": method.version}, "error": ""}
        if request.method == "POST":
            try:
                seen = request.POST.get("seen", "")
                activate_method(method_id=method.pk, seen=seen, actor=self._person(request))
            except MethodError as error:
                context["error"] = str(error)
                method.refresh_from_db()
            else:
                self.log_change(request, method, _("Diaktifkan."))
                self.message_user(request, _("Versi ini aktif dan tampil untuk publik."), messages.SUCCESS)
                return redirect("admin:rankings_method_change", method.pk)
        elif frozen_because(method):
            return redirect("admin:rankings_method_change", method.pk)
        before = Method.objects.activated().filter(version__lt=method.version).order_by("-version").first()
        context |= {"seen": fingerprint(method), "changes": differences(before, method) if before else None}
        return self._answer(request, method, "activate.html", {**context, **self._preview(method)})

    def deactivate(self, request: HttpRequest, method: Method) -> HttpResponse:
        context = {"title": _("Batalkan aktivasi versi %(version)d") % {"version": method.version}, "error": ""}
        if request.method == "POST":
            try:
                deactivate_method(method_id=method.pk, actor=self._person(request))
            except MethodError as error:
                context["error"] = str(error)
            else:
                self.log_change(request, method, _("Aktivasi dibatalkan."))
                self.message_user(request, _("Aktivasi dibatalkan; versi ini dapat ditulis lagi."), messages.SUCCESS)
                return redirect("admin:rankings_method_change", method.pk)
        return self._answer(request, method, "deactivate.html", context)

    @staticmethod
    def _preview(candidate: Method) -> dict[str, Any]:
        try:
            return {"preview": preview(candidate)}
        except FileError as error:
            return {"preview_error": str(error)}

    @staticmethod
    def _person(request: HttpRequest) -> User:
        if not isinstance(request.user, User):
            raise Http404
        return request.user

    def _answer(self, request: HttpRequest, method: Method, template: str, context: dict[str, Any]) -> HttpResponse:
        common = {"opts": self.opts, "method": method, **self.admin_site.each_context(request)}
        return TemplateResponse(request, f"admin/rankings/method/{template}", {**common, **context})
