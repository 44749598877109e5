"""When a posting is seen so late after the moment it claims that it waits: backdating would fill a past month.

How late is part of the ranking's method, which belongs to a higher room. So this room asks whoever has told it whom
to ask (`rankings.apps`), and knows the limit of the first method by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from cilegon_kip.common.jakarta import local_day

FIRST_LIMIT = timedelta(hours=48)
#: The limit for postings of a day (in Jakarta).
Limit = Callable[[date], timedelta]
_asked: list[Limit] = []


def ask(limit: Limit) -> None:
    """From now on the limit comes from there."""
    _asked[:] = [limit]


def limit_on(day: date) -> timedelta:
    """The limit for postings of that day; the same for all days of a month."""
    return _asked[0](day) if _asked else FIRST_LIMIT


def late_flags(claimed_at: datetime, seen_at: datetime, limit: Limit = limit_on) -> list[str]:
    """`["late"]` where a posting was first seen too late, by the method of the month that it claims."""
    return ["late"] if seen_at - claimed_at > limit(local_day(claimed_at)) else []
