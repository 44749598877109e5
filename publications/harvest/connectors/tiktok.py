"""TikTok's Display API: each account gives its own consent; off until the city's app is registered and set.

The access token of an account lives a day at most and is renewed by a refresh token that changes with every use; both
are kept encrypted by `consents`. Only id, link, instant and the title are kept, no counts.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urlencode, urlsplit

from publications.date_limits import EARLIEST_YEAR, TOO_FAR
from publications.harvest.addresses import absolute
from publications.harvest.dates import OFFSET
from publications.harvest.items import HarvestError, Item
from publications.harvest.texts import squeeze

from .base import Budget, Cursor, Existence, Http, Page, Probe, Target, Tokens, Unlimited, json_of, rows_of, text_of

LIST = "https://open.tiktokapis.com/v2/video/list/?fields=id,title,create_time,share_url"
RENEW = "https://open.tiktokapis.com/v2/oauth/token/"
PER_PAGE = 20
TEXT_LENGTH = 300
ANSWERS_WITH_REASON = (400, 401, 403, 429)
TOKEN_ERRORS = ("access_token_invalid", "scope_not_authorized", "scope_permission_missed", "invalid_grant",
                "invalid_client")  # fmt: skip


def parse(body: bytes, zone: tzinfo, now: datetime) -> tuple[list[Item], int]:
    """The videos of one answer and the cursor of the next (0: none)."""
    told = json_of(body)
    error = told.get("error") if isinstance(told, dict) else None
    if text_of(error, "code") not in ("", "ok"):
        raise api_error(text_of(error, "code"))
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("videos"), list):
        raise HarvestError("not_a_feed", "TikTok tidak memberi daftar video.")
    cursor = data.get("cursor")
    after = cursor if data.get("has_more") is True and isinstance(cursor, int) else 0
    return [item for row in rows_of(data["videos"]) if (item := _item(row, now))], after


def _item(row: dict[str, Any], now: datetime) -> Item | None:
    number, told, seconds = text_of(row, "id"), text_of(row, "title"), row.get("create_time")
    link = urlsplit(absolute(text_of(row, "share_url")))
    if not number or not link.netloc:
        return None
    moment = datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < 1 << 33 else None
    is_time = moment is not None and moment.year >= EARLIEST_YEAR and moment <= now + TOO_FAR
    return Item(
        source_id=number,
        permalink=link._replace(query="", fragment="").geturl(),
        title=squeeze(told.strip().partition("\n")[0], 100),
        text=squeeze(told, TEXT_LENGTH),
        claimed_raw=str(seconds)[:100],
        claimed_at=moment if is_time else None,
        date_basis=OFFSET if is_time else "none",
        media="video",
    )


def api_error(code: str) -> HarvestError:
    """TikTok's own words for what went wrong."""
    if code in TOKEN_ERRORS:
        return HarvestError("auth", "Izin akun TikTok ini ditolak atau habis; pemilik akun perlu memberi izin lagi.")
    if code == "rate_limit_exceeded":
        return HarvestError("quota", "Batas panggilan TikTok tercapai.")
    return HarvestError("not_a_feed", f"TikTok tidak memberi daftar video ({code[:60]}).")


def renewed(http: Http, client_key: str, client_secret: str, refresh_token: str) -> tuple[str, int, str, int]:
    """Access token and its seconds, the next refresh token and its seconds; HarvestError if consent has ended."""
    form = {"client_key": client_key, "client_secret": client_secret, "grant_type": "refresh_token",
            "refresh_token": refresh_token}  # fmt: skip
    answer = http.post(
        RENEW, urlencode(form).encode(), content_type="application/x-www-form-urlencoded", headers={},
        also=ANSWERS_WITH_REASON,
    )  # fmt: skip
    told = json_of(answer.body)
    access, refresh = text_of(told, "access_token"), text_of(told, "refresh_token")
    if not access or not refresh:
        raise api_error(text_of(told, "error") or "invalid_grant")
    lives = [told.get(name) for name in ("expires_in", "refresh_expires_in")]
    seconds, refresh_seconds = (value if isinstance(value, int) and value > 0 else 0 for value in lives)
    return access, seconds, refresh, refresh_seconds


class TikTokConnector:
    """`tokens` are those of the one account that is read."""

    kind = "tiktok"

    def __init__(self, tokens: Tokens, budget: Budget | None = None) -> None:
        self._tokens, self._budget = tokens, budget or Unlimited()

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        page = self.fetch(target, {}, None, http, now)
        return Probe(self.kind, target.endpoint, items=page.items[:3])

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """Newest first, by pages, back to `since`."""
        after = cursor.get("cursor")
        asked = {"max_count": PER_PAGE} | ({"cursor": after} if isinstance(after, int) else {})
        self._budget.spend()
        headers = {"Authorization": f"Bearer {self._tokens.access(http)}"}
        body = json.dumps(asked).encode()
        answer = http.post(LIST, body, content_type="application/json", headers=headers, also=ANSWERS_WITH_REASON)
        items, more = parse(answer.body, target.zone, now)
        oldest = min((item.claimed_at for item in items if item.claimed_at), default=None)
        is_done = not more or since is None or (oldest is not None and oldest <= since)
        return Page(tuple(items), {} if is_done else {"cursor": more}, is_complete=is_done)

    def exists(self, permalink: str, http: Http) -> Existence:
        """The interface lists an account's own videos only; TikTok's pages answer 200 to everybody."""
        return "unknown"
