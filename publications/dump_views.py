"""`/data/kegiatan-2023.csv.gz` and its kin."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .dump_files import etag_of, stream
from .dumps import DUMPS, UNDATED

#: Seconds: a year's file is for taking away, not for watching.
KEPT = 3600


@require_safe
def dump(request: HttpRequest, name: str, year: str, kind: str) -> HttpResponseBase:
    """A year without rows has no file. HEAD and a known ETag cost one query, the file itself two."""
    etag = etag_of(DUMPS[name], year, kind) if year == UNDATED or 1 <= int(year) < 9999 else None
    if etag is None:
        raise Http404(_("Tidak ada data untuk tahun ini."))
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        body = [] if request.method == "HEAD" else stream(DUMPS[name], year, kind)
        response = StreamingHttpResponse(body, content_type="application/gzip")
        filename = f"{slugify(settings.PORTAL_NAME)}-{name}-{year}.{kind}.gz"
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=KEPT)  # type: ignore[arg-type]
    return response
