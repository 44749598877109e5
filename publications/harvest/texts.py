"""Strangers' text made plain: no markup, no control characters, no way to turn the line around. Pure."""

from __future__ import annotations

import html
import re

#: C0 and C1 controls, invisible marks, bidirectional controls, half characters; line ends are spaces and stay.
UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_TAG = re.compile(
    r"</?[A-Za-z](?>(?:[^<>\"']|\"[^\"<]{0,2000}\"|'[^'<]{0,2000}')*)>|</?[A-Za-z][^<>]{0,4000}>"
    r"|<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<[!?][A-Za-z][^<>]{0,4000}>",
    re.DOTALL,
)
_SILENT = re.compile(r"<(script|style|noscript|iframe)\b[^<>]{0,2000}>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
#: In a title an open one is only named ("Apa itu <script>?").
_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,2000}>[^<]{0,20000}</\1\s*>", re.IGNORECASE)


def plain_line(markup: str, length: int, *, is_escaped: bool = True) -> str:
    """A title: unescaped once, without tags and scripts, on one line, at most `length` characters."""
    text = markup[: length * 20]
    if is_escaped and "&" in text:
        text = html.unescape(text)
    return squeeze(_without_tags(_SCRIPT.sub(" ", text) if "<" in text else text), length)


def plain_text(markup: str, length: int) -> str:
    """The readable text of an HTML fragment on one line; scripts and styles say nothing."""
    text = _without_tags(_SILENT.sub(" ", markup[: length * 20])) if "<" in markup else markup[: length * 20]
    return squeeze(html.unescape(text), length)


def squeeze(text: str, length: int) -> str:
    """One line without unseen characters, cut to `length`."""
    if not text.isprintable() or "  " in text or "\ufffd" in text:  # else there is nothing to take out
        text = " ".join(UNSEEN.sub("", text).split())
    text = text.strip()
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _without_tags(text: str) -> str:
    """Also without those that appear when others are taken out (`<<b>i>`), or what stands between them unseen."""
    if "<" not in text and "]]>" not in text:
        return text
    text = UNSEEN.sub("", text)
    for _time in range(5):
        before, text = text, _TAG.sub(_blank, text)
        if text == before:
            break
    return text


def _blank(tag: re.Match[str]) -> str:
    """Inline tags join words (`<b>K</b>ota`), the others part them (`satu<br>dua`)."""
    name = re.match(r"</?([A-Za-z0-9]+)", tag[0])
    return "" if name and name[1].lower() in _INLINE else " "


_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span",
    "strong", "sub", "sup", "u", "tt", "wbr",
))  # fmt: skip
