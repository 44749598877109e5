"""The second step itself, and the page where each account turns it on and off."""

from __future__ import annotations

from typing import Any, cast

import segno
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from opd.models import User
from opd.services import OpdError

from . import services
from .forms import CodeForm


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password was right; whoever needs none goes straight on."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    user = request.user
    if not services.is_waiting(request.session, user):
        return HttpResponseRedirect(_after(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if services.is_right(user=user, code=form.cleaned_data["code"]):
            services.pass_with(request.session, user)
            return HttpResponseRedirect(_after(request))
        form.refuse()
    context = {"site_header": admin.site.site_header, "site_title": admin.site.site_title, "form": form}
    context |= {"title": _("Langkah kedua"), "next": _after(request)}
    return TemplateResponse(request, "admin/second_factor/code.html", context, status=400 if form.errors else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The account's own page: begin, confirm, renew the paper codes, turn off."""
    user = cast("User", request.user)
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "GET":
        return _page(request, user, form)
    act = request.POST.get("act", "")
    try:
        if act == "begin":
            services.begin_setup(user=user)
        elif act in ACTS and form.is_valid():
            codes = ACTS[act](request, user, form.cleaned_data["code"])
            if codes:
                return _page(request, user, CodeForm(), codes=codes)
            if codes is None:
                form.refuse()
                return _page(request, user, form, status=400)
        elif act in ACTS:
            return _page(request, user, form, status=400)
    except OpdError as error:
        messages.error(request, str(error))
    return redirect("second_factor:account")


def _confirm(request: HttpRequest, user: User, code: str) -> list[str] | None:
    codes = services.confirm_setup(user=user, code=code)
    if codes:
        services.pass_with(request.session, user)
    return codes or None


def _renew(request: HttpRequest, user: User, code: str) -> list[str] | None:
    return services.renew_codes(user=user) if services.is_right(user=user, code=code) else None


def _turn_off(request: HttpRequest, user: User, code: str) -> list[str] | None:
    if not services.is_right(user=user, code=code):
        return None
    services.turn_off(user=user, actor=user)
    messages.success(request, _("Langkah kedua dimatikan. Anda masuk dengan sandi saja."))
    return []


#: Each asks for a code. A list: done, with the codes to show; None: the code was wrong.
ACTS = {"confirm": _confirm, "renew": _renew, "off": _turn_off}


def _page(request: HttpRequest, user: User, form: CodeForm, *, status: int = 200, **more: Any) -> HttpResponse:
    device = None if user.second_factor_since else services.device_of(user, confirmed=False)
    context = {**admin.site.each_context(request), "title": _("Keamanan akun"), "form": form, **more}
    context |= {"since": user.second_factor_since, "asked": request.POST.get("act")}
    if device is not None:
        address = device.config_url
        qr = segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True, dark="#000", light="#fff")
        context |= {"qr": mark_safe(qr), "secret": address.partition("secret=")[2].partition("&")[0]}  # noqa: S308
    response = TemplateResponse(request, "admin/second_factor/account.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _after(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is on this site."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")
