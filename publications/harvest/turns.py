"""Turns at a host, over all workers: one request at a time, and a pause between them. They are rows of the database.

Who visits a channel holds the host's turn for the whole visit and renews it with each request. A worker that dies gives
it back after HOLD, which is longer than any request may take. The clock is the database's, so that machines whose own
differ still agree.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db import connection

from .items import HarvestError

HOLD = timedelta(seconds=60)
#: So long a visit waits for a host to which a redirect leads, and which another visit holds.
PATIENCE = timedelta(seconds=20)
POLL_SECONDS = 0.25
#: The pause between the requests of a probe for which a person waits.
HASTE = timedelta(seconds=1)
BUSY = "Situs %s sedang dibaca untuk kanal lain, atau meminta agar ditunggu."

TAKE = """
INSERT INTO publications_harvesthost AS host (host, holder, held_until, free_at)
VALUES (%(host)s, %(holder)s, clock_timestamp() + %(hold)s, clock_timestamp())
ON CONFLICT (host) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
WHERE (host.holder = excluded.holder OR host.held_until IS NULL OR host.held_until <= clock_timestamp())
  AND host.free_at <= clock_timestamp() + %(patience)s
RETURNING greatest(0, extract(epoch FROM free_at - clock_timestamp()))
"""
PAUSE_LEFT = """
SELECT greatest(0, extract(epoch FROM free_at - clock_timestamp())) FROM publications_harvesthost WHERE host = %(host)s
"""
PAUSE = """
UPDATE publications_harvesthost
SET held_until = CASE WHEN %(keep)s THEN clock_timestamp() + %(hold)s END,
    free_at = greatest(free_at, clock_timestamp() + %(pause)s, %(retry_at)s)
WHERE host = %(host)s AND holder = %(holder)s
"""


class Turns:
    """The turns of one visit; as a context manager it gives all of them back."""

    def __init__(self, pause: timedelta | None = None) -> None:
        self._holder = uuid4()
        self._pause = timedelta(seconds=settings.HARVEST_GAP_SECONDS) if pause is None else pause
        self._held: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self._held:
            self._end(host, keep=False, pause=timedelta(0))

    def take(self, url: str) -> timedelta | None:
        """Take the turn at the host of `url` if it may be asked this moment; else what is left of its pause.

        No pause and no turn: another visit is there, and nobody knows for how long.
        """
        host = host_key(url)
        return self._pause_left(host) if self._take(host, timedelta(0)) is None else None

    def before(self, url: str, *, is_redirect: bool = False) -> None:
        """Wait for the turn and the pause. A redirect within the host is part of the same request."""
        host = host_key(url)
        if is_redirect and host in self._held:
            return
        deadline = time.monotonic() + PATIENCE.total_seconds()
        while (wait := self._take(host, self._pause)) is None:
            left = self._pause_left(host)
            if time.monotonic() > deadline or left > PATIENCE:
                raise HarvestError("rate_limited", BUSY % host, retry_at=datetime.now(UTC) + left)
            time.sleep(POLL_SECONDS)
        if wait:
            time.sleep(wait)
            self._take(host, self._pause)  # the hold counts from the request

    def after(self, url: str, retry_at: datetime | None = None) -> None:
        """The pause begins with the answer's end. What one site of a shared domain asks for holds for its channel."""
        host = host_key(url)
        self._end(host, keep=True, pause=self._pause, retry_at=retry_at if host == own_host(url) else None)

    def _take(self, host: str, patience: timedelta) -> float | None:
        """Seconds of pause that are left, or None if another visit is there or the pause is longer than `patience`."""
        rows = self._ask(TAKE, host=host, patience=patience)
        if not rows:
            return None
        if host not in self._held:
            self._held.append(host)
        return float(rows[0][0])

    def _pause_left(self, host: str) -> timedelta:
        rows = self._ask(PAUSE_LEFT, host=host)
        return timedelta(seconds=float(rows[0][0])) if rows else timedelta(0)

    def _end(self, host: str, *, keep: bool, pause: timedelta, retry_at: datetime | None = None) -> None:
        self._ask(PAUSE, host=host, keep=keep, pause=pause, retry_at=retry_at)

    def _ask(self, statement: str, **values: Any) -> Sequence[Sequence[Any]]:
        named: dict[str, Any] = {"holder": self._holder, "hold": HOLD, **values}
        with connection.cursor() as cursor:
            cursor.execute(statement, named)
            rows: Sequence[Sequence[Any]] = cursor.fetchall() if cursor.description else ()
        return rows


def host_key(url: str) -> str:
    """The host without `www.`; the sites below a domain of HARVEST_SHARED_DOMAINS count as one."""
    host = own_host(url)
    shared: list[str] = settings.HARVEST_SHARED_DOMAINS
    return next((domain for domain in shared if host == domain or host.endswith(f".{domain}")), host)


def own_host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.")[:255]
