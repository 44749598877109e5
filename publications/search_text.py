"""How a person's words become a question to PostgreSQL's full text, everywhere alike."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery


def full_text(query: str) -> SearchQuery:
    return SearchQuery(query, config="indonesian", search_type="websearch")
