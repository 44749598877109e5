"""Answers for everybody: found by search, by filter, and while somebody is asking the same."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.search import SearchRank
from django.db.models import F

from opd.models import Unit
from publications.related import best, question_of
from publications.search_forms import clean_query
from publications.search_text import full_text

from .models import PublishedAnswer

#: As many as are read on a phone before asking.
MOST = 3


def published() -> Any:
    return PublishedAnswer.objects.published().select_related("unit").defer("search")


def matching(text: object, unit: Unit | None = None) -> Any:
    """The published answers that fit the words, best first; all, newest first, for no words."""
    rows = published().filter(unit=unit) if unit else published()
    query = clean_query(text)
    if not query:
        return rows.newest_first()
    fitting = rows.filter(search=full_text(query)).annotate(fit=SearchRank(F("search"), full_text(query)))
    return fitting.order_by("-fit", "-published_at", "-pk")


def answers_like(text: str, most: int = MOST) -> list[PublishedAnswer]:
    """What may already answer a whole request, best first. Nothing of the text is kept."""
    question = question_of(text)
    return related_answers(question, most) if question is not None else []


def related_answers(question: Any, most: int = MOST, units: Collection[int] = ()) -> list[PublishedAnswer]:
    """As `answers_like`, for a question that `publications.related` has made; of `units` alone where there are such."""
    return best(published(), question, most, units)
