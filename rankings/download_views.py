"""The files of a month: `/peringkat/2023-01.json` and `.csv`, and the input file behind them."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import exports
from .boards.months import ranking_for
from .models import InputFile, Ranking

FORMATS = {
    "csv": ("text/csv; charset=utf-8", "attachment", exports.as_csv),
    "json": ("application/json", "inline", exports.as_json),
}


@require_safe
def download(request: HttpRequest, month: str, kind: str) -> HttpResponse:
    """One file of the month's current revision, or of the one that `?revisi=` names.

    ETag, 304 and CORS come from `OpenDataMiddleware`.
    """
    ranking = _ranking_or_404(month, request.GET.get("revisi"))
    content_type, disposition, render = FORMATS[kind]
    response = HttpResponse(render(ranking), content_type=content_type)
    old = f"-revisi-{ranking.revision}" if ranking.query else ""
    filename = f"{slugify(settings.PORTAL_NAME)}-peringkat-{ranking.month_text}{old}.{kind}"
    response["Content-Disposition"] = f'{disposition}; filename="{filename}"'
    if ranking.query:
        response["X-Robots-Tag"] = "noindex"
    response["Last-Modified"] = http_date(ranking.computed_at.timestamp())
    return response


@require_safe
def input_file(request: HttpRequest, month: str) -> HttpResponse:
    """What a draft or final month was computed from; `?revisi=1` for an earlier revision than the current one."""
    ranking = _ranking_or_404(month)
    files = InputFile.objects.select_related("ranking").filter(ranking__month=ranking.month)
    asked = request.GET.get("revisi", str(ranking.revision))
    file = files.filter(ranking__revision=int(asked)).first() if re.fullmatch("[1-9][0-9]{0,3}", asked) else None
    if file is None:
        raise Http404(_("Berkas masukan ada sejak rancangan bulan itu terbit."))
    response = HttpResponse(bytes(file.content), content_type="application/gzip")
    name = f"{slugify(settings.PORTAL_NAME)}-masukan-{ranking.month_text}-revisi-{file.ranking.revision}.jsonl.gz"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["ETag"] = f'"{file.ranking.input_sha256}"'
    return response


def _ranking_or_404(text: str, revision: str | None = None) -> Ranking:
    ranking = ranking_for(text, revision)
    if ranking is None:
        raise Http404(_("Belum ada peringkat untuk bulan ini, atau revisi itu tidak ada."))
    return ranking
