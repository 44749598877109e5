"""When a channel is visited next. Pure.

Nothing is ever switched off by itself: a feed that answers 404 for a week comes back to life, and after an outage of
our own everything fails at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST = timedelta(hours=24)
#: How much an error slows: trouble that passes by itself counts half, a request to wait a quarter.
WEIGHTS = {"http_5xx": 0.5, "timeout": 0.5, "tls": 0.5, "dns": 0.5, "connect": 0.5, "rate_limited": 0.25, "quota": 0.25,
           "budget": 0.25}  # fmt: skip
SOFT_STATUS = {404: 0.5, 410: 0.5, 408: 0.5, 425: 0.25}
INTERVALS = {"wp_rest": 60, "feed": 60, "sitemap": 360, "youtube": 120, "mastodon": 120, "instagram": 180}


def next_visit(now: datetime, interval: timedelta, retry_at: datetime | None = None) -> datetime:
    """After a good visit: the interval, or later where the server asks for it."""
    return min(max(now + interval, retry_at or now), now + LONGEST)


def after_error(
    now: datetime, interval: timedelta, failures: int, kind: str, status: int, retry_at: datetime | None
) -> datetime:
    """After `failures` bad ones in a row: linear, at most a day."""
    weight = SOFT_STATUS.get(status, WEIGHTS.get(kind, 1.0))
    wait = max(interval * weight * max(failures, 1), timedelta(minutes=5))
    return min(max(now + wait, retry_at or now), now + LONGEST)
