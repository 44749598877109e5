"""The files of a month: `/peringkat/2023-01.json` and `.csv`."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.jakarta import month_text, parse_month

from . import exports
from .models import Ranking
from .records import ranking_of

FORMATS = {
    "csv": ("text/csv; charset=utf-8", "attachment", exports.as_csv),
    "json": ("application/json", "inline", exports.as_json),
}


@require_safe
def download(request: HttpRequest, month: str, kind: str) -> HttpResponse:
    """One file of the month's current revision; ETag, 304 and CORS come from `OpenDataMiddleware`."""
    ranking = _ranking_or_404(month)
    content_type, disposition, render = FORMATS[kind]
    response = HttpResponse(render(ranking), content_type=content_type)
    filename = f"{slugify(settings.PORTAL_NAME)}-peringkat-{ranking.month_text}.{kind}"
    response["Content-Disposition"] = f'{disposition}; filename="{filename}"'
    response["Last-Modified"] = http_date(ranking.computed_at.timestamp())
    return response


def _ranking_or_404(text: str) -> Ranking:
    try:
        month = parse_month(text)
        if month_text(month) == text:
            return ranking_of(month)
    except (ValueError, Ranking.DoesNotExist):
        pass
    raise Http404(_("Belum ada peringkat untuk bulan ini."))
