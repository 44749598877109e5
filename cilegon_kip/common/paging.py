"""One page of a list, whatever stands in the address."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PAGE_KEY = "halaman"


def page_of(request: HttpRequest, rows: Any, per_page: int) -> Page[Any]:
    """The page asked for; the first for what is no number, the last for what is beyond."""
    return Paginator(rows, per_page).get_page(request.GET.get(PAGE_KEY))


def query_without_page(request: HttpRequest) -> str:
    """The rest of the query for links to other pages: empty, or ending with `&`."""
    rest = request.GET.copy()
    rest.pop(PAGE_KEY, None)
    return f"{rest.urlencode()}&" if rest else ""
