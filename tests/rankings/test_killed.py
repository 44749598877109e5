"""A run that is killed in the middle leaves no half month; ten at once give one result."""

import os
import signal
import subprocess
import sys
import time
from datetime import date

import psycopg2
import pytest
from django.db import connection

from rankings.models import Entry, Evidence, InputFile, Ranking
from rankings.services import compute_month
from rankings.verifying import verify_ranking
from tests.builders import make_counted, make_method_v1, make_unit

pytestmark = pytest.mark.django_db(transaction=True)
JANUARY = date(2023, 1, 1)
COMPUTE = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
call_command("compute_ranking", "2023-01")
"""


def city():
    make_method_v1()
    for number in range(5):
        unit = make_unit()
        for day in range(2, 4 + number):
            make_counted(unit, date(2023, 1, day))


def start() -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMPUTE.format(name=connection.settings_dict["NAME"])]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cilegon_kip.settings"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rows():
    return [list(table.objects.order_by("pk").values()) for table in (Ranking, Entry, Evidence, InputFile)]


def wait_until(question, seconds=30):
    until = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < until, "did not come"
        time.sleep(0.05)


def is_held_up(table: str) -> bool:
    """Whether some session waits for a lock on the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
        return bool(cursor.fetchone()[0])


def sessions_in_work() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("table", ["rankings_evidence", "rankings_inputfile"])
@pytest.mark.parametrize("is_computed", [False, True])
def test_killed_in_the_middle_leaves_the_month_as_it_was_and_the_next_run_completes_it(table, is_computed):
    """Killed while it waits to write: in its statement, or with all rows written and only the file missing."""
    city()
    if is_computed:
        compute_month(JANUARY)
        make_counted(make_unit(), date(2023, 1, 20))
    before = rows()
    holder = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with holder.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")  # readers pass, writers wait
        worker = start()
        wait_until(lambda: is_held_up(table))
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(timeout=20) == -signal.SIGKILL
        worker.communicate()
        assert rows() == before
    finally:
        holder.close()
    wait_until(lambda: sessions_in_work() == 0)
    assert rows() == before
    done = start()
    out, error = done.communicate(timeout=60)
    assert done.returncode == 0, error
    ranking = Ranking.objects.get()
    assert ranking.entries.count() == (6 if is_computed else 5)
    assert f"{ranking} Rancangan" in out
    assert verify_ranking(ranking).differences == []


def test_ten_at_once_give_one_result():
    city()
    workers = [start() for _ in range(10)]
    results = [(*worker.communicate(timeout=120), worker.returncode) for worker in workers]
    assert [code for _, _, code in results] == [0] * 10, results
    assert len({out for out, _, _ in results}) == 1
    assert (Ranking.objects.count(), Entry.objects.count(), InputFile.objects.count()) == (1, 5, 1)
    assert verify_ranking(Ranking.objects.get()).differences == []
    before = rows()
    compute_month(JANUARY)
    assert rows() == before
