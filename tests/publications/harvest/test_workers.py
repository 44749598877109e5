"""Real harvest workers over the tests' PostgreSQL and Redis, and sites on loopback: polite, and safe when killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django_redis import get_redis_connection

from cilegon_kip.celery import app
from publications.harvest.planning import close_dead_runs
from publications.harvest.records import ChannelHarvest, HarvestRun
from publications.models import Activity, Publication
from tests.builders import make_channel, make_unit

from .site_server import sites

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
HOSTS, CHANNELS, ENTRIES = 10, 60, 5
#: A hold is far longer than a request may take on the busiest machine: else two visits would ask at once.
GAP, LEASE_SECONDS, HOLD_SECONDS, PATIENCE = 0.5, 15, 25, 180


@pytest.fixture
def queue():
    """A queue that no other worker reads; nothing of it stays in Redis."""
    name = f"test-{uuid4().hex}"
    yield name
    redis = get_redis_connection("default")
    redis.delete(name, f"_kombu.binding.{name}", *redis.keys(f"{name}*"))


@contextmanager
def worker(queue, port, log):
    """A worker with two processes in a group of their own; at the end none of them is left."""
    command = [sys.executable, "-m", "celery", "-A", "tests.publications.harvest.worker", "worker", "--loglevel=INFO"]
    command += ["--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    command += [f"--hostname={uuid4().hex}@%h"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    own = {"KIP_TEST_QUEUE": queue, "KIP_TEST_PORT": str(port), "KIP_TEST_LEASE": str(LEASE_SECONDS),
           "KIP_TEST_HOLD": str(HOLD_SECONDS), "HARVEST_ENABLED": "1", "HARVEST_GAP_SECONDS": str(GAP),
           "DATABASE_URL": urlunsplit(url)}  # fmt: skip
    with log.open("ab") as file:
        running = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **own}, stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield running
    finally:
        kill(running)


def kill(running) -> None:
    """SIGKILL for the worker and its processes at once, as when the machine loses power."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait(timeout=20)


def keep_asking_until(question, queue, logs, *workers) -> None:
    """Send `harvest_due` each second, as beat does each five minutes; the workers' logs when patience ends."""
    until = time.monotonic() + PATIENCE
    while not question():
        is_hopeless = time.monotonic() > until or any(running.poll() is not None for running in workers)
        told = "\n".join(log.read_text()[-5000:] for log in logs)
        assert not is_hopeless, f"did not come within {PATIENCE} s, or a worker ended; they say:\n{told}"
        app.send_task("publications.tasks.harvest_due", queue=queue)
        time.sleep(1)


def visited() -> int:
    return ChannelHarvest.objects.exclude(last_ok_at=None).count()


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
def test_two_workers_are_polite_and_one_killed_in_the_middle_loses_and_doubles_nothing(queue, tmp_path):
    unit = make_unit()
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    with sites(ENTRIES) as server:
        for number in range(CHANNELS):
            address = server.address(number % HOSTS, number)
            channel = make_channel(unit, "website", url=address, key=f"kanal-{number}")
            ChannelHarvest.objects.create(channel=channel, connector="feed", endpoint=f"{address}/feed")
        with worker(queue, server.port, logs[0]) as first, worker(queue, server.port, logs[1]) as second:
            keep_asking_until(lambda: visited() >= CHANNELS // 4, queue, logs, first, second)
            kill(first)
            keep_asking_until(lambda: visited() == CHANNELS, queue, logs, second)
        assert server.shortest_pause() >= GAP
    close_dead_runs(timezone.now())
    assert not HarvestRun.objects.open().exists()
    stored = Publication.objects.values("channel").annotate(found=Count("pk")).values_list("found", flat=True)
    assert list(stored) == [ENTRIES] * CHANNELS
    assert Activity.objects.count() == ENTRIES * CHANNELS
    assert not HarvestRun.objects.exclude(outcome="ok").exclude(note="Kunjungan ini terputus.").exists()
    assert not [line for log in logs for line in log.read_text().splitlines() if "ERROR" in line]
