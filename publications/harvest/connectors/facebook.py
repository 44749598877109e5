"""Facebook pages by Page Public Content Access, which Meta grants after App Review; off until a token is set.

Only id, link, instant and the beginning of the message; what a page passes on of others is not its own.
"""

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
from .meta import ANSWERS_WITH_REASON, VERSION, rows_and_cursor, told_by, wait_by_usage

NAME = "Facebook"
FIELDS = "id,permalink_url,created_time,message,status_type"
PER_PAGE = 100
TEXT_LENGTH = 300
PAGE = re.compile(r"[A-Za-z0-9.]{1,80}", re.ASCII)
PICTURES = ("added_photos", "mobile_status_update")
NOT_OWN = ("shared_story", "wall_post")


def parse(body: bytes, zone: tzinfo, now: datetime) -> tuple[list[Item], str]:
    """The page's own posts of one answer and the cursor of the next (empty: none)."""
    told, reader = told_by(body, NAME), DateReader(zone, now)
    if not isinstance(told.get("data"), list):
        raise HarvestError("not_a_feed", "Facebook tidak memberi daftar kiriman.")
    rows, after = rows_and_cursor(told)
    own = [post for post in rows if text_of(post, "id") and text_of(post, "status_type") not in NOT_OWN]
    return [_item(post, reader) for post in own], after if rows else ""


def _item(post: dict[str, Any], reader: DateReader) -> Item:
    message, claimed = text_of(post, "message"), reader.read(text_of(post, "created_time"))
    kind = text_of(post, "status_type")
    return Item(
        source_id=text_of(post, "id"),
        permalink=absolute(text_of(post, "permalink_url")),
        title=squeeze(message.strip().partition("\n")[0], 100),
        text=squeeze(message, TEXT_LENGTH),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        media="video" if kind == "added_video" else "image" if kind in PICTURES[:1] else "",
    )


class FacebookConnector:
    """A channel is known by the page's number or name; the token is the city's."""

    kind = "facebook"

    def __init__(self, token: str, budget: Budget | None = None) -> None:
        self._token, self._budget = token, budget or Unlimited()

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        page = self.fetch(target, {}, None, http, now)
        return Probe(self.kind, target.endpoint, target.external_id, items=page.items[:3])

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """Newest first, by pages, back to `since`; near the limit it stops and says from when to go on."""
        if not self._token:
            raise HarvestError("auth", "Facebook belum dihubungkan: token belum diisi.")
        query = {"fields": FIELDS, "limit": str(PER_PAGE)}
        query |= {"since": str(int(since.timestamp()))} if since else {}
        query |= {"after": str(cursor["after"])} if cursor.get("after") else {}
        self._budget.spend()
        answer = http.get(
            f"https://graph.facebook.com/{VERSION}/{_page(target)}/published_posts?{urlencode(query)}",
            accept=JSON, headers={"Authorization": f"Bearer {self._token}"}, also=ANSWERS_WITH_REASON,
        )  # fmt: skip
        items, after = parse(answer.body, target.zone, now)
        is_done = not after or since is None
        wait = wait_by_usage(answer.headers, now)
        return Page(tuple(items), {} if is_done else {"after": after}, is_complete=is_done, retry_at=wait)

    def exists(self, permalink: str, http: Http) -> Existence:
        """Pages of Facebook answer 200 to everybody who is not logged in, so an address says nothing."""
        return "unknown"


def _page(target: Target) -> str:
    name = target.external_id or target.handle.lstrip("@")
    if not PAGE.fullmatch(name):  # it becomes part of an address
        raise HarvestError("not_a_feed", "Nama halaman Facebook tidak sah.")
    return name
