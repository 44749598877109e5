"""From what an entry's elements say to an Item: which title, link, identity and date hold. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from .addresses import absolute
from .dates import DateReader
from .items import AUTHOR_LENGTH, ID_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Item
from .texts import plain_line, plain_text, squeeze
from .xml_feeds import ALTERNATE, HTML_TYPES, Entry, ranked

#: In this order; what an entry says of its last change is asked only if nothing says when it was published.
_CHANGED = ("updated", "modified", "dcterms:modified", "lastmod", "lastbuilddate", "prism:modificationdate")
DATES = ranked(
    "pubdate", "published", "issued", "dcterms:issued", "dc:date", "dcterms:date", "prism:publicationdate",
    "news:publication_date", "dcterms:created", "created", "date", "firstpubdate", *_CHANGED,
)  # fmt: skip
CHANGES = ranked(*_CHANGED)
TITLES = ranked("title", "dc:title", "media:title", "itunes:title")
TEXTS = ranked(
    "content:encoded", "content", "description", "summary", "abstract", "media:description", "itunes:summary",
    "dc:description", "fullitem", "body", "xhtml:body",
)  # fmt: skip
AUTHORS = ranked("dc:creator", "author", "itunes:author", "managingeditor")
IDENTITIES = ranked("guid", "id")
ORIGINAL = ranked("feedburner:origlink", "?:origlink")
WRITTEN = ranked("link", "url")
_EMAIL = re.compile(r"[^\s@()<>]{1,64}@[^\s@()<>]{1,255}")


def item_of(entry: Entry, reader: DateReader) -> Item:
    """The posting that the entry tells of."""
    link = permalink(entry)
    dates = entry.all(DATES)
    claimed = reader.first([text for _name, text in dates])
    modified = reader.first([text for name, text in dates if name in CHANGES])
    title = _title(entry)
    texts = entry.all(TEXTS)
    return Item(
        source_id=source_id(_identity(entry), link, title, claimed.raw),
        permalink=link,
        title=title,
        text=_text(entry, texts),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        modified_at=modified.moment,
        media=media_kind(entry.media, [text for _name, text in texts]),
        author=_author(entry),
    )


def permalink(entry: Entry) -> str:
    """The first of its addresses that is one."""
    for href in _addresses(entry):
        if found := absolute(href, entry.base):
            return found
    return ""


def _addresses(entry: Entry) -> Iterator[str]:
    """The original before a redirecting one, RSS's link, the alternate page, a guid or id that is an address."""
    for ranks in (ORIGINAL, WRITTEN):
        yield from (text for _name, text in entry.all(ranks))
    alternates = [(kind, href) for rel, kind, href in entry.links if rel in ALTERNATE]
    yield from (href for kind, href in alternates if kind in HTML_TYPES)
    yield from (href for _kind, href in alternates)
    guids = entry.texts.get("guid", []) if entry.guid_is_link != "false" else []
    yield from (guid for guid in guids if _is_web(guid) or entry.guid_is_link == "true")
    yield from (address for address in (entry.about, *entry.texts.get("id", ())) if _is_web(address))


def source_id(identity: str, link: str, title: str, claimed_raw: str) -> str:
    """What the source calls it, else its link, else its title and date."""
    identity = " ".join(identity.split()) or link
    if not identity or len(identity) > ID_LENGTH:
        return "sha256:" + hashlib.sha256((identity or f"{title}\n{claimed_raw}").encode()).hexdigest()
    return identity


def media_kind(kinds: list[str], markup: list[str]) -> str:
    """Video before image before sound: what a reader would say is in it."""
    if not kinds and not markup:
        return ""
    heads = [kind.partition("/")[0] for kind in kinds]
    text = " ".join(piece[:200_000] for piece in markup).lower()
    if "video" in heads or "<video" in text or "youtube.com/embed/" in text:
        return "video"
    if "image" in heads or "<img" in text:
        return "image"
    return "audio" if "audio" in heads else ""


def _identity(entry: Entry) -> str:
    told = entry.first(IDENTITIES) or entry.about or entry.first(ranked("dc:identifier"))
    return squeeze(told, ID_LENGTH * 4)


def _title(entry: Entry) -> str:
    for name, text in entry.all(TITLES):
        clean = plain_line(text, TITLE_LENGTH, is_escaped=name not in entry.structured)
        if clean:
            return clean
    return ""


def _text(entry: Entry, told: list[tuple[str, str]]) -> str:
    """The longest of them: a summary stands beside the whole text."""
    if not told:
        return ""
    name, text = max(told, key=lambda pair: len(pair[1]))
    return squeeze(text, TEXT_LENGTH) if name in entry.structured else plain_text(text, TEXT_LENGTH)


def _author(entry: Entry) -> str:
    """A name, never an e-mail address."""
    told = entry.first(AUTHORS)[:400]
    return squeeze(_EMAIL.sub("", told).strip(" ()<>"), AUTHOR_LENGTH) if told else ""


def _is_web(text: str) -> bool:
    return text.strip()[:8].lower().startswith(("http://", "https://"))
