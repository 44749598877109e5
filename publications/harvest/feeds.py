"""A feed's file to its items: RSS 0.9x, 1.0, 2.0, RDF, Atom, CDF, JSON Feed. Pure: no network, no clock, no file."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import islice
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml import etree

from .addresses import absolute, host_of
from .dates import DateReader
from .decoding import decode
from .entry_items import TITLES, item_of, permalink
from .items import TITLE_LENGTH, HarvestError, Item
from .json_feeds import parse_json
from .loose_feeds import LooseReadingError, read_loosely
from .texts import plain_line
from .xml_feeds import Entry, Names, entries, head, is_feed, ranked, read_anyhow, read_cut_off, read_xml
from .xml_repair import repaired, without_doctype

_HTML = re.compile(r"\s*(?:<!--.{0,5000}?-->\s*)*<(?:html|head|body|meta|div)\b", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Feed:
    items: tuple[Item, ...]
    title: str = ""
    #: What was wrong with the file although it could be read; for the channel's health page.
    problem: str = ""
    ttl_minutes: int = 0
    #: Where older entries are, if the feed says so (RFC 5005) or WordPress made it.
    next_page: str = ""


def parse(body: bytes, content_type: str, base: str, zone: tzinfo, now: datetime, limit: int | None = None) -> Feed:
    """The entries of the file in its order, at most `limit`; HarvestError `not_a_feed` or `too_large` if it is none."""
    text = decode(body, content_type)
    reader = DateReader(zone, now)
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        items, title = parse_json(text.lstrip("\ufeff \t\r\n"), base, reader)
        return Feed(_told_apart(items[:limit]), plain_line(title, TITLE_LENGTH))
    text, declared = without_doctype(text)
    root, problem = _root(text, declared)
    if root is None:
        return _loosely(text, base, reader, problem, limit)
    return _strictly(root, base, reader, problem, limit)


def _root(text: str, declared: dict[str, str]) -> tuple[etree._Element | None, str]:
    """The root element, of the text as it is or repaired, and what was wrong."""
    if not text.strip():
        raise HarvestError("not_a_feed", "Berkas kosong.")
    problem = ""
    for is_repaired in (False, True):
        text = repaired(text, declared) if is_repaired else text
        for read in (read_xml, read_cut_off):
            try:
                return read(text), problem
            except (etree.XMLSyntaxError, ValueError) as error:
                problem = problem or str(error)[:300]
    return None, problem


def _strictly(root: etree._Element, base: str, reader: DateReader, problem: str, limit: int | None) -> Feed:
    names = Names(root)
    if not is_feed(root, names):
        raise HarvestError("not_a_feed", f"Berkas ini bukan umpan, melainkan <{etree.QName(root).localname[:40]}>.")
    about = head(root, names)
    base = base or _home(about)
    items = [item_of(entry, reader) for entry in islice(entries(root, names, base), limit)]
    ttl = about.first(ranked("ttl")).strip()
    return Feed(
        _told_apart(items), plain_line(about.first(TITLES), TITLE_LENGTH), problem,
        int(ttl) if ttl.isdecimal() and len(ttl) < 6 else 0, _next_page(about, base),
    )  # fmt: skip


def _next_page(about: Entry, base: str) -> str:
    """On the same site only: a feed must not lead the harvest elsewhere."""
    told = next((found for rel, _kind, href in about.links if rel == "next" and (found := absolute(href, base))), "")
    if not told and base and "wordpress.org" in about.first(ranked("generator")):
        parts = urlsplit(base)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        number = query.get("paged", "1")
        query["paged"] = str(int(number) + 1 if number.isdecimal() and len(number) < 5 else 2)
        told = parts._replace(query=urlencode(query)).geturl()
    return told if told != base and host_of(told) == host_of(base) else ""


def _home(about: Entry) -> str:
    """Where a feed without a known address says that it is, for its relative links."""
    own = next((absolute(href) for rel, _kind, href in about.links if rel == "self"), "")
    return own or permalink(about)


def _loosely(text: str, base: str, reader: DateReader, problem: str, limit: int | None) -> Feed:
    if _HTML.match(text):
        raise HarvestError("not_a_feed", "Berkas ini halaman HTML, bukan umpan.")
    try:
        told, title, kind = read_loosely(text, base)
    except LooseReadingError:
        return _strictly(read_anyhow(repaired(text, {})), base, reader, problem, limit)
    if not told and not kind:
        raise HarvestError("not_a_feed", f"Berkas ini bukan umpan ({problem[:120]}).")
    items = (item_of(entry, reader) for entry in told[:limit])
    return Feed(_told_apart(items), plain_line(title, TITLE_LENGTH), problem)


def _told_apart(items: Iterable[Item]) -> tuple[Item, ...]:
    """Some sites give all entries one guid: there the link is part of the identity."""
    items = tuple(items)
    links: dict[str, set[str]] = defaultdict(set)
    for item in items:
        links[item.source_id].add(item.permalink)
    return tuple(
        replace(item, source_id=f"{item.source_id} {item.permalink}".strip())
        if len(links[item.source_id]) > 1
        else item
        for item in items
    )
