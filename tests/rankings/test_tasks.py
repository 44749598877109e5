"""The task is thin, may run twice, late or side by side; the command says what it did."""

import os
import subprocess
import sys
import threading
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from rankings.models import Entry, Evidence, Ranking
from rankings.services import compute_month
from rankings.tasks import compute_due_rankings, compute_ranking_month
from tests.builders import make_counted, make_final, make_method_v1, make_unit

JANUARY = date(2023, 1, 1)
ROOT = Path(__file__).resolve().parents[2]


def rows():
    tables = (Ranking, Entry, Evidence)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def run(*args, **options):
    out = StringIO()
    call_command("compute_ranking", *args, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_task_twice_gives_the_same_rows_and_ids():
    make_counted(make_unit(), date(2023, 1, 10))
    compute_ranking_month.delay("2023-01")
    before = rows()
    compute_ranking_month.delay("2023-01")
    assert rows() == before
    assert len(before[0]) == len(before[1]) == len(before[2]) == 1


@pytest.mark.django_db
def test_schedule_makes_up_every_missed_month_and_may_run_twice():
    make_counted(make_unit(), date(2023, 1, 10), is_sample=True)
    make_counted(make_unit(), date(2023, 3, 10), is_sample=True)
    compute_due_rankings.delay()
    before = rows()
    compute_due_rankings.delay()
    assert rows() == before
    assert [str(ranking) for ranking in Ranking.objects.order_by("month")] == ["2023-01", "2023-03"]


@pytest.mark.django_db
def test_schedule_enqueues_one_task_for_each_month(monkeypatch):
    make_counted(make_unit(), date(2023, 1, 10), is_sample=True)
    make_counted(make_unit(), date(2023, 3, 10), is_sample=True)
    asked = []
    monkeypatch.setattr(compute_ranking_month, "delay", lambda month, only_if_due: asked.append(month))
    compute_due_rankings()
    assert asked == ["2023-01", "2023-03"]


@pytest.mark.django_db
def test_draft_changes_only_when_someone_asks_not_by_a_late_message_of_the_schedule():
    unit = make_unit()
    make_counted(unit, date(2023, 1, 10))
    compute_ranking_month.delay("2023-01", only_if_due=True)
    make_counted(unit, date(2023, 1, 11))
    compute_ranking_month.delay("2023-01", only_if_due=True)
    assert Entry.objects.get().activities == 1
    compute_ranking_month.delay("2023-01")
    assert Entry.objects.get().activities == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_give_one_ranking():
    make_method_v1()
    for number in range(6):
        unit = make_unit()
        for day in range(2, 4 + number):
            make_counted(unit, date(2023, 1, day))
    start, errors = threading.Barrier(4), []

    def work(month):
        try:
            start.wait()
            compute_month(month)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    # The month after takes part: its rows are written by the run of the month before, too.
    months = [JANUARY, JANUARY, date(2023, 2, 1), date(2022, 12, 1)]
    threads = [threading.Thread(target=work, args=[month]) for month in months]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []
    assert [str(ranking) for ranking in Ranking.objects.order_by("month")] == ["2022-12", "2023-01", "2023-02"]
    january = Ranking.objects.get(month=JANUARY)
    assert january.entries.count() == 6
    before = {entry.unit_id: entry.rank for entry in january.entries.all()}
    february = Entry.objects.filter(ranking__month=date(2023, 2, 1))
    assert {entry.unit_id: entry.previous_rank for entry in february} == before


COMPUTE = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
call_command("compute_ranking", "2023-01")
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_on_a_machine_in_utc_give_one_ranking():
    make_method_v1()
    unit = make_unit(slug="dinas-uji")
    for day in (30, 31):
        make_counted(unit, date(2023, 1, day), 23)
    make_counted(unit, date(2023, 2, 1), 0)
    command = [sys.executable, "-c", COMPUTE.format(name=connection.settings_dict["NAME"])]
    environment = {**os.environ, "TZ": "UTC", "DJANGO_SETTINGS_MODULE": "cilegon_kip.settings"}
    workers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    results = [(*worker.communicate(timeout=60), worker.returncode) for worker in workers]
    assert [code for _, _, code in results] == [0, 0], results
    assert results[0][0] == results[1][0]
    assert Entry.objects.get().activities == 2
    assert [row.counted_on for row in Evidence.objects.order_by("counted_on")] == [
        date(2023, 1, 30),
        date(2023, 1, 31),
    ]


@pytest.mark.django_db
def test_command_shows_the_first_places_and_who_was_silent():
    leader, silent = make_unit(name="Dinas Teladan"), make_unit(name="Dinas Sunyi")
    make_counted(leader, date(2023, 1, 10))
    printed = run("2023-01")
    assert "2023-01 Rancangan, Indeks Keaktifan v1, 21 hari kerja" in printed
    assert "OPD: 1 diperingkat, 1 tanpa kegiatan, 0 tidak terukur" in printed
    assert "1   48.0952  Dinas Teladan  (1 kegiatan, 1 hari)" in printed
    assert silent.name not in printed


@pytest.mark.django_db
def test_command_says_that_a_final_month_stays():
    compute_month(JANUARY)
    make_final(JANUARY)
    assert "sudah final" in run("2023-01")


@pytest.mark.django_db
@pytest.mark.parametrize("month", ["2023-13", "2023-1", "Januari", "0000-01", "2023-01-01", "2023-01\n"])
def test_command_refuses_what_is_not_a_month(month):
    with pytest.raises(CommandError, match="bukan bulan"):
        run(month)


@pytest.mark.django_db
def test_command_refuses_a_month_that_has_not_begun():
    with pytest.raises(CommandError, match="9998-12 belum dimulai"):
        run("9998-12")


@pytest.mark.django_db
@pytest.mark.parametrize("args", [[], ["2023-01", "--due"], ["--all", "--queue"], ["2023-01", "--queue"]])
def test_command_refuses_contradictions(args):
    with pytest.raises(CommandError):
        run(*args)


@pytest.mark.django_db
def test_command_computes_due_months_and_with_all_drafts_again():
    unit = make_unit()
    make_counted(unit, date(2023, 1, 10), is_sample=True)
    assert run("--due").startswith("2023-01 Rancangan, data contoh")
    assert run("--due") == "Tidak ada bulan yang perlu dihitung.\n"
    make_counted(unit, date(2023, 1, 11), is_sample=True)
    assert "(2 kegiatan, 2 hari)" in run("--all")


@pytest.mark.django_db
def test_command_asks_the_worker_and_waits_for_all_due_months():
    make_counted(make_unit(), date(2023, 1, 10), is_sample=True)
    make_counted(make_unit(), timezone.localdate(), is_sample=True)
    assert run("--due", "--queue", wait=5) == "Semua bulan sudah dihitung.\n"
    assert Ranking.objects.count() == 2


@pytest.mark.django_db
def test_command_says_when_the_worker_is_too_slow(monkeypatch):
    make_counted(make_unit(), date(2023, 1, 10), is_sample=True)
    monkeypatch.setattr(compute_due_rankings, "apply_async", lambda **options: None)
    with pytest.raises(CommandError, match=r"Worker belum menghitung 2023-01 dalam 0\.3 detik"):
        run("--due", "--queue", wait=0.3)


def test_command_says_when_redis_is_away():
    command = [sys.executable, "manage.py", "compute_ranking", "--due", "--queue", "--wait", "60"]
    environment = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "Redis tidak dapat dihubungi" in done.stderr
    assert "Traceback" not in done.stderr
