"""The workspace's pages for sending links: one, a CSV, and what the phone's share sheet opens."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from opd.csv_rows import FileRefusedError
from opd.models import User
from opd.permissions import limit_to_units, may, only_unit_of, units_for
from publications.importing import HELD
from publications.models import Publication
from publications.permalinks import MAX_LENGTH

from .forms import FileForm, LinkForm
from .judging import RIGHT, TITLE_LENGTH, one_line
from .services import Report, send_file, send_link

RECENT = 10
EXAMPLE = "tautan,tanggal,judul\nhttps://www.instagram.com/p/CONTOH/,24/11/2026,Posyandu balita RW 03\n"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Log-in first (it leads back here, with what was shared); for those without the right the pages do not exist."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, RIGHT):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, admin.site.admin_view(checked))


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    units = units_for(user)
    given = {name: request.GET.get(name, "") for name in ("tautan", "judul")}
    form = LinkForm(request.POST or None, units=units, own_unit=only_unit_of(user), initial=given)
    if form.is_valid() and _sent(request, user, form):
        return HttpResponseRedirect(reverse("links:send"))
    recent = limit_to_units(Publication.objects.filter(origin=Publication.Origin.LINK), user)
    return _page(
        request,
        "send",
        _("Kirim tautan"),
        form=form,
        recent=list(recent.select_related("unit").defer("search").order_by("-first_seen_at", "-pk")[:RECENT]),
    )


def _sent(request: HttpRequest, user: User, form: LinkForm) -> bool:
    outcome = send_link(actor=user, cells=form.cells(), unit=form.chosen_unit)
    if outcome.state == HELD:
        messages.success(request, _("Tautan diterima dan menunggu verifikasi Diskominfo."))
        return True
    named = {"date": "tanggal", "future": "tanggal", "title_long": "judul"}
    form.add_error(named.get(outcome.code, "tautan"), outcome.reason)
    return False


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def send_csv(request: HttpRequest) -> HttpResponse:
    """The answer to the upload is its report; sent again, all of it is there already."""
    form = FileForm(request.POST or None, request.FILES or None)
    report: Report | None = None
    if request.method == "POST" and form.is_valid():
        try:
            report = _read(cast(User, request.user), form.cleaned_data["berkas"])
        except FileRefusedError as error:
            form.add_error("berkas", str(error))
    return _page(request, "file", _("Kirim tautan dari berkas"), form=form, report=report)


def _read(user: User, upload: UploadedFile[Any]) -> Report:
    with tempfile.NamedTemporaryFile(suffix=".csv") as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        return send_file(actor=user, path=Path(kept.name), label=upload.name or "")


@for_staff
@require_safe
def example(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(EXAMPLE.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="contoh-tautan.csv"'
    return response


@for_staff
@require_safe
def shared(request: HttpRequest) -> HttpResponse:
    """The share sheet's target: apps put the address into `url`, or somewhere into `text`; the form opens with it."""
    texts = [request.GET.get(name, "") for name in ("url", "text", "title")]
    address = next((match[0].rstrip(".,;)") for text in texts if (match := _ADDRESS.search(text))), "")
    title = one_line(_ADDRESS.sub("", request.GET.get("title", "")))
    if not address:
        messages.error(request, _("Yang dibagikan tidak memuat alamat. Salin tautan unggahannya, lalu tempelkan."))
    query = urlencode({"tautan": address[:MAX_LENGTH], "judul": title[:TITLE_LENGTH]})
    return HttpResponseRedirect(f"{reverse('links:send')}?{query}")


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/links/{template}.html", context)
