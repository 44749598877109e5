"""The set-up for production is strict, and the migrations are whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "SECRET_KEY": "x7" * 40 + "-production-key-of-the-test",
    "ALLOWED_HOSTS": "kip.example.go.id",
    "DATABASE_URL": "postgres://user:password@localhost:5432/kip",
    "REDIS_URL": "redis://localhost:6379/0",
    "PERSONAL_DATA_KEYS": "cHJvZHVjdGlvbi1rZXktb2YtdGhlLXRlc3QtMDEyMzQ=",
}


def run_in_production(*command: str, without: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, **PRODUCTION, **more}
    environment.pop(without, None)
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


def test_deploy_check_is_clean():
    result = run_in_production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_production_refuses_to_start_without(name):
    result = run_in_production("-c", "import cilegon_kip.wsgi", without=name)
    assert result.returncode != 0
    assert f"{name} belum diisi" in result.stderr


@pytest.mark.parametrize("keys", ["abc", f"{PRODUCTION['PERSONAL_DATA_KEYS']},", "kunci lama"])
def test_production_refuses_keys_that_can_encrypt_nothing(keys):
    """Else the first citizen who asks would find out."""
    result = run_in_production("-c", "import cilegon_kip.wsgi", PERSONAL_DATA_KEYS=keys)
    assert result.returncode != 0
    assert "PERSONAL_DATA_KEYS bukan kunci Fernet" in result.stderr


def test_the_worker_does_not_bring_servers_of_its_own():
    result = run_in_production("-c", "import cilegon_kip.celery as c; c.app.conf.broker_url", without="REDIS_URL")
    assert "REDIS_URL belum diisi" in result.stderr


def test_sample_data_is_refused_in_production():
    result = run_in_production("manage.py", "load_sample")
    assert result.returncode == 1
    assert "data contoh" in result.stderr.lower()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_migrations_of_our_rooms_can_be_undone_and_done_again():
    rooms = ("requests_info", "rankings", "publications", "correspondence")
    try:
        for room in rooms:
            call_command("migrate", room, "zero", verbosity=0)
        left = [name for name in connection.introspection.table_names() if name.startswith(rooms)]
    finally:
        call_command("migrate", verbosity=0)
    from rankings.models import Method

    assert left == []
    assert Method.objects.get().version == 1
