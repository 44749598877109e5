"""The city's days off: national holidays and cuti bersama, under the table of decrees."""

from datetime import date, timedelta

import holidays

from cilegon_kip.common.working_days import is_working_day

from .models import CalendarDay


def days_off(first: date, last: date) -> dict[date, str]:
    """Days off from `first` to `last` (both included) with their names.

    The package's default category alone misses cuti bersama; `CalendarDay` rows add or take back days.
    """
    national = holidays.country_holidays(
        "ID", categories=("public", "government"), language="id", years=range(first.year, last.year + 1)
    )
    found = {day: name for day, name in national.items() if first <= day <= last}
    for change in CalendarDay.objects.filter(day__range=(first, last)):
        if change.is_off:
            found[change.day] = change.name
        else:
            found.pop(change.day, None)
    return dict(sorted(found.items()))


def working_days(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, both included."""
    off = days_off(first, last).keys()
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in span if is_working_day(day, off)]
