"""What Meta's interfaces have in common: errors, usage in the headers, cursors. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from publications.harvest.items import HarvestError

from .base import json_of, rows_of, text_of

VERSION = "v25.0"
#: Of the hour's calls, in percent; beyond it the harvest waits, so that a person's own use still goes.
USAGE_LIMIT = 85
#: These come with a body that says what is wrong.
ANSWERS_WITH_REASON = (400, 401, 403, 429, 500)
TOKEN_CODES = (190, 102, 10, 200)
RATE_CODES = (4, 17, 32, 613, 80000, 80001, 80002)
NOT_THERE_CODES = (110, 24, 100, 803)


def told_by(body: bytes, name: str) -> dict[str, Any]:
    """The answer as an object; HarvestError in Meta's own distinction. `name` is the platform's."""
    told = json_of(body)
    if isinstance(told, dict) and isinstance(told.get("error"), dict):
        raise api_error(told["error"], name)
    if not isinstance(told, dict):
        raise HarvestError("not_a_feed", f"{name} tidak memberi jawaban yang dikenal.")
    return told


def api_error(error: Mapping[str, Any], name: str) -> HarvestError:
    """190 is the token; 4, 17, 32, 613 and 8000x are limits; 110, 24, 100 and 803 an account that is not there."""
    code = error.get("code")
    if code in TOKEN_CODES:
        return HarvestError("auth", f"Token {name} ditolak atau habis masa berlakunya.")
    if code in RATE_CODES:
        return HarvestError("quota", f"Batas panggilan {name} tercapai.")
    if code in NOT_THERE_CODES:
        return HarvestError("http_4xx", "Akun ini tidak ada, tidak umum, atau bukan akun profesional.")
    return HarvestError("http_5xx", f"{name} menjawab dengan galat {code if isinstance(code, int) else ''}.")


def rows_and_cursor(media: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The rows of one page and the cursor of the next (empty: none)."""
    paging = media.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    return rows_of(media.get("data")), text_of(cursors, "after")


def usage(headers: Mapping[str, str]) -> int:
    """The share of the limit that is used, in percent, by `X-App-Usage`."""
    try:
        told = json.loads(headers.get("x-app-usage", "{}"))
    except ValueError:
        return 0
    shares = [value for value in told.values() if isinstance(value, int | float)] if isinstance(told, dict) else []
    return int(max(shares, default=0))


def wait_by_usage(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Near the limit: from when to go on."""
    return now + timedelta(hours=1) if usage(headers) >= USAGE_LIMIT else None
