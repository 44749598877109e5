"""What is no XML, read by feedparser, which forgives nearly everything. Slow: only for what the strict reader refused.

`feedparser.parse` opens files and addresses when it is handed text that names one, so it gets a BytesIO, always.
"""

from __future__ import annotations

import io
import re
from typing import Any

import feedparser
from feedparser import api

from .addresses import absolute
from .xml_feeds import Entry

#: A feed that is not XML is read no further than this.
MAX_ENTRIES = 500
_ENTRY = re.compile(r"<(?:[\w-]{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)


class LooseReadingError(Exception):
    """feedparser fell over."""


def _no_search_for_addresses(*_arguments: Any, **_named: Any) -> None:
    """In place of feedparser's search for e-mail addresses in authors: minutes over 200 kB without a dot.

    Its pull requests #562 and #580 are open; a filter over the bytes would miss UTF-16 and entities.
    """


for _reader in (api.LooseFeedParser, api.StrictFeedParser):
    _reader._sync_author_detail = _no_search_for_addresses


def read_loosely(text: str, base: str) -> tuple[list[Entry], str, str]:
    """Entries, title of the feed, and the kind of feed (empty: it is none)."""
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    body = io.BytesIO(_shortened(text).encode("utf-8", "replace"))
    try:
        found = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # its readers of rare modules trip over what is missing (KeyError, TypeError, …)
        raise LooseReadingError(type(error).__name__) from error
    home = absolute(str(found.feed.get("link", "")), base) or base
    return [_entry(told, base or home) for told in found.entries], str(found.feed.get("title", "")), found.version


def _shortened(text: str) -> str:
    ends = [match.start() for match, _n in zip(_ENTRY.finditer(text), range(MAX_ENTRIES + 1), strict=False)]
    return text[: ends[MAX_ENTRIES]] if len(ends) > MAX_ENTRIES else text


def _entry(told: Any, base: str) -> Entry:
    entry = Entry(base=base, guid_is_link="" if told.get("guidislink", True) else "false")
    names = {"title": "title", "published": "pubdate", "created": "created", "updated": "updated", "id": "guid",
             "summary": "description", "author": "author", "feedburner_origlink": "feedburner:origlink"}  # fmt: skip
    for theirs, ours in names.items():
        if value := str(dict.get(told, theirs) or ""):  # its own `get` gives one date for another
            entry.texts[ours] = [value]
    entry.texts["content"] = [str(content.get("value", "")) for content in told.get("content", ())]
    if link := str(told.get("link") or ""):
        entry.texts["link"] = [link]
    entry.media = [str(link.get("type", "")) for link in told.get("links", ()) if link.get("rel") == "enclosure"]
    entry.media += [str(media.get("medium") or media.get("type") or "") for media in told.get("media_content", ())]
    entry.media += ["image" for _picture in told.get("media_thumbnail", ())]
    return entry
