"""Whose data an account has seen since a day: who must be told after a breach (UU 27/2022 Pasal 46: in 3 x 24 hours).

Read are all the logs there are: identity that was shown, letters that were opened, mails that were looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from correspondence.models import LetterRead, MailRead
from opd.models import User
from requests_info.models import IdentityRead, InformationRequest, Objection

#: (request, objection): exactly one of the two.
Person = tuple[int | None, int | None]


@dataclass
class Seen:
    """What of one person was seen, how often, and between when and when."""

    first: datetime
    last: datetime
    times: int = 0
    what: set[str] = field(default_factory=set)

    def add(self, first: datetime, last: datetime, times: int, what: str) -> None:
        self.first, self.last = min(self.first, first), max(self.last, last)
        self.times += times
        self.what.add(what)


@dataclass(frozen=True)
class SeenPerson:
    person: InformationRequest | Objection
    seen: Seen


def people_seen(user: User, since: datetime) -> list[SeenPerson]:
    """Everybody whose data the account was shown from a moment on, the last one first."""
    found: dict[Person, Seen] = {}
    for person, first, last, times, what in _readings(user, since):
        found.setdefault(person, Seen(first, last)).add(first, last, times, what)
    requests = InformationRequest.objects.in_bulk([request for request, _other in found if request])
    objections = Objection.objects.in_bulk([objection for _other, objection in found if objection])
    people = [
        SeenPerson(requests[request] if request else objections[objection], seen)
        for (request, objection), seen in found.items()
        if request in requests or objection in objections
    ]
    return sorted(people, key=lambda row: row.seen.last, reverse=True)


#: Who, between when and when, how often, and of what kind.
Reading = tuple[Person, datetime, datetime, int, str]
SPAN = {"first": Min("at"), "last": Max("at"), "times": Count("pk")}


def _readings(user: User, since: datetime) -> Iterator[Reading]:
    yield from _identities(user, since)
    yield from _letters(user, since)
    yield from _mails(user, since)


def _identities(user: User, since: datetime) -> Iterator[Reading]:
    shown = IdentityRead.objects.filter(user=user, at__gte=since).order_by()
    rows: Any = shown.values_list("information_request", "objection", "what").annotate(**SPAN)
    for request, objection, what, first, last, times in rows:
        yield (request, objection), first, last, times, str(IdentityRead.What(what).label)


def _letters(user: User, since: datetime) -> Iterator[Reading]:
    decision = "letter__objection_decision__objection"
    columns = ("letter__decision__information_request", f"{decision}__information_request", decision)
    rows: Any = LetterRead.objects.filter(user=user, at__gte=since).order_by().values_list(*columns).annotate(**SPAN)
    for request, about, objection, first, last, times in rows:
        if person := _person(request or about, objection):
            yield person, first, last, times, str(LetterRead._meta.verbose_name)


def _mails(user: User, since: datetime) -> Iterator[Reading]:
    """Mails say by their key what they are about."""
    rows = list(MailRead.objects.filter(user=user, at__gte=since).values_list("mail__key", "at"))
    objections = [_number(key, "objection") for key, _at in rows]
    about = dict(Objection.objects.filter(pk__in=filter(None, objections)).values_list("pk", "information_request"))
    for key, at in rows:
        objection = _number(key, "objection")
        if person := _person(_number(key, "request") or about.get(objection or 0), objection):
            yield person, at, at, 1, str(MailRead._meta.verbose_name)


def _number(key: str, kind: str) -> int | None:
    name, _colon, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if name == kind and number.isdecimal() else None


def _person(request: Any, objection: Any) -> Person | None:
    """An objection about a request is by the requester."""
    if request:
        return request, None
    return (None, objection) if objection else None
