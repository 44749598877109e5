"""What the client may do, what it gives, and what the answers of servers mean. Pure: the doing is in `client.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from .items import URL_LENGTH, HarvestError
from .retry_after import retry_at

FEED = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
PAGE = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
JSON = "application/json"
PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Policy:
    """What the client may do. The tests' own servers are named one by one; in production there are none."""

    user_agent: str
    own_hosts: frozenset[str] = frozenset()
    connect_seconds: float = 5
    read_seconds: float = 10
    whole_seconds: float = 30
    max_bytes: int = 10 * 1024 * 1024
    max_redirects: int = 3
    test_servers: frozenset[tuple[str, int]] = frozenset()
    ca_file: str = ""


@dataclass(frozen=True)
class Validators:
    """`ETag` and `Last-Modified` as the server wrote them; to be sent back only after a successful parse."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.last_modified} if self.last_modified else {}


NO_VALIDATORS = Validators()


@dataclass(frozen=True)
class Fetched:
    url: str
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The address to which every redirect was a permanent one, else empty: for a person to take over, never by itself.
    moved_to: str = ""

    @property
    def is_not_modified(self) -> bool:
        return self.status == 304

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def validators(self) -> Validators:
        """None where the server says that its answers are stale at once."""
        if self.headers.get("expires", "").strip() in ("0", "-1"):
            return Validators()
        return Validators(self.headers.get("etag", "")[:300], self.headers.get("last-modified", "")[:100])


class Gate(Protocol):
    """What the client asks before a request and tells after it, so that hosts are asked politely (`turns`)."""

    def before(self, url: str, *, is_redirect: bool = False) -> None: ...

    def after(self, url: str, retry_at: datetime | None = None) -> None: ...


class OpenGate:
    """Always open: where no other process asks the same hosts."""

    def before(self, url: str, *, is_redirect: bool = False) -> None:
        return

    def after(self, url: str, retry_at: datetime | None = None) -> None:
        return


def checked(url: str, policy: Policy, kind: str) -> SplitResult:
    """The address in parts; HarvestError if it is none that the client may ask."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
        port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    except (ValueError, UnicodeError):
        raise HarvestError(kind, "Alamat ini bukan alamat web yang sah.") from None
    if parts.scheme.lower() not in ("http", "https") or not host or len(url) > URL_LENGTH:
        raise HarvestError(kind, "Alamat ini bukan alamat http atau https.")
    if parts.username is not None or parts.password is not None:
        raise HarvestError(kind, "Alamat memuat nama pengguna atau kata sandi.")
    if port not in (80, 443) and port not in {allowed for _address, allowed in policy.test_servers}:
        raise HarvestError(kind, f"Porta {port} tidak diizinkan.")
    if host in policy.own_hosts:
        raise HarvestError("blocked_address", "Alamat ini milik portal sendiri.")
    return parts


def refusal(status: int, headers: Mapping[str, str], now: datetime) -> HarvestError:
    """What a status other than 200 means for the harvest."""
    wait = retry_at(headers.get("retry-after"), now)
    is_page = "html" in headers.get("content-type", "").lower()
    if "challenge" in headers.get("cf-mitigated", "").lower() and is_page:
        return HarvestError("bot_wall", "Situs meminta bukti bahwa pengunjungnya manusia.", status, wait)
    if status == 429:
        return HarvestError("rate_limited", "Situs meminta agar tidak terlalu sering ditanya.", status, wait)
    if status >= 500:
        return HarvestError("http_5xx", f"Situs menjawab dengan galat {status}.", status, wait)
    if status >= 400:
        return HarvestError("http_4xx", f"Situs menjawab {status}.", status, wait)
    return HarvestError("redirect", f"Situs menjawab {status} tanpa isi.", status, wait)
