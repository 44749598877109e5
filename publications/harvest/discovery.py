"""Where a site's feed is: what its page says, best first; and where one may be asked for when it says nothing. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree, html

from .addresses import absolute
from .decoding import decode

#: Kinds of feed in the order in which they are believed.
TYPES = (
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "application/rdf+xml",
    "application/xml", "text/xml",
)  # fmt: skip
#: Types that name a feed only where the address does too.
VAGUE = ("application/json", "application/xml", "text/xml")
WELL_KNOWN = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "first/rss", "feeds/posts/default")
#: By the page's `generator`: where this kind of site keeps its feed.
BY_GENERATOR = (
    ("wordpress", "feed/"), ("blogger", "feeds/posts/default"), ("opensid", "first/rss"), ("drupal", "rss.xml"),
    ("joomla", "index.php?format=feed&type=rss"), ("hugo", "index.xml"), ("ghost", "rss/"), ("jekyll", "feed.xml"),
)  # fmt: skip
WP_REST = "https://api.w.org/"
_COMMENTS = re.compile(
    r"comments?/(?:feed|default)|comments-(?:rss2?|atom)|[?&]feed=comments|/comments?\.(?:xml|rss)", re.I
)
_COMMENTS_TITLE = re.compile(r"\bcomments?\b|\bkomentar\b|\bbalasan\b", re.I)
_PART = re.compile(r"/(?:category|kategori|tag|author|penulis|search|label)/|[?&](?:cat|tag|author|s)=", re.I)
_FEEDISH = re.compile(r"rss|atom|feed|rdf|\bxml\b", re.I)


@dataclass(frozen=True)
class Page:
    """What a page says of itself: its feeds, and WordPress's interface where it names one."""

    feeds: tuple[str, ...]
    rest_root: str = ""


def read_page(body: bytes, content_type: str, url: str) -> Page:
    """The feeds that the page at `url` names, else those that its kind of site keeps."""
    root = _html(decode(body, content_type))
    if root is None:
        return Page(())
    base = _base(root, url)
    feeds = _named(root, base) or _by_kind(root, url)
    rest = next(
        (absolute(link.get("href") or "", base) for link in root.iter("link") if link.get("rel") == WP_REST), ""
    )
    return Page(tuple(dict.fromkeys(feeds)), rest)


def guesses(url: str) -> tuple[str, ...]:
    """Addresses worth one request each, when a page names no feed."""
    return tuple(urljoin(url, f"/{path}") for path in WELL_KNOWN)


def _html(text: str) -> etree._Element | None:
    """The document; None if there is nothing in it."""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        return html.document_fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def _base(root: etree._Element, url: str) -> str:
    """The address that relative ones rest on: the first `<base>` that has one, itself relative to the page's."""
    return next((found for base in root.iter("base") if (found := absolute(base.get("href") or "", url))), url)


def _named(root: etree._Element, base: str) -> list[str]:
    """`<link rel="alternate">` by kind, then in the page's order; feeds of a part of the site stand last."""
    found = []
    for place, link in enumerate(root.iter("link")):
        href, kind = absolute(link.get("href") or "", base), _kind(link)
        if href and kind and not _is_of_comments(link, href):
            found.append((bool(_PART.search(href)), TYPES.index(kind), place, href))
    return [href for *_rank, href in sorted(found)]


def _kind(link: etree._Element) -> str:
    """The type of the feed that the link names; empty if it names none."""
    kind, href = (link.get("type") or "").partition(";")[0].strip().lower(), (link.get("href") or "").lower()
    rels = (link.get("rel") or "").lower().split()
    if kind not in TYPES or not {"alternate", "feed"} & set(rels) or "stylesheet" in rels:
        return ""
    if "/wp-json/" in href or "rest_route=" in href or "oembed" in href:
        return ""
    return kind if kind not in VAGUE or _FEEDISH.search(href) else ""


def _is_of_comments(link: etree._Element, href: str) -> bool:
    return bool(_COMMENTS.search(href) or _COMMENTS_TITLE.search(link.get("title") or ""))


def _by_kind(root: etree._Element, url: str) -> list[str]:
    named = " ".join((meta.get("content") or "").lower() for meta in root.iter("meta") if _is_generator(meta))
    return [urljoin(url, f"/{path}") for word, path in BY_GENERATOR if word in named]


def _is_generator(meta: etree._Element) -> bool:
    return (meta.get("name") or "").lower() == "generator"
