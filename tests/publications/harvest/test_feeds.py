"""Feeds in the style of the city's sites, and what is wrong with feeds everywhere."""

import gzip
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications.harvest.feeds import parse
from publications.harvest.items import HarvestError

from .samples import FILES, NOW, WIB, read, read_file, rss, told

SITE = "https://situs.example.id"
ITEM = f"<item><title>Judul</title><link>{SITE}/1</link><pubDate>Tue, 24 Nov 2026 08:00:00 +0700</pubDate></item>"


# --- sites of the city --------------------------------------------------------------------------------------------


def test_wordpress_in_indonesian():
    feed = read_file("wordpress.xml")
    site = "https://dinascontoh.cilegon.go.id"
    assert told(feed) == [
        (f"{site}/?p=4812", f"{site}/2026/11/imunisasi-kejar/", "Imunisasi “Kejar” di Pabean & Gerem",
         "2026-11-24T01:10:02Z", "offset"),
        (f"{site}/?p=4790", f"{site}/2026/10/rapat/", "Rapat koordinasi & evaluasi", "2026-10-31T17:30:00Z", "offset"),
    ]  # fmt: skip
    assert feed.title == "Dinas Contoh – Kota Cilegon"
    assert feed.problem == ""
    assert feed.items[0].media == "image"
    assert feed.items[0].author == "admin"
    assert feed.items[0].text.startswith("Petugas menyisir dua kelurahan dan menemukan 31 anak")


def test_opensid_with_bare_ampersands_and_dates_in_indonesian():
    site = "https://kelurahancontoh.cilegon.go.id"
    feed = read_file("opensid.xml", base=f"{site}/first/rss")
    link = f"{site}/artikel/2026/11/20/kerja-bakti?a=1&b=2"
    assert told(feed) == [
        (link, link, "Kerja bakti & gotong royong RW 03", "2026-11-20T01:00:00Z", "offset"),
        (f"{site}/first/artikel/2026/8/24/penyaluran-blt", f"{site}/first/artikel/2026/8/24/penyaluran-blt",
         "Penyaluran BLT tahap III", "2026-08-24T01:00:00Z", "channel_zone"),
        (f"{site}/artikel/2026/2/30/posyandu", f"{site}/artikel/2026/2/30/posyandu", "Posyandu", None, "none"),
    ]  # fmt: skip
    assert feed.problem != ""
    assert feed.items[2].claimed_raw == "30 Februari 2026 08:00"


def test_blogger_under_a_government_name():
    site, blog = "https://kecamatancontoh.cilegon.go.id", "tag:blogger.com,1999:blog-1234567890123456789"
    feed = read_file("blogger.xml")
    assert told(feed) == [
        (f"{blog}.post-11", f"{site}/2026/11/musrenbang.html", "Musrenbang tingkat kecamatan",
         "2026-10-31T17:30:00Z", "offset"),
        (f"{blog}.post-12", f"{site}/2026/10/apel.html", "Apel pagi", "2026-10-31T16:59:59Z", "offset"),
    ]  # fmt: skip
    assert feed.items[0].media == "video"
    assert feed.items[0].author == "Admin"
    assert f"{feed.items[0].modified_at:%d %H:%M}" == "23 13:41"


def test_bmkg_with_named_zones():
    feed = read_file("bmkg.xml")
    assert [(time, basis) for *_rest, time, basis in told(feed)] == [
        ("2026-11-23T23:00:00Z", "offset"),
        ("2026-11-23T23:00:00Z", "offset"),
    ]
    assert feed.items[0].author == "BMKG"  # a name, never an address


def test_rss_1_0_with_dublin_core():
    site = "https://bumdcontoh.example.id/berita"
    assert told(read_file("joomla-rdf.xml")) == [
        (f"{site}/9", f"{site}/9", "Perbaikan pipa di Ciwandan", "2026-11-24T01:00:00Z", "offset"),
        (f"{site}/8", f"{site}/8", "Air mati sementara", "2026-11-19T17:00:00Z", "date_only"),
    ]


def test_json_feed():
    feed = read_file("jsonfeed.json")
    site = "https://uptcontoh.example.id"
    assert told(feed)[:2] == [
        ("17", f"{site}/berita/17", "Layanan baru", "2026-11-24T01:00:00Z", "offset"),
        (f"{site}/k/2", "https://lain.example.id/x", "", "2026-11-24T01:00:00Z", "offset"),
    ]
    assert feed.items[2].source_id.startswith("sha256:")
    assert feed.items[1].text == "Kabar < 40 huruf & tanpa judul"
    assert (feed.items[0].media, feed.items[0].author) == ("image", "Humas")


def test_a_site_built_by_hand_with_dates_of_every_kind():
    site = "https://kecamatancontoh.cilegon.go.id"
    feed = read_file("cms-daerah.xml", base=f"{site}/rss.php")
    assert feed.title == "Kecamatan Contoh » Berita"
    assert [(link.removeprefix(site), *rest) for _id, link, *rest in told(feed)] == [
        ("/berita/101/musrenbang.html", "Musrenbang “Kecamatan” Contoh – 2026", "2026-02-02T03:00:00Z", "offset"),
        ("/berita/102/jumat-bersih.html", "Jum'at bersih & gotong royong", "2026-07-24T01:00:00Z", "channel_zone"),
        ("/berita/103/upacara.html", "Upacara HUT RI ke-81", "2026-08-24T01:00:00Z", "channel_zone"),
        ("/rss.php?mod=berita&id=104", "Pelayanan KTP keliling", "2026-08-05T16:59:59Z", "offset"),
        ("/berita/105", "Bazar UMKM", "2026-02-28T17:30:00Z", "channel_zone"),
        ("/berita/106", "Rakor Linmas", "2026-09-20T12:30:00Z", "offset"),
        ("/berita/107", "Sosialisasi pajak", "2026-10-31T16:30:00Z", "channel_zone"),
        ("/berita/108", "Kabar lama", "2025-11-19T17:00:00Z", "date_only"),
        ("/berita/109", "Tanggal yang tidak ada", None, "none"),
        ("/berita/110", "Tanpa tanggal", None, "none"),
    ]


def test_truncated_file_gives_what_it_has():
    feed = read_file("truncated.xml")
    assert next(item.title for item in feed.items) == "Utuh"
    assert feed.items[0].claimed_at is not None
    assert feed.problem != ""


def test_cut_anywhere_a_feed_gives_no_half_link_and_no_half_date():
    """A connection that breaks: every entry before the cut is whole, and of the last one only what is."""
    whole = rss(ITEM.replace("/1<", "/11<"), ITEM.replace("/1<", "/22<"))
    for end in range(whole.index("<item>"), len(whole)):
        feed = read(whole[:end])
        assert len(feed.items) >= whole[:end].count("</item>"), whole[:end]
        assert {item.permalink for item in feed.items} <= {f"{SITE}/11", f"{SITE}/22", ""}
        assert {item.claimed_raw for item in feed.items} <= {"Tue, 24 Nov 2026 08:00:00 +0700", ""}
    assert len(read(whole.replace("</channel></rss>", "")).items) == 2


def test_a_long_feed_that_is_cut_off_is_read_to_its_end():
    assert len(read(rss(ITEM * 2000)[:-40]).items) == 2000


def test_no_more_is_read_than_is_asked_for():
    body = rss(ITEM * 20).encode()
    as_json = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": str(n)} for n in range(20)]}
    for told_by in (body, b"<rss><b>" + body, json.dumps(as_json).encode()):
        assert len(parse(told_by, "", "", WIB, NOW, limit=3).items) == 3


def test_identity_link_and_date_where_fields_disagree():
    feed = read_file("redated.xml")
    assert [item.permalink for item in feed.items] == [
        f"{SITE}/kabar/1", f"{SITE}/2", f"{SITE}/3", "", "",
    ]  # fmt: skip
    assert [item.date_basis for item in feed.items] == ["offset", "channel_zone", "none", "none", "none"]
    assert {f"{item.claimed_at:%H:%M}" for item in feed.items[:2] if item.claimed_at} == {"01:00"}
    assert feed.items[0].source_id == f"sama {SITE}/kabar/1"  # one guid for all: the link tells them apart
    assert len({item.source_id for item in feed.items}) == 5


# --- titles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Rapat &amp;amp; apel", "Rapat & apel"),
        ("<![CDATA[<b>Rapat</b> &amp; apel]]>", "Rapat & apel"),
        ("&lt;b&gt;Rapat&lt;/b&gt;", "Rapat"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; Rapat", "Rapat"),
        ("Apa itu &amp;lt;script&amp;gt; di situs?", "Apa itu di situs?"),
        ("Suhu &lt; 30 &amp; &gt; 20", "Suhu < 30 & > 20"),
        ("a\n\t  b&#160;c", "a b c"),
        ("Surat&#x202E;gpj.exe&#x200F;", "Suratgpj.exe"),
        ("<![CDATA[<img src=x onerror='a>b'>Foto]]>", "Foto"),
        ("<![CDATA[<b don't>Foto</b>]]>", "Foto"),
        ("satu&lt;br/&gt;dua", "satu dua"),
        ("&lt;&lt;b&gt;i&gt;Rapat&lt;/i&gt;", "Rapat"),
        ("&lt;&#x200B;a href=x&gt;Rapat", "Rapat"),
        ("", ""),
    ],
)
def test_titles_are_plain_text(title, plain):
    assert read(rss(f"<item><title>{title}</title></item>")).items[0].title == plain


def test_atom_titles_of_every_type():
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        '<entry><title type="html">&lt;i>Satu&lt;/i> &amp;amp; lain</title></entry>'
        '<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        "<b>D</b>ua &amp; &lt;b&gt;</div></title></entry>"
        "<entry><title>Tiga</title><source><title>Bukan ini</title><id>bukan</id></source></entry></feed>"
    )
    assert [item.title for item in feed.items] == ["Satu & lain", "Dua &", "Tiga"]


def test_a_title_in_a_picture_or_a_module_is_not_the_title():
    item = "<item><media:title>Foto</media:title><title>Judul</title><image><title>Logo</title></image></item>"
    assert read(rss(item)).items[0].title == "Judul"
    assert read(rss("<item><media:title>Foto</media:title></item>")).items[0].title == "Foto"


def test_a_title_without_end_is_cut():
    assert len(read(rss(f"<item><title>{'a ' * 500_000}</title></item>")).items[0].title) <= 1000


# --- links --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "base", "permalink"),
    [
        ("/a", f"{SITE}/rss/feed.xml", f"{SITE}/a"),
        ("a", f"{SITE}/rss/feed.xml", f"{SITE}/rss/a"),
        ("//lain.id/a", f"{SITE}/", "https://lain.id/a"),
        ("a", "", ""),
        (f"\n  {SITE}/a b\n ", "", f"{SITE}/a%20b"),
        (f"{SITE}/?a=1&amp;amp;b=2", "", f"{SITE}/?a=1&b=2"),
        ("javascript:alert(1)", SITE, ""),
        ("data:text/html,x", SITE, ""),
        ("file:///etc/passwd", SITE, ""),
        ("ftp://a.id/x", SITE, ""),
        ("https://nama:sandi@a.id/x", SITE, ""),
        ("https:///x", SITE, ""),
        ("https://[::1/x", SITE, ""),
        ("https://a.id:99999/", SITE, ""),
        (f"{SITE}/\u202eabc", SITE, ""),
        (f"{SITE}/{'a' * 3000}", SITE, ""),
    ],
)
def test_links_are_absolute_addresses_or_nothing(link, base, permalink):
    assert read(rss(f"<item><title>x</title><link>{link}</link></item>"), base=base).items[0].permalink == permalink


def test_relative_links_without_known_address_rest_on_the_feeds_own():
    feed = read(rss("<item><link>/a</link></item>", head=f"<link>{SITE}/berita</link>"))
    assert feed.items[0].permalink == f"{SITE}/a"


def test_atom_link_of_a_feed_is_not_the_items():
    item = f'<item><atom:link rel="self" href="{SITE}/self"/><guid isPermaLink="true">/b/1</guid></item>'
    assert read(rss(item), base=SITE).items[0].permalink == f"{SITE}/b/1"


def test_nested_xml_base():
    feed = read(
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{SITE}/x/">'
        '<entry xml:base="y/"><link href="z"/></entry></feed>'
    )
    assert feed.items[0].permalink == f"{SITE}/x/y/z"


# --- files that lie -----------------------------------------------------------------------------------------------

UMLAUT = rss("<item><title>Café “Cilegon” – 100 °C</title></item>")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUT.encode(), "text/xml"),
        (UMLAUT.encode(), "text/xml; charset=iso-8859-1"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?>' + UMLAUT.encode(), ""),
        (b'<?xml version="1.0" encoding="windows-1252"?>' + UMLAUT.encode("cp1252"), ""),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + UMLAUT.encode("cp1252"), "application/xml"),
        (b'<?xml version="1.0" encoding="utf-8"?>' + UMLAUT.encode("cp1252"), ""),
        (UMLAUT.encode("cp1252"), "text/html; charset=nonsense"),
        (UMLAUT.encode("cp1252"), "application/rss+xml; charset='hex'"),
        (UMLAUT.encode("utf-8-sig"), ""),
        (b'\xef\xbb\xbf  \n<?xml version="1.0" encoding="utf-16"?>' + UMLAUT.encode(), ""),
        (UMLAUT.encode("utf-16"), "text/xml; charset=utf-8"),
        (UMLAUT.encode("utf-16-le"), ""),
        (UMLAUT.encode("utf-16-be"), ""),
        (UMLAUT.encode("utf-32"), ""),
        (gzip.compress(UMLAUT.encode(), mtime=0), "application/gzip"),
        (b"\n\n\n" + UMLAUT.encode(), "text/html"),
        (b"<br />\n<b>Warning</b>: mysql_connect() in <b>/x.php</b>\n" + UMLAUT.encode(), "text/html"),
        (UMLAUT.encode() + b"\n<script>lacak()</script><!-- 0.3 s -->", ""),
        (UMLAUT.replace("100", "\x00\x0b\x1f100").encode(), ""),
        (UMLAUT.encode().replace(b"100", b"&#0;&#11;&#xD800;100"), ""),
        (b"<!DOCTYPE rss [<!ENTITY kota 'x'>]>" + UMLAUT.encode(), ""),
    ],
)
def test_charset_lies_and_rubbish_around_the_feed(body, content_type):
    assert [item.title for item in read(body, content_type).items] == ["Café “Cilegon” – 100 °C"]


def test_a_stray_byte_does_not_spoil_the_rest():
    body = rss("<item><title>Café dan naïf, rapat X</title></item>").encode().replace(b"X", b"\x93A\x94")
    assert read(body).items[0].title == "Café dan naïf, rapat “A”"


@pytest.mark.parametrize(
    "body",
    [
        b"", b" \n", b"<!DOCTYPE html><html><body><p>Situs</p></body></html>",
        b"<!-- cache --><!DOCTYPE html><!-- x --><html><body>" + b"<div><p>&nbsp;x & y" * 100_000,
        b"<html><head><title>Just a moment...</title></head><body><item>x</item></body></html>",
        b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://a.id/</loc></url></urlset>',
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
        b'<opml version="2.0"><body><outline text="x"/></body></opml>', b"<svg/>", b"Halo", b"\xff\xd8\xff\xe0JFIF",
        b"%PDF-1.7", b"[]", b"{}", b'{"items": []}', b'{"version": "https://jsonfeed.org/version/1", "items": 3}',
        b"[" * 100_000, b'[{"id": 1, "title": {"rendered": "x"}}]', b"\x1f\x8b\x08rusak", b"\x00" * 1000,
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(body):
    with pytest.raises(HarvestError) as error:
        read(body)
    assert error.value.kind == "not_a_feed"
    assert str(error.value)


def test_an_empty_feed_is_a_feed():
    assert read(rss()).items == ()
    assert read('{"version": "https://jsonfeed.org/version/1", "items": []}').items == ()


def test_what_is_too_large_is_refused_before_it_is_unpacked():
    with pytest.raises(HarvestError) as error:
        read(gzip.compress(b"<rss>" + b" " * 50_000_000))
    assert error.value.kind == "too_large"


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DTD = "-//Netscape Communications//DTD RSS 0.91//EN"
ATOM_LINK = f'<link rel="alternate" type="text/html" href="{SITE}/1"/>'
OF_EVERY_AGE = [
    ITEM.join(['<rss version="0.91"><channel>', "</channel></rss>"]),
    ITEM.join([f'<!DOCTYPE rss PUBLIC "{DTD}" "http://a.example/rss-0.91.dtd">\n<rss><channel>', "</channel></rss>"]),
    ITEM.join([f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://my.netscape.com/rdf/simple/0.9/">', "</rdf:RDF>"]),
    ITEM.join(["<channel>", "</channel>"]),
    ITEM.join(['<RSS VERSION="2.0"><CHANNEL>', "</CHANNEL></RSS>"]),
    ITEM.join(['<rss xmlns="http://backend.userland.com/rss2"><channel>', "</channel></rss>"]),
    ITEM.join(['<rss xmlns="urn:entah-apa"><channel>', "</channel></rss>"]),
    '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="base64">SnVkdWw=</title>'
    f"{ATOM_LINK}<issued>2026-11-24T08:00:00+07:00</issued></entry></feed>",
    f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Judul</title>{ATOM_LINK}'
    "<updated>2026-11-24T01:00:00Z</updated></entry></feed>",
    '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Judul</a:title>'
    f'<a:link href="{SITE}/1"/><a:published>2026-11-24T01:00:00Z</a:published></a:entry></a:feed>',
]


@pytest.mark.parametrize("feed", OF_EVERY_AGE)
def test_feeds_of_every_age(feed):
    assert [row[1:4] for row in told(read(feed))] == [(f"{SITE}/1", "Judul", "2026-11-24T01:00:00Z")]


# --- hostile files ------------------------------------------------------------------------------------------------


def test_entities_are_neither_blown_up_nor_fetched():
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    for prolog in (
        f'<!DOCTYPE r [<!ENTITY e0 "lol">{bomb}]>',
        '<!DOCTYPE r [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>',
    ):
        feed = read(prolog + rss("<item><title>&e9;</title></item>"))
        assert feed.items[0].title == "&e9;"


def test_a_plain_entity_of_the_file_is_its_text():
    assert (
        read('<!DOCTYPE r [<!ENTITY kota "Cilegon">]>' + rss("<item><title>&kota;</title></item>")).items[0].title
        == "Cilegon"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("author", ["a@" + "a-" * 100_000, "a." * 100_000, "a@" + "a&#46;" * 40_000])
def test_an_endless_author_is_read_at_once(encoding, author):
    """feedparser alone takes minutes; `<b>` without end sends the file to it."""
    feed = read(
        f"<rss><channel><item><title>x</title><b><author>{author}</author></item></channel></rss>".encode(encoding)
    )
    assert feed.problem
    assert len(feed.items[0].author) <= 100


def test_where_the_forgiving_reader_falls_over_the_entries_are_kept():
    """feedparser raises KeyError over a place without its frame."""
    feed = read(rss(f"<item><b/><title>Rapat</title><gml:poslist>1 2</gml:poslist><link>{SITE}/1</link></i></item>"))
    assert [(item.title, item.permalink) for item in feed.items] == [("Rapat", f"{SITE}/1")]


def test_a_feed_that_is_no_xml_is_read_only_so_far():
    items = "".join(f"<item><title>{n}</title><b></item>" for n in range(3000))
    assert len(read(f"<rss><channel>{items}</channel></rss>").items) == 500


@settings(deadline=None)
@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_a_feed_or_an_error_of_ours(body, content_type):
    for wrapped in (body, b"<rss><channel><item>" + body + b"</item></channel></rss>"):
        try:
            feed = read(wrapped, content_type)
        except HarvestError:
            continue
        assert all(item.permalink == "" or item.permalink.startswith("http") for item in feed.items)


PIECES = st.sampled_from(
    [b"<![CDATA[", b"]]>", b"&", b"<", b"<item>", b"</item>", b"\x00", b"\xff\xfe", b"<!DOCTYPE", b"<!--", b"<gml:pos>",
     b"<psc:chapter>", b"<script>", b"xml:base='//'", b"\xe2\x80\xae", b"[[", b"{", b"<a:b:c>", b"\x1b$B", b"31"]
)  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(sorted(FILES.iterdir())), st.data())
def test_a_damaged_feed_gives_items_or_an_error_of_ours(file, data):
    body = file.read_bytes()
    for _time in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        piece = data.draw(st.one_of(PIECES, st.binary(max_size=8)))
        body = body[:start] + piece + body[start + data.draw(st.integers(0, 40)) :]
    try:
        feed = read(body)
    except HarvestError:
        return
    for item in feed.items:
        json.dumps([item.title, item.source_id], ensure_ascii=False).encode()
        assert item.source_id
        assert item.permalink == "" or item.permalink.lower().startswith("http")
        assert not re.search(r"</?(?:b|p|a|img|script)\b[^<>]*>", item.title)
