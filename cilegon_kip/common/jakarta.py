"""Days and months are those of Asia/Jakarta (WIB, UTC+7, no daylight saving)."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")
MONTH_PATTERN = r"[0-9]{4}-(?:0[1-9]|1[0-2])"


def local_day(moment: datetime) -> date:
    """The day in Jakarta of an aware moment; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(JAKARTA).date()


def midnight(day: date) -> datetime:
    """The beginning of a day in Jakarta, aware."""
    return datetime.combine(day, time(), JAKARTA)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def previous_month(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_of_month(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def parse_month(text: str) -> date:
    """`2023-01` as 1 January 2023; ValueError for anything else."""
    if not re.fullmatch(MONTH_PATTERN, text) or not 1 <= int(text[:4]) < 9999:
        raise ValueError(f"bukan bulan: {text!r} (contoh: 2023-01)")
    return date(int(text[:4]), int(text[5:]), 1)


def month_text(month: date) -> str:
    return f"{month:%Y-%m}"


def months_between(first: date, last: date) -> list[date]:
    """The first days of all months from `first` to `last`, both included."""
    months, month = [], first_of_month(first)
    while month <= last:
        months.append(month)
        month = next_month(month)
    return months
