"""`make run`: everything that the portal needs on one machine, until Ctrl-C.

Servers (embedded unless given), migrations, register, sample months, rankings by the worker, then
web, worker and beat. What dies is started again; at the end no process is left.
"""

import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from .servers import ROOT, VAR, LocalServer, LocalServerError, provide_servers

HOST = "127.0.0.1"
PORT = int(os.environ.get("PORT", "8000"))
BIN = Path(sys.executable).parent
STOP_SECONDS = 12.0


class Stop(Exception):  # noqa: N818  (not an error: the person asked to stop)
    """Ctrl-C, or a request to end."""


def say(text: str) -> None:
    print(text, flush=True)


class Children:
    """The portal's own processes, each in a session of its own so that Ctrl-C reaches only us."""

    def __init__(self) -> None:
        self._commands: dict[str, list[str]] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._born: dict[str, float] = {}

    def start(self, name: str, command: list[str]) -> None:
        self._commands[name] = command
        log = (VAR / "log" / f"{name}.log").open("ab")
        with log:
            self._processes[name] = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._born[name] = time.monotonic()

    def restart_dead(self) -> None:
        for name, process in list(self._processes.items()):
            if process.poll() is None or time.monotonic() - self._born[name] < 3:
                continue
            say(f"{name} berhenti (kode {process.returncode}); dijalankan lagi. Lihat var/log/{name}.log.")
            self.start(name, self._commands[name])

    def is_alive(self, name: str) -> bool:
        return self._processes[name].poll() is None

    def stop(self) -> None:
        """Ask all to end, wait, then end by force what stays, with its children."""
        for process in self._processes.values():
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return  # the whole group has ended


@contextmanager
def only_once() -> Iterator[None]:
    """Two `make run` in one folder would fight for the same data."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LocalServerError("`make run` sudah berjalan di folder ini; hentikan dulu dengan Ctrl-C.") from error
        yield


def check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            raise LocalServerError(
                f"Port {PORT} sedang dipakai program lain. Hentikan program itu, atau pilih port lain: "
                f"`make run PORT={PORT + 1}`."
            ) from error


def prepare(children: Children) -> None:
    """Everything before the web server: schema, files, register, sample, staff, rankings."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from opd.models import Unit

    say("Menyiapkan basis data …")
    call_command("migrate", verbosity=0, interactive=False)
    collect_static(call_command)
    say("Memuat register unit dan data contoh …")
    with (VAR / "log" / "load.log").open("a") as log:
        if not Unit.objects.exists():  # later the register is kept in the workspace; a load would undo it
            call_command("load_register", stdout=log)
        call_command("load_checklists", stdout=log)
        call_command("load_sample", stdout=log)
        call_command("import_publications", "publications/data/press-coverage.csv", stdout=log)
    call_command("create_staff")
    start_workers(children)
    await_worker()
    say("Menghitung peringkat bulan-bulan yang belum ada …")
    with (VAR / "log" / "load.log").open("a") as log:
        call_command("compute_ranking", due=True, queue=True, wait=120, stdout=log)
    connections.close_all()


def collect_static(call_command: Any) -> None:
    """Collect only when a file has changed: hashing and compressing takes seconds."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    mark = VAR / "static.sha256"
    if (VAR / "static" / "staticfiles.json").exists() and mark.exists() and mark.read_text() == digest.hexdigest():
        return
    say("Mengumpulkan berkas statis …")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    mark.write_text(digest.hexdigest())


def start_workers(children: Children) -> None:
    celery = [str(BIN / "celery"), "-A", "cilegon_kip"]
    children.start("worker", [*celery, "worker", "--queues=celery,harvest", "--concurrency=1", "--loglevel=INFO"])
    children.start("beat", [*celery, "beat", "--loglevel=INFO", f"--pidfile={VAR / 'beat.pid'}"])


def await_worker() -> None:
    """Ask for a heartbeat at once, since beat's first comes after half a minute, and wait for it."""
    from django.core.cache import cache

    from cilegon_kip.tasks import HEARTBEAT_KEY, beat_heart

    cache.delete(HEARTBEAT_KEY)
    beat_heart.delay()
    deadline = time.monotonic() + 30
    while cache.get(HEARTBEAT_KEY) is None:
        if time.monotonic() > deadline:
            raise LocalServerError("Pekerja (worker) tidak menjawab dalam 30 detik; lihat var/log/worker.log.")
        time.sleep(0.1)


def start_web(children: Children) -> None:
    command = [str(BIN / "gunicorn"), "cilegon_kip.wsgi", f"--bind={HOST}:{PORT}", "--workers=2", "--threads=4"]
    children.start("web", [*command, "--timeout=60", "--graceful-timeout=5", "--error-logfile=-"])
    for _ in range(150):
        if not children.is_alive("web"):
            raise LocalServerError("Server web berhenti saat dimulai; lihat var/log/web.log.")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, PORT)) == 0:
                return
        time.sleep(0.1)
    raise LocalServerError("Server web tidak menjawab dalam 15 detik; lihat var/log/web.log.")


def watch(children: Children, servers: list[LocalServer]) -> None:
    """Keep everything alive until a signal comes."""
    while True:
        time.sleep(2)
        for server in servers:
            if not server.is_up():
                say(f"{server.name} berhenti; dijalankan lagi.")
                try:
                    server.start()
                except LocalServerError as error:
                    say(str(error))
        children.restart_dead()


def stop_on_signal(number: int, frame: FrameType | None) -> None:
    raise Stop


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_on_signal)
    os.environ["KIP_LOCAL"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{PORT}")
    (VAR / "log").mkdir(parents=True, exist_ok=True)
    children = Children()
    try:
        with only_once(), provide_servers(own=True) as servers:
            try:
                check_port()
                (VAR / "beat.pid").unlink(missing_ok=True)
                prepare(children)
                start_web(children)
                say(f"\nPortal siap: http://{HOST}:{PORT}\nRuang kerja:  http://{HOST}:{PORT}/admin/")
                say(f"Akun staf:    {VAR / 'staff.txt'}\nCtrl-C menghentikan semuanya.")
                watch(children, servers)
            finally:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave processes behind
                children.stop()
    except Stop:
        say("\nSemua dihentikan; data tersimpan di var/.")
    except LocalServerError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
