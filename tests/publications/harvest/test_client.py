"""The client against servers that lie, stall and lead astray: the right error, in time."""

import ast
import gzip
import re
import socket
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from publications.harvest import client as client_module
from publications.harvest.client import Client
from publications.harvest.fetching import Policy, Validators
from publications.harvest.items import HarvestError
from publications.harvest.retry_after import retry_at

from .hostile import by_path, client_for, says, serving

ROOT = Path(__file__).resolve().parents[3]
FEED = b"<rss><channel/></rss>"


def kind_of(fetch, *arguments, **named) -> str:
    with pytest.raises(HarvestError) as error:
        fetch(*arguments, **named)
    assert str(error.value)
    return error.value.kind


def test_the_workers_own_limit_is_not_taken_for_the_sites_fault(monkeypatch):
    def too_long(*args, **named):
        raise SoftTimeLimitExceeded

    with serving(says("200 OK", {}, FEED)) as site, monkeypatch.context() as patched:
        patched.setattr("requests.Session.request", too_long)
        with pytest.raises(SoftTimeLimitExceeded):
            client_for(site).get(site.url)


# --- what goes well -----------------------------------------------------------------------------------------------


def test_an_answer_with_our_name_on_the_question():
    with serving(
        says("200 OK", {"Content-Type": "text/xml", "ETag": 'W/"a"', "Last-Modified": "kemarin"}, FEED)
    ) as site:
        fetched = client_for(site).get(f"{site.url}/feed")
    assert (fetched.status, fetched.body, fetched.content_type) == (200, FEED, "text/xml")
    assert fetched.validators == Validators('W/"a"', "kemarin")
    assert "User-Agent: KIPCilegon/1 (+https://kip.example.id/tentang/)\r\n" in site.asked[0]
    assert "Cookie" not in site.asked[0]
    assert "Authorization" not in site.asked[0]


def test_validators_are_sent_back_as_they_came_and_304_is_an_answer():
    with serving(says("304 Not Modified")) as site:
        client = client_for(site)
        assert client.get(site.url, validators=Validators('"x"', "Tue")).is_not_modified
        assert client.get(site.url, validators=Validators("", "Tue")).is_not_modified
        assert kind_of(client.get, site.url) == "redirect"  # nobody asked whether it changed
    assert 'If-None-Match: "x"' in site.asked[0]
    assert "If-Modified-Since" not in site.asked[0]
    assert "If-Modified-Since: Tue" in site.asked[1]


def test_validators_of_an_answer_that_is_stale_at_once_are_none():
    with serving(says("200 OK", {"Expires": "0", "ETag": "x"})) as site:
        assert client_for(site).get(site.url).validators == Validators()


def test_an_interface_is_asked_by_post_and_may_not_lead_elsewhere():
    with serving(says("200 OK", body=b"{}")) as server:
        client = client_for(server)
        answer = client.post(server.url, b"a=1", content_type="application/x-www-form-urlencoded", headers={"X-A": "b"})
        assert (answer.status, answer.body) == (200, b"{}")
    head = server.asked[0]
    assert head.startswith("POST / HTTP/1.1")
    assert "Content-Type: application/x-www-form-urlencoded" in head
    assert "X-A: b" in head
    assert "Content-Length: 3" in head
    with serving(says("307 Temporary Redirect", {"Location": "/lain"})) as server, pytest.raises(HarvestError) as error:
        client_for(server).post(server.url, b"{}", content_type="application/json", headers={})
    assert error.value.kind == "redirect"
    with pytest.raises(HarvestError) as error:
        client_for().post("http://10.0.0.1/", b"{}", content_type="application/json", headers={})
    assert error.value.kind == "blocked_address"


def test_permanent_moves_are_reported_and_temporary_ones_are_not():
    answers = {"/301": says("301 x", {"Location": "/308"}), "/308": says("308 x", {"Location": "/isi"}),
               "/302": says("302 x", {"Location": "/308"}), "/isi": says("200 OK", body=FEED)}  # fmt: skip
    with serving(by_path(answers)) as site:
        client = client_for(site)
        assert client.get(f"{site.url}/301").moved_to == f"{site.url}/isi"
        moved = client.get(f"{site.url}/302")
        assert (moved.url, moved.moved_to) == (f"{site.url}/isi", "")


def test_a_secure_site_is_asked_by_its_name():
    with serving(says("200 OK", body=FEED), is_tls=True) as site:
        assert client_for(site).get(site.url).body == FEED
        assert kind_of(client_for(site, ca_file="").get, site.url) == "tls"


def test_compressed_answers_are_opened():
    for coding, body in (("gzip", gzip.compress(FEED)), ("deflate", zlib.compress(FEED))):
        with serving(says("200 OK", {"Content-Encoding": coding}, body)) as site:
            assert client_for(site).get(site.url).body == FEED


def test_the_machines_proxy_and_netrc_are_not_read(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(says("200 OK", body=FEED)) as site:
        assert client_for(site).get(site.url).body == FEED
    assert "Authorization" not in site.asked[0]


# --- slow and large -----------------------------------------------------------------------------------------------


def drip(first: bytes, piece: bytes):
    def answer(connection, _head):
        connection.sendall(first)
        for _ in range(60):
            time.sleep(0.3)
            connection.sendall(piece)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"b"),
        drip(b"H", b"T"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"", b""),
    ],
    ids=["body", "body-without-length", "chunks", "headers", "one-header", "status", "continue-for-ever", "silence"],
)
def test_a_byte_now_and_then_does_not_hold_the_client(answer):
    with serving(answer) as site:
        start = time.monotonic()
        assert kind_of(client_for(site).get, site.url) == "timeout"
        assert time.monotonic() - start < 3


def test_a_slow_handshake_is_cut_too():
    with serving(lambda connection, _head: time.sleep(10)) as site:
        start = time.monotonic()
        assert kind_of(client_for(site).get, site.url.replace("http:", "https:")) in ("timeout", "tls")
        assert time.monotonic() - start < 3


def endless(first: bytes, piece: bytes, times: int):
    def answer(connection, _head):
        connection.sendall(first)
        for _ in range(times):
            connection.sendall(piece)

    return answer


def gzip_bomb(connection, _head):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packer = zlib.compressobj(9, wbits=31)
    for _ in range(400):
        connection.sendall(packer.compress(b"\0" * 1_000_000))
    connection.sendall(packer.flush())


@pytest.mark.parametrize(
    "answer",
    [
        endless(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100_000, 1000),
        endless(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"186a0\r\n" + b"x" * 100_000 + b"\r\n", 1000
        ),
        endless(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n", b"", 0),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 100_000),
        endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"b" * 100_000, 100),
        gzip_bomb,
    ],
    ids=["100-MB", "100-MB-in-chunks", "told", "headers", "one-header", "gzip-bomb"],
)
def test_what_is_too_large_is_left(answer):
    with serving(answer) as site:
        start = time.monotonic()
        assert kind_of(client_for(site, whole_seconds=20).get, site.url) == "too_large"
        assert time.monotonic() - start < 10


def test_a_broken_answer_is_no_feed():
    with serving(says("200 OK", {"Content-Encoding": "gzip"}, b"bukan gzip")) as site:
        assert kind_of(client_for(site).get, site.url) == "parse"
    with serving(says("200 OK", {"Content-Length": "500"}, b"terpotong")) as site:
        assert kind_of(client_for(site).get, site.url) == "connect"
    with serving(lambda connection, _head: connection.sendall(b"SSH-2.0-OpenSSH\r\n")) as site:
        assert kind_of(client_for(site).get, site.url) == "connect"


# --- led astray ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://169.254.169.254/latest/meta-data/", "blocked_address"),
        ("http://[::1]/", "blocked_address"),
        ("http://[fec0::1]/", "blocked_address"),
        ("http://[64:ff9b::7f00:1]/", "blocked_address"),
        ("http://[2002:7f00:1::]/", "blocked_address"),
        ("http://10.0.0.1/", "blocked_address"),
        ("http://192.168.1.1/", "blocked_address"),
        ("http://172.16.0.1/", "blocked_address"),
        ("http://100.64.0.1/", "blocked_address"),
        ("http://0.0.0.0/", "blocked_address"),
        ("http://127.1/", "blocked_address"),
        ("http://0x7f.1/", "blocked_address"),
        ("http://2130706433/", "blocked_address"),
        ("http://[::ffff:127.0.0.1]/", "blocked_address"),
        ("http://[64:ff9b::a00:1]/", "blocked_address"),
        ("http://[fd00::1]/", "blocked_address"),
        ("http://224.0.0.1/", "blocked_address"),
        ("http://255.255.255.255/", "blocked_address"),
        ("http://localhost/", "blocked_address"),
        ("http://portal.example.id/", "blocked_address"),
        ("http://PORTAL.example.id./", "blocked_address"),
        ("file:///etc/passwd", "redirect"),
        ("ftp://a.id/", "redirect"),
        ("gopher://a.id/", "redirect"),
        ("http://a.id:22/", "redirect"),
        ("http://a.id:99999/", "redirect"),
        ("http://nama:sandi@a.id/", "redirect"),
        ("http://[::1", "redirect"),
        ("http://a.id/" + "a" * 3000, "redirect"),
    ],
)
def test_no_redirect_leads_inside(location, kind):
    with serving(says("302 Found", {"Location": location})) as site:
        client = client_for(site, own_hosts=frozenset({"portal.example.id"}))
        assert kind_of(client.get, site.url) == kind
        assert len(site.asked) == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/", "http://localhost:80/",
     "file:///etc/passwd", "http://a.id:8080/", "http://a@a.id/", "javascript:alert(1)", "", "http://\udcff/"],
)  # fmt: skip
def test_no_first_address_is_inside_either(url):
    assert kind_of(Client(Policy("x")).get, url) == "blocked_address"


def test_redirects_have_an_end():
    with serving(says("301 x", {"Location": "/lagi"})) as site:
        assert kind_of(client_for(site).get, site.url) == "redirect"
        assert len(site.asked) == 4


def test_the_body_of_a_redirect_is_not_read():
    endless_redirect = endless(b"HTTP/1.1 302 x\r\nLocation: /isi\r\n\r\n", b"x" * 100_000, 1000)
    with serving(by_path({"/": endless_redirect, "/isi": says("200 OK", body=FEED)})) as site:
        start = time.monotonic()
        assert client_for(site, whole_seconds=20).get(f"{site.url}/").body == FEED
        assert time.monotonic() - start < 1


def test_from_https_there_is_no_way_to_http():
    with (
        serving(says("200 OK", body=FEED)) as plain,
        serving(says("301 x", {"Location": plain.url}), is_tls=True) as secure,
    ):
        assert kind_of(client_for(plain, secure).get, secure.url) == "redirect"
        assert plain.asked == []


def names(monkeypatch, *answers: str) -> list[str]:
    """A name server for `situs.test`: one answer a question, the last one for ever."""
    real, asked = socket.getaddrinfo, []

    def lookup(host, port, *arguments, **named):
        if host != "situs.test":
            return real(host, port, *arguments, **named)
        asked.append(host)
        answer = answers[min(len(asked), len(answers)) - 1]
        if not answer:
            raise socket.gaierror(-2, "Name or service not known")
        return real(answer, port, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


def test_the_address_that_was_checked_is_the_one_that_is_dialled(monkeypatch):
    """A name that answers public first and private next: the second answer is never used."""
    with serving(says("200 OK", body=FEED)) as site:
        asked = names(monkeypatch, "127.0.0.1", "10.0.0.1")
        assert client_for(site).get(f"http://situs.test:{site.port}/").body == FEED
    assert asked == ["situs.test"]
    assert f"Host: situs.test:{site.port}\r\n" in site.asked[0]


def test_each_hop_is_checked_anew(monkeypatch):
    with serving(says("302 x", {"Location": "/lagi"})) as site:
        names(monkeypatch, "127.0.0.1", "10.0.0.1")
        assert kind_of(client_for(site).get, f"http://situs.test:{site.port}/") == "blocked_address"
        assert len(site.asked) == 1


def test_the_certificate_must_be_of_the_name_that_was_asked(monkeypatch):
    with serving(says("200 OK", body=FEED), is_tls=True) as site:
        names(monkeypatch, "127.0.0.1")
        assert client_for(site).get(f"https://situs.test:{site.port}/").body == FEED
        assert kind_of(client_for(site).get, f"https://localhost:{site.port}/") in ("tls", "blocked_address")


def test_names_that_are_not_found_or_not_answered(monkeypatch):
    names(monkeypatch, "")
    assert kind_of(Client(Policy("x")).get, "http://situs.test/") == "dns"
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_n: time.sleep(5))
    start = time.monotonic()
    assert kind_of(Client(Policy("x", connect_seconds=0.5)).get, "http://situs.test/") == "timeout"
    assert time.monotonic() - start < 2


def test_nobody_there():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, but nobody listens
        port = closed.getsockname()[1]
        policy = Policy("x", test_servers=frozenset({("127.0.0.1", port)}))
        assert kind_of(Client(policy).get, f"http://127.0.0.1:{port}/") == "connect"


def test_a_token_stays_with_the_host_for_which_it_is_meant(monkeypatch):
    names(monkeypatch, "127.0.0.1")
    with (
        serving(says("200 OK")) as other,
        serving(says("302 x", {"Location": f"http://situs.test:{other.port}/"})) as site,
    ):
        client_for(site, other).get(site.url, headers={"Authorization": "Bearer rahasia"})
    assert "Bearer rahasia" in site.asked[0]
    assert "rahasia" not in other.asked[0]


# --- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        ("404 x", {}, "http_4xx"),
        ("401 x", {}, "http_4xx"),
        ("403 x", {"Content-Type": "text/html"}, "http_4xx"),
        ("403 x", {"Content-Type": "text/html; charset=UTF-8", "cf-mitigated": "challenge"}, "bot_wall"),
        ("503 x", {"Content-Type": "text/html", "CF-Mitigated": "challenge"}, "bot_wall"),
        ("403 x", {"Content-Type": "application/json", "cf-mitigated": "challenge"}, "http_4xx"),
        ("429 x", {}, "rate_limited"),
        ("500 x", {}, "http_5xx"),
        ("204 x", {}, "redirect"),
        ("302 x", {}, "redirect"),
    ],
)
def test_refusals_have_their_class(status, headers, kind):
    with serving(says(status, headers, b"x" if status[0] in "45" else b"")) as site:
        assert kind_of(client_for(site).get, site.url) == kind


def test_when_to_ask_again_in_both_forms():
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert retry_at("120", now) == now + timedelta(seconds=120)
    assert retry_at("Tue, 24 Nov 2026 12:30:00 GMT", now) == now + timedelta(minutes=30)
    assert retry_at("Tue, 24 Nov 2026 11:00:00 GMT", now) == now
    assert retry_at("9999999999", now) == retry_at("Thu, 24 Dec 2026 12:00:00 GMT", now) == now + timedelta(days=1)
    for nonsense in (None, "", "nanti", "-5", "1.5", "²", "Tue, 99 Nov 2026 12:00:00 GMT"):
        assert retry_at(nonsense, now) is None
    soon = f"{datetime.now(UTC) + timedelta(hours=1):%a, %d %b %Y %H:%M:%S} GMT"
    for value in ("3600", soon):
        with serving(says("429 x", {"Retry-After": value})) as site, pytest.raises(HarvestError) as error:
            client_for(site).get(site.url)
        assert error.value.status == 429
        assert abs((error.value.retry_at - datetime.now(UTC)).total_seconds() - 3600) < 10


# --- the only way out ---------------------------------------------------------------------------------------------

DOORS = {
    "requests", "requests_hardened", "urllib3", "urllib.request", "http.client", "socket", "ssl", "ftplib", "httpx",
    "aiohttp", "asyncio", "telnetlib", "poplib", "imaplib", "smtplib", "xmlrpc", "socketserver", "http.server",
    "pycurl", "niquests", "httplib2", "websockets", "weasyprint", "feedparser", "subprocess",
}  # fmt: skip
#: The client and the timer that cuts its connections; what starts the newcomer's servers here; smtplib's exceptions
#: (Django sends the mail); feedparser, which gets bytes in memory (it opens what it takes for a name).
ALLOWED = {
    "publications/harvest/loose_feeds.py",
    "publications/harvest/client.py",
    "publications/harvest/watchdog.py",
    "local/servers.py",
    "local/run.py",
    "local/bootstrap.py",
    "local/test.py",
    "correspondence/outbox.py",
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_nothing_else_in_the_project_opens_a_connection():
    rooms = ["cilegon_kip", "correspondence", "opd", "publications", "rankings", "requests_info", "local"]
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")] + [ROOT / "manage.py"]
    openers = {
        str(path.relative_to(ROOT))
        for path in files
        if any(name == door or name.startswith(f"{door}.") for name in imports(path) for door in DOORS)
    }
    assert openers - ALLOWED == set()
    assert "publications/harvest/client.py" in openers
    assert "socket" not in imports(Path(client_module.__file__))


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 443)])
def test_no_test_of_the_portal_can_leave_this_machine(address):
    """So whatever the portal does in any test opens no connection to the outside, also by ways that no list names."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as connection, pytest.raises(PermissionError, match=re.escape(address[0])):
        connection.connect(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection, pytest.raises(PermissionError):
        connection.sendto(b"x", ("192.0.2.1", 53))
