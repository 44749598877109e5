"""Published answers beside what the search of the site has found."""

from __future__ import annotations

from typing import Any

from django import template

from requests_info.answers import MOST, matching

register = template.Library()


@register.simple_tag
def found_answers(query: str) -> dict[str, Any]:
    """The best answers for the words of a search, and whether there are more."""
    rows = list(matching(query)[: MOST + 1]) if query else []
    return {"answers": rows[:MOST], "has_more": len(rows) > MOST, "query": query}
