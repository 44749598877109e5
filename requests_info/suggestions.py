"""What is published already and may answer a request before it is made: shown while asking, never in the way of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from opd.models import Unit
from publications.related import question_of, related_activities, related_documents, units_named
from requests_info.answers import related_answers

#: Of each source so many at most: a page that is read on a phone.
MOST = 3


@dataclass(frozen=True)
class Suggestion:
    """`source` in words of the reader: what kind of thing this is."""

    source: str
    title: str
    url: str
    unit: str


def suggestions(text: str, unit: Unit | None = None) -> list[Suggestion]:
    """What fits the text of a request, earlier answers and documents before news. Nothing of the text is kept.

    What is of the unit that was chosen or is named in the text comes alone, where there is such.
    """
    question = question_of(text)
    if question is None:
        return []
    units = [unit.pk] if unit is not None else units_named(text)
    return [found for source in SOURCES for found in source(question, units)]


def _answers(question: Any, units: list[int]) -> list[Suggestion]:
    rows = related_answers(question, MOST, units)
    return [Suggestion(_("Jawaban terdahulu"), row.question, row.get_absolute_url(), row.unit.name) for row in rows]


def _documents(question: Any, units: list[int]) -> list[Suggestion]:
    rows = related_documents(question, MOST, units)
    return [Suggestion(row.get_info_class_display(), row.title, row.get_absolute_url(), row.unit.name) for row in rows]


def _activities(question: Any, units: list[int]) -> list[Suggestion]:
    rows = related_activities(question, MOST, units)
    return [Suggestion(_("Kegiatan"), row.title, row.get_absolute_url(), row.unit.name) for row in rows]


#: To add a source of published things, write a function like these and put it where it should stand.
SOURCES: tuple[Callable[[Any, list[int]], list[Suggestion]], ...] = (_answers, _documents, _activities)
