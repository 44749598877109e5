"""RSS, Atom, RDF and JSON Feed at a known address."""

from __future__ import annotations

import hashlib
from datetime import datetime

from publications.harvest.discovery import guesses, read_page
from publications.harvest.feeds import parse
from publications.harvest.fetching import FEED, PAGE, Fetched, Validators
from publications.harvest.items import HarvestError, Item

from .base import Cursor, Existence, Http, Page, Probe, Target, page_exists, parsed_apart

MAX_ITEMS = 500


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
        """All that the feed has; nothing where the server, or the hash of the body, says that it is what it was."""
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
            items = self._items(fetched, target, now)
        except HarvestError as error:
            if error.kind == "not_a_feed" and _is_page(fetched):
                raise HarvestError(
                    "bot_wall", "Situs memberi halaman, bukan umpan yang biasanya ada di alamat ini."
                ) from None
            raise
        return Page(items=items, cursor=new, moved_to=fetched.moved_to)

    def exists(self, permalink: str, http: Http) -> Existence:
        return page_exists(permalink, http)

    def _items(self, fetched: Fetched, target: Target, now: datetime) -> tuple[Item, ...]:
        body, kind, url = fetched.body, fetched.content_type, fetched.url
        return parsed_apart(lambda: parse(body, kind, url, target.zone, now, MAX_ITEMS).items)


def _is_page(fetched: Fetched) -> bool:
    head = fetched.body[:2000].lower()
    return b"<html" in head or b"<!doctype html" in head
