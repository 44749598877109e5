"""Which feeds a page names, best first."""

import subprocess
import sys

import pytest

from publications.harvest.discovery import guesses, read_page

from .samples import FILES
from .test_parse_feed import BARE, ROOT

SITE = "https://dinas.example.id"
RSS, ATOM = 'rel="alternate" type="application/rss+xml"', 'rel="alternate" type="application/atom+xml"'


def feeds(head: str, url: str = f"{SITE}/berita/") -> list[str]:
    return list(read_page(f"<html><head>{head}</head><body>x</body></html>".encode(), "", url).feeds)


def test_wordpress_page_names_its_feed_and_its_interface():
    page = read_page(
        f"""<!DOCTYPE html><html lang="id"><head><meta charset="UTF-8"><title>Dinas</title>
        <link rel="alternate" type="application/rss+xml" title="Dinas &raquo; Feed" href="{SITE}/feed/" />
        <link rel="alternate" type="application/rss+xml" title="Umpan Komentar" href="{SITE}/komentar/x/" />
        <link rel="alternate" type="application/rss+xml" title="Dinas" href="{SITE}/comments/feed/" />
        <link rel="https://api.w.org/" href="{SITE}/wp-json/" />
        <link rel="alternate" title="JSON" type="application/json" href="{SITE}/wp-json/wp/v2/pages/2" />
        <link rel="alternate" title="oEmbed" type="application/json+oembed" href="{SITE}/wp-json/oembed/1.0/embed" />
        </head></html>""".encode(),
        "",
        f"{SITE}/",
    )
    assert (page.feeds, page.rest_root) == ((f"{SITE}/feed/",), f"{SITE}/wp-json/")


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (f'<link {ATOM} href="/a"><link {RSS} href="r">', [f"{SITE}/berita/r", f"{SITE}/a"]),
        (f'<base href="/dasar/"><link {RSS} href="r">', [f"{SITE}/dasar/r"]),
        (
            f'<base target="_top"><base href="https://lain.id/x/"><base href="/y/"><link {RSS} href="r">',
            ["https://lain.id/x/r"],
        ),
        (f'<base href="javascript:x"><link {RSS} href="r">', [f"{SITE}/berita/r"]),
        (
            f'<link {RSS} href="/category/a/feed/"><link {ATOM} href="/feed/">',
            [f"{SITE}/feed/", f"{SITE}/category/a/feed/"],
        ),
        (f'<link {RSS} href="/feed/"><link {RSS} href="{SITE}/feed/">', [f"{SITE}/feed/"]),
        ('<LINK REL="Alternate Home" TYPE="Application/RSS+XML; charset=utf-8" HREF="/f">', [f"{SITE}/f"]),
        ('<link rel="alternate" type="application/feed+json" href="/feed.json">', [f"{SITE}/feed.json"]),
        ('<link rel="alternate" type="application/json" href="/feed.json">', [f"{SITE}/feed.json"]),
        ('<link rel="alternate" type="application/json" href="/api/x">', []),
        ('<link rel="alternate" type="text/xml" href="/rss.php">', [f"{SITE}/rss.php"]),
        ('<link rel="alternate" type="text/html" hreflang="en" href="/en/">', []),
        ('<link rel="stylesheet" type="application/rss+xml" href="/x.css">', []),
        (f'<!-- <link {RSS} href="/komentar-html"> -->', []),
        (f'<link {RSS} href="javascript:alert(1)"><link {RSS} href=""><link {RSS}>', []),
        (f'<link {RSS} href="/feeds/99/comments/default"><link {RSS} href="/?feed=comments-rss2">', []),
        (f'<link {RSS} href="/?feed=rss2&amp;lang=id">', [f"{SITE}/?feed=rss2&lang=id"]),
        ('<meta name="generator" content="WordPress 6.8">', [f"{SITE}/feed/"]),
        ('<meta name="generator" content="blogger">', [f"{SITE}/feeds/posts/default"]),
        ('<meta name="Generator" content="OpenSID 24.05">', [f"{SITE}/first/rss"]),
        ("", []),
    ],
)
def test_feeds_of_a_page(head, found):
    assert feeds(head) == found


@pytest.mark.parametrize(
    "body", [b"", b" ", b"\x00\x01", b"<", b"<html>", b"<?xml version='1.0' encoding='latin-1'?><p>"]
)
def test_what_is_hardly_a_page_names_nothing(body):
    assert read_page(body, "", SITE).feeds == ()


def test_well_known_places_are_at_the_root():
    assert guesses(f"{SITE}/a/b?c")[0] == f"{SITE}/feed/"
    assert f"{SITE}/first/rss" in guesses(SITE)


def run(*arguments) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "manage.py", "discover_feed", *arguments]
    return subprocess.run(command, env=BARE, capture_output=True, text=True)


def test_the_command_prints_addresses_and_the_files_own_if_it_is_a_feed(tmp_path):
    page = tmp_path / "halaman.html"
    page.write_text(f'<html><head><link {ATOM} href="a.xml"><link {RSS} href="r.xml"></head>')
    result = run(page, "--url", f"{SITE}/x/")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{SITE}/x/r.xml\n{SITE}/x/a.xml\n", "")
    assert run(FILES / "opensid.xml", "--url", f"{SITE}/first/rss").stdout == f"{SITE}/first/rss\n"
    page.write_text("<p>tanpa umpan</p>")
    nothing = run(page, "--url", SITE)
    assert (nothing.returncode, nothing.stdout, len(nothing.stderr.splitlines())) == (0, "", 1)


def test_the_command_refuses_a_missing_file_and_a_wrong_address(tmp_path):
    for arguments in ((tmp_path / "tidak-ada", "--url", SITE), (FILES / "opensid.xml", "--url", "dinas")):
        result = run(*arguments)
        assert (result.returncode, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)


def test_a_page_of_a_million_tags_ends_in_time(tmp_path):
    page = tmp_path / "besar.html"
    page.write_text("<html>" + f'<link {RSS} href="a">' * 100_000 + "<div>" * 500_000)
    assert run(page, "--url", SITE).returncode in (0, 1)
