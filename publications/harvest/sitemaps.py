"""Sitemaps: which pages a site has. `lastmod` is when a page changed, never when it was published. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from lxml import etree

from .addresses import absolute
from .dates import DateReader, Reading
from .decoding import decode
from .items import TITLE_LENGTH, HarvestError
from .texts import plain_line
from .xml_feeds import read_xml
from .xml_repair import repaired, without_doctype

#: A sitemap may hold 50,000 addresses; what is newer than the last visit is far less.
MAX_URLS = 50_000


NO_DATE = Reading("")


@dataclass(frozen=True)
class Place:
    """An address in a sitemap; title and date only where it is a news sitemap, where they are the publisher's own."""

    url: str
    changed_at: datetime | None = None
    title: str = ""
    published: Reading = NO_DATE


@dataclass(frozen=True)
class Sitemap:
    places: tuple[Place, ...] = ()
    #: Further sitemaps, if this is an index of them.
    children: tuple[Place, ...] = ()


def parse(body: bytes, content_type: str, base: str, zone: tzinfo, now: datetime) -> Sitemap:
    """The pages or further sitemaps of a file; HarvestError if it is neither."""
    root = _root(decode(body, content_type))
    reader = DateReader(zone, now)
    name = etree.QName(root).localname.lower()
    if name == "urlset":
        return Sitemap(places=tuple(_places(root, "url", base, reader)))
    if name == "sitemapindex":
        return Sitemap(children=tuple(_places(root, "sitemap", base, reader)))
    raise HarvestError("not_a_feed", f"Berkas ini bukan peta situs, melainkan <{name[:40]}>.")


def _root(text: str) -> etree._Element:
    text, declared = without_doctype(text)
    try:
        return read_xml(text)
    except (etree.XMLSyntaxError, ValueError):
        try:
            return read_xml(repaired(text, declared))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise HarvestError("not_a_feed", f"Berkas ini bukan peta situs ({str(error)[:100]}).") from None


def _places(root: etree._Element, name: str, base: str, reader: DateReader) -> list[Place]:
    found = []
    for element in list(root)[:MAX_URLS]:
        if not isinstance(element.tag, str) or etree.QName(element).localname.lower() != name:
            continue
        told = {etree.QName(part).localname.lower(): part.text or "" for part in element.iter(etree.Element)}
        url = absolute(told.get("loc", ""), base)
        if url:
            title, date = plain_line(told.get("title", ""), TITLE_LENGTH), told.get("publication_date", "")
            published = reader.read(date) if date else NO_DATE
            found.append(Place(url, reader.read(told.get("lastmod", "")).moment, title, published))
    return found
