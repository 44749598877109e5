"""Real Celery workers over the tests' PostgreSQL and Redis, each with a queue of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.db import connection
from django_redis import get_redis_connection

from cilegon_kip.celery import app

ROOT = Path(__file__).resolve().parents[1]
#: Seconds in which a busy machine does what takes one a second.
PATIENCE = 120


@contextmanager
def own_queue() -> Iterator[str]:
    """A queue that no other worker reads; nothing of it stays in Redis."""
    name = f"test-{uuid4().hex}"
    yield name
    redis = get_redis_connection("default")
    redis.delete(name, f"_kombu.binding.{name}", *redis.keys(f"{name}*"))


@contextmanager
def worker(queue, log, processes=1, patience=2, **settings):
    """A worker with its own processes in a group of their own; at the end none of them is left.

    `patience`: after so many seconds the broker hands a task out again that nobody reported done (in use: 1,800).
    """
    command = [sys.executable, "-m", "celery", "-A", "tests.worker_app", "worker", "--loglevel=INFO"]
    command += [f"--concurrency={processes}", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    own = {"KIP_TEST_QUEUE": queue, "KIP_TEST_PATIENCE": str(patience)}
    environment = {**os.environ, "DATABASE_URL": urlunsplit(url), **own, **settings}
    with log.open("ab") as file:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True)
    try:
        yield running
    finally:
        kill_all(running)


def kill_all(running) -> None:
    """SIGKILL for the worker and its pool at once, as when the machine loses power."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait(timeout=PATIENCE)


def ask(task, *args, queue) -> None:
    """Send the task as the portal does, also where the tests run tasks at once."""
    app.send_task(task, args=args, queue=queue)


def wait_until(question, seconds=PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < until, "did not come"
        time.sleep(0.05)
