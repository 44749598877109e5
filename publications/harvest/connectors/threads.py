"""Threads by profile discovery, which sees others' accounts only with Advanced Access; off until a token is set."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

from publications.harvest.addresses import absolute
from publications.harvest.dates import DateReader
from publications.harvest.fetching import JSON
from publications.harvest.items import HarvestError, Item
from publications.harvest.texts import squeeze

from .base import Budget, Cursor, Existence, Http, Page, Probe, Target, Unlimited, text_of
from .meta import ANSWERS_WITH_REASON, rows_and_cursor, told_by, wait_by_usage

NAME = "Threads"
ADDRESS = "https://graph.threads.net/v1.0/profile_posts"
FIELDS = "id,permalink,timestamp,text,media_type"
PER_PAGE = 50
TEXT_LENGTH = 300
HANDLE = re.compile(r"[a-z0-9._]{1,30}", re.ASCII)
MEDIA = {"IMAGE": "image", "CAROUSEL_ALBUM": "image", "VIDEO": "video", "AUDIO": "audio"}


def parse(body: bytes, zone: tzinfo, now: datetime) -> tuple[list[Item], str]:
    """The account's own posts of one answer and the cursor of the next (empty: none)."""
    told, reader = told_by(body, NAME), DateReader(zone, now)
    if not isinstance(told.get("data"), list):
        raise HarvestError("not_a_feed", "Threads tidak memberi daftar kiriman.")
    rows, after = rows_and_cursor(told)
    own = [post for post in rows if text_of(post, "id") and text_of(post, "media_type") != "REPOST_FACADE"]
    return [_item(post, reader) for post in own], after if rows else ""


def _item(post: dict[str, Any], reader: DateReader) -> Item:
    text, claimed = text_of(post, "text"), reader.read(text_of(post, "timestamp"))
    return Item(
        source_id=text_of(post, "id"),
        permalink=absolute(text_of(post, "permalink")),
        title=squeeze(text.strip().partition("\n")[0], 100),
        text=squeeze(text, TEXT_LENGTH),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        media=MEDIA.get(text_of(post, "media_type"), ""),
    )


class ThreadsConnector:
    """A channel is known by its handle; the token is the city's."""

    kind = "threads"

    def __init__(self, token: str, budget: Budget | None = None) -> None:
        self._token, self._budget = token, budget or Unlimited()

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        page = self.fetch(target, {}, None, http, now)
        return Probe(self.kind, target.endpoint, items=page.items[:3])

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """Newest first, by pages, back to `since`."""
        if not self._token:
            raise HarvestError("auth", "Threads belum dihubungkan: token belum diisi.")
        query = {"username": _handle(target), "fields": FIELDS, "limit": str(PER_PAGE)}
        query |= {"after": str(cursor["after"])} if cursor.get("after") else {}
        self._budget.spend()
        answer = http.get(
            f"{ADDRESS}?{urlencode(query)}",
            accept=JSON, headers={"Authorization": f"Bearer {self._token}"}, also=ANSWERS_WITH_REASON,
        )  # fmt: skip
        items, after = parse(answer.body, target.zone, now)
        oldest = min((item.claimed_at for item in items if item.claimed_at), default=None)
        is_done = not after or since is None or (oldest is not None and oldest <= since)
        wait = wait_by_usage(answer.headers, now)
        return Page(tuple(items), {} if is_done else {"after": after}, is_complete=is_done, retry_at=wait)

    def exists(self, permalink: str, http: Http) -> Existence:
        """Discovery gives lists only; pages of Threads answer 200 to everybody."""
        return "unknown"


def _handle(target: Target) -> str:
    handle = target.handle.lstrip("@").lower()
    if not HANDLE.fullmatch(handle):  # it becomes part of a query
        raise HarvestError("not_a_feed", "Nama akun Threads tidak sah.")
    return handle
