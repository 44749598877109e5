"""WordPress's own interface (`/wp-json/wp/v2/posts`): dates in UTC, all posts by pages, what changed and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode, urljoin

from publications.harvest.addresses import absolute
from publications.harvest.dates import DateReader, Reading
from publications.harvest.discovery import read_page
from publications.harvest.entry_items import source_id
from publications.harvest.fetching import JSON, PAGE
from publications.harvest.items import TEXT_LENGTH, TITLE_LENGTH, HarvestError, Item
from publications.harvest.texts import plain_line, plain_text

from .base import Cursor, Existence, Http, Page, Probe, Target, json_of, page_exists, rows_of, text_of

FIELDS = "id,date,date_gmt,modified_gmt,guid,link,title,excerpt,featured_media"
PER_PAGE = 100
#: `after` is compared with the site's own clock, which may be anywhere.
MARGIN = timedelta(days=1)


def parse(body: bytes, zone: tzinfo, now: datetime) -> list[Item]:
    """The posts of one page; HarvestError if it is no list of posts."""
    told = json_of(body)
    if not isinstance(told, list):
        raise HarvestError("not_a_feed", f"WordPress tidak memberi daftar tulisan ({text_of(told, 'code')[:60]}).")
    reader = DateReader(zone, now)
    return [_item(post, reader) for post in rows_of(told)]


def _item(post: dict[str, Any], reader: DateReader) -> Item:
    link, title, claimed = absolute(text_of(post, "link")), _rendered(post, "title"), _claimed(post, reader)
    title = plain_line(title, TITLE_LENGTH)
    return Item(
        source_id=source_id(_rendered(post, "guid") or str(post.get("id") or ""), link, title, claimed.raw),
        permalink=link,
        title=title,
        text=plain_text(_rendered(post, "excerpt"), TEXT_LENGTH),
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        modified_at=reader.read_gmt(text_of(post, "modified_gmt")).moment,
        media="image" if post.get("featured_media") else "",
        serial=post["id"] if isinstance(post.get("id"), int) else 0,
    )


def _claimed(post: dict[str, Any], reader: DateReader) -> Reading:
    """`date_gmt` always; `date` is local without a zone, and all there is while a plugin empties the other."""
    claimed = reader.read_gmt(text_of(post, "date_gmt"))
    return claimed if claimed.moment else reader.read(text_of(post, "date"))


def _rendered(post: dict[str, Any], name: str) -> str:
    value = post.get(name)
    return text_of(value, "rendered") if isinstance(value, dict) else ""


class WordPressConnector:
    """`endpoint` is the root of the interface, with or without pretty addresses."""

    kind = "wp_rest"

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        asked = http.get(target.endpoint, accept=PAGE)
        named = read_page(asked.body, asked.content_type, asked.url).rest_root
        for root in dict.fromkeys(
            filter(None, (named, urljoin(asked.url, "/wp-json/"), urljoin(asked.url, "/?rest_route=/")))
        ):
            try:
                answer = http.get(posts_url(root, 1, None), accept=JSON)
                return Probe(self.kind, root, items=tuple(parse(answer.body, target.zone, now)[:3]))
            except HarvestError:
                continue
        raise HarvestError("not_a_feed", "Situs ini bukan WordPress, atau antarmukanya dimatikan.")

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        number = int(cursor.get("page", 1))
        try:
            answer = http.get(posts_url(target.endpoint, number, since), accept=JSON)
        except HarvestError as error:
            if error.status == 400 and number > 1:  # past the end
                return Page()
            raise
        items = tuple(parse(answer.body, target.zone, now))
        pages = answer.headers.get("x-wp-totalpages", "")
        is_last = number >= int(pages[:6]) if pages.isdecimal() else len(items) < PER_PAGE
        return Page(items, {} if is_last else {"page": number + 1}, is_complete=is_last)

    def exists(self, permalink: str, http: Http) -> Existence:
        return page_exists(permalink, http)


def posts_url(root: str, page: int, since: datetime | None) -> str:
    query = {"per_page": str(PER_PAGE), "page": str(page), "orderby": "date", "_fields": FIELDS}
    if since is not None:
        query["after"] = f"{(since - MARGIN).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    start = root.rstrip("/") + "/wp/v2/posts"
    return f"{start}{'&' if '?' in root else '?'}{urlencode(query)}"
