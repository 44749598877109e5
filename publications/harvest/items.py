"""What a source says of one posting, and the ways in which asking it can fail. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

TITLE_LENGTH, TEXT_LENGTH, AUTHOR_LENGTH, ID_LENGTH, URL_LENGTH = 1000, 20_000, 100, 600, 2048


@dataclass(frozen=True)
class Item:
    """One posting as its source tells it; nothing here has been believed yet."""

    source_id: str
    #: An absolute http(s) address, or empty: then the posting cannot count.
    permalink: str
    title: str
    text: str = ""
    claimed_raw: str = ""
    claimed_at: datetime | None = None
    date_basis: str = "none"
    modified_at: datetime | None = None
    #: "image", "video", "audio" or empty.
    media: str = ""
    author: str = ""
    #: An address on another site that the page names as the original: then it is somebody else's text.
    original: str = ""
    #: The number that the site's system gave it, growing with time; 0 where there is none.
    serial: int = 0
    #: Known from an interface whose terms keep it out of a score, and from nowhere else (YouTube Data API).
    is_api_only: bool = False


class HarvestError(Exception):
    """A fetch or a file that gave nothing: `kind` is one of ERRORS, the text is for people."""

    def __init__(self, kind: str, message: str, status: int = 0, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        if kind not in ERRORS:
            raise ValueError(kind)
        self.kind, self.status, self.retry_at = kind, status, retry_at


#: A closed list: schedule, health page and reports tell these apart and no others.
ERRORS = (
    "dns", "connect", "tls", "timeout", "too_large", "blocked_address", "redirect", "http_4xx", "http_5xx",
    "rate_limited", "bot_wall", "not_a_feed", "parse", "auth", "quota", "budget",
)  # fmt: skip
