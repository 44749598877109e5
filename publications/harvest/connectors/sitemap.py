"""A site without a feed: its sitemap says which pages are new, each page when it was published. robots.txt holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from publications.harvest import articles, sitemaps
from publications.harvest.addresses import host_of
from publications.harvest.decoding import decode
from publications.harvest.fetching import PAGE
from publications.harvest.items import HarvestError, Item
from publications.harvest.robots import Robots, read_robots

from .base import Cursor, Existence, Http, Page, Probe, Target, page_exists, parsed_apart

PLACES = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml", "news-sitemap.xml")
#: Pages of one step; the engine comes back for the rest.
MAX_PAGES = 20
MAX_SITEMAPS = 5
AGENT = "KIPCilegon"
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
#: Pages that sites list and that are no articles.
_NO_ARTICLE = re.compile(
    r"/(?:category|kategori|tag|author|page|search|login|profil|kontak)(?:/|$)|\.(?:jpe?g|png|pdf|zip)$", re.I
)


class SitemapConnector:
    """`endpoint` is the sitemap. The cursor remembers the pages of this visit that are still to be read."""

    kind = "sitemap"

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        robots = robots_of(target.endpoint, http)
        for url in (*robots.sitemaps, *(urljoin(target.endpoint, f"/{place}") for place in PLACES)):
            try:
                places = self._places(url, target, None, http, now)
            except HarvestError:
                continue
            if places:
                return Probe(self.kind, url, items=self._read(places[:3], target, robots, http, now)[:3])
        raise HarvestError("not_a_feed", "Situs ini tidak punya peta situs.")

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        waiting = [str(url) for url in cursor.get("waiting", ())]
        if not waiting:
            waiting = self._places(target.endpoint, target, since, http, now)
        items = self._read(waiting[:MAX_PAGES], target, robots_of(target.endpoint, http), http, now)
        rest = waiting[MAX_PAGES:500]
        return Page(items, {"waiting": rest} if rest else {}, is_complete=not rest)

    def exists(self, permalink: str, http: Http) -> Existence:
        return page_exists(permalink, http)

    def _places(self, url: str, target: Target, since: datetime | None, http: Http, now: datetime) -> list[str]:
        """Addresses of articles that changed since then, newest first, also of the newest sitemaps of an index."""
        found = self._sitemap(url, target, http, now)
        places = list(found.places)
        for child in _newest(found.children, since)[:MAX_SITEMAPS]:
            places += self._sitemap(child.url, target, http, now).places
        return [place.url for place in _newest(tuple(places), since) if _is_own_article(place.url, target.endpoint)]

    def _sitemap(self, url: str, target: Target, http: Http, now: datetime) -> sitemaps.Sitemap:
        answer = http.get(url, accept="application/xml, text/xml, */*;q=0.5")
        return sitemaps.parse(answer.body, answer.content_type, answer.url, target.zone, now)

    def _read(self, urls: list[str], target: Target, robots: Robots, http: Http, now: datetime) -> tuple[Item, ...]:
        items: list[Item] = []
        for url in urls:
            if not robots.allows(url):
                continue
            try:
                items += self._article(url, target, http, now)
            except HarvestError as error:
                if error.kind in ("rate_limited", "bot_wall", "blocked_address"):
                    raise
        return tuple(items)

    def _article(self, url: str, target: Target, http: Http, now: datetime) -> tuple[Item, ...]:
        page = http.get(url, accept=PAGE)
        return parsed_apart(lambda: [articles.parse(page.body, page.content_type, page.url, target.zone, now)])


def robots_of(url: str, http: Http) -> Robots:
    """The site's rules; none where it has none, and nothing allowed while they cannot be asked for (RFC 9309)."""
    try:
        answer = http.get(urljoin(url, "/robots.txt"), accept="text/plain, */*;q=0.5")
    except HarvestError as error:
        if error.kind == "http_4xx":
            return Robots()
        raise
    return read_robots(decode(answer.body, answer.content_type), AGENT)


def _newest(places: tuple[sitemaps.Place, ...], since: datetime | None) -> list[sitemaps.Place]:
    new = [place for place in places if since is None or place.changed_at is None or place.changed_at >= since]
    return sorted(new, key=lambda place: place.published.moment or place.changed_at or LONG_AGO, reverse=True)


def _is_own_article(url: str, endpoint: str) -> bool:
    """On the site itself, below its front page."""
    path = urlsplit(url).path
    return host_of(url) == host_of(endpoint) and len(path) > 1 and not _NO_ARTICLE.search(path)
