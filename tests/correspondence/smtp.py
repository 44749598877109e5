"""A mail server on loopback that takes, refuses, or hangs up, as it is told."""

import socketserver
from contextlib import contextmanager
from email import message_from_bytes, policy
from threading import Thread


class Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say(b"220 uji")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                self.say(self.server.answer)
            elif verb == b"DATA":
                if self.server.hangs_up:
                    return
                if self.server.stalls:
                    self.server.stalled = True
                    self.rfile.readline()  # says nothing until the other side is gone
                    return
                self.say(b"354 go on")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text.removeprefix(b".") if text.startswith(b"..") else text)
                self.server.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
                if self.server.falls_silent:
                    self.server.stalled = True
                    self.rfile.readline()
                    return
                self.say(b"250 taken")
            elif verb == b"QUIT":
                self.say(b"221 bye")
                return
            else:
                self.say(b"250 fine")

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    answer = b"250 fine"
    hangs_up = False
    #: Says nothing more: before it takes the mail, or after it took it.
    stalls = False
    falls_silent = False
    stalled = False

    def handle_error(self, request, client_address) -> None:
        pass


@contextmanager
def smtp_server(settings):
    """Django sends there while the block lasts; `taken` holds what arrived."""
    with Server(("127.0.0.1", 0), Session) as server:
        server.taken = []
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        try:
            yield server
        finally:
            server.shutdown()
