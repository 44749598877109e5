"""YouTube: the public Atom feed of a channel (newest 15). The Data API only finds what the feed no longer has.

Answers of the API stay out of the score (YouTube's terms), so only id, link, title and instant are read from it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from publications.harvest.dates import DateReader
from publications.harvest.feeds import parse as parse_feed
from publications.harvest.fetching import JSON
from publications.harvest.items import TEXT_LENGTH, TITLE_LENGTH, HarvestError, Item
from publications.harvest.texts import plain_line, squeeze

from .base import (
    Budget,
    Cursor,
    Existence,
    Http,
    Page,
    Probe,
    Target,
    Unlimited,
    json_of,
    parsed_apart,
    rows_of,
    text_of,
)
from .feed import OVERLAP, FeedConnector

FEED_URL = "https://www.youtube.com/feeds/videos.xml?channel_id={}"
OEMBED_URL = "https://www.youtube.com/oembed?format=json&url={}"
CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
HANDLE = re.compile(r"[\w.\u00b7-]{3,30}")
VIDEO = re.compile(r"[\w-]{11}", re.ASCII)


def parse(body: bytes, zone: tzinfo, now: datetime) -> list[Item]:
    """The videos of a channel's feed."""
    feed = parse_feed(body, "", "https://www.youtube.com/", zone, now)
    return [replace(item, media="video") for item in feed.items]


def parse_playlist(body: bytes, zone: tzinfo, now: datetime) -> tuple[list[Item], str]:
    """The videos of one answer of `playlistItems`, and the token of the next page (empty: none)."""
    told, reader = json_of(body), DateReader(zone, now)
    if not isinstance(told, dict) or not isinstance(told.get("items"), list):
        raise api_error(told)
    return [item for row in rows_of(told["items"]) if (item := _video(row, reader))], text_of(told, "nextPageToken")


def _video(row: dict[str, object], reader: DateReader) -> Item | None:
    details, snippet = row.get("contentDetails"), row.get("snippet")
    video = text_of(details, "videoId")
    claimed = reader.read(text_of(details, "videoPublishedAt"))
    if not VIDEO.fullmatch(video):
        return None
    return Item(
        source_id=f"yt:video:{video}",
        permalink=f"https://www.youtube.com/watch?v={video}",
        title=plain_line(text_of(snippet, "title"), TITLE_LENGTH),
        text=squeeze(text_of(snippet, "description"), TEXT_LENGTH),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        media="video",
    )


def api_error(told: object) -> HarvestError:
    """Google's words for what went wrong."""
    error = told.get("error") if isinstance(told, dict) else None
    rows = rows_of(error.get("errors")) if isinstance(error, dict) else []
    reason = text_of(rows[0], "reason") if rows else ""
    if reason in ("quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded"):
        return HarvestError("quota", "Jatah harian YouTube Data API habis.")
    if reason in ("keyInvalid", "keyExpired", "forbidden", "accessNotConfigured", "API_KEY_INVALID", "badRequest"):
        return HarvestError("auth", "Kunci YouTube Data API tidak diterima.")
    return HarvestError("not_a_feed", f"YouTube tidak memberi daftar video ({reason[:60]}).")


class YouTubeConnector(FeedConnector):
    """`api_key` is optional: it finds the number behind a handle and the videos that the feed no longer shows."""

    kind = "youtube"

    def __init__(self, api_key: str = "", budget: Budget | None = None) -> None:
        self._key, self._budget = api_key, budget or Unlimited()

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        number = target.external_id
        if not CHANNEL.fullmatch(number):
            number = self._number_of(target.handle, http)
        endpoint = FEED_URL.format(number)
        answer = http.get(endpoint)
        items = parsed_apart(lambda: parse(answer.body, target.zone, now))
        return Probe(self.kind, endpoint, number, items=items[:3])

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """The feed; where it does not reach the last visit, with a key the list of uploads behind it."""
        if "playlist" in cursor:
            return self._uploads(target, cursor, since, http, now)
        page = super().fetch(target, cursor, since, http, now)
        items = tuple(replace(item, media="video") for item in page.items)
        oldest = min((item.claimed_at for item in items if item.claimed_at), default=None)
        if self._key and since and oldest and oldest > since + OVERLAP and CHANNEL.fullmatch(target.external_id):
            return replace(page, items=items, cursor={**page.cursor, "playlist": ""}, is_complete=False)
        return replace(page, items=items)

    def _number_of(self, handle: str, http: Http) -> str:
        if not self._key or not HANDLE.fullmatch(handle.lstrip("@")):
            raise HarvestError(
                "not_a_feed", "Nomor kanal YouTube (UC…) belum diketahui; isilah dari halaman Tentang kanal itu."
            )
        found = self._ask("channels", {"part": "id", "forHandle": handle.lstrip("@")}, http)
        number = text_of((rows_of(found.get("items")) or [{}])[0], "id")
        if not CHANNEL.fullmatch(number):
            raise HarvestError("http_4xx", "Kanal YouTube dengan nama itu tidak ada.")
        return number

    def _uploads(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """One page of all uploads, newest first. What only the interface tells is kept out of the score."""
        query = {"part": "snippet,contentDetails", "maxResults": "50", "playlistId": "UU" + target.external_id[2:]}
        query |= {"pageToken": str(cursor["playlist"])} if cursor["playlist"] else {}
        told = self._ask("playlistItems", query, http)
        videos, after = parse_playlist(json.dumps(told).encode(), target.zone, now)
        items = tuple(replace(video, is_api_only=True) for video in videos)
        oldest = min((item.claimed_at for item in items if item.claimed_at), default=None)
        is_done = not after or since is None or (oldest is not None and oldest <= since)
        known = {name: value for name, value in cursor.items() if name != "playlist"}
        return Page(items, known if is_done else {**known, "playlist": after}, is_complete=is_done)

    def _ask(self, name: str, query: dict[str, str], http: Http) -> dict[str, Any]:
        """One call (a unit of the daily 10,000); the key goes in a header, so that it stands in no address."""
        self._budget.spend()
        answer = http.get(
            f"https://www.googleapis.com/youtube/v3/{name}?{urlencode(query)}", accept=JSON,
            headers={"X-Goog-Api-Key": self._key}, also=(400, 403, 404),
        )  # fmt: skip
        told = json_of(answer.body)
        if not isinstance(told, dict) or "error" in told:
            raise api_error(told)
        return told

    def exists(self, permalink: str, http: Http) -> Existence:
        """By oEmbed's status; 401 and 403 are videos that may not be embedded, which says nothing."""
        try:
            http.get(OEMBED_URL.format(quote(permalink, safe="")), accept=JSON)
        except HarvestError as error:
            return "no" if error.status in (400, 404) else "unknown"
        return "yes"
