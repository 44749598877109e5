"""Limits that come near, pass or move, without anybody at the desk: reminders, escalation, lapse, re-dating.

Each asks "due and not yet handled", so a missed night is made up the next time and a second run does nothing.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.working_days import add_working_days
from requests_info import notices
from requests_info.deadlines import Periods, extended_due, notice_due
from requests_info.models import Assignment, Extension, InformationRequest, RequestEvent
from requests_info.periods import periods

from .occasions import (
    REMIND_BEFORE,
    Occasion,
    calendar_over,
    decrees,
    keep_told,
    log_nobody,
    moves,
    occasions_of,
    told,
)
from .steps import Kind, Status, close, locked, note_step

#: The city's own turn; while a request waits for its requester nobody else is reminded.
AT_THE_CITY = (Status.RECEIVED, Status.IN_PROGRESS)


def requests_to_keep(now: datetime | None = None) -> list[int]:
    """Open requests for which something is due and not yet handled."""
    today = local_day(now or timezone.now())
    rows = list(InformationRequest.objects.open().select_related("extension").order_by("due_on", "pk"))
    if not rows:
        return []
    off = calendar_over([row.clock_started_on for row in rows], today)
    handled = told(rows, "information_request")
    return [
        row.pk
        for row in rows
        if _is_lapsed(row, today)
        or _limits(row, off) != (row.due_on, row.completion_due_on)
        or any((row.pk, occasion, row.due_on) not in handled for occasion in _occasions(row, today, off))
    ]


def keep_request(*, request_id: int, now: datetime | None = None) -> None:
    """In this order: nobody is reminded of, or lapses by, a limit that a decree has moved."""
    now = now or timezone.now()
    redate_request(request_id=request_id, now=now)
    lapse_request(request_id=request_id, now=now)
    remind_of_request(request_id=request_id, now=now)


# --- a decree changed the days off -------------------------------------------------------------------------------


@transaction.atomic
def redate_request(*, request_id: int, now: datetime | None = None) -> bool:
    """Bring an open request's limits to what the calendar now says; log it and tell both sides."""
    now = now or timezone.now()
    request = locked(request_id)
    if not request.is_open:
        return False
    off = calendar_over([request.clock_started_on], local_day(now))
    due_on, completion_due_on = _limits(request, off)
    old_due_on, old_completion_due_on = request.due_on, request.completion_due_on
    if (due_on, completion_due_on) == (old_due_on, old_completion_due_on):
        return False
    request.due_on, request.completion_due_on = due_on, completion_due_on
    request.save(update_fields=["due_on", "completion_due_on"])
    waiting = request.assignments.filter(state=Assignment.State.WAITING)
    waiting.filter(due_on__gt=due_on).update(due_on=due_on)  # a unit's limit never lies after the requester's
    moved = moves(
        (_("Batas jawaban"), old_due_on, due_on), (_("Batas melengkapi"), old_completion_due_on, completion_due_on)
    )
    changes = decrees(request.clock_started_on, max(old_due_on, due_on))
    event = RequestEvent.objects.create(
        information_request=request, kind=Kind.REDATED, at=now, note=" ".join([*moved, *changes])
    )
    notices.tell_redated(request, event.pk, moved, changes)
    return True


def _limits(request: InformationRequest, off: Set[date]) -> tuple[date, date | None]:
    """The limits of a request by the days off as they are now."""
    lengths: Periods = periods()
    due_on = notice_due(request.clock_started_on, lengths, off)
    if _is_extended(request):
        due_on = extended_due(due_on, lengths, off)
    completion: date | None = request.completion_due_on
    if request.status == Status.INCOMPLETE and request.declared_incomplete_at is not None:
        completion = add_working_days(local_day(request.declared_incomplete_at), lengths.completion, off)
    return due_on, completion


def _is_extended(request: InformationRequest) -> bool:
    try:
        return bool(request.extension.pk)
    except Extension.DoesNotExist:
        return False


# --- the requester did not complete ------------------------------------------------------------------------------


def _is_lapsed(request: InformationRequest, today: date) -> bool:
    until = request.completion_due_on
    return request.status == Status.INCOMPLETE and until is not None and today > until


@transaction.atomic
def lapse_request(*, request_id: int, now: datetime | None = None) -> bool:
    """An incomplete request whose days are over: it is closed, and its requester learns how to ask anew."""
    now = now or timezone.now()
    request = locked(request_id)
    if not _is_lapsed(request, local_day(now)):
        return False
    close(request, Status.LAPSED, InformationRequest.Outcome.LAPSED, now)
    note_step(request, Kind.LAPSED, now)
    notices.tell_requester(request, "lapsed")
    return True


# --- reminders and escalation --------------------------------------------------------------------------------------


def _occasions(request: InformationRequest, today: date, off: Set[date]) -> list[str]:
    if request.status not in AT_THE_CITY:
        return []
    return occasions_of(request.due_on, today, off, [Occasion.OVERDUE, Occasion.ESCALATED])


@transaction.atomic
def remind_of_request(*, request_id: int, now: datetime | None = None) -> int:
    """Tell who is responsible, once per occasion of this limit; return how many mails went to the outbox."""
    now = now or timezone.now()
    today, request = local_day(now), locked(request_id)
    handled = told([request], "information_request")
    due = [
        occasion
        for occasion in _occasions(request, today, calendar_over([request.clock_started_on], today))
        if (request.pk, occasion, request.due_on) not in handled
    ]
    before = [occasion for occasion in due if occasion in REMIND_BEFORE]
    mails = 0
    if before:  # one mail, however many nights were missed; it says how many days are truly left
        mails += _tell(request, before, notices.responsible_for(request), today, now)
    if Occasion.OVERDUE in due:
        mails += _tell(request, [Occasion.OVERDUE], notices.responsible_for(request, with_desk=True), today, now)
    if Occasion.ESCALATED in due and _tell(request, [Occasion.ESCALATED], notices.superiors_of(request), today, now):
        note_step(request, Kind.ESCALATED, now)
        mails += 1
    return mails


def _tell(request: InformationRequest, occasions: list[str], to: list[str], today: date, now: datetime) -> bool:
    if not to:
        log_nobody(request, occasions)
        return False
    keep_told(request, occasions, notices.remind(request, occasions[-1], to, today), now)
    return True
