"""How many feeds one worker reads and stores: `python -m bench.harvest`. Prints figures and ratios; nothing depends on
them.

A web server of its own process on loopback gives feeds of 100 entries. A visit is the whole of it: lease, turn at the
host (without the pause), request, reading in a child process, storing, record. Works in a database that is dropped at
the end.
"""

import logging
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection

os.environ.setdefault("KIP_LOCAL", "1")
os.environ.setdefault("KIP_VAR_DIR", tempfile.mkdtemp(prefix="kip-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

ENTRIES, CHANNELS, RUNS = 100, 40, int(os.environ.get("BENCH_RUNS", "2000"))
TEXT = "Rapat koordinasi membahas layanan warga di kecamatan dan kelurahan. " * 6


def feed(path: str, newest: int) -> bytes:
    """100 entries, from number `newest` backwards."""
    now = datetime.now(UTC) - timedelta(hours=2)
    items = "".join(
        f"<item><title>Kegiatan nomor {number} pada {path.strip('/')}</title>"
        f"<link>http://127.0.0.1{path}/{number}</link><guid>{path}/{number}</guid>"
        f"<pubDate>{now - timedelta(minutes=newest - number):%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
        f"<description>{TEXT}</description></item>"
        for number in range(newest, newest - ENTRIES, -1)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


class Handler(BaseHTTPRequestHandler):
    """`/kanal/7/grow`: one entry more at each request; `/kanal/7/etag`: 304 to who knows it; else ever the same."""

    protocol_version = "HTTP/1.1"
    kept: dict[str, bytes] = {}
    newest: dict[str, int] = {}

    def do_GET(self) -> None:
        channel, _slash, manner = self.path.rpartition("/")
        if manner == "grow":
            self.newest[channel] = self.newest.get(channel, ENTRIES) + 1
            return self._answer(feed(channel, self.newest[channel]))
        if manner == "etag" and self.headers.get("If-None-Match"):
            self.send_response(304)
            return self.end_headers()
        if channel not in self.kept:
            self.kept[channel] = feed(channel, ENTRIES)
        return self._answer(self.kept[channel])

    def _answer(self, body: bytes) -> None:
        head = f'Content-Type: application/rss+xml\r\nETag: "1"\r\nContent-Length: {len(body)}\r\n\r\n'
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + head.encode() + body)

    def log_message(self, *_arguments: object) -> None:
        return


def serve(told: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.send(server.server_address[1])
    server.serve_forever()


@contextmanager
def web_server() -> Iterator[int]:
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield mine.recv()
    finally:
        process.terminate()
        process.join()


def per_second(words: str, work: Callable[[int], None], times: int) -> float:
    """Prints the rate by the clock, and the worker's own computing (with its child processes, without the database's);
    the median visit's rate, for a machine that does other things too."""
    spans, cpu = [], sum(os.times()[:4])
    for number in range(times):
        start = time.perf_counter()
        work(number)
        spans.append(time.perf_counter() - start)
    cpu = (sum(os.times()[:4]) - cpu) / times
    rate = 1 / statistics.median(spans)
    print(f"{words:<40} {rate:>8.1f} feeds/s {cpu * 1000:>8.1f} ms computing each", flush=True)
    return rate


def measure(port: int) -> None:
    import psutil
    from django.utils import timezone

    from opd.models import Channel, Unit
    from publications.harvest.client import Client
    from publications.harvest.fetching import Policy
    from publications.harvest.records import ChannelHarvest
    from publications.harvest.turns import Turns
    from publications.harvest.visiting import visit

    unit = Unit.objects.create(slug="bench", name="Bench", short_name="Bench", category="opd")
    policy = Policy("KIPCilegon-bench/1.0", test_servers=frozenset({("127.0.0.1", port)}))
    harvests = []
    for number in range(CHANNELS):
        url = f"http://127.0.0.1:{port}/kanal/{number}"
        channel = Channel.objects.create(
            unit=unit, kind="website", url=url, key=str(number), status="verified", verified_at=timezone.now()
        )
        harvests.append(ChannelHarvest.objects.create(channel=channel, connector="feed", endpoint=f"{url}/etag"))

    def go(number: int, manner: str = "", *, forget: bool = False) -> None:
        harvest = harvests[number % CHANNELS]
        changes = {"cursor": {}} if forget else {}
        if manner:
            changes["endpoint"] = f"{harvest.channel.url}/{manner}"
        if changes:
            ChannelHarvest.objects.filter(pk=harvest.pk).update(**changes)
        with Turns(timedelta(0)) as turns:
            run = visit(harvest, Client(policy, turns), trigger="bench").run
        if run is None or run.outcome == "error":
            raise SystemExit(f"visit failed: {run and run.note}")

    first = per_second(f"first time, {ENTRIES} entries stored", lambda number: go(number), CHANNELS)
    known = per_second("read again, all entries known", lambda number: go(number, forget=True), CHANNELS)
    one = per_second("one entry new, 99 known", lambda number: go(number, "grow"), CHANNELS)
    for number in range(CHANNELS):
        go(number, "plain")
    go_again = per_second("same body (hash), no 304", lambda number: go(number, "plain"), CHANNELS * 2)
    unchanged = per_second("unchanged, 304", lambda number: go(number, "etag"), CHANNELS * 5)
    print(f"in ratios to the first time: known {known / first:.1f}, one new {one / first:.1f}, same body "
          f"{go_again / first:.1f}, 304 {unchanged / first:.1f}")  # fmt: skip
    memory(lambda number: go(number, "grow" if number % 2 else "etag"), psutil.Process())


def memory(work: Callable[[int], None], process: "object") -> None:
    """Resident memory after a tenth of the runs, at half, and at the end."""
    marks = {}
    for number in range(1, RUNS + 1):
        work(number)
        if number in (RUNS // 10, RUNS // 2, RUNS):
            marks[number] = process.memory_info().rss / 1024 / 1024  # type: ignore[attr-defined]
    told = ", ".join(f"{megabytes:.1f} MB after {number}" for number, megabytes in marks.items())
    values = list(marks.values())
    print(
        f"memory over {RUNS} runs, every other one with a new entry: {told}; end / tenth {values[-1] / values[0]:.3f}"
    )


def main() -> None:
    import django
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    logging.disable(logging.INFO)
    created = setup_databases(verbosity=0, interactive=False)
    try:
        with web_server() as port:
            measure(port)
    finally:
        connections.close_all()
        teardown_databases(created, verbosity=0)


if __name__ == "__main__":
    from local.servers import VAR, provide_servers

    with provide_servers(VAR / "bench", durable=False):
        main()
