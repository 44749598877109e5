"""The files of a month (`/peringkat/2023-01.xlsx`), of a category, and the input file behind them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .boards.months import ranking_for
from .files.facts import made_at
from .files.keeping import file_of
from .models import InputFile, Ranking

#: Content type, and whether a browser shows the file or saves it.
FORMATS = {
    "csv": ("text/csv; charset=utf-8", "attachment"),
    "json": ("application/json", "inline"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
    "pdf": ("application/pdf", "inline"),
    "png": ("image/png", "inline"),
}


@require_safe
def download(request: HttpRequest, month: str, kind: str, category: str = "") -> HttpResponse:
    """One file of a month or a category in it; 304, Cache-Control and CORS come from `OpenDataMiddleware`.

    The current revision, or an earlier one by `?revisi=1`.
    """
    ranking = _ranking_or_404(month, request.GET.get("revisi"))
    file = file_of(ranking, category, kind)
    if file is None:
        raise Http404(_("Belum ada unit kategori ini pada bulan itu."))
    content_type, disposition = FORMATS[kind]
    response = HttpResponse(bytes(file.content), content_type=content_type)
    response["Content-Disposition"] = f'{disposition}; filename="{file_name(ranking, category, kind)}"'
    if ranking.query:
        response["X-Robots-Tag"] = "noindex"
    response["ETag"] = f'"{file.sha256}"'
    response["Last-Modified"] = http_date(made_at(ranking).timestamp())
    return response


def file_name(ranking: Ranking, category: str, kind: str) -> str:
    revision = f"revisi-{ranking.revision}" if ranking.query or ranking.revision > 1 else ""
    parts = (slugify(settings.PORTAL_NAME), "peringkat", ranking.month_text, category, revision)
    return "-".join(part for part in parts if part) + f".{kind}"


@require_safe
def input_file(request: HttpRequest, month: str) -> HttpResponse:
    """What a draft or final month was computed from; `?revisi=1` for an earlier revision than the current one."""
    ranking = _ranking_or_404(month, request.GET.get("revisi"))
    file = InputFile.objects.select_related("ranking").filter(ranking=ranking).first()
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
