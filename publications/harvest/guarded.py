"""Work on a stranger's file in a child process that can be stopped anywhere, also inside a regular expression.

The child never returns into the caller's code: it sends bytes through a pipe and ends without clean-up, so that
connections and files which it shares with its parent are left alone.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import time
from collections.abc import Callable

from .items import HarvestError

#: Seconds of computing; a 10 MB feed of 50,000 entries needs less.
CPU_SECONDS = 1.5
#: Seconds on the clock: only for a machine so busy that the child hardly runs.
WALL_SECONDS = 10.0
TOO_SLOW = "Berkas ini terlalu rumit: pembacaannya dihentikan setelah {seconds} detik."


def in_child(work: Callable[[], bytes], cpu_seconds: float = CPU_SECONDS, wall_seconds: float = WALL_SECONDS) -> bytes:
    """What `work` gives; HarvestError as it raised it, or of kind `parse` if it took too long or fell over."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _child(work, writing, cpu_seconds)
    os.close(writing)
    try:
        sent, in_time = _read_all(reading, time.monotonic() + wall_seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
    if not in_time or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF):
        raise HarvestError("parse", TOO_SLOW.format(seconds=f"{cpu_seconds:g}".replace(".", ",")))
    return _result(sent)


def _child(work: Callable[[], bytes], writing: int, cpu_seconds: float) -> None:
    try:
        for number in (signal.SIGPROF, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        gc.disable()  # the child lives for one file; looking for cycles is a third of its work
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        try:
            answer = b"+" + work()
        except HarvestError as error:
            answer = f"-{error.kind} {error}".encode()
        except (Exception, MemoryError, RecursionError) as error:  # a file must never stop the harvest
            answer = f"-parse Berkas ini tidak dapat dibaca ({type(error).__name__}).".encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
    finally:
        os._exit(0)


def _read_all(reading: int, deadline: float) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return b"", False
        piece = os.read(reading, 1 << 20)
        if not piece:
            return b"".join(pieces), True
        pieces.append(piece)


def _result(sent: bytes) -> bytes:
    if sent.startswith(b"+"):
        return sent[1:]
    kind, _, words = sent[1:].decode(errors="replace").partition(" ")
    raise HarvestError(kind or "parse", words or "Berkas ini tidak dapat dibaca: pembacanya berhenti mendadak.")
