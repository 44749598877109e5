"""All that is on record about an objection: its request, the objections about the same request, events, letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from correspondence.models import Letter
from requests_info.models import (
    Assignment,
    Dispute,
    Extension,
    InformationRequest,
    Objection,
    ObjectionDecision,
    ObjectionEvent,
    RequestEvent,
)


@dataclass(frozen=True)
class Records:
    objection: Objection
    request: InformationRequest | None
    #: All objections about the request, the oldest first; without a request this one alone.
    objections: list[Objection]
    events: list[RequestEvent | ObjectionEvent]
    letters: list[Letter]
    extension: Extension | None
    parts: list[Assignment]
    dispute: Dispute | None
    #: The moment of the last step: what the bundle says is how things stood then.
    as_of: datetime


def records_of(objection: Objection) -> Records:
    request: InformationRequest | None = objection.information_request
    rows = Objection.objects.select_related("unit").order_by("received_at", "pk")
    objections = list(rows.filter(information_request=request) if request else rows.filter(pk=objection.pk))
    events = _events(request, objections)
    return Records(
        objection=objection,
        request=request,
        objections=objections,
        events=events,
        letters=_letters(request, objections),
        extension=Extension.objects.filter(information_request=request).first() if request else None,
        parts=_parts(request),
        dispute=Dispute.objects.filter(objection=objection).first(),
        as_of=max(event.at for event in events),
    )


def _events(request: InformationRequest | None, objections: list[Objection]) -> list[RequestEvent | ObjectionEvent]:
    """Of the request and its objections, in the order in which they happened."""
    of_request = request.events.select_related("actor", "message").prefetch_related("files") if request else []
    of_objections = ObjectionEvent.objects.filter(objection__in=objections).select_related("actor", "objection")
    return sorted([*of_request, *of_objections], key=lambda event: event.at)


def _letters(request: InformationRequest | None, objections: list[Objection]) -> list[Letter]:
    decisions = ObjectionDecision.objects.filter(objection__in=objections)
    found = Letter.objects.filter(objection_decision__in=decisions)
    if request is not None:
        found = found | Letter.objects.filter(decision__information_request=request)
    return list(found.select_related("kind").order_by("issued_on", "pk").distinct())


def _parts(request: InformationRequest | None) -> list[Assignment]:
    if request is None:
        return []
    return list(request.assignments.select_related("unit", "answered_by").order_by("created_at", "pk"))
