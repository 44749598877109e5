"""Where Diskominfo writes the service pages."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from opd.models import User

from . import service_pages, services
from .desk_forms import text_field
from .desk_views import needs, page
from .models import ServicePage, ServicePageRevision
from .services import RequestError
from .services.service_pages import LONGEST, LONGEST_NOTE

#: As many old revisions as the page lists.
HISTORY = 20


class ServicePageForm(forms.Form):
    text = text_field(
        gettext_lazy("Isi"),
        gettext_lazy("Baris kosong memisahkan alinea; “## ” di awal baris membuat judul, “- ” membuat daftar."),
        rows=18,
        most=LONGEST,
    )
    is_confirmed = forms.BooleanField(
        label=gettext_lazy("Sudah ditetapkan oleh Pemerintah Kota"),
        required=False,
        help_text=gettext_lazy("Tanpa tanda ini, halamannya mengatakan bahwa isinya belum ditetapkan."),
    )
    note = forms.CharField(label=gettext_lazy("Apa yang diubah"), max_length=LONGEST_NOTE)
    read = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=100_000)


@needs("view", "servicepagerevision")
@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    return page(request, "services", _("Halaman layanan"), pages=service_pages.all_shown())


@needs("add", "servicepagerevision")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, name: str) -> HttpResponse:
    if name not in ServicePage.values:
        raise Http404
    shown = service_pages.shown(name)
    initial = {"text": shown.text, "is_confirmed": shown.is_confirmed, "read": shown.number}
    form = ServicePageForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            services.revise_page(page=name, actor=cast(User, request.user), **form.cleaned_data)
        except RequestError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Halaman disimpan dan sudah tampil untuk umum."))
            return HttpResponseRedirect(request.path)
    history = ServicePageRevision.objects.filter(page=name).select_related("by").defer("text")[:HISTORY]
    return page(request, "service_form", str(shown.page.label), shown=shown, form=form, history=history)
