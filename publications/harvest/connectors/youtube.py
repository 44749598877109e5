"""YouTube: the public Atom feed of a channel (newest 15). The Data API only finds what the feed no longer has.

Answers of the API stay out of the score (YouTube's terms), so only id, link, title and instant are read from it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, tzinfo
from urllib.parse import quote

from publications.harvest.dates import DateReader
from publications.harvest.feeds import parse as parse_feed
from publications.harvest.fetching import JSON
from publications.harvest.items import TEXT_LENGTH, TITLE_LENGTH, HarvestError, Item
from publications.harvest.texts import plain_line, squeeze

from .base import Cursor, Existence, Http, Page, Probe, Target, json_of, parsed_apart, rows_of, text_of
from .feed import FeedConnector

FEED_URL = "https://www.youtube.com/feeds/videos.xml?channel_id={}"
OEMBED_URL = "https://www.youtube.com/oembed?format=json&url={}"
CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
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
    kind = "youtube"

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        if not CHANNEL.fullmatch(target.external_id):
            raise HarvestError(
                "not_a_feed", "Nomor kanal YouTube (UC…) belum diketahui; isilah dari halaman Tentang kanal itu."
            )
        endpoint = FEED_URL.format(target.external_id)
        answer = http.get(endpoint)
        items = parsed_apart(lambda: parse(answer.body, target.zone, now))
        return Probe(self.kind, endpoint, target.external_id, items=items[:3])

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        page = super().fetch(target, cursor, since, http, now)
        return replace(page, items=tuple(replace(item, media="video") for item in page.items))

    def exists(self, permalink: str, http: Http) -> Existence:
        """By oEmbed's status; 401 and 403 are videos that may not be embedded, which says nothing."""
        try:
            http.get(OEMBED_URL.format(quote(permalink, safe="")), accept=JSON)
        except HarvestError as error:
            return "no" if error.status in (400, 404) else "unknown"
        return "yes"
