"""When a channel is visited next, and when a month has ended for the harvest. Pure.

Nothing is ever switched off by itself: a feed that answers 404 for a week comes back to life, and after an outage of
our own everything fails at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cilegon_kip.common.jakarta import JAKARTA

LONGEST = timedelta(hours=24)
SHORTEST = timedelta(minutes=5)
#: How much an error slows: trouble that passes by itself counts half, a request to wait a quarter.
WEIGHTS = {"http_5xx": 0.5, "timeout": 0.5, "tls": 0.5, "dns": 0.5, "connect": 0.5, "rate_limited": 0.25, "quota": 0.25,
           "budget": 0.25}  # fmt: skip
SOFT_STATUS = {404: 0.5, 410: 0.5, 408: 0.5, 425: 0.25}
INTERVALS = {"auto": 60, "wp_rest": 60, "feed": 60, "sitemap": 360, "youtube": 120, "mastodon": 120, "instagram": 180,
             "facebook": 180, "threads": 180, "tiktok": 180, "x": 1440}  # fmt: skip
#: Visits do not fall together for ever: each wait is longer or shorter by up to this share.
JITTER = 0.1

#: From then on the 1st every channel is visited once more, and the month before is computed at the latest.
SWEEP_AFTER, RANKING_AFTER = timedelta(minutes=15), timedelta(hours=5)
#: What failed in the sweep is tried again after so long until the ranking begins.
SWEEP_RETRY = timedelta(minutes=30)


def next_visit(now: datetime, interval: timedelta, retry_at: datetime | None = None, jitter: float = 0) -> datetime:
    """After a good visit: the interval, or later where the server asks for it. `jitter`: between -1 and 1."""
    return min(max(now + interval * (1 + JITTER * jitter), retry_at or now), now + LONGEST)


def after_part(now: datetime, retry_at: datetime | None = None) -> datetime:
    """After a visit that left something unread."""
    return min(max(now + SHORTEST, retry_at or now), now + LONGEST)


def after_error(
    now: datetime, interval: timedelta, failures: int, kind: str, status: int, retry_at: datetime | None
) -> datetime:
    """After `failures` bad ones in a row: linear, at most a day; between sweep and ranking at most half an hour."""
    weight = SOFT_STATUS.get(status, WEIGHTS.get(kind, 1.0))
    wait = max(interval * weight * max(failures, 1), SHORTEST)
    if is_swept(now) and now < month_start(now) + RANKING_AFTER:
        wait = min(wait, SWEEP_RETRY)
    return min(max(now + wait, retry_at or now), now + LONGEST)


def month_start(now: datetime) -> datetime:
    """The instant at which the month of `now` began in Jakarta."""
    return now.astimezone(JAKARTA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def is_swept(now: datetime) -> bool:
    """Whether the month-end sweep of the month before has begun: also weeks later, for who was not visited since."""
    return now >= month_start(now) + SWEEP_AFTER
