"""A real site for a real browser: the production server over a database of its own with sample months.

It is made once a session: schema, register, sample, rankings, collected static files, gunicorn. The
tests talk to it by HTTP only. Without a Chromium they are skipped, and the reason says how to get one.
"""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg2
import pytest

from local.test import find_chromium

from .addresses import PAGES

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = find_chromium()
SKIPPED = "tanpa Chromium: pasang dengan `apt-get install chromium`, atau tunjuk dengan KIP_CHROMIUM"
#: One for each worker of a parallel run.
DATABASE = f"kip_browser_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason=SKIPPED))


@dataclass(frozen=True)
class Site:
    url: str
    staff: dict[str, str]
    found: dict[str, str]
    environment: dict[str, str]

    def page(self, name: str) -> str:
        """The address of a page of `addresses.NAMES`."""
        return self.at(PAGES.get(name) or self.found[name])

    def at(self, path: str) -> str:
        return self.url + path

    def run(self, code: str) -> str:
        """Python beside the server, as a command or a worker would run it; what it printed."""
        command = [sys.executable, "-c", f"{SETUP}\n{code}"]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


@pytest.fixture(scope="session")
def browser_type_launch_args():
    quiet = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": CHROMIUM, "args": [*quiet, *root, "--disable-sync", "--no-first-run"]}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    var = tmp_path_factory.mktemp("site")
    port = free_port()
    environment = {
        **os.environ,
        "KIP_LOCAL": "1",
        "KIP_VAR_DIR": str(var),
        "DATABASE_URL": fresh_database(os.environ["DATABASE_URL"]),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "API_RATE": "100000/min",
    }
    found = json.loads(prepare(environment))
    command = [sys.executable, "-m", "gunicorn", "cilegon_kip.wsgi", f"--bind=127.0.0.1:{port}", "--threads=4"]
    with (var / "web.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server, var / "web.log")
        yield Site(f"http://127.0.0.1:{port}", read_staff(var / "staff.txt"), found, environment)
    finally:
        server.terminate()
        server.wait(timeout=20)


def prepare(environment: dict[str, str]) -> str:
    """Run PREPARE; its last line."""
    command = [sys.executable, "-c", PREPARE]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()[-1]


SETUP = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "cilegon_kip.settings"
import django
django.setup()
"""
PREPARE = f"""
{SETUP}
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
call_command("load_register")
call_command("load_checklists")
call_command("load_sample")
call_command("create_staff")
call_command("compute_ranking", due=True)
from datetime import date
from publications.models import Activity
from rankings.finalising import finalise_ranking, revise_ranking
from rankings.models import Ranking
finalise_ranking(month=date(2022, 12, 1), despite_open=True)
revise_ranking(month=date(2022, 12, 1), reason="Satu kegiatan terlewat (data contoh).")
from opd.models import Unit, User
from rankings.rebuttals.deciding import Decision, decide_rebuttal
from rankings.rebuttals.making import ClaimedGap, channels_of, make_rebuttal
from django.utils import timezone
from cilegon_kip.common.jakarta import local_day
if not Ranking.objects.filter(status="provisional").exists():  # in the first hours of a month nothing counts in it yet
    call_command("compute_ranking", f"{{local_day(timezone.now()):%Y-%m}}")
newest = Activity.objects.published().newest_first()
draft, gerem = Ranking.objects.filter(status="draft").latest("month"), Unit.objects.get(slug="kelurahan-gerem")
gap = ClaimedGap(channels_of(gerem, draft)[0], draft.month, draft.month)
people = {{user.username: user for user in User.objects.all()}}
objection = make_rebuttal(
    month=draft.month, unit=gerem, actor=people["operator-gerem"], reason="Akun kami terkunci sehari.", gaps=[gap]
)
verdict = Decision(accepted=False, answer="Akunnya terbaca pada hari itu.")
decide_rebuttal(
    rebuttal_id=objection.pk, actor=people["ppid-utama"], answer="Tidak terbukti.",
    decisions={{item.pk: verdict for item in objection.items.all()}},
)
print(json.dumps({{
    "activity": newest.filter(photos=None).first().get_absolute_url(),
    "activity with photo": newest.exclude(photos=None).first().get_absolute_url(),
    "withdrawn activity": Activity.objects.filter(status="withdrawn").latest("pk").get_absolute_url(),
    "objection": f"/admin/sanggahan/baru/{{draft}}/kelurahan-pabean/",
    "objected entry": objection.get_absolute_url().partition("#")[0],
    # On the first of a month nothing of it is there yet.
    "running month": Ranking.objects.order_by("status", "month").last().get_absolute_url(),
}}))
"""


def fresh_database(url: str) -> str:
    """An empty database beside the one of the unit tests; its URL."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()
    return urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(1200):  # a busy machine takes its time
        assert server.poll() is None, log.read_text()
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {url}: {log.read_text()}")


def read_staff(path: Path) -> dict[str, str]:
    """User name → password, from the table that `create_staff` writes."""
    rows = re.findall(r"^\s*([a-z][\w-]*)\s+(\S{10,})", path.read_text(), re.MULTILINE)
    return dict(rows)


@pytest.fixture
def operator_password(site):
    return site.staff["operator-pabean"]


def random_title() -> str:
    return f"Kerja bakti saluran air {secrets.token_hex(4)}"
