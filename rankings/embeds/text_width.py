"""How wide a line of text will be where no font can be asked: an SVG is drawn by whoever shows it."""

from __future__ import annotations

import unicodedata

#: Widths of the characters from blank to tilde in thousandths of the size, those of Helvetica and Arial.
_ASCII = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278"
    " 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667"
    " 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556"
    " 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_WIDTHS = {chr(32 + place): int(width) for place, width in enumerate(_ASCII.split())}
_OTHER, _WIDE = 667, 1000
#: Bold letters, and fonts that are a little wider than Arial where it is missing.
BOLD, ROOM = 1.08, 1.04
ELLIPSIS = "…"


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that a line takes at most in an ordinary sans-serif font."""
    thousandths = sum(_char_width(char) for char in text)
    return thousandths / 1000 * size * ROOM * (BOLD if bold else 1)


def _char_width(char: str) -> int:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return _WIDE if unicodedata.east_asian_width(char) in "WF" else _OTHER


def shorten(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis if it would be wider than the room; at a word's end if one is near."""
    if width_of(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width_of(kept.rstrip() + ELLIPSIS, size, bold=bold) > room:
        kept = kept[:-1]
    words = kept.rpartition(" ")[0]
    return (words if len(words) > 0.7 * len(kept) else kept).rstrip(" ,.-") + ELLIPSIS
