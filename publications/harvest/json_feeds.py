"""JSON Feed 1.0 and 1.1, which feedparser does not read. Pure."""

from __future__ import annotations

import html
import json
from typing import Any

from .addresses import absolute
from .dates import DateReader
from .entry_items import media_kind, source_id
from .items import AUTHOR_LENGTH, TEXT_LENGTH, TITLE_LENGTH, HarvestError, Item
from .texts import plain_line, plain_text, squeeze


def parse_json(text: str, base: str, reader: DateReader) -> tuple[list[Item], str]:
    """The items and the title of the feed; HarvestError if the JSON is something else."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise HarvestError("not_a_feed", f"Berkas bukan JSON yang utuh ({type(error).__name__}).") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or "jsonfeed.org/version" not in _text(feed, "version"):
        raise HarvestError("not_a_feed", "Berkas JSON ini bukan JSON Feed.")
    base = base or absolute(_text(feed, "feed_url")) or absolute(_text(feed, "home_page_url"))
    return [_item(item, base, reader) for item in items if isinstance(item, dict)], _text(feed, "title")


def _item(told: dict[str, Any], base: str, reader: DateReader) -> Item:
    link = absolute(_text(told, "url"), base) or absolute(_text(told, "external_url"), base)
    title = plain_line(_text(told, "title"), TITLE_LENGTH)
    markup = _text(told, "content_html") or html.escape(_text(told, "content_text") or _text(told, "summary"))
    claimed = reader.first([_text(told, "date_published"), _text(told, "date_modified")])
    return Item(
        source_id=source_id(_identity(told), link, title, claimed.raw),
        permalink=link,
        title=title,
        text=plain_text(markup, TEXT_LENGTH),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        modified_at=reader.read(_text(told, "date_modified")).moment,
        media=media_kind(_media(told), [markup]),
        author=squeeze(_author(told), AUTHOR_LENGTH),
    )


def _media(told: dict[str, Any]) -> list[str]:
    attachments = told.get("attachments")
    kinds = (
        [_text(file, "mime_type") for file in attachments if isinstance(file, dict)]
        if isinstance(attachments, list)
        else []
    )
    return [*kinds, *("image" for name in ("image", "banner_image") if _text(told, name))]


def _author(told: dict[str, Any]) -> str:
    authors = told.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else told.get("author")
    return _text(first, "name") if isinstance(first, dict) else ""


def _identity(told: dict[str, Any]) -> str:
    """Ids are texts, but many sites write numbers."""
    value = told.get("id")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else _text(told, "id")


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
