"""The newcomer's machine: every failure is one clear sentence, and no process is left."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local import run
from local.bootstrap import _advice, make_environment
from local.servers import EmbeddedPostgres, EmbeddedRedis, LocalServerError, _socket_path, is_newcomer

ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_port_in_use_is_said_with_the_way_out(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(run, "PORT", taken.getsockname()[1])
        with pytest.raises(LocalServerError, match=r"sedang dipakai program lain.*make run PORT="):
            run.check_port()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("error: command 'gcc' failed: No such file or directory", "build-essential"),
        ("Could not fetch URL: Connection to host timed out", "sambungan internet"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "sidik jari"),
        ("OSError: [Errno 28] No space left on device", "Cakram penuh"),
    ],
)
def test_a_failed_installation_says_what_to_do(output, said):
    assert said in _advice(output)


def test_a_half_made_environment_is_made_anew(tmp_path):
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "bin" / "python").write_text("broken")
    python = make_environment(tmp_path / "env")
    assert subprocess.run([python, "-c", "import pip"]).returncode == 0


def test_a_half_initialised_database_folder_is_made_anew(tmp_path):
    folder = tmp_path / "pg"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("18\n")
    EmbeddedPostgres(folder)._clear_unfinished()
    assert not folder.exists()


def test_a_killed_process_is_forgotten_by_the_database(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    users = tmp_path / ".handle_pids.json"
    users.write_text(f"[{gone.pid}, {os.getpid()}]")
    EmbeddedPostgres(tmp_path)._forget_dead_users()
    assert users.read_text() == f"[{os.getpid()}]"


def test_redis_starts_is_joined_and_ends(tmp_path):
    first, second = EmbeddedRedis(tmp_path), EmbeddedRedis(tmp_path)
    url = first.start()
    assert second.start() == url
    second.stop()
    assert first.is_up(), "the one that joined must not stop the server of the first"
    first.stop()
    assert not first.is_up()


def test_redis_left_by_a_killed_run_is_stopped_by_the_next(tmp_path):
    left = EmbeddedRedis(tmp_path)
    left.start()
    owner = EmbeddedRedis(tmp_path, own=True)
    owner.start()
    owner.stop()
    assert left._process.wait(timeout=10) is not None


def test_a_long_path_gets_a_socket_elsewhere(tmp_path):
    assert len(str(_socket_path(tmp_path / ("x" * 120)))) < 100


def test_stopping_ends_children_of_children(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "VAR", tmp_path)
    (tmp_path / "log").mkdir()
    children = run.Children()
    children.start("family", ["sh", "-c", f"trap '' TERM; sleep 300 & echo $! > {tmp_path}/pid; wait; wait"])
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert children.is_alive("family")
    monkeypatch.setattr(run, "STOP_SECONDS", 1)
    children.stop()
    grandchild, deadline = int((tmp_path / "pid").read_text()), time.monotonic() + 10
    while _runs(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(grandchild)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(
    ("environment", "has_key", "trial"),
    [
        ({}, False, True),
        ({"DATABASE_URL": "postgres://db/kip"}, False, False),
        ({"DATABASE_URL": "postgres://db/kip"}, True, True),  # `make run` was here, with a server of its user's own
        ({"DATABASE_URL": "postgres://db/kip", "SECRET_KEY": "x"}, True, False),
        ({"SECRET_KEY": "x"}, True, False),
        ({"KIP_LOCAL": "1", "SECRET_KEY": "x"}, False, True),
        ({"KIP_LOCAL": "0"}, True, False),
    ],
)
def test_a_machine_for_trying_is_told_from_production(tmp_path, monkeypatch, environment, has_key, trial):
    for name in ("KIP_LOCAL", "DATABASE_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if has_key:
        (tmp_path / "secret_key").write_text("key")
    assert is_newcomer(tmp_path) is trial


def test_a_missing_setting_is_one_sentence_on_the_command_line():
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://db/kip", "KIP_LOCAL": "0"}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert result.stderr.strip() == "SECRET_KEY belum diisi. Lihat docs/production.md."
