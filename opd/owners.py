"""Whose posting an address shows, as far as the address tells. No models, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl

from .channels import (
    READERS,
    ChannelError,
    clean_text,
    facebook_number,
    kind_of_path,
    page_key,
    segments_of,
    split_url,
)
from .platforms import FACEBOOK, MASTODON, OTHER, SHORTENERS, THREADS, TIKTOK, WEBSITE, YOUTUBE, host_key, kind_of_host


@dataclass(frozen=True)
class Owner:
    """Whose posting an address shows: for a website the host and path, else the account's key."""

    kind: str
    key: str


def owner_of(url: str) -> Owner | None:
    """Whose posting this is, as far as its address tells; None where it does not (instagram.com/p/…)."""
    try:
        parts = split_url(clean_text(url))
        host = host_key(parts)
    except ChannelError:
        return None
    if host in SHORTENERS:
        return None
    kind = kind_of_host(host) or kind_of_path(parts, "")
    if kind in (WEBSITE, OTHER):
        return Owner(kind, page_key(parts))
    key = _posting_key(kind, parts, host)
    return Owner(kind, key) if key else None


def owns(kind: str, key: str, owner: Owner) -> bool:
    """Whether a channel of this kind and key is the one the posting came from."""
    if kind in (WEBSITE, OTHER):
        return owner.kind in (WEBSITE, OTHER) and (owner.key == key or owner.key.startswith((f"{key}/", f"{key}?")))
    return bool(key) and (kind, key) == (owner.kind, owner.key)


def _posting_key(kind: str, parts: SplitResult, host: str) -> str:
    """The account's key in a posting's address; empty where the address does not name it."""
    segments = segments_of(parts)
    if kind == FACEBOOK:
        query = dict(parse_qsl(parts.query))
        number = facebook_number(parts)
        if not number and segments[:1] in (["permalink.php"], ["story.php"]):
            number = query.get("id", "") if re.fullmatch(r"[0-9]{5,20}", query.get("id", "")) else ""
        if number:
            return f"id:{number}"
        segments = segments[1:] if segments[:1] == ["pg"] else segments
    if not segments:
        return ""
    if kind == YOUTUBE and segments[0] in ("channel", "c", "user"):
        segments = segments[:2]
    elif kind in (TIKTOK, THREADS, MASTODON, YOUTUBE) and not segments[0].startswith("@"):
        return ""
    else:
        segments = segments[:1]
    try:
        account = READERS[kind](parts._replace(netloc=host, path="/".join(["", *segments]), query=""), kind)
    except ChannelError:
        return ""
    return account.key
