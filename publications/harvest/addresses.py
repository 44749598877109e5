"""Addresses in strangers' files: absolute http(s) ones or nothing. Pure."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from .items import URL_LENGTH

_BREAKS = re.compile(r"[\t\r\n]")
_USUAL = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:[/?#][!#-;=?-\[\]_a-z~]*)?", re.ASCII)
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff<>\"\\^`{|}]")


def absolute(href: str, base: str = "") -> str:
    """The address resolved against `base`; empty for what is no http(s) address of a named host."""
    if "&" not in href and len(href) <= URL_LENGTH and _USUAL.fullmatch(href):
        return href
    href = _BREAKS.sub("", href.strip()).strip()
    if "&" in href:
        href = href.replace("&amp;", "&").replace("&#038;", "&").replace("&#38;", "&")
    if " " in href:
        href = href.replace(" ", "%20")
    if not href or len(href) > URL_LENGTH:
        return ""
    if _USUAL.fullmatch(href):
        return href
    try:
        whole = href if href[:8].lower().startswith(("http://", "https://")) else urljoin(base, href)
        parts = urlsplit(whole)
        named = parts.scheme.lower() in ("http", "https") and parts.hostname and parts.username is None
        return whole if named and parts.port != 0 and not _ODD.search(whole) else ""
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """The host without `www.`, lower case; empty for no address."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
