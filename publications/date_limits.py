"""What every reader of a claimed date holds to, whether it came by import, by a person or by harvest. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo

EARLIEST_YEAR = 2005
#: A little ahead is a clock that goes wrong; more than that waits until its time has come.
TOLERANCE = timedelta(minutes=15)
TOO_FAR = timedelta(days=1)
#: Hours east of Greenwich. Indonesia's three zones have no daylight saving.
ZONES = {"WIB": 7, "WITA": 8, "WIT": 9, "Z": 0}


class OutOfRangeError(ValueError):
    """The moment is before the portal's earliest year or has not come yet; `is_early` says which."""

    def __init__(self, *, is_early: bool) -> None:
        super().__init__("before the earliest year" if is_early else "has not come yet")
        self.is_early = is_early


def moment_of(naive: datetime, zone: tzinfo, now: datetime) -> datetime:
    """The instant of a wall clock in a zone, in UTC; OutOfRangeError outside 2005 … now + 1 day."""
    if naive.year < EARLIEST_YEAR:
        raise OutOfRangeError(is_early=True)
    moment = naive.replace(tzinfo=zone).astimezone(UTC)
    if moment > now + TOO_FAR:
        raise OutOfRangeError(is_early=False)
    return moment


def fixed_zone(sign: str, hours: int, minutes: int) -> timezone:
    """`+07:00` as a zone; ValueError beyond the 14 hours that exist."""
    if hours > 14 or minutes > 59:
        raise ValueError(f"{sign}{hours:02}:{minutes:02}")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if sign == "-" else offset)
