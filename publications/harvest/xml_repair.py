"""What is commonly wrong with feeds that are nearly XML, put right before they are read. Pure.

Nothing here guesses at tags: what is still no XML afterwards goes to the forgiving reader.
"""

from __future__ import annotations

import html
import re
from xml.sax.saxutils import escape

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "yt": "http://www.youtube.com/xml/schemas/2015",
    "georss": "http://www.georss.org/georss",
}
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.DOTALL | re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_FIRST_TAG = re.compile(r"<[A-Za-z]")
_ROOT = re.compile(r"<(rss|rdf:RDF|feed|channel)\b", re.IGNORECASE)
_SIMPLE_ENTITY = re.compile(r'<!ENTITY\s+(\w{1,40})\s+"([^"&%<]{0,200})"\s*>')
_AMPERSAND = re.compile(r"&(?:(#\d{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{0,31});)?")
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
MAX_PROLOG = 200_000
_XML_NAMES = ("amp", "lt", "gt", "quot", "apos")


def without_doctype(text: str) -> tuple[str, dict[str, str]]:
    """The text without declaration, document type and signs that XML forbids; and the plain entities it declared."""
    text = _DECLARATION.sub("", _ILLEGAL.sub("", text).lstrip("\ufeff \t\r\n"), count=1)
    tag = _FIRST_TAG.search(text)
    start = text[: tag.start() if tag else MAX_PROLOG].upper().find("<!DOCTYPE")
    found = _DOCTYPE.match(text, start, start + MAX_PROLOG) if start >= 0 else None
    if found is None:
        return text, {}
    return text[:start] + text[found.end() :], dict(_SIMPLE_ENTITY.findall(found[1] or ""))


def repaired(text: str, entities: dict[str, str]) -> str:
    """Without what stands before and after the feed, with readable ampersands and declared namespaces."""
    text = _only_the_feed(text)
    pieces = _CDATA.split(text)
    pieces[::2] = [_AMPERSAND.sub(lambda sign: _ampersand(sign, entities), piece) for piece in pieces[::2]]
    return _with_namespaces("".join(pieces))


def _only_the_feed(text: str) -> str:
    root = _ROOT.search(text)
    if root is None:
        return text
    end = text.lower().rfind(f"</{root[1].lower()}>")
    return text[root.start() : end + len(root[1]) + 3] if end > 0 else text[root.start() :]


def _ampersand(sign: re.Match[str], entities: dict[str, str]) -> str:
    name = sign[1]
    if name in _XML_NAMES:
        return sign[0]
    if name in entities:
        return escape(entities[name])
    if name and name.startswith("#"):
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        legal = (
            number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0xFFFF < number < 0x110000
        )
        return sign[0] if legal else ""
    if name and (known := html.unescape(sign[0])) != sign[0]:
        return escape(known)
    return "&amp;" + sign[0][1:]


def _with_namespaces(text: str) -> str:
    missing = [
        f' xmlns:{prefix}="{uri}"'
        for prefix, uri in NAMESPACES.items()
        if (f"<{prefix}:" in text or f" {prefix}:" in text) and f"xmlns:{prefix}" not in text
    ]
    return _ROOT.sub(lambda root: root[0] + "".join(missing), text, count=1) if missing else text
