"""A real worker process over the tests' PostgreSQL and Redis: killed in the middle it leaves no half month."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psutil
import psycopg2
import pytest
from django.db import connection
from django_redis import get_redis_connection

from cilegon_kip.celery import app
from rankings.models import Entry, InputFile, Ranking
from rankings.services import compute_month
from rankings.verifying import verify_ranking
from tests.builders import make_counted, make_method_v1, make_unit

from .test_killed import is_held_up, rows, sessions_in_work, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
JANUARY = date(2023, 1, 1)
#: In the middle: every entry is written, only the file of the input is missing.
HELD = "rankings_inputfile"
PATIENCE = 60


@pytest.fixture
def queue():
    """A queue that no other worker reads; nothing of it stays in Redis."""
    name = f"test-{uuid4().hex}"
    yield name
    redis = get_redis_connection("default")
    redis.delete(name, f"_kombu.binding.{name}", *redis.keys(f"{name}*"))


@pytest.fixture
def city():
    make_method_v1()
    for number in range(5):
        unit = make_unit()
        for day in range(2, 4 + number):
            make_counted(unit, date(2023, 1, day), is_sample=True)


@contextmanager
def worker(queue, log, processes=1, patience=2):
    """A worker with its own processes in a group of their own; at the end none of them is left.

    `patience`: after so many seconds the broker hands a task out again that nobody reported done (in use: 1,800).
    """
    command = [sys.executable, "-m", "celery", "-A", "tests.rankings.worker", "worker", "--loglevel=INFO"]
    command += [f"--concurrency={processes}", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    own = {"KIP_TEST_QUEUE": queue, "KIP_TEST_PATIENCE": str(patience)}
    environment = {**os.environ, "DATABASE_URL": urlunsplit(url), **own}
    with log.open("ab") as file:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True)
    try:
        yield running
    except AssertionError as error:
        error.add_note(log.read_text())
        raise
    finally:
        kill_all(running)


def kill_all(running) -> None:
    """SIGKILL for the worker and its pool at once, as when the machine loses power."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait(timeout=20)


@contextmanager
def table_held(table):
    """Readers pass, writers wait, until the block ends."""
    holder = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with holder.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield
    finally:
        holder.close()


def ask(task, *args, queue) -> None:
    """Send the task as the portal does, also where the tests run tasks at once."""
    app.send_task(f"rankings.tasks.{task}", args=args, queue=queue)


def is_whole() -> bool:
    ranking = Ranking.objects.filter(month=JANUARY, status="draft").first()
    return ranking is not None and bool(ranking.input_sha256)


def check_result() -> None:
    """One month, provable, and equal to what a run from the beginning gives."""
    assert (Ranking.objects.count(), Entry.objects.count(), InputFile.objects.count()) == (1, 5, 1)
    assert verify_ranking(Ranking.objects.get()).differences == []
    before = rows()
    compute_month(JANUARY)
    assert rows() == before


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
def test_worker_killed_in_the_middle_leaves_nothing_and_the_next_worker_gets_the_task_again(city, queue, tmp_path):
    before, log = rows(), tmp_path / "worker.log"
    ask("compute_ranking_month", "2023-01", queue=queue)
    with table_held(HELD), worker(queue, log) as running:
        wait_until(lambda: is_held_up(HELD), PATIENCE)
        kill_all(running)
        killed_at = time.monotonic()
        assert rows() == before
    wait_until(lambda: sessions_in_work() == 0)
    assert rows() == before
    while time.monotonic() < killed_at + 2.5:  # until the broker holds the worker for dead
        time.sleep(0.1)
    with worker(queue, log):
        wait_until(is_whole, PATIENCE)
    wait_until(lambda: sessions_in_work() == 0)
    check_result()


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
def test_pool_process_killed_in_the_middle_leaves_nothing_and_the_next_beat_completes_it(city, queue, tmp_path):
    """What a machine short of memory does: the worker lives on, its task is lost, and the schedule asks again."""
    before, log = rows(), tmp_path / "worker.log"
    with worker(queue, log, patience=1800) as running:
        with table_held(HELD):
            ask("compute_due_rankings", queue=queue)
            wait_until(lambda: is_held_up(HELD), PATIENCE)
            (child,) = psutil.Process(running.pid).children()
            child.kill()
            wait_until(lambda: "WorkerLostError" in log.read_text(), PATIENCE)
            assert rows() == before
        wait_until(lambda: sessions_in_work() == 0)
        assert rows() == before
        ask("compute_due_rankings", queue=queue)
        wait_until(is_whole, PATIENCE)
    wait_until(lambda: sessions_in_work() == 0)
    check_result()


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
def test_ten_tasks_at_once_give_one_result(city, queue, tmp_path):
    log = tmp_path / "worker.log"
    with table_held(HELD), worker(queue, log, processes=4):
        for _ in range(10):
            ask("compute_ranking_month", "2023-01", queue=queue)
        wait_until(lambda: is_held_up(HELD), PATIENCE)  # one is in the middle, the others wait for it
    # The worker ended with its tasks unfinished: all ten come back, to processes that start together.
    time.sleep(2.5)
    with worker(queue, log, processes=4):
        wait_until(lambda: log.read_text().count("succeeded in") >= 10, PATIENCE)
        assert "ERROR" not in log.read_text()
    wait_until(lambda: sessions_in_work() == 0)
    check_result()
