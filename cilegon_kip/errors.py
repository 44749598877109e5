"""Error answers in the site's look. Those of 500 and 503 need no database, no session and no static manifest."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static

from .common.api.errors import body, message_for

#: What Django raises while PostgreSQL is away, starting, or closing our connection.
DATABASE_AWAY = (OperationalError, InterfaceError)
RETRY_SECONDS = "30"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def not_allowed(request: HttpRequest) -> HttpResponse:
    return _page(request, 405)


def too_large(request: HttpRequest, limit: int) -> HttpResponse:
    """More was sent than is taken; `limit` in bytes."""
    return _page(request, 413, limit_megabytes=limit // (1024 * 1024))


def too_many(request: HttpRequest, retry_after: int = 60) -> HttpResponse:
    """More requests than are answered; `retry_after` in seconds."""
    response = _page(request, 429, minutes=-(-retry_after // 60), hours=-(-retry_after // 3600))
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(retry_after)
    return response


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Signing in failed too often for this account from this address (called by django-axes)."""
    response = render(request, "lockout.html", status=429)
    response["Retry-After"] = str(settings.AXES_COOLOFF_TIME * 3600)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is being handled, whichever middleware or view raised it."""
    if _is_database_away(sys.exc_info()[1]):
        connection.close()
        return unavailable(request)
    return _plain_page(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _plain_page(request, 503)
    response["Retry-After"] = RETRY_SECONDS
    return response


def _is_database_away(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, DATABASE_AWAY):
            return True
        error = error.__cause__ or error.__context__
    return False


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(body(status, message_for(status)), status=status)
    return render(request, f"{status}.html", context, status=status)


def _plain_page(request: HttpRequest, status: int) -> HttpResponse:
    if _wants_json(request):
        response: HttpResponse = JsonResponse(body(status, message_for(status)), status=status)
    else:
        response = HttpResponse(render_to_string(f"{status}.html", plain_context()), status=status)
    response["Cache-Control"] = "no-store"
    return response


def plain_context() -> dict[str, str]:
    """What a page knows without a request."""
    return {
        "portal_name": settings.PORTAL_NAME,
        "city_name": settings.CITY_NAME,
        "contact_email": settings.CONTACT_EMAIL,
        "stylesheet": stylesheet("css/base.css"),
    }


def stylesheet(path: str) -> str:
    """The hashed address, or the plain one where the manifest is missing."""
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"
