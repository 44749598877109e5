"""Limits of objections, as `limits` keeps those of requests: reminders, report when late, re-dating. Once each.

When the limit has passed, the Atasan PPID, the Atasan of PPID Utama's office and the desk are told together, and
whoever objected learns until when a dispute is possible (Pasal 37 ayat (2)).
"""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from requests_info import objection_notices as notices
from requests_info.deadlines import objection_answer_due
from requests_info.models import Objection, ObjectionEvent
from requests_info.periods import periods

from .disputes import last_day_of_dispute
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
from .steps import locked_objection, note_objection

Event = ObjectionEvent.Kind
FIELD = "objection"


def objections_to_keep(now: datetime | None = None) -> list[int]:
    """Open objections for which something is due and not yet handled."""
    today = local_day(now or timezone.now())
    rows = list(Objection.objects.open().order_by("due_on", "pk"))
    if not rows:
        return []
    off = calendar_over([local_day(row.received_at) for row in rows], today)
    handled = told(rows, FIELD)
    return [row.pk for row in rows if _limit(row, off) != row.due_on or _due(row, today, off, handled)]


def keep_objection(*, objection_id: int, now: datetime | None = None) -> None:
    """In this order: nobody is reminded of a limit that a decree has moved."""
    now = now or timezone.now()
    redate_objection(objection_id=objection_id, now=now)
    remind_of_objection(objection_id=objection_id, now=now)


def _limit(objection: Objection, off: Set[date]) -> date:
    return objection_answer_due(local_day(objection.received_at), periods(), off)


def _due(objection: Objection, today: date, off: Set[date], handled: set[tuple[int, str, date]]) -> list[str]:
    found = occasions_of(objection.due_on, today, off, [Occasion.OVERDUE])
    return [occasion for occasion in found if (objection.pk, occasion, objection.due_on) not in handled]


@transaction.atomic
def redate_objection(*, objection_id: int, now: datetime | None = None) -> bool:
    """Bring an open objection's limit to what the calendar now says; log it and tell both sides."""
    now = now or timezone.now()
    objection = locked_objection(objection_id)
    if objection is None or not objection.is_open:
        return False
    received_on = local_day(objection.received_at)
    old, new = objection.due_on, _limit(objection, calendar_over([received_on], local_day(now)))
    if old == new:
        return False
    objection.due_on = new
    objection.save(update_fields=["due_on"])
    moved, changes = moves((_("Batas keputusan"), old, new)), decrees(received_on, max(old, new))
    event = note_objection(objection, Event.REDATED, now, note=" ".join([*moved, *changes]))
    notices.tell_redated(objection, event.pk, moved, changes)
    return True


@transaction.atomic
def remind_of_objection(*, objection_id: int, now: datetime | None = None) -> int:
    """Tell who is responsible, once per occasion of this limit; return how many mails went to the outbox."""
    now = now or timezone.now()
    objection, today = locked_objection(objection_id), local_day(now)
    if objection is None or not objection.is_open:
        return 0
    off = calendar_over([local_day(objection.received_at)], today)
    due = _due(objection, today, off, told([objection], FIELD))
    if Occasion.OVERDUE in due:
        return _report_late(objection, today, now)
    before = [occasion for occasion in due if occasion in REMIND_BEFORE]
    return int(bool(before) and _tell(objection, before, notices.responsible_for(objection), today, now))


def _report_late(objection: Objection, today: date, now: datetime) -> int:
    if not _tell(objection, [Occasion.OVERDUE], notices.responsible_for(objection, is_late=True), today, now):
        return 0
    note_objection(objection, Event.ESCALATED, now)
    return 1 + notices.tell_silent(objection, last_day_of_dispute(objection))


def _tell(objection: Objection, occasions: list[str], to: list[str], today: date, now: datetime) -> bool:
    if not to:
        log_nobody(objection, occasions)
        return False
    keep_told(objection, occasions, notices.remind(objection, occasions[-1], to, today), now)
    return True
