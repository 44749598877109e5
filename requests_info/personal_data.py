"""Where the personal data of a requester lies: the one list for its purge, its copy and the tests that look for more.

A table with encrypted columns that is missing here fails `tests/requests_info/test_purging.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from correspondence.models import Letter, LetterFile, Mail

from .models import (
    Assignment,
    Decision,
    Dispute,
    InformationRequest,
    Objection,
    ObjectionDecision,
    ObjectionEvent,
    ObjectionResponse,
    Rating,
    RequestEvent,
    RequestMessage,
)

Subject = InformationRequest | Objection
#: What a requester is told apart and reached by; `email` is in both.
IDENTITY = ("name", "identity_number", "address", "email", "phone", "occupation")


@dataclass(frozen=True)
class Part:
    """A table, and the way from its rows to the request or to the objection they belong to."""

    model: type[models.Model]
    to_request: str = ""
    to_objection: str = ""

    def rows(self, request: InformationRequest | None, objections: list[Objection]) -> QuerySet[Any]:
        condition = Q(pk__in=[])
        if self.to_request and request is not None:
            condition |= Q(**{self.to_request: request.pk})
        if self.to_objection and objections:
            condition |= Q(**{f"{self.to_objection}__in": [row.pk for row in objections]})
        return self.model._base_manager.filter(condition)


PARTS = (
    Part(InformationRequest, to_request="pk"),
    Part(Objection, to_objection="pk"),
    Part(RequestEvent, to_request="information_request"),
    Part(Assignment, to_request="information_request"),
    Part(Decision, to_request="information_request"),
    Part(RequestMessage, to_request="information_request"),
    Part(Rating, to_request="information_request"),
    Part(ObjectionEvent, to_objection="objection"),
    Part(ObjectionDecision, to_objection="objection"),
    Part(ObjectionResponse, to_objection="decision__objection"),
    Part(Dispute, to_objection="objection"),
)
#: Of `correspondence`: found by the decision that made the letter.
LETTERS = Part(Letter, "decision__information_request", "objection_decision__objection")
LETTER_FILES = Part(LetterFile, f"letter__{LETTERS.to_request}", f"letter__{LETTERS.to_objection}")


def whole(subject: Subject) -> tuple[InformationRequest | None, list[Objection]]:
    """A request with all objections about it; an objection without request alone."""
    if isinstance(subject, InformationRequest):
        return subject, list(subject.objections.all())
    return (subject.information_request, [subject]) if subject.information_request else (None, [subject])


def mails_of(request: InformationRequest | None, objections: list[Objection]) -> QuerySet[Mail]:
    """All mails about a case, by their keys."""
    condition = Q(pk__in=[])
    if request is not None:
        condition |= Q(key__startswith=f"request:{request.pk}:")
    for objection in objections:
        condition |= Q(key__startswith=f"objection:{objection.pk}:")
    return Mail.objects.filter(condition)


def parts_of(subject: Subject) -> Iterator[tuple[type[models.Model], QuerySet[Any]]]:
    request, objections = whole(subject)
    for part in PARTS:
        yield part.model, part.rows(request, objections)
