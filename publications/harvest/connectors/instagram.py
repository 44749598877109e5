"""Instagram by Business Discovery: one token of the city's reads every public professional account.

No stories, no live, no pictures, no counts: id, link, instant, the start of the caption. The token goes in a header,
so that it stands in no address, log or error.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import quote

from publications.harvest.addresses import absolute
from publications.harvest.dates import DateReader
from publications.harvest.fetching import JSON, Fetched
from publications.harvest.items import HarvestError, Item
from publications.harvest.texts import squeeze

from .base import Budget, Cursor, Existence, Http, Page, Probe, Target, Unlimited, text_of
from .meta import ANSWERS_WITH_REASON, VERSION, rows_and_cursor, told_by, wait_by_usage

NAME = "Instagram"
PER_PAGE = 50
CAPTION_LENGTH = 300
HANDLE = re.compile(r"[a-z0-9._]{1,30}", re.ASCII)
MEDIA = {"IMAGE": "image", "CAROUSEL_ALBUM": "image", "VIDEO": "video", "REELS": "video"}


def parse(body: bytes, zone: tzinfo, now: datetime) -> tuple[list[Item], str]:
    """The posts of one answer and the cursor of the next (empty: none); HarvestError in Meta's own distinction."""
    account = told_by(body, NAME).get("business_discovery")
    media = account.get("media") if isinstance(account, dict) else None
    if account is None:
        raise HarvestError("not_a_feed", "Instagram tidak memberi akun ini.")
    if not isinstance(media, dict):
        return [], ""
    reader = DateReader(zone, now)
    rows, after = rows_and_cursor(media)
    return [item for post in rows if (item := _item(post, reader))], after


def _item(post: dict[str, Any], reader: DateReader) -> Item | None:
    link, number = absolute(text_of(post, "permalink")), text_of(post, "id")
    if not number:
        return None
    caption = text_of(post, "caption")
    claimed = reader.read(text_of(post, "timestamp"))
    return Item(
        source_id=number,
        permalink=link,
        title=squeeze(caption.strip().partition("\n")[0], 100),
        text=squeeze(caption, CAPTION_LENGTH),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        media=MEDIA.get(text_of(post, "media_type"), ""),
    )


class InstagramConnector:
    """`own_id` and `token` are the city's; a channel is known by its handle."""

    kind = "instagram"

    def __init__(self, own_id: str, token: str, budget: Budget | None = None) -> None:
        self._own_id, self._token, self._budget = own_id, token, budget or Unlimited()

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        page = self.fetch(target, {}, None, http, now)
        return Probe(self.kind, f"https://www.instagram.com/{_handle(target)}/", items=page.items[:3])

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """Newest first, by pages, back to `since`; near the limit it stops and says from when to go on."""
        answer = self._ask(_handle(target), str(cursor.get("after", "")), http)
        items, after = parse(answer.body, target.zone, now)
        oldest = min((item.claimed_at for item in items if item.claimed_at), default=None)
        is_done = not after or since is None or (oldest is not None and oldest <= since)
        wait = wait_by_usage(answer.headers, now)
        return Page(tuple(items), {} if is_done else {"after": after}, is_complete=is_done, retry_at=wait)

    def exists(self, permalink: str, http: Http) -> Existence:
        """Meta's oEmbed is for showing a post only, so nothing here can say."""
        return "unknown"

    def _ask(self, handle: str, after: str, http: Http) -> Fetched:
        if not self._own_id or not self._token:
            raise HarvestError("auth", "Instagram belum dihubungkan: nomor akun kota dan token belum diisi.")
        self._budget.spend()
        media = f"media.limit({PER_PAGE})" + (f".after({quote(after, safe='')})" if after else "")
        fields = f"business_discovery.username({handle}){{{media}{{id,permalink,timestamp,caption,media_type}}}}"
        account = f"https://graph.facebook.com/{VERSION}/{quote(self._own_id, safe='')}"
        url = f"{account}?fields={quote(fields, safe='(){},.%')}"
        return http.get(url, accept=JSON, headers={"Authorization": f"Bearer {self._token}"}, also=ANSWERS_WITH_REASON)


def _handle(target: Target) -> str:
    handle = target.handle.lstrip("@").lower()
    if not HANDLE.fullmatch(handle):  # it becomes part of a query
        raise HarvestError("not_a_feed", "Nama akun Instagram tidak sah.")
    return handle
