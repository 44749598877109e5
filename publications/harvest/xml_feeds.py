"""RSS 0.9x, 1.0, 2.0, RDF, Atom and CDF that are XML: read by lxml without entities, network or DTD. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from .addresses import absolute
from .items import HarvestError
from .xml_repair import NAMESPACES

CORE = {uri.rstrip("/") for uri in (
    "", "http://www.w3.org/2005/atom", "http://purl.org/atom/ns#", "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/", "http://my.netscape.com/publish/formats/rss-0.91.dtd",
    "http://backend.userland.com/rss", "http://backend.userland.com/rss2", "http://backend.userland.com/rss091",
    "http://backend.userland.com/rss092", "http://blogs.law.harvard.edu/tech/rss", "http://cyber.law.harvard.edu/rss",
    "http://purl.org/rss/1.0/modules/rss091#", "http://purl.org/net/rss1.1#", "http://purl.org/echo/",
    "http://purl.org/pie/", "http://example.com/necho", "http://example.com/newformat#", "uri/of/echo/namespace#",
)}  # fmt: skip
PREFIXES = {uri.lower().rstrip("/"): prefix for prefix, uri in NAMESPACES.items() if prefix != "atom"} | {
    "http://prismstandard.org/namespaces/1.2/basic": "prism",
    "http://prismstandard.org/namespaces/basic/2.0": "prism",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
}
ROOTS = ("rss", "rdf", "feed", "channel", "entry", "item")
HTML_TYPES = ("", "text/html", "application/xhtml+xml", "html", "xhtml")
ALTERNATE = ("", "alternate", "http://www.iana.org/assignments/relation/alternate")
#: Entries are read by themselves; Atom's `source` is another feed.
SKIPPED = frozenset(("item", "entry", "source", ""))
#: Most of RSS: where these have neither children nor attributes, their text is all that they say.
PLAIN = frozenset(("title", "link", "description", "pubdate", "dc:date", "dc:creator", "guid", "content:encoded"))
MEDIA = frozenset(("media:group", "media:content", "media:thumbnail", "enclosure"))
#: The last whole element is looked for in so much of the end.
LONGEST_TAIL = 1_000_000
_END = re.compile(r"</[\w:.-]{1,60}\s*>|<[\w:.-]{1,60}(?:\s[^<>]{0,2000})?/>")
_START = re.compile(r"<[A-Za-z][\w:.-]{0,60}(?:\s[^<>]{0,2000})?>")
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@dataclass
class Entry:
    """One item or entry as its elements say it: short name (`pubdate`, `dc:date`) → texts in document order."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    #: Names whose content was elements (XHTML), so that their text needs no unescaping.
    structured: set[str] = field(default_factory=set)
    #: (rel, type, address) of links and enclosures.
    links: list[tuple[str, str, str]] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    #: `isPermaLink` as written: "false", "true", or empty, which means true where the guid is a web address.
    guid_is_link: str = ""
    about: str = ""
    base: str = ""

    def all(self, ranks: dict[str, int]) -> list[tuple[str, str]]:
        """(name, text) of all elements with one of these names, the best names first."""
        names = [name for name in self.texts if name in ranks]
        if len(names) > 1:
            names.sort(key=ranks.__getitem__)
        return [(name, text) for name in names for text in self.texts[name]]

    def first(self, ranks: dict[str, int]) -> str:
        best = min((name for name in self.texts if name in ranks), key=ranks.__getitem__, default=None)
        return self.texts[best][0] if best is not None else ""


def ranked(*names: str) -> dict[str, int]:
    """Names in the order in which they are believed."""
    return {name: rank for rank, name in enumerate(names)}


SAFELY: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False, "remove_comments": True,
    "remove_pis": True,
}  # fmt: skip


def read_xml(text: str) -> etree._Element:
    """The root element; etree.XMLSyntaxError if the text is no XML."""
    return etree.fromstring(text.encode(), etree.XMLParser(**SAFELY))


def read_cut_off(text: str) -> etree._Element:
    """The root element of XML that ends too early, up to its last whole element: half a link is no link.

    etree.XMLSyntaxError if anything else is wrong with it.
    """
    if text.rfind("<![CDATA[") > text.rfind("]]>"):
        text = text[: text.rfind("<![CDATA[")]
    end = max((found.end() for found in _END.finditer(text, max(0, len(text) - LONGEST_TAIL))), default=0)
    parser = etree.XMLParser(recover=True, **SAFELY)
    root = etree.fromstring((text[:end] + "".join(_START.findall(text, end))).encode(), parser)
    if root is None or any(error.type_name != "ERR_TAG_NOT_FINISHED" for error in parser.error_log):
        raise etree.XMLSyntaxError("not only cut off", 0, 0, 0)
    return root


def read_anyhow(text: str) -> etree._Element:
    """The root element of what lxml makes of it, when nobody else makes anything; HarvestError if that is nothing."""
    root = etree.fromstring(text.encode(), etree.XMLParser(recover=True, **SAFELY))
    if root is None:
        raise HarvestError("not_a_feed", "Berkas ini bukan umpan.")
    return root


class Names(dict[str, str]):
    """Tag to short lower-case name: no prefix for the feed's own elements, a usual one for those of known modules."""

    def __init__(self, root: etree._Element) -> None:
        super().__init__()
        own = (root.nsmap.get(None) or "").lower().rstrip("/")
        self._core = CORE | (set() if own in PREFIXES else {own})

    def __missing__(self, tag: object) -> str:
        if not isinstance(tag, str):  # an entity or a comment
            return ""
        uri, _, name = tag.rpartition("}")
        uri, name = uri[1:].lower().rstrip("/"), name.lower()
        self[tag] = name if uri in self._core else f"{PREFIXES.get(uri, '?')}:{name}"
        return self[tag]


def is_feed(root: etree._Element, names: Names) -> bool:
    return names[root.tag].removeprefix("rdf:") in ROOTS


def entries(root: etree._Element, names: Names, base: str) -> Iterator[Entry]:
    """Every item and entry, in document order, read from its own children only (never from Atom's `source`)."""
    tags = {tag for tag in {element.tag for element in root.iter(etree.Element)} if names[tag] in ("item", "entry")}
    has_bases = root.xpath("boolean(//@xml:base)")
    for element in root.iter(*tags) if tags else ():
        yield _entry(element, names, _base_of(element, base) if has_bases else base)


def head(root: etree._Element, names: Names) -> Entry:
    """What the feed says of itself: the children of `channel`, or of the root."""
    top = next((child for child in root if names[child.tag] == "channel"), root)
    return _entry(top, names, "")


def _entry(element: etree._Element, names: Names, base: str) -> Entry:
    entry = Entry(base=base)
    if told := element.items():
        entry.about = next((value for name, value in told if name.endswith("}about")), "")
        if names[element.tag] == "item" and (href := attribute(element, "href")):  # CDF
            entry.links.append(("", "", href))
    for child in element:
        name = names[child.tag]
        if name in SKIPPED:
            continue
        if name in PLAIN and (text := child.text) and not (len(child) or child.keys() or text.isspace()):
            entry.texts.setdefault(name, []).append(text)
        elif name == "link":
            _link(entry, child, base)
        elif name in MEDIA:
            _media(entry, child, names)
        else:
            if name == "guid":
                entry.guid_is_link = attribute(child, "ispermalink").strip().lower()
            _text(entry, name, child)
    return entry


def attribute(element: etree._Element, name: str) -> str:
    """An attribute by its lower-case name: CDF shouts, and `isPermaLink` is spelt in many ways."""
    found = element.get(name)
    if found is None:
        found = next((value for key, value in element.items() if str(key).lower() == name), "")
    return str(found)


def _link(entry: Entry, link: etree._Element, base: str) -> None:
    href = attribute(link, "href")
    if not href:
        _text(entry, "link", link)
        return
    if base and (own := link.get(XML_BASE)):
        base = absolute(own, base) or base
    rel, kind = (link.get("rel") or "").strip().lower(), (link.get("type") or "").partition(";")[0].strip().lower()
    entry.links.append((rel, kind, href if not link.get(XML_BASE) else absolute(href, base)))
    if rel == "enclosure":
        entry.media.append(kind)


def _media(entry: Entry, element: etree._Element, names: Names) -> None:
    if names[element.tag] == "media:group":
        for child in element:
            if names[child.tag] in ("media:content", "media:thumbnail"):
                _media(entry, child, names)
            elif names[child.tag]:
                _text(entry, names[child.tag], child)
    elif names[element.tag] == "media:thumbnail":
        entry.media.append("image")
    else:
        entry.media.append((element.get("medium") or element.get("type") or "").lower())


def _text(entry: Entry, name: str, element: etree._Element) -> None:
    """An element's text: CDF keeps some in `value`, Atom 0.3 may keep it in base64, authors in `name`."""
    if len(element):
        if name == "author":
            parts = [child for child in element if str(child.tag).endswith("name")]
            text = (parts[0].text or "") if parts else ""
        else:
            text = "".join(str(part) for part in element.itertext())
            entry.structured.add(name)
    else:
        text = element.text or attribute(element, "value")
    if element.get("mode") == "base64" or element.get("type") == "application/octet-stream":
        text = _from_base64(text)
    if text and not text.isspace():
        entry.texts.setdefault(name, []).append(text)


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return text


def _base_of(element: etree._Element, base: str) -> str:
    """The base by `xml:base` of the element and those around it."""
    own = [bound.get(XML_BASE) for bound in (element, *element.iterancestors()) if bound.get(XML_BASE)]
    for step in reversed(own):
        base = absolute(step or "", base) or base
    return base
