"""The public pages of the method: the one in force, and each version with what changed and which months used it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.http import public_page
from cilegon_kip.common.jakarta import local_day

from . import boards, example
from .boards.city_map import band_label
from .boards.methods import method_record


@require_safe
@public_page
def method(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """The method in force today, or any activated version; what is still being written does not exist here."""
    record = method_record(version, local_day(timezone.now()))
    if record is None:
        raise Http404(_("Versi metode ini tidak ada."))
    found = record.method
    context = {
        "title": _("Metode Indeks Keaktifan, versi %(version)d") % {"version": found.version},
        "description": _(
            "Rumus, bobot, aturan, dan contoh hitungan peringkat keaktifan, agar siapa pun dapat mengulang."
        ),
        "canonical": settings.SITE_URL + found.get_absolute_url(),
        "method": found,
        "record": record,
        "example": example.worked(found),
        "picker": boards.picker(),
        "bands": [band_label(found.bands, place) for place in range(len(found.bands))],
    }
    return render(request, "rankings/method.html", context)
