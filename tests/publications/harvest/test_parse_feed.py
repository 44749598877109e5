"""`manage.py parse_feed` as other people's scripts call it: lines, exit codes, time, and nothing opened."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from .samples import FILES, rss

ROOT = Path(__file__).resolve().parents[3]
#: An environment in which the portal itself could not start.
BARE = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "VIRTUAL_ENV", "HOME")}


def run(*arguments: str | Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", "parse_feed", *arguments],
        env=BARE,
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_arguments, **_named):
        raise AssertionError("a socket was asked for")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


def lines_of(path: Path, capsys, **options: str) -> list[dict]:
    call_command("parse_feed", str(path), **options)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_object_a_line(tmp_path):
    result = run(FILES / "wordpress.xml", folder=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert next(json.loads(line) for line in result.stdout.splitlines()) == {
        "source_id": "https://dinascontoh.cilegon.go.id/?p=4812",
        "permalink": "https://dinascontoh.cilegon.go.id/2026/11/imunisasi-kejar/",
        "title": "Imunisasi “Kejar” di Pabean & Gerem",
        "published_at": "2026-11-24T01:10:02Z",
        "date_basis": "offset",
    }
    assert list(tmp_path.iterdir()) == []


def test_base_and_content_type_are_used(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(rss("<item><title>Café</title><link>a</link></item>").encode("cp1252"))
    result = run(file, "--url", "https://a.id/rss/", "--content-type", "text/xml; charset=iso-8859-1")
    assert json.loads(result.stdout) == {
        "source_id": "https://a.id/rss/a", "permalink": "https://a.id/rss/a", "title": "Café",
        "published_at": None, "date_basis": "none",
    }  # fmt: skip


def test_broken_feed_with_entries_is_a_success():
    result = run(FILES / "truncated.xml")
    assert result.returncode == 0
    assert json.loads(result.stdout.splitlines()[0])["title"] == "Utuh"


@pytest.mark.parametrize("content", [b"", b"<!doctype html><p>x", b"\xff\xd8\xff", b"{}", b"a\nb\nc", None])
def test_what_is_no_feed_fails_with_one_line(tmp_path, content):
    file = tmp_path / "berkas"
    if content is not None:
        file.write_bytes(content)
    result = run(file)
    assert (result.returncode, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.stderr


def test_a_folder_and_a_huge_file_are_refused(tmp_path):
    huge = tmp_path / "besar"
    huge.write_bytes(b"<rss>" + b" " * (10 * 1024 * 1024))
    for path in (tmp_path, huge):
        assert run(path).returncode == 1


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_no_socket_is_opened(name, capsys):
    lines = lines_of(FILES / name, capsys)
    assert lines
    for line in lines:
        assert list(line) == ["source_id", "permalink", "title", "published_at", "date_basis"]
        assert "<" not in line["title"]


@pytest.mark.usefixtures("no_network")
def test_nothing_that_a_feed_names_is_opened(tmp_path, capsys):
    secret = tmp_path / "rahasia"
    secret.write_text(rss("<item><title>rahasia</title></item>"))
    file = tmp_path / "x.xml"
    file.write_text(
        f'<!DOCTYPE rss SYSTEM "file://{secret}" [<!ENTITY % p SYSTEM "file://{secret}"> %p; <!ENTITY r SYSTEM "file://{secret}">]>'
        f'<?xml-stylesheet href="http://10.0.0.1/"?>'
        + rss(f"<item><title>&r;</title><link>file://{secret}</link></item>")
    )
    lines = lines_of(file, capsys)
    assert "rahasia" not in lines[0]["title"]
    assert lines[0]["permalink"] is None
    file.write_bytes(str(secret).encode())  # feedparser would open it
    with pytest.raises(CommandError):
        call_command("parse_feed", str(file))


HOSTILE = {
    "an author that chokes a regular expression": f"<rss><item><b><author>{'a.' * 100_000}</author></item>",
    "a million open tags": "<rss><item>" + "<a>" * 1_000_000,
    "three million brackets": "<rss><item>" + "<" * 3_000_000,
    "five million ampersands": "<rss><item><title>" + "&" * 5_000_000 + "</title></item></rss>",
    "open scripts": "<rss><item><description><![CDATA[" + "<script " * 1_000_000 + "]]></description></item></rss>",
    "open character data": "<rss><item><title>" + "<![CDATA[" * 500_000 + "</title></item></rss>",
    "a heap of attributes": "<rss><item " + " ".join(f'a{n}="1"' for n in range(300_000)) + "></item></rss>",
    "document types in each other": "<!DOCTYPE x [" * 300_000,
    "lists in lists": "[" * 1_000_000,
    "50,000 entries": rss(*(
        f"<item><title>Judul {n}</title><link>https://a.id/{n}</link><guid>https://a.id/?p={n}</guid>"
        f"<pubDate>Tue, 24 Nov 2026 0{n % 8}:{n // 60 % 60:02}:{n % 60:02} +0700</pubDate></item>"
        for n in range(50_000)
    )),
    "50,000 unreadable dates": rss(*(f"<item><pubDate>pada 2026 {n} aneh 12</pubDate></item>" for n in range(50_000))),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_time(name, tmp_path):
    file = tmp_path / "jahat.xml"
    file.write_text(HOSTILE[name])
    before = os.times()
    result = run(file)
    after = os.times()
    assert result.returncode in (0, 1)
    assert "Traceback" not in result.stderr
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert spent <= 2.2  # of computing: the machine that tests may be busy with other things


def test_50_000_entries_are_all_told(tmp_path, monkeypatch):
    """In one process with time to spare: how fast it is, the figure above holds."""
    monkeypatch.setattr("publications.harvest.guarded.CPU_SECONDS", 30)
    file = tmp_path / "besar.xml"
    file.write_text(HOSTILE["50,000 entries"])
    from publications.management.commands.parse_feed import _lines

    start = time.process_time()
    told = _lines(file.read_bytes(), "", "").splitlines()
    assert len(told) == 50_000
    assert time.process_time() - start < 6
