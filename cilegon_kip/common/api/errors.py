"""Errors of the API: JSON, in Indonesian, naming the parameter that is wrong.

{"status": 400, "message": "…", "errors": [{"field": "month", "message": "…"}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

MESSAGES = {
    400: gettext_lazy("Permintaan tidak dapat dipahami. Periksa parameternya."),
    403: gettext_lazy("Akses ditolak."),
    404: gettext_lazy("Alamat atau data ini tidak ada."),
    405: gettext_lazy("Alamat ini hanya dapat dibaca (GET)."),
    406: gettext_lazy("Hanya JSON yang tersedia."),
    410: gettext_lazy("Data ini sudah ditarik."),
    413: gettext_lazy("Kiriman terlalu besar."),
    429: gettext_lazy("Terlalu banyak permintaan. Coba lagi sebentar."),
    500: gettext_lazy("Terjadi kesalahan pada portal. Coba lagi nanti."),
    503: gettext_lazy("Portal sedang tidak dapat membaca datanya. Coba lagi sebentar."),
}
GENERAL_FIELDS = ("non_field_errors", "__all__", "detail")


def message_for(status: int) -> str:
    return str(MESSAGES.get(status, MESSAGES[500] if status >= 500 else MESSAGES[400]))


def body(status: int, message: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"status": status, "message": message, "errors": errors or []}


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler; None lets Django answer (500)."""
    if isinstance(exc, (OperationalError, InterfaceError)):
        connection.close()
        return Response(body(503, message_for(503)), status=503, headers={"Retry-After": "30"})
    response = exception_handler(exc, context)
    if response is None:
        return None
    errors = list(_field_errors(exc.detail)) if isinstance(exc, ValidationError) else []
    response.data = body(response.status_code, _message(exc, response.status_code), errors)
    return response


def _message(exc: Exception, status: int) -> str:
    wait = getattr(exc, "wait", None)
    if status == 429 and wait:
        return _("Terlalu banyak permintaan. Coba lagi dalam %(seconds)d detik.") % {"seconds": int(wait) + 1}
    return message_for(status)


def _field_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _field_errors(inner, "" if name in GENERAL_FIELDS else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _field_errors(inner, field)
    else:
        yield {"field": field, "message": str(detail)}
