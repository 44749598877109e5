"""Text that every font of ours can print.

PDF/A and PDF/UA refuse a page with a character that no font draws. People write such characters: emoji, letters in
fancy mathematical dress, invisible marks. They must not keep a letter from being issued.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

#: What the fonts that come with typst draw (a test sets all of it), except the soft hyphen.
_DRAWN = re.compile(
    "[\\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u0300-\u0304\u0391-\u03a1\u03a3-\u03ff\u0400-\u045f\u0621-\u063a\u0640-\u0652"
    "\u1e00-\u1eff\u2010-\u2015\u2018-\u2027\u2030-\u203a\u20ac\u2116\u2122\u2153-\u215e\u2190-\u2193\u2200-\u226f\u25a0-\u25ff]"
)
#: Dropped without a trace: emoji and their joints, invisible and directing marks.
_DROPPED = frozenset({"So", "Sk", "Cf", "Cc", "Cn", "Co", "Cs", "Mn", "Me"})
MISSING = "\u25a1"


def _drawn(character: str) -> str:
    if _DRAWN.match(character):
        return character
    plain = unicodedata.normalize("NFKC", character)
    if all(map(_DRAWN.match, plain)):
        return plain
    return "" if unicodedata.category(character) in _DROPPED else MISSING


def printable(text: str) -> str:
    """The text with plain letters for fancy ones, without emoji, and a box for a letter of a script we cannot print."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " ")).split("\n")
    return "\n".join(re.sub(" {2,}", " ", "".join(map(_drawn, line))).strip() for line in lines)


def printable_data(value: Any) -> Any:
    """As `printable`, for every text within lists and dicts."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: printable_data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [printable_data(inner) for inner in value]
    return value
