"""Headers and bodies that every answer shares, whichever room it comes from."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_vary_headers

from . import errors
from .common.secret_addresses import is_secret

PUBLIC_CACHE = "public, max-age=60"
STAFF_CACHE = "private, no-store"
#: Answers that may be kept a minute; errors are asked anew each time.
CACHED_STATUSES = frozenset({200, 301, 304, 410})
#: What a 304 must repeat, for browsers put its headers over those they kept: who may load and frame the answer.
REPEATED_HEADERS = ("Cross-Origin-Resource-Policy", "Access-Control-Allow-Origin")
REPEATED_MARKS = ("_csp_replace", "_csp_update", "_csp_exempt")
#: Compressed already: a second time costs work and gains nothing.
COMPRESSED_TYPES = ("application/gzip", "application/pdf", "image/png", "image/webp", "application/vnd.openxml")


class NotModifiedMiddleware(ConditionalGetMiddleware):
    """Django's, whose 304 forgets that the page may be framed: the site's own refusal would take effect instead."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        answer: HttpResponseBase = super().process_response(request, response)  # type: ignore[arg-type]
        if answer is not response:
            for name in REPEATED_HEADERS:
                if name in response:
                    answer[name] = response[name]
            for mark in REPEATED_MARKS:
                if hasattr(response, mark):
                    setattr(answer, mark, getattr(response, mark))
        return answer


class CompressionMiddleware(GZipMiddleware):
    """Django's gzip, for what is not compressed yet."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith(COMPRESSED_TYPES):
            return response
        answer: HttpResponseBase = super().process_response(request, response)  # type: ignore[arg-type]
        return answer


class PublicCacheMiddleware:
    """Public pages may be kept a minute, what signed-in staff see never; a view's own header wins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response = _with_page(request, response)
        if request.method not in ("GET", "HEAD") or response.has_header("Cache-Control"):
            return response
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response["Cache-Control"] = STAFF_CACHE
        elif response.status_code in CACHED_STATUSES and not response.cookies:
            response["Cache-Control"] = PUBLIC_CACHE
        patch_vary_headers(response, ("Cookie",))  # theme and log-in both come by cookie
        return response


class SecretAddressMiddleware:
    """Under an address with a secret nothing is kept, indexed, or told to the next page: neither case nor refusal."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_secret(request.path_info):
            response["Cache-Control"] = STAFF_CACHE
            response["X-Robots-Tag"] = "noindex, nofollow"
            response["Referrer-Policy"] = "no-referrer"
        return response


class RequestSizeMiddleware:
    """Refuse what is larger than any form of the portal, before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and len(length) < 20 and int(length) <= settings.REQUEST_MAX_BYTES:
            return self.get_response(request)
        return errors.too_large(request, settings.REQUEST_MAX_BYTES)


def _with_page(request: HttpRequest, refusal: HttpResponse) -> HttpResponse:
    """Django's "method not allowed" has no body: give it ours and keep its `Allow`."""
    response = errors.not_allowed(request)
    response["Allow"] = refusal["Allow"]
    return response
