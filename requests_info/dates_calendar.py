"""The dates of one request or objection as a calendar (RFC 5545), for its requester's own.

Calendars are shared with families and colleagues: an event names number and date, never what is asked, who asks, or
the secret address. The same rows give the same bytes, and a date that moves keeps its event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cilegon_kip.common.jakarta import local_day

from .deadlines import first_day_late, objection_until
from .models import Dispute, InformationRequest, Objection
from .periods import periods
from .services import last_day_of_dispute
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
    steps = list(request.events.order_by("at", "pk").values_list("at", flat=True))
    title = _("Permohonan %(number)s") % {"number": request.number}
    return _calendar(request.number, title, case_dates(request), [*steps, request.created_at], len(steps))


def objection_as_ics(objection: Objection) -> bytes:
    steps = list(objection.events.order_by("at", "pk").values_list("at", flat=True))
    title = _("Keberatan %(number)s") % {"number": objection.number}
    return _calendar(objection.number, title, objection_dates(objection), [*steps, objection.created_at], len(steps))


def _calendar(number: str, title: str, dates: Iterator[CaseDate], moments: list[datetime], sequence: int) -> bytes:
    """`sequence` is the number of steps: each of them may have moved a date."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PORTAL_NAME}//Permohonan informasi//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for field in ("name", "x-wr-calname"):
        calendar.add(field, title)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    changed_at = max(moments).astimezone(UTC).replace(microsecond=0)
    for found in dates:
        event = Event()
        event.add("uid", f"{number}-{found.stage}@{urlsplit(settings.SITE_URL).hostname}")
        event.add("sequence", sequence)
        event.add("dtstamp", changed_at)
        event.add("last-modified", changed_at)
        event.add("dtstart", found.day)
        event.add("dtend", found.day + timedelta(days=1))
        event.add("summary", f"{found.words}: {number}")
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


def objection_dates(objection: Objection) -> Iterator[CaseDate]:
    """From receipt to the last day of a dispute, which is tentative until there is a decision (Pasal 36, 37)."""
    yield CaseDate("diterima", local_day(objection.received_at), _("Keberatan diterima"))
    yield CaseDate("batas", objection.due_on, _("Hari terakhir keputusan keberatan"), _("Pasal 36 ayat 2 UU 14/2008."))
    if objection.closed_at is not None:
        yield CaseDate("diputuskan", local_day(objection.closed_at), _("Keberatan diputuskan"))
    yield CaseDate(
        "sengketa-akhir",
        last_day_of_dispute(objection),
        _("Hari terakhir mengajukan sengketa"),
        _("Kepada Komisi Informasi (Pasal 37 ayat 2 UU 14/2008)."),
        TENTATIVE if objection.is_open else CONFIRMED,
    )
    if (dispute := Dispute.objects.filter(objection=objection).first()) is not None:
        yield CaseDate("sengketa", dispute.registered_on, _("Sengketa didaftarkan di Komisi Informasi"))
