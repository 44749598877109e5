"""Pages of a list: numbered ones for what is short, a cursor for what grows without end."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

MAX_SIZE = 200
MAX_ID = 2**63 - 1
SIZE_PARAMETER: dict[str, Any] = {
    "name": "page_size",
    "in": "query",
    "required": False,
    "description": "Banyaknya baris sehalaman, 1 sampai 200.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_SIZE},
}


def page_size(request: Request, default: int) -> int:
    text = request.query_params.get("page_size")
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_SIZE):
        raise ValidationError({"page_size": [_("Tulis bilangan 1 sampai %(max)d.") % {"max": MAX_SIZE}]})
    return int(text)


class NumberedPages(PageNumberPagination):
    """`?page=2`: for lists of units, months and entries."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = MAX_SIZE
    page_query_description = "Nomor halaman, mulai dari 1."
    page_size_query_description = "Banyaknya baris sehalaman, 1 sampai 200."
    parameter_names = frozenset({"page", "page_size"})

    def get_page_size(self, request: Request) -> int:
        return page_size(request, self.page_size)

    def get_page_number(self, request: Request, paginator: Any) -> str:
        text = request.query_params.get(self.page_query_param, "1")
        if not (text.isascii() and text.isdigit()):
            raise ValidationError({"page": [_("Tulis nomor halaman, mulai dari 1.")]})
        return text


class NewestFirstPages(BasePagination):
    """`?cursor=…`: newest first by (published_at, id), rows without a date last.

    The cursor names the last row of a page, so rows added meanwhile neither repeat nor skip any, and
    the thousandth page is as quick as the first.
    """

    default_size = 50
    parameter_names = frozenset({"cursor", "page_size"})
    #: Whether the list may hold rows without a date.
    has_undated = False

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        size = page_size(request, self.default_size)
        cursor = request.query_params.get("cursor")
        rows = queryset.order_by(self._newest(), "-pk")
        if cursor is not None:
            rows = rows.filter(self._after(*read_cursor(cursor)))
        found: list[Any] = list(rows[: size + 1])
        self.next_link = self._link(request, found[size - 1]) if len(found) > size else None
        return found[:size]

    def _newest(self) -> Any:
        return F("published_at").desc(nulls_last=True) if self.has_undated else "-published_at"

    def _after(self, moment: datetime | None, pk: int) -> Q:
        if moment is None:
            return Q(published_at=None, pk__lt=pk)
        older = Q(published_at__lte=moment) & (Q(published_at__lt=moment) | Q(pk__lt=pk))
        return older | Q(published_at=None) if self.has_undated else older

    def _link(self, request: Request, row: Any) -> str:
        cursor = write_cursor(row.published_at, row.pk)
        return replace_query_param(request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"next": self.next_link, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {"type": "string", "nullable": True, "format": "uri", "description": "halaman berikutnya"}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": following, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        cursor = {
            "name": "cursor",
            "in": "query",
            "required": False,
            "description": "Penunjuk halaman; ambil dari alamat next.",
            "schema": {"type": "string"},
        }
        return [cursor, SIZE_PARAMETER]


class NewestFirstPagesWithUndated(NewestFirstPages):
    has_undated = True


def write_cursor(moment: datetime | None, pk: int) -> str:
    text = f"{moment.isoformat() if moment else ''}|{pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime | None, int]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        moment, _separator, pk = text.partition("|")
        parsed = datetime.fromisoformat(moment) if moment else None
        if (parsed and parsed.tzinfo is None) or not 0 <= int(pk) <= MAX_ID:
            raise ValueError(text)
        # PostgreSQL refuses some of the zones that Python reads.
        return parsed.astimezone(UTC) if parsed else None, int(pk)
    except (ValueError, OverflowError, binascii.Error):
        message = _("Penunjuk halaman ini tidak dikenal. Mulai lagi dari halaman pertama.")
        raise ValidationError({"cursor": [message]}) from None
