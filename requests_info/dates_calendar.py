"""The dates of one request as a calendar (RFC 5545), for its requester's own.

Calendars are shared with families and colleagues: an event names number and date, never what is asked, who asks, or
the secret address. The same rows give the same bytes, and a date that moves keeps its event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cilegon_kip.common.jakarta import local_day

from .deadlines import first_day_late, objection_until
from .models import InformationRequest
from .periods import periods
from .services.steps import off_days

Status = InformationRequest.Status
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


@dataclass(frozen=True)
class CaseDate:
    stage: str
    day: date
    words: str
    note: str = ""
    status: str = CONFIRMED


def as_ics(request: InformationRequest) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PORTAL_NAME}//Permohonan informasi//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for field in ("name", "x-wr-calname"):
        calendar.add(field, _("Permohonan %(number)s") % {"number": request.number})
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    steps = list(request.events.order_by("at", "pk").values_list("at", flat=True))
    for found in case_dates(request):
        event = Event()
        event.add("uid", f"{request.number}-{found.stage}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("sequence", len(steps))  # each step of the case may have moved it
        moment = max([*steps, request.created_at]).astimezone(UTC).replace(microsecond=0)
        event.add("dtstamp", moment)
        event.add("last-modified", moment)
        event.add("dtstart", found.day)
        event.add("dtend", found.day + timedelta(days=1))
        event.add("summary", f"{found.words}: {request.number}")
        if found.note:
            event.add("description", found.note)
        event.add("status", found.status)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        event.add("url", f"{settings.SITE_URL}{reverse('requests_info:track')}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def case_dates(request: InformationRequest) -> Iterator[CaseDate]:
    """From receipt to the last day of an objection. What no longer comes is cancelled, not left out."""
    yield CaseDate("diterima", local_day(request.received_at), _("Permohonan informasi diterima"))
    if request.completion_due_on is not None:
        waits = request.status == Status.INCOMPLETE
        status = CONFIRMED if waits or request.status == Status.LAPSED else CANCELLED
        yield CaseDate("lengkapi", request.completion_due_on, _("Hari terakhir melengkapi permohonan"), status=status)
    gone = request.status in (Status.WITHDRAWN, Status.LAPSED)
    yield CaseDate(
        "batas",
        request.due_on,
        _("Hari terakhir jawaban tertulis"),
        _("Dihitung dalam hari kerja; dapat diperpanjang satu kali dengan alasan tertulis (Pasal 22 UU 14/2008)."),
        CANCELLED if gone else CONFIRMED,
    )
    if request.status == Status.ANSWERED and request.closed_at is not None:
        yield CaseDate("dijawab", local_day(request.closed_at), _("Permohonan informasi dijawab"))
    yield from _objection(request)


def _objection(request: InformationRequest) -> Iterator[CaseDate]:
    """When one may object: from the answer, or from the day after a limit that passed without one (Pasal 35, 36)."""
    lengths = periods()
    if request.status == Status.WITHDRAWN:
        return
    if request.closed_at is None:
        arose_on = first_day_late(request.due_on)
        yield CaseDate(
            "keberatan-mulai",
            arose_on,
            _("Bila belum dijawab: keberatan dapat diajukan"),
            _("Pasal 35 ayat 1 huruf c UU 14/2008."),
            TENTATIVE,
        )
    else:
        arose_on = local_day(request.closed_at)
    until = objection_until(arose_on, lengths, off_days(arose_on, lengths.objection))
    yield CaseDate(
        "keberatan-akhir",
        until,
        _("Hari terakhir mengajukan keberatan"),
        _("Kepada Atasan PPID (Pasal 36 ayat 1 UU 14/2008)."),
        TENTATIVE if request.closed_at is None else CONFIRMED,
    )
