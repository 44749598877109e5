"""Mastodon: an account's own statuses by the public interface, or its `.rss` (which the feed connector reads)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import quote, urlsplit

from publications.harvest.addresses import absolute
from publications.harvest.dates import DateReader
from publications.harvest.entry_items import source_id
from publications.harvest.fetching import JSON
from publications.harvest.items import TEXT_LENGTH, HarvestError, Item
from publications.harvest.texts import plain_text, squeeze

from .base import Cursor, Existence, Http, Page, Probe, Target, json_of, page_exists, rows_of, text_of

PER_PAGE = 40
KINDS = {"image": "image", "video": "video", "gifv": "video", "audio": "audio"}


def parse(body: bytes, zone: tzinfo, now: datetime) -> list[Item]:
    """The account's own statuses; what it passed on of others is not its own."""
    told = json_of(body)
    if not isinstance(told, list):
        raise HarvestError("not_a_feed", "Mastodon tidak memberi daftar kiriman.")
    reader = DateReader(zone, now)
    return [_item(status, reader) for status in rows_of(told) if not status.get("reblog")]


def _item(status: dict[str, Any], reader: DateReader) -> Item:
    text = plain_text(text_of(status, "content"), TEXT_LENGTH)
    link, claimed = absolute(text_of(status, "url")), reader.read(text_of(status, "created_at"))
    media = [KINDS.get(text_of(file, "type"), "") for file in rows_of(status.get("media_attachments"))]
    return Item(
        source_id=source_id(text_of(status, "uri"), link, text[:100], claimed.raw),
        permalink=link,
        title=squeeze(text, 100),
        text=text,
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        modified_at=reader.read(text_of(status, "edited_at")).moment,
        media=next((kind for kind in ("video", "image", "audio") if kind in media), ""),
    )


class MastodonConnector:
    """`endpoint` is the account's page; its number there is the external id."""

    kind = "mastodon"

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        name = target.handle.lstrip("@").partition("@")[0]
        answer = http.get(f"{_server(target)}/api/v1/accounts/lookup?acct={quote(name)}", accept=JSON)
        told = json_of(answer.body)
        number = text_of(told, "id")
        if not number.isalnum():
            raise HarvestError("not_a_feed", "Akun Mastodon ini tidak ditemukan di servernya.")
        found = Target(target.endpoint, target.zone, target.handle, number)
        items = self.fetch(found, {}, None, http, now).items[:3]
        return Probe(self.kind, target.endpoint, number, squeeze(text_of(told, "display_name"), 100), items)

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """Newest first, by pages, back to `since`; replies are talk, not publications."""
        before = str(cursor.get("max_id", ""))
        url = f"{_server(target)}/api/v1/accounts/{target.external_id}/statuses"
        url += f"?limit={PER_PAGE}&exclude_replies=true&exclude_reblogs=true" + (f"&max_id={before}" if before else "")
        body = http.get(url, accept=JSON).body
        items, last = tuple(parse(body, target.zone, now)), rows_of(json_of(body))[-1:]
        oldest = min((item.claimed_at for item in items if item.claimed_at), default=None)
        is_done = not last or since is None or (oldest is not None and oldest <= since)
        return Page(items, {} if is_done else {"max_id": text_of(last[0], "id")}, is_complete=is_done)

    def exists(self, permalink: str, http: Http) -> Existence:
        return page_exists(permalink, http)


def _server(target: Target) -> str:
    return f"https://{urlsplit(target.endpoint).hostname}"
