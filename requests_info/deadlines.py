"""The periods of UU 14/2008 for requests, objections and disputes. Pure: days off and lengths come as arguments.

In all of them the day of the event is day 0, the first working day after it is day 1, and the last day is included.
The lengths are data (`Periods`): the law changes, and another city may hold a shorter one.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta

from cilegon_kip.common.working_days import add_working_days, is_working_day


@dataclass(frozen=True)
class Periods:
    """Lengths in working days."""

    #: Written notice to the requester: Pasal 22 ayat (7).
    notice: int = 10
    #: One extension with a written reason: Pasal 22 ayat (8).
    extension: int = 7
    #: The desk looks whether a request is complete, and the requester completes it (practice).
    completeness: int = 3
    completion: int = 3
    #: An objection after its reason arose: Pasal 36 ayat (1).
    objection: int = 30
    #: The superior's answer to it: Pasal 36 ayat (2).
    objection_answer: int = 30
    #: A dispute at Komisi Informasi after that answer: Pasal 37 ayat (2).
    dispute: int = 14


def notice_due(started_on: date, periods: Periods, days_off: Set[date]) -> date:
    """Last day of the written notice, Pasal 22 ayat (7); `started_on` is the day of receipt (or of completeness)."""
    return add_working_days(started_on, periods.notice, days_off)


def extended_due(due_on: date, periods: Periods, days_off: Set[date]) -> date:
    """Last day after the one extension, counted on from the first limit: Pasal 22 ayat (8)."""
    return add_working_days(due_on, periods.extension, days_off)


def objection_until(arose_on: date, periods: Periods, days_off: Set[date]) -> date:
    """Last day for an objection after its reason arose: Pasal 36 ayat (1)."""
    return add_working_days(arose_on, periods.objection, days_off)


def objection_answer_due(received_on: date, periods: Periods, days_off: Set[date]) -> date:
    """Last day of the superior's answer: Pasal 36 ayat (2)."""
    return add_working_days(received_on, periods.objection_answer, days_off)


def dispute_until(answered_on: date, periods: Periods, days_off: Set[date]) -> date:
    """Last day for a dispute after the superior's answer, or after the day on which it was due: Pasal 37 ayat (2)."""
    return add_working_days(answered_on, periods.dispute, days_off)


def before_the_limit(due_on: date, days: int, days_off: Set[date]) -> date:
    """The working day so many working days before a limit: until then a unit answers, so that answers can be joined."""
    day = due_on
    while days:
        day -= timedelta(days=1)
        if is_working_day(day, days_off):
            days -= 1
    return day


def first_day_late(due_on: date) -> date:
    """The day after the limit: from then on "not answered" is a ground to object (Pasal 35 ayat (1) huruf c)."""
    return due_on + timedelta(days=1)


def working_days_left(today: date, due_on: date, days_off: Set[date]) -> int:
    """Working days that remain after today, the last one included; negative: how many have passed since the limit."""
    first, last, sign = (today, due_on, 1) if today <= due_on else (due_on, today, -1)
    span = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sign * sum(is_working_day(day, days_off) for day in span)
