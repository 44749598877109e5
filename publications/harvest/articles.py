"""An article's page: JSON-LD before meta tags before `<time>` before a date that stands by itself in the text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from lxml import etree, html

from .addresses import absolute, host_of
from .dates import DateReader, Reading
from .decoding import decode
from .entry_items import media_kind, source_id
from .items import AUTHOR_LENGTH, TEXT_LENGTH, TITLE_LENGTH, HarvestError, Item
from .texts import plain_line, squeeze

ARTICLES = ("article", "newsarticle", "blogposting", "reportagenewsarticle", "report", "socialmediaposting", "webpage")
PUBLISHED_META = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "dc.date.issued",
)
CHANGED_META = ("article:modified_time", "og:updated_time", "datemodified", "lastmod")
MAX_NODES = 5000
MAX_SCRIPT = 500_000


def parse(body: bytes, content_type: str, url: str, zone: tzinfo, now: datetime) -> Item:
    """What the page at `url` says of its article; HarvestError if it is no page."""
    root = _document(decode(body, content_type))
    data, meta, reader = _article_data(root), _meta(root), DateReader(zone, now)
    claimed = _claimed(root, data, meta, reader)
    canonical = _canonical(root, meta, url)
    link = canonical if host_of(canonical) == host_of(url) else url
    title = plain_line(_first(data, "headline", "name") or meta.get("og:title", "") or _title(root), TITLE_LENGTH)
    changed = reader.first([text for text in (_first(data, "dateModified"), *_metas(meta, CHANGED_META)) if text])
    return Item(
        source_id=source_id("", link, title, claimed.raw),
        permalink=link,
        title=title,
        text=_text(root, meta),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        modified_at=changed.moment,
        media=media_kind([name for name in ("video", "image") if meta.get(f"og:{name}")], []),
        author=squeeze(_author(data), AUTHOR_LENGTH),
        original="" if link == canonical else canonical,
    )


def _document(text: str) -> etree._Element:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        return html.document_fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise HarvestError("not_a_feed", "Halaman ini kosong.") from None


def _claimed(root: etree._Element, data: dict[str, Any], meta: dict[str, str], reader: DateReader) -> Reading:
    """The page's own statements together, for one may correct another's zone; then only what stands in the text."""
    told = [_first(data, "datePublished"), *_metas(meta, PUBLISHED_META)]
    told += [time.get("datetime") or "" for time in root.iter("time") if time.get("datetime")][:3]
    claimed = reader.first([text for text in told if text])
    return claimed if claimed.moment else _in_text(root, reader) or claimed


def _in_text(root: etree._Element, reader: DateReader) -> Reading | None:
    """A short line that is a date and nothing else ("Selasa, 24 November 2026 | 08.00 WIB")."""
    for number, text in enumerate(root.itertext()):
        if number >= MAX_NODES:
            return None
        line = " ".join(text.split()) if 8 <= len(text) <= 200 else ""
        if 8 <= len(line) <= 60 and "20" in line and (found := reader.read(line)).moment:
            return found
    return None


# --- JSON-LD ------------------------------------------------------------------------------------------------------


def _article_data(root: etree._Element) -> dict[str, Any]:
    """The first article among the page's JSON-LD, by kind; empty if there is none."""
    found: dict[str, Any] = {}
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            for node in _nodes(_json(script.text or "")):
                kinds = _kinds(node)
                if kinds & set(ARTICLES[:-1]):
                    return node
                if "webpage" in kinds and "datePublished" in node and not found:
                    found = node
    return found


def _json(text: str) -> Any:
    if len(text) > MAX_SCRIPT:
        return None
    try:
        return json.loads(text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(told: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Objects at the top, in lists and in `@graph`."""
    if depth > 4:
        return
    if isinstance(told, list):
        for part in told[:200]:
            yield from _nodes(part, depth + 1)
    elif isinstance(told, dict):
        yield told
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(told.get(name), depth + 1)


def _kinds(node: dict[str, Any]) -> set[str]:
    told = node.get("@type")
    return {kind.lower() for kind in (told if isinstance(told, list) else [told]) if isinstance(kind, str)}


def _first(data: dict[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := data.get(name), str) and value.strip()), "")


def _author(data: dict[str, Any]) -> str:
    author = data.get("author")
    author = author[0] if isinstance(author, list) and author else author
    return author if isinstance(author, str) else _first(author, "name") if isinstance(author, dict) else ""


# --- the page's head ----------------------------------------------------------------------------------------------


def _meta(root: etree._Element) -> dict[str, str]:
    """Meta tags by lower-case name; the first of a name holds."""
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").strip().lower()
        if name and tag.get("content"):
            found.setdefault(name, str(tag.get("content")))
    return found


def _metas(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _canonical(root: etree._Element, meta: dict[str, str], url: str) -> str:
    links = [
        link.get("href") or "" for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()
    ]
    return next((found for href in (*links, meta.get("og:url", "")) if href and (found := absolute(href, url))), url)


def _title(root: etree._Element) -> str:
    return next((heading.text_content() for heading in root.iter("h1")), "") or (root.findtext(".//title") or "")


def _text(root: etree._Element, meta: dict[str, str]) -> str:
    """The paragraphs of the article, else the description."""
    place = next(root.iter("article"), None)
    texts = [part.text_content() for part in (place.iter("p") if place is not None else ())]
    return squeeze(" ".join(texts)[: TEXT_LENGTH * 2], TEXT_LENGTH) or squeeze(
        meta.get("og:description", ""), TEXT_LENGTH
    )
