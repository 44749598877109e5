"""The city's days off: national holidays and cuti bersama, under the table of decrees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import holidays
from django.utils.translation import gettext as _

from cilegon_kip.common.working_days import add_working_days, is_working_day

from .decrees import decree_of
from .models import CalendarDay

#: Between these the days off can be told; a longer period than MOST_DAYS is a slip of the pen.
FIRST_YEAR, LAST_YEAR, MOST_DAYS = 2002, 2100, 1000
#: How the package names cuti bersama.
JOINT_LEAVE = "Cuti Bersama"


class DayOff(NamedTuple):
    name: str
    #: What makes it a day off; empty where nothing is decreed yet and the package only expects it.
    decree: str


class Skipped(NamedTuple):
    """A day that a count passes over; a weekend needs no decree."""

    day: date
    why: str
    decree: str


@dataclass(frozen=True)
class Period:
    """A period in working days: its end, the days that count and the days passed over with their names."""

    due_on: date
    counted: list[date]
    skipped: list[Skipped]
    #: Years it touches whose cuti bersama nobody has decreed yet, as far as is known here.
    uncertain_years: list[int]

    @property
    def decrees(self) -> list[str]:
        """What the days off rest on, each once."""
        return list(dict.fromkeys(row.decree for row in self.skipped if row.decree))


def days_off(first: date, last: date) -> dict[date, str]:
    """Days off from `first` to `last` (both included) with their names.

    The package's default category alone misses cuti bersama; `CalendarDay` rows add or take back days.
    """
    return {day: off.name for day, off in decreed_days_off(first, last).items()}


def decreed_days_off(first: date, last: date) -> dict[date, DayOff]:
    """As `days_off`, each day with the decree behind it."""
    national = _national(range(first.year, last.year + 1))
    decreed = {day.year for day, name in national.items() if name.startswith(JOINT_LEAVE)}
    found = {
        day: DayOff(name, decree_of(day) if day.year in decreed else "")
        for day, name in national.items()
        if first <= day <= last
    }
    for change in CalendarDay.objects.filter(day__range=(first, last)):
        if change.is_off:
            found[change.day] = DayOff(change.name, change.decree)
        else:
            found.pop(change.day, None)
    return dict(sorted(found.items()))


def _national(years: Iterable[int]) -> holidays.HolidayBase:
    return holidays.country_holidays("ID", categories=("public", "government"), language="id", years=years)


def working_days(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, both included."""
    off = days_off(first, last).keys()
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in span if is_working_day(day, off)]


def count_period(start: date, days: int) -> Period:
    """The period of `days` working days after `start` (day 0), with everything a reader needs to recount it."""
    off = decreed_days_off(start, start + timedelta(days=2 * days + 60))
    return _counted(start, add_working_days(start, days, off.keys()), off)


def period_between(start: date, end: date) -> Period:
    """The period from `start` (day 0) to a last day that is already fixed, as the calendar counts it today."""
    return _counted(start, end, decreed_days_off(start, end))


def _counted(start: date, due_on: date, off: dict[date, DayOff]) -> Period:
    span = [start + timedelta(days=n) for n in range(1, (due_on - start).days + 1)]
    counted = [day for day in span if is_working_day(day, off.keys())]
    skipped = [_skipped(day, off.get(day)) for day in span if not is_working_day(day, off.keys())]
    years = range(start.year, due_on.year + 1)
    return Period(due_on, counted, skipped, [year for year in years if not knows_joint_leave(year)])


def _skipped(day: date, off: DayOff | None) -> Skipped:
    weekend = [_("akhir pekan")] if day.weekday() >= 5 else []
    return Skipped(day, ", ".join([*weekend, *([off.name] if off else [])]), off.decree if off else "")


def knows_joint_leave(year: int) -> bool:
    """Whether the days off of a year are complete: each year's decree names at least one day of cuti bersama."""
    decreed = CalendarDay.objects.filter(day__year=year, is_off=True)
    return package_knows_joint_leave(year) or decreed.exists()


def package_knows_joint_leave(year: int) -> bool:
    return any(name.startswith(JOINT_LEAVE) for name in _national([year]).values())
