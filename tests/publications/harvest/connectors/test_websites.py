"""WordPress's interface, feeds, sitemaps and pages: from recordings, without a network."""

import json
from datetime import UTC, datetime

import pytest

from publications.harvest import articles, sitemaps
from publications.harvest.connectors import wordpress
from publications.harvest.connectors.base import Page
from publications.harvest.connectors.feed import FeedConnector
from publications.harvest.connectors.sitemap import SitemapConnector
from publications.harvest.connectors.wordpress import WordPressConnector
from publications.harvest.items import HarvestError
from tests.publications.harvest.recording import Recording, target
from tests.publications.harvest.samples import NOW, WIB, rss

SITE = "https://dinas.example.id"
REST = f"{SITE}/wp-json/"
ITEM = f"<item><title>Apel</title><link>{SITE}/apel/</link><pubDate>Tue, 24 Nov 2026 08:00:00 +0700</pubDate></item>"
SINCE = datetime(2026, 11, 20, tzinfo=UTC)


def post(number: int, **changes) -> dict:
    return {
        "id": number, "date": "2026-11-01T00:30:00", "date_gmt": "2026-10-31T17:30:00",
        "modified_gmt": "2026-11-02T01:00:00", "guid": {"rendered": f"{SITE}/?p={number}"},
        "link": f"{SITE}/tulisan-{number}/", "title": {"rendered": "Apel &#038; rapat <em>pagi</em>"},
        "excerpt": {"rendered": "<p>Isi &hellip;</p>\n"}, "featured_media": 7, **changes,
    }  # fmt: skip


def moments(items) -> list[str]:
    return [f"{item.claimed_at:%Y-%m-%dT%H:%M:%SZ}" if item.claimed_at else "" for item in items]


# --- WordPress ----------------------------------------------------------------------------------------------------


def test_wordpress_posts_are_dated_by_date_gmt():
    (item,) = wordpress.parse(json.dumps([post(5)]).encode(), WIB, NOW)
    assert (item.source_id, item.permalink, item.title) == (f"{SITE}/?p=5", f"{SITE}/tulisan-5/", "Apel & rapat pagi")
    assert (moments([item]), item.date_basis) == (["2026-10-31T17:30:00Z"], "gmt_field")
    assert (item.text, item.media, f"{item.modified_at:%d %H}") == ("Isi …", "image", "02 01")


def test_an_empty_date_gmt_gives_way_to_the_local_date():
    http = Recording({REST: [post(5, date_gmt="0000-00-00T00:00:00"), post(6, date_gmt=None, date=None)]})
    page = WordPressConnector().fetch(target(REST), {}, None, http, NOW)
    assert (moments(page.items), [item.date_basis for item in page.items]) == (
        ["2026-10-31T17:30:00Z", ""], ["channel_zone", "none"],
    )  # fmt: skip


def test_wordpress_pages_are_read_to_the_last():
    first, second = [post(number) for number in range(100)], [post(100)]
    answers = {f"{REST}wp/v2/posts?per_page=100&page=1": (200, first, {"x-wp-totalpages": "2"}),
               f"{REST}wp/v2/posts?per_page=100&page=2": (200, second, {"x-wp-totalpages": "2"})}  # fmt: skip
    http, connector = Recording(answers), WordPressConnector()
    page = connector.fetch(target(REST), {}, SINCE, http, NOW)
    assert (len(page.items), page.is_complete, page.cursor) == (100, False, {"page": 2})
    last = connector.fetch(target(REST), page.cursor, SINCE, http, NOW)
    assert (len(last.items), last.is_complete, last.cursor) == (1, True, {})
    assert "after=2026-11-19T00%3A00%3A00" in http.urls[0]  # a day's margin: the site's clock may be anywhere


def test_past_the_last_page_wordpress_answers_400():
    http = Recording({REST: (400, {"code": "rest_post_invalid_page_number"}, {})})
    assert WordPressConnector().fetch(target(REST), {"page": 2}, None, http, NOW).is_complete
    with pytest.raises(HarvestError):
        WordPressConnector().fetch(target(REST), {}, None, http, NOW)


@pytest.mark.parametrize("answer", [{"code": "rest_disabled"}, "<html>login</html>", "null", "[1, null, []]"])
def test_what_is_no_list_of_posts_is_no_list(answer):
    http = Recording({REST: answer})
    if answer == "[1, null, []]":
        assert WordPressConnector().fetch(target(REST), {}, None, http, NOW).items == ()
        return
    with pytest.raises(HarvestError) as error:
        WordPressConnector().fetch(target(REST), {}, None, http, NOW)
    assert error.value.kind == "not_a_feed"


def test_the_probe_finds_the_interface_that_the_page_names_or_the_old_kind_of_address():
    page = f'<html><head><link rel="https://api.w.org/" href="{SITE}/api/"></head>'
    found = WordPressConnector().probe(
        target(f"{SITE}/"), Recording({f"{SITE}/": page, f"{SITE}/api/": [post(1)] * 5}), NOW
    )
    assert (found.kind, found.endpoint, len(found.items)) == ("wp_rest", f"{SITE}/api/", 3)
    plain = Recording({f"{SITE}/": "<p>x", REST: (404, b"", {}), f"{SITE}/?rest_route=/wp/v2/posts&": [post(1)]})
    assert WordPressConnector().probe(target(f"{SITE}/"), plain, NOW).endpoint == f"{SITE}/?rest_route=/"
    with pytest.raises(HarvestError):
        WordPressConnector().probe(target(f"{SITE}/"), Recording({f"{SITE}/": "<p>x"}), NOW)


# --- feeds --------------------------------------------------------------------------------------------------------


def test_a_feed_is_read_once_and_then_only_asked_whether_it_changed():
    http = Recording({f"{SITE}/feed": (200, rss(ITEM), {"etag": '"1"', "last-modified": "Tue"})})
    connector = FeedConnector()
    page = connector.fetch(target(f"{SITE}/feed"), {}, None, http, NOW)
    assert [item.title for item in page.items] == ["Apel"]
    assert moments(page.items) == ["2026-11-24T01:00:00Z"]  # also after its way through the child process
    same = connector.fetch(target(f"{SITE}/feed"), page.cursor, None, http, NOW)
    assert (same.items, same.is_unchanged) == ((), True)  # the same body under a new ETag is unchanged too
    assert http.asked[1][1] == {"If-None-Match": '"1"'}
    http.answers = {f"{SITE}/feed": (304, b"", {})}
    assert connector.fetch(target(f"{SITE}/feed"), page.cursor, None, http, NOW).is_unchanged
    assert connector.fetch(target(f"{SITE}/feed"), page.cursor, None, http, NOW).cursor == page.cursor


def entry(number: int, day: int) -> str:
    return (
        f"<item><title>Rapat {number}</title><link>{SITE}/{number}</link>"
        f"<pubDate>{day:02} Nov 2026 08:00:00 +0700</pubDate></item>"
    )


WORDPRESS = "<generator>https://wordpress.org/?v=6.8</generator>"


def test_where_the_feed_does_not_reach_the_last_visit_its_older_pages_are_read():
    since, feed = datetime(2026, 11, 10, tzinfo=UTC), f"{SITE}/feed/"
    http = Recording({
        feed: rss(entry(9, 24), entry(8, 20), head=WORDPRESS),
        f"{feed}?paged=2": rss(entry(7, 15), entry(6, 12), head=WORDPRESS),
        f"{feed}?paged=3": rss(entry(5, 9), head=WORDPRESS),
    })  # fmt: skip
    connector, page, seen = FeedConnector(), Page(), []
    for _step in range(3):
        page = connector.fetch(target(feed), page.cursor, since, http, NOW)
        seen += [item.title for item in page.items]
        assert page.is_complete == (_step == 2)
    assert seen == [f"Rapat {number}" for number in (9, 8, 7, 6, 5)]
    assert "older" not in page.cursor
    assert page.cursor["body_hash"]
    assert http.urls == [feed, f"{feed}?paged=2", f"{feed}?paged=3"]
    assert connector.fetch(target(feed), page.cursor, since, http, NOW).is_unchanged


def test_a_feed_that_reaches_the_last_visit_or_was_never_read_is_one_request():
    feed = f"{SITE}/feed/"
    http = Recording({feed: rss(entry(9, 24), entry(8, 9), head=WORDPRESS)})
    for since in (None, datetime(2026, 11, 10, tzinfo=UTC)):
        assert FeedConnector().fetch(target(feed), {}, since, http, NOW).is_complete


def test_older_pages_end_where_the_site_has_none_and_lead_to_no_other_site():
    since, feed = datetime(2026, 11, 10, tzinfo=UTC), f"{SITE}/feed/"
    http = Recording({feed: rss(entry(9, 24), head=WORDPRESS), f"{feed}?paged=2": (404, b"", {})})
    page = FeedConnector().fetch(target(feed), {}, since, http, NOW)
    page = FeedConnector().fetch(target(feed), page.cursor, since, http, NOW)
    assert (page.is_complete, page.items, "older" in page.cursor) == (True, (), False)
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="{}"/><entry><id>1</id>'
        f'<link href="{SITE}/1"/><published>2026-11-24T01:00:00Z</published></entry></feed>'
    )
    for address, is_complete in (("?start-index=26", False), ("http://10.0.0.1/", True), ("https://lain.id/", True)):
        told = Recording({feed: atom.format(address)})
        assert FeedConnector().fetch(target(feed), {}, since, told, NOW).is_complete == is_complete


def test_a_page_where_the_feed_was_is_a_wall():
    for body, kind in (("<!doctype html><p>Verifikasi", "bot_wall"), ("rusak", "not_a_feed")):
        with pytest.raises(HarvestError) as error:
            FeedConnector().fetch(target(f"{SITE}/feed"), {}, None, Recording({f"{SITE}/feed": body}), NOW)
        assert error.value.kind == kind


def test_the_probe_follows_the_page_and_then_tries_the_usual_places():
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/umpan"></head>'
    named = FeedConnector().probe(target(f"{SITE}/"), Recording({f"{SITE}/": page, f"{SITE}/umpan": rss(ITEM)}), NOW)
    assert (named.endpoint, named.items[0].title) == (f"{SITE}/umpan", "Apel")
    silent = Recording({f"{SITE}/": "<html><p>x", f"{SITE}/feed/": (404, b"", {}), f"{SITE}/rss": (404, b"", {}),
                        f"{SITE}/rss.xml": "<html>", f"{SITE}/first/rss": rss(ITEM)})  # fmt: skip
    assert FeedConnector().probe(target(f"{SITE}/"), silent, NOW).endpoint == f"{SITE}/first/rss"
    assert FeedConnector().probe(target(f"{SITE}/x"), Recording({SITE: rss(ITEM)}), NOW).endpoint == f"{SITE}/x"
    with pytest.raises(HarvestError):
        FeedConnector().probe(target(f"{SITE}/"), Recording({f"{SITE}/": "<html>"}), NOW)


def test_gone_is_only_what_says_so():
    answers = {
        f"{SITE}/ada": "x",
        f"{SITE}/hilang": (410, b"", {}),
        f"{SITE}/galat": (503, b"", {}),
        f"{SITE}/429": (429, b"", {}),
    }
    http = Recording(answers)
    told = [FeedConnector().exists(f"{SITE}/{path}", http) for path in ("ada", "hilang", "tiada", "galat", "429")]
    assert told == ["yes", "no", "no", "unknown", "unknown"]


# --- sitemaps and pages -------------------------------------------------------------------------------------------

MAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def page_of(head: str = "", body: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>Situs</title>{head}</head><body><h1>Rapat</h1>{body}</body></html>"


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_a_sitemap_tells_when_a_page_changed_and_a_news_sitemap_when_it_was_published():
    body = f"""<urlset {MAP}><url><loc> {SITE}/a </loc><lastmod>2026-11-24</lastmod></url>
      <url><loc>javascript:x</loc></url>
      <url><loc>{SITE}/b</loc><news:news><news:publication><news:name>Dinas</news:name></news:publication>
      <news:publication_date>{WIB_TIME}</news:publication_date><news:title>B &amp; b</news:title></news:news></url>
      </urlset>"""
    plain, told = sitemaps.parse(body.encode(), "", SITE, WIB, NOW).places
    assert (plain.url, plain.published.moment, f"{plain.changed_at:%d %H}") == (f"{SITE}/a", None, "23 17")
    assert (told.title, f"{told.published.moment:%H}") == ("B & b", "01")


@pytest.mark.parametrize("body", [b"", b"<html/>", rss(ITEM).encode(), b"<urlset", b"{}"])
def test_what_is_no_sitemap_is_said_to_be_none(body):
    with pytest.raises(HarvestError) as error:
        sitemaps.parse(body, "", SITE, WIB, NOW)
    assert error.value.kind == "not_a_feed"


WIB_TIME, LYING = "2026-11-24T08:00:00+07:00", "2026-11-02T20:59:53"
PARTS = [{"@type": "WebPage", "datePublished": "2026-01-01"}, {"@type": ["Article"], "datePublished": WIB_TIME}]


def news(published: str, kind: str = "NewsArticle") -> str:
    return ld(json.dumps({"@type": kind, "datePublished": published}))


def meta(published: str) -> str:
    return f'<meta property="article:published_time" content="{published}">'


@pytest.mark.parametrize(
    ("page", "moment", "basis"),
    [
        (page_of(news(WIB_TIME)), "2026-11-24T01:00:00Z", "offset"),
        (page_of(ld(json.dumps({"@graph": PARTS}))), "2026-11-24T01:00:00Z", "offset"),
        (page_of(ld("{rusak") + meta(WIB_TIME)), "2026-11-24T01:00:00Z", "offset"),
        # as measured on a large news site: the Z of one field is local time
        (page_of(meta("2026-11-02T20-59-53Z") + news(f"{LYING}+07:00")), "2026-11-02T13:59:53Z", "offset"),
        (page_of(news(f"{LYING}Z") + meta(f"{LYING}+07:00")), "2026-11-02T13:59:53Z", "offset"),
        (page_of("", '<time datetime="2026-11-24 08:00">kemarin</time>'), "2026-11-24T01:00:00Z", "channel_zone"),
        (page_of("", "<span>Jum'at, 20 November 2026 | 08.00 WIB</span>"), "2026-11-20T01:00:00Z", "offset"),
        (page_of("", "<p>Rapat pada 20 November 2026 membahas banyak hal</p><i>2 jam yang lalu</i>"), "", "none"),
        (page_of(news("2026-11-24", "Event")), "", "none"),
        (page_of(ld("[" * 10_000)), "", "none"),
    ],
)
def test_the_date_of_a_page(page, moment, basis):
    item = articles.parse(page.encode(), "", f"{SITE}/a", WIB, NOW)
    assert (moments([item]), item.date_basis) == ([moment], basis)


def test_title_link_text_and_author_of_a_page():
    told = {"headline": "Rapat <b>besar</b>", "author": [{"name": "Humas"}], "dateModified": "2026-11-24"}
    head = ld(json.dumps({"@type": "Article", **told}))
    head += '<link rel="canonical" href="/rapat-besar/"><meta property="og:image" content="/a.jpg">'
    item = articles.parse(
        page_of(head, "<article><p>Satu.</p><p>Dua.</p></article>").encode(), "", f"{SITE}/?p=1", WIB, NOW
    )
    assert (item.title, item.permalink, item.original) == ("Rapat besar", f"{SITE}/rapat-besar/", "")
    assert (item.text, item.author, item.media) == ("Satu. Dua.", "Humas", "image")
    copied = articles.parse(
        page_of('<link rel="canonical" href="https://lain.id/x">').encode(), "", f"{SITE}/a", WIB, NOW
    )
    assert (copied.permalink, copied.original, copied.title) == (f"{SITE}/a", "https://lain.id/x", "Rapat")


def test_new_pages_of_a_site_are_read_in_steps_and_robots_txt_holds():
    urls = "".join(f"<url><loc>{SITE}/berita/{n}</loc><lastmod>2026-11-23</lastmod></url>" for n in range(25))
    other = f"<url><loc>https://lain.id/x</loc></url><url><loc>{SITE}/</loc></url><url><loc>{SITE}/tag/a</loc></url>"
    old = f"<url><loc>{SITE}/lama</loc><lastmod>2026-01-01</lastmod></url>"
    secret = f"<url><loc>{SITE}/rahasia/1</loc><lastmod>2026-11-24</lastmod></url>"
    http = Recording({
        f"{SITE}/robots.txt": f"User-agent: *\nDisallow: /rahasia/\nSitemap: {SITE}/peta.xml",
        f"{SITE}/peta.xml": f"<sitemapindex {MAP}><sitemap><loc>{SITE}/isi.xml</loc></sitemap></sitemapindex>",
        f"{SITE}/isi.xml": f"<urlset {MAP}>{secret}{urls}{other}{old}</urlset>",
        f"{SITE}/berita/": page_of(ld('{"@type": "Article", "datePublished": "2026-11-23T08:00:00+07:00"}')),
    })  # fmt: skip
    connector = SitemapConnector()
    assert connector.probe(target(f"{SITE}/"), http, NOW).endpoint == f"{SITE}/peta.xml"
    page = connector.fetch(target(f"{SITE}/peta.xml"), {}, SINCE, http, NOW)
    assert (len(page.items), page.is_complete) == (19, False)  # twenty, of which one may not be read
    last = connector.fetch(target(f"{SITE}/peta.xml"), page.cursor, SINCE, http, NOW)
    assert (len(last.items), last.is_complete, last.cursor) == (6, True, {})
    assert len({item.permalink for item in (*page.items, *last.items)}) == 25
    assert not [url for url in http.urls if "rahasia" in url or "lain.id" in url or "lama" in url]


def test_a_site_whose_rules_cannot_be_asked_for_is_not_read():
    http = Recording({f"{SITE}/robots.txt": (503, b"", {}), f"{SITE}/peta.xml": f"<urlset {MAP}/>"})
    with pytest.raises(HarvestError):
        SitemapConnector().fetch(target(f"{SITE}/peta.xml"), {"waiting": [f"{SITE}/a"]}, None, http, NOW)
