"""What every machine-readable address has in common: open to other sites, cacheable, errors as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_cache_control

from .api.errors import body, message_for

#: The API (not its page for people, which follows the reader's theme) and the files of a month, category or year.
OPEN_PATHS = re.compile(
    r"^/api/(?!docs/)|^/data/.+|^/informasi/[a-z]+\.(?:csv|xlsx)$|^/peringkat/.+\.(?:csv|json|xlsx|pdf|png|gz)$"
    r"|^/permohonan/statistik/[0-9]+\.(?:pdf|xlsx)$"
)
MAX_AGE = 60
KEPT_HEADERS = ("Retry-After", "Allow")


class OpenDataMiddleware:
    """CORS for reading, Cache-Control, and JSON where a page of the site would answer an error.

    It stands outside NotModifiedMiddleware, so that a 304 carries the same headers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not OPEN_PATHS.match(request.path_info):
            return self.get_response(request)
        if request.method == "OPTIONS":
            return allow_reading(HttpResponse(status=204, headers={"Allow": "GET, HEAD, OPTIONS"}))
        response = self.get_response(request)
        if response.status_code >= 400:
            return allow_reading(as_json_error(response))
        if response.status_code in (200, 304) and "max-age" not in response.get("Cache-Control", ""):
            patch_cache_control(response, public=True, max_age=MAX_AGE)
        return allow_reading(response)


def allow_reading(response: HttpResponseBase) -> HttpResponseBase:
    """Any site may read: all of it is public, and no cookie is looked at."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Accept, If-Modified-Since, If-None-Match"
    response["Access-Control-Expose-Headers"] = "Content-Disposition, ETag, Last-Modified, Retry-After"
    return response


def as_json_error(response: HttpResponseBase) -> HttpResponseBase:
    if not response.get("Content-Type", "").startswith("application/json"):
        kept = {name: response[name] for name in KEPT_HEADERS if name in response}
        message = message_for(response.status_code)
        response = JsonResponse(body(response.status_code, message), status=response.status_code, headers=kept)
    response["Cache-Control"] = "no-store"
    return response
