"""Which pages robots.txt lets us read (RFC 9309)."""

import time

import pytest

from publications.harvest.robots import read_robots

SITE = "https://situs.example.id"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php", "/wp-admin/x", False),
        ("User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php", "/wp-admin/admin-ajax.php", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /\nUser-agent: kipcilegon\nDisallow: /rahasia", "/a", True),
        ("User-agent: *\nDisallow: /\nUser-agent: kipcilegon\nDisallow: /rahasia", "/rahasia/1", False),
        ("User-agent: x\nUser-agent: KIPCilegon\nDisallow: /", "/a", False),
        ("User-agent: x\nDisallow: /a\n\nUser-agent: *\nDisallow: /b", "/a", True),
        ("user-agent : * # semua\ndisallow : /a # ini", "/a", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /*?replytocom", "/a?replytocom=1", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /%7Ea", "/~a", False),
        ("User-agent: *\nDisallow: /a*b*c", "/axxbxxc", False),
        ("User-agent: *\nDisallow: /a*b*c", "/axxcxxb", True),
        ("Disallow: /", "/a", True),
        ("<html>bukan robots</html>", "/a", True),
    ],
)
def test_the_longest_rule_for_us_decides(text, path, allowed):
    assert read_robots(text, "KIPCilegon").allows(f"{SITE}{path}") is allowed


def test_sitemaps_stand_outside_of_groups():
    text = f"User-agent: *\nDisallow: /\nSitemap: {SITE}/sitemap.xml\nSITEMAP:{SITE}/news.xml"
    assert read_robots(text, "KIPCilegon").sitemaps == (f"{SITE}/sitemap.xml", f"{SITE}/news.xml")


def test_hostile_patterns_take_no_time():
    robots = read_robots("User-agent: *\n" + "Disallow: /" + "*a" * 5000 + "$\n" * 500, "KIPCilegon")
    start = time.process_time()
    robots.allows(f"{SITE}/" + "a" * 2000)
    assert time.process_time() - start < 0.5
