"""`/data/kegiatan-2023.csv.gz` and its kin."""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rest_framework.throttling import SimpleRateThrottle

from .dump_files import etag_of, stream
from .dumps import DUMPS, UNDATED

#: Seconds: a year's file is for taking away, not for watching.
KEPT = 3600


class DumpThrottle(SimpleRateThrottle):
    """So many files per address: each is written anew, and a large one takes seconds of work."""

    scope = "dump"

    def get_rate(self) -> str | None:  # type: ignore[override]
        return settings.DUMP_RATE

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


@require_safe
def dump(request: HttpRequest, name: str, year: str, kind: str) -> HttpResponseBase:
    """A year without rows has no file. HEAD and a known ETag cost one query, the file itself two."""
    etag = etag_of(DUMPS[name], year, kind) if year == UNDATED or 1 <= int(year) < 9999 else None
    if etag is None:
        raise Http404(_("Tidak ada data untuk tahun ini."))
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None and request.method == "GET" and (refusal := too_many(request)):
        return refusal
    if response is None:
        body = [] if request.method == "HEAD" else stream(DUMPS[name], year, kind)
        response = StreamingHttpResponse(body, content_type="application/gzip")
        filename = f"{slugify(settings.PORTAL_NAME)}-{name}-{year}.{kind}.gz"
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=KEPT)  # type: ignore[arg-type]
    return response


def too_many(request: HttpRequest) -> HttpResponse | None:
    """429 with the seconds to wait; the middleware writes its body. Without Redis nobody is refused."""
    throttle = DumpThrottle()
    if throttle.allow_request(request, None):  # type: ignore[arg-type]
        return None
    return HttpResponse(status=429, headers={"Retry-After": str(math.ceil(throttle.wait() or 1))})
