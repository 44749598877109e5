"""Addresses whose secret opens a case, of requests and of objections: wherever one is noted the secret is cut out."""

from __future__ import annotations

import re

HIDDEN = "[rahasia]"
_SECRET = re.compile(r"(/(?:permohonan|keberatan)/)[A-Za-z0-9_-]{32}(?![A-Za-z0-9_-])")


def hide_secrets(text: str) -> str:
    """The text with the secret of each such address replaced."""
    return _SECRET.sub(rf"\1{HIDDEN}", text)


def is_secret(path: str) -> bool:
    """Whether the path of an address holds what has the form of a secret, true or not."""
    return _SECRET.match(path) is not None
