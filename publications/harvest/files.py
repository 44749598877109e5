"""A local file for `parse_feed` and `discover_feed`: read once, and said plainly why it cannot be."""

from __future__ import annotations

from pathlib import Path

from .decoding import MAX_BYTES
from .items import HarvestError


def read_file(path: Path) -> bytes:
    """At most 10 MB of the file; HarvestError otherwise."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise HarvestError("not_a_feed", f"Berkas {path} tidak dapat dibuka: {reason}.") from None
    if len(body) > MAX_BYTES:
        raise HarvestError("too_large", f"Berkas lebih besar dari {MAX_BYTES // 1024 // 1024} MB.")
    return body
