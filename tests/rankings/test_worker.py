"""A real worker process over the tests' PostgreSQL and Redis: killed in the middle it leaves no half month."""

import time
from contextlib import contextmanager
from datetime import date

import psutil
import psycopg2
import pytest
from django.db import connection

from rankings.models import Entry, InputFile, Ranking
from rankings.services import compute_month
from rankings.verifying import verify_ranking
from tests.builders import make_counted, make_method_v1, make_unit
from tests.workers import PATIENCE, ask, kill_all, own_queue, wait_until, worker

from .test_killed import is_held_up, rows, sessions_in_work

pytestmark = pytest.mark.django_db(transaction=True)
JANUARY = date(2023, 1, 1)
#: In the middle: every entry is written, only the file of the input is missing.
HELD = "rankings_inputfile"


@pytest.fixture
def queue():
    with own_queue() as name:
        yield name


@pytest.fixture
def city():
    make_method_v1()
    for number in range(5):
        unit = make_unit()
        for day in range(2, 4 + number):
            make_counted(unit, date(2023, 1, day), is_sample=True)


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
    ask("rankings.tasks.compute_ranking_month", "2023-01", queue=queue)
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
            ask("rankings.tasks.compute_due_rankings", queue=queue)
            wait_until(lambda: is_held_up(HELD), PATIENCE)
            (child,) = psutil.Process(running.pid).children()
            child.kill()
            wait_until(lambda: "WorkerLostError" in log.read_text(), PATIENCE)
            assert rows() == before
        wait_until(lambda: sessions_in_work() == 0)
        assert rows() == before
        ask("rankings.tasks.compute_due_rankings", queue=queue)
        wait_until(is_whole, PATIENCE)
    wait_until(lambda: sessions_in_work() == 0)
    check_result()


@pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored")
def test_ten_tasks_at_once_give_one_result(city, queue, tmp_path):
    log = tmp_path / "worker.log"
    with table_held(HELD), worker(queue, log, processes=4):
        for _ in range(10):
            ask("rankings.tasks.compute_ranking_month", "2023-01", queue=queue)
        wait_until(lambda: is_held_up(HELD), PATIENCE)  # one is in the middle, the others wait for it
    # The worker ended with its tasks unfinished: all ten come back, to processes that start together.
    time.sleep(2.5)
    with worker(queue, log, processes=4):
        wait_until(lambda: log.read_text().count("succeeded in") >= 10, PATIENCE)
        assert "ERROR" not in log.read_text()
    wait_until(lambda: sessions_in_work() == 0)
    check_result()
