"""RSS, Atom, RDF and JSON Feed at a known address."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from publications.harvest.discovery import guesses, read_page
from publications.harvest.feeds import Feed, parse
from publications.harvest.fetching import FEED, PAGE, Fetched, Validators
from publications.harvest.items import HarvestError, Item

from .base import Cursor, Existence, Http, Page, Probe, Target, feed_apart, page_exists

MAX_ITEMS = 500
#: Of the days by which `since` lies behind the last visit: so far a feed has to reach, or its older pages are read.
OVERLAP = timedelta(days=1)


class FeedConnector:
    kind = "feed"

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        """The address itself, the feeds that its page names, then the usual places, one request each."""
        asked = http.get(target.endpoint, accept=f"{FEED}, {PAGE}")
        try:
            return Probe(self.kind, asked.url, items=self._items(asked, target, now)[:3])
        except HarvestError:
            named = read_page(asked.body, asked.content_type, asked.url).feeds
        for address in named or guesses(asked.url):
            try:
                found = http.get(address)
                return Probe(self.kind, address, items=self._items(found, target, now)[:3])
            except HarvestError:
                continue
        raise HarvestError("not_a_feed", "Situs ini tidak menyebut umpan dan tidak punya umpan di tempat yang lazim.")

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """All that the feed has; nothing where the server, or the hash of the body, says that it is what it was.

        Where its oldest entry does not reach the last visit, the older pages that it names are read too.
        """
        if older := str(cursor.get("older", "")):
            return self._older(older, target, cursor, since, http, now)
        sent = Validators(str(cursor.get("etag", "")), str(cursor.get("last_modified", "")))
        fetched = http.get(target.endpoint, validators=sent)
        if fetched.is_not_modified:
            return Page(cursor=cursor, is_unchanged=True)
        told = fetched.validators
        body_hash = hashlib.sha256(fetched.body).hexdigest()
        new = {"etag": told.etag, "last_modified": told.last_modified, "body_hash": body_hash}
        if body_hash == cursor.get("body_hash"):
            return Page(cursor=new, is_unchanged=True, moved_to=fetched.moved_to)
        try:
            feed = self._read(fetched, target, now)
        except HarvestError as error:
            if error.kind == "not_a_feed" and _is_page(fetched):
                raise HarvestError(
                    "bot_wall", "Situs memberi halaman, bukan umpan yang biasanya ada di alamat ini."
                ) from None
            raise
        return self._page(feed, new, since, fetched.moved_to)

    def _older(
        self, address: str, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime
    ) -> Page:
        """One page further back; where the pages end (WordPress answers 404) all is read."""
        known = {name: value for name, value in cursor.items() if name != "older"}
        try:
            feed = self._read(http.get(address), target, now)
        except HarvestError as error:
            if error.kind in ("http_4xx", "not_a_feed"):
                return Page(cursor=known)
            raise
        return self._page(feed, known, since)

    def _page(self, feed: Feed, cursor: dict[str, Any], since: datetime | None, moved_to: str = "") -> Page:
        oldest = min((item.claimed_at for item in feed.items if item.claimed_at), default=None)
        is_reached = since is None or oldest is None or oldest <= since + OVERLAP or not feed.next_page
        cursor = cursor if is_reached else {**cursor, "older": feed.next_page}
        return Page(feed.items, cursor, is_complete=is_reached, moved_to=moved_to)

    def exists(self, permalink: str, http: Http) -> Existence:
        return page_exists(permalink, http)

    def _items(self, fetched: Fetched, target: Target, now: datetime) -> tuple[Item, ...]:
        return self._read(fetched, target, now).items

    def _read(self, fetched: Fetched, target: Target, now: datetime) -> Feed:
        body, kind, url = fetched.body, fetched.content_type, fetched.url
        return feed_apart(lambda: parse(body, kind, url, target.zone, now, MAX_ITEMS))


def _is_page(fetched: Fetched) -> bool:
    head = fetched.body[:2000].lower()
    return b"<html" in head or b"<!doctype html" in head
