"""Under which names a source's posting is known again: guids lie, move and change with the title. Pure."""

from __future__ import annotations

import hashlib
import re

_HOST = re.compile(r"^https?://[^/?#]+", re.IGNORECASE)


def exact_key(source_id: str) -> str:
    return _sha256(source_id)


def loose_key(source_id: str) -> str:
    """Without scheme and host: a site that moved to https or to another name is the same site."""
    return _sha256(_HOST.sub("", source_id.strip()).rstrip("/") or source_id)


def text_hash(title: str, text: str) -> str:
    return _sha256(f"{title}\n{text}")


def plain_title(title: str) -> str:
    """Letters and digits only."""
    return " ".join(re.findall(r"[^\W_]+", title.casefold()))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
