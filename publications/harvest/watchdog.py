"""One deadline over everything that a fetch does: handshake, headers and body, however slowly the bytes come.

A time-out of a socket starts anew with each byte, so a server that sends one each half second is never late. Here a
timer cuts the connection itself; whatever waits for it then fails at once. Resolving a name cannot be cut, so it runs
beside and is left behind when it takes too long.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class Watchdog:
    def __init__(self, seconds: float) -> None:
        self.has_fired = False
        self._ends_at = time.monotonic() + seconds
        self._connections: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    @property
    def seconds_left(self) -> float:
        return self._ends_at - time.monotonic()

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection at the deadline. TLS takes the socket over, so a second handle of it is kept."""
        handle = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._connections.append(handle)
            if self.has_fired:
                _cut(handle)

    def _fire(self) -> None:
        with self._lock:
            self.has_fired = True
            for connection in self._connections:
                _cut(connection)


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` gives or raises; TimeoutError if it takes longer (then it is left to end by itself)."""
    answer: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(work())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.0, seconds))
    if failure:
        raise failure[0]
    if not answer:
        raise TimeoutError
    return answer[0]


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
