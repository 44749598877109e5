"""When a server asks to be left alone: `Retry-After` in seconds or as a date. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)


def retry_at(value: str | None, now: datetime) -> datetime | None:
    """The moment from which to ask again, at most 24 hours ahead; None if the header says nothing usable."""
    value = (value or "").strip()
    if value.isascii() and value.isdecimal():
        return now + min(timedelta(seconds=int(value[:9])), LONGEST)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(now, min(moment.astimezone(UTC), now + LONGEST))
