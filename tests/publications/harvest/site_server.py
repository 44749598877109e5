"""One web server on loopback that stands for many sites: it remembers when each of them was asked."""

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

from .samples import rss

ANSWER_SECONDS = 0.05


def feed_of(base: str, entries: int) -> bytes:
    moment = datetime.now(UTC) - timedelta(hours=1)
    items = [
        f"<item><title>Rapat {base} nomor {number}</title><link>{base}/{number}</link>"
        f"<pubDate>{moment:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for number in range(entries)
    ]
    body = rss(*items)
    return body if isinstance(body, bytes) else body.encode()


class Sites(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, entries: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.entries, self.lock = entries, threading.Lock()
        #: host → (start, end) of each request, on this process's clock.
        self.asked: dict[str, list[tuple[float, float]]] = defaultdict(list)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def address(self, host: int, channel: int) -> str:
        return f"http://situs-{host}.uji.invalid:{self.port}/kanal-{channel}"

    def shortest_pause(self) -> float:
        """Seconds between the end of a request and the start of the next at the same host; negative: two at once."""
        pauses = []
        for spans in self.asked.values():
            spans.sort()
            pauses += [later[0] - earlier[1] for earlier, later in pairwise(spans)]
        return min(pauses)


class Handler(BaseHTTPRequestHandler):
    server: Sites

    def do_GET(self) -> None:
        started_at = time.monotonic()
        time.sleep(ANSWER_SECONDS)
        host = self.headers["Host"].partition(":")[0]
        body = feed_of(f"http://{self.headers['Host']}{self.path.removesuffix('/feed')}", self.server.entries)
        with self.server.lock:  # before the answer goes out: the pause that is measured is never longer than it was
            self.server.asked[host].append((started_at, time.monotonic()))
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments) -> None:
        return


@contextmanager
def sites(entries: int = 5):
    server = Sites(entries)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
