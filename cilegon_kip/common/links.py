"""Which addresses of others a page may link to."""

from __future__ import annotations

from urllib.parse import urlsplit

RESERVED = (".invalid", ".example", ".test", ".localhost")


def is_real_address(address: str) -> bool:
    """A web address that can exist; sample data use the reserved `.invalid`, which leads nowhere."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host and not host.endswith(RESERVED)


def short_address(address: str) -> str:
    """Host and path as people read them: no scheme, no `www.`, no closing slash."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return address
    return (host.removeprefix("www.") + parts.path).rstrip("/") or address
