"""Web servers on this machine that do what no server should; each connection runs one function over the raw socket."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from publications.harvest.client import Client
from publications.harvest.fetching import Policy

TLS = Path(__file__).parent / "tls"
Handler = Callable[[socket.socket, str], None]


class Server:
    """`answer(connection, request head)`; remembers what was asked."""

    def __init__(self, answer: Handler, *, is_tls: bool = False) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context: ssl.SSLContext | None = None
        if is_tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if is_tls else ''}://127.0.0.1:{self.port}"
        self.asked: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(65_536)):
                head += piece
            self.asked.append(head.decode("latin-1"))
            self._answer(connection, head.decode("latin-1"))
            connection.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a connection
        self._listener.close()


def says(status: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Handler:
    """An ordinary answer."""

    def answer(connection: socket.socket, _head: str) -> None:
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
        lines += (
            ["Connection: close"]
            if "Content-Length" in (headers or {})
            else [f"Content-Length: {len(body)}", "Connection: close"]
        )
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    return answer


def by_path(answers: dict[str, Handler]) -> Handler:
    def answer(connection: socket.socket, head: str) -> None:
        path = head.split(" ")[1] if " " in head else ""
        answers.get(path, says("404 Not Found"))(connection, head)

    return answer


@contextlib.contextmanager
def serving(answer: Handler, *, is_tls: bool = False) -> Iterator[Server]:
    server = Server(answer, is_tls=is_tls)
    try:
        yield server
    finally:
        server.close()


def client_for(*servers: Server, **changes: object) -> Client:
    """The harvest's client, in a hurry, allowed to ask these servers besides public ones."""
    policy = {
        "user_agent": "KIPCilegon/1 (+https://kip.example.id/tentang/)", "connect_seconds": 1.0, "read_seconds": 1.0,
        "whole_seconds": 2.0, "ca_file": str(TLS / "certificate.pem"),
        "test_servers": frozenset(("127.0.0.1", server.port) for server in servers),
    }  # fmt: skip
    return Client(Policy(**{**policy, **changes}))
