"""Working-day arithmetic: Monday to Friday without the days off that are given.

Counting follows the practice for UU 14/2008 Pasal 22 and 35-37: the day of the event is day 0, the
first working day after it is day 1, the last day is included.
"""

from collections.abc import Set
from datetime import date, timedelta


def is_working_day(day: date, days_off: Set[date]) -> bool:
    return day.weekday() < 5 and day not in days_off


def add_working_days(start: date, days: int, days_off: Set[date]) -> date:
    """End of a period of `days` working days; `start` is day 0 and the last day is included."""
    day = start
    while days:
        day += timedelta(days=1)
        if is_working_day(day, days_off):
            days -= 1
    return day


def working_days_between(first: date, last: date, days_off: Set[date]) -> int:
    """Number of working days from `first` to `last`, both included."""
    span = (last - first).days + 1
    return sum(is_working_day(first + timedelta(days=n), days_off) for n in range(span))
