"""Which of a page's items are known already, and by which name: guids lie, move, and change with the title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from opd.models import Channel
from publications.models import Publication
from publications.permalinks import PermalinkError, canonical_key

from .identity import exact_key, loose_key, plain_title, text_hash
from .items import Item
from .records import Sighting

SAME_TITLE_WITHIN = timedelta(days=7)
#: The same text again on the same channel within so long is the first one, posted anew.
SAME_TEXT_WITHIN = timedelta(days=30)
#: Shorter texts are too much alike by themselves.
TEXT_FROM = 40
SAME_TEXT = 0.9
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Tally:
    """What became of a page's items."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    refused: int = 0
    recognised: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.seen, self.new, self.changed = self.seen + other.seen, self.new + other.new, self.changed + other.changed
        self.refused += other.refused
        self.recognised.update(other.recognised)


@dataclass(frozen=True)
class Named:
    """An item with the names under which it may be known."""

    item: Item
    permalink_key: str
    exact: str
    loose: str

    @property
    def hash(self) -> str:
        return text_hash(self.item.title, self.item.text)


@dataclass(frozen=True)
class Hit:
    """An item that is a stored posting, and the rule that says so."""

    one: Named
    publication: Publication
    rule: str


def title_of(item: Item) -> str:
    """At most 300 characters; a posting without a headline is called by how it begins."""
    title = item.title or item.text[:100]
    return title if len(title) <= 300 else title[:299] + "…"


def named(items: Iterable[Item]) -> list[Named]:
    """Items that have an address; of several with one address the first."""
    found: dict[str, Named] = {}
    for item in items:
        try:
            key = canonical_key(item.permalink)
        except PermalinkError:
            continue
        found.setdefault(key, Named(item, key, exact_key(item.source_id), loose_key(item.source_id)))
    return list(found.values())


def recognised(channel: Channel, items: list[Named], tally: Tally) -> tuple[list[Hit], list[Named]]:
    """By exact key, key without scheme and host, address in the whole city, title of the last week, text of the last
    month: the first hit. What is left is new."""
    exact = _by_name(channel, "key", [one.exact for one in items])
    loose = _by_name(channel, "loose_key", [one.loose for one in items])
    addresses = {
        publication.permalink_key: publication
        for publication in Publication.objects.filter(permalink_key__in=[one.permalink_key for one in items])
    }
    titles = _Titles(channel, items, {publication.pk for publication in exact.values()})
    known: list[Hit] = []
    new: list[Named] = []
    for one in items:
        hits = (("exact", exact.get(one.exact)), ("loose", loose.get(one.loose)),
                ("permalink", addresses.get(one.permalink_key)), ("title", titles.find(one)))  # fmt: skip
        rule, publication = next(((rule, hit) for rule, hit in hits if hit is not None), ("", None))
        if publication is None:
            new.append(one)
        elif publication.unit_id not in (None, channel.unit_id):
            tally.refused += 1  # another unit's posting
        else:
            tally.recognised[rule] += 1
            known.append(Hit(one, publication, rule))
    return _without_reposts(channel, known, new, tally)


def _by_name(channel: Channel, field_name: str, names: list[str]) -> dict[str, Publication]:
    sightings = Sighting.objects.filter(channel=channel, **{f"{field_name}__in": names}).select_related("publication")
    return {getattr(sighting, field_name): sighting.publication for sighting in sightings.order_by("-pk")}


class _Titles:
    """Postings of the last days that this page does not show under their own name: one of them may have a new guid."""

    def __init__(self, channel: Channel, items: list[Named], shown: set[int]) -> None:
        moments = [one.item.claimed_at for one in items if one.item.claimed_at]
        self._by_title: dict[str, list[Publication]] = {}
        if not moments:
            return
        span = (min(moments) - SAME_TITLE_WITHIN, max(moments) + SAME_TITLE_WITHIN)
        near = Publication.objects.filter(channel=channel, published_at__range=span).exclude(pk__in=shown)
        addresses = {one.permalink_key for one in items}
        for publication in near.exclude(permalink_key__in=addresses):
            self._by_title.setdefault(plain_title(publication.title), []).append(publication)

    def find(self, one: Named) -> Publication | None:
        moment, title = one.item.claimed_at, plain_title(title_of(one.item))
        if not title or moment is None:
            return None
        for publication in self._by_title.get(title, ()):
            if publication.published_at and abs(publication.published_at - moment) <= SAME_TITLE_WITHIN:
                self._by_title[title].remove(publication)  # one posting has one successor
                return publication
        return None


# --- the same text again ------------------------------------------------------------------------------------------

#: The first posting of the channel with the same text, by trigrams to 0.9 or more; other numbers are another text.
_SAME_TEXT = r"""
SELECT DISTINCT ON (number) number, p.id
FROM unnest(%(numbers)s::int[], %(texts)s::text[], %(moments)s::timestamptz[]) AS n (number, text, moment)
JOIN publications_publication p ON p.channel_id = %(channel)s
    AND p.published_at BETWEEN n.moment - %(window)s AND n.moment + %(window)s
    AND char_length(p.excerpt) >= %(from)s AND similarity(p.excerpt, n.text) >= %(same)s
    AND regexp_replace(p.excerpt, '\D+', ' ', 'g') = regexp_replace(n.text, '\D+', ' ', 'g')
ORDER BY number, p.published_at, p.id
"""


def _without_reposts(
    channel: Channel, known: list[Hit], new: list[Named], tally: Tally
) -> tuple[list[Hit], list[Named]]:
    """A new item with a text that the channel had in the last month is that posting, also where both still stand."""
    found = _with_same_text(channel, new)
    firsts: dict[str, Named] = {}
    left: list[Named] = []
    for number, one in sorted(enumerate(new), key=lambda pair: pair[1].item.claimed_at or NEVER):
        text = plain_title(one.item.text) if _can_repeat(one.item) else ""
        if number in found:
            known.append(Hit(one, found[number], "text"))
        elif not text or not _are_near(firsts.setdefault(text, one), one) or firsts[text] is one:
            left.append(one)
            continue
        tally.recognised["text"] += 1  # of two on this page the later one gets its name at the next visit
    return known, left


def _with_same_text(channel: Channel, new: list[Named]) -> dict[int, Publication]:
    asked = [(number, one.item) for number, one in enumerate(new) if _can_repeat(one.item)]
    if not asked:
        return {}
    parameters: dict[str, Any] = {
        "numbers": [number for number, _item in asked], "texts": [item.text[:300] for _number, item in asked],
        "moments": [item.claimed_at for _number, item in asked], "channel": channel.pk, "window": SAME_TEXT_WITHIN,
        "from": TEXT_FROM, "same": SAME_TEXT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SAME_TEXT, parameters)
        pairs = dict(cursor.fetchall())
    postings = Publication.objects.in_bulk(set(pairs.values()))
    return {number: postings[pk] for number, pk in pairs.items()}


def _can_repeat(item: Item) -> bool:
    return item.claimed_at is not None and len(item.text) >= TEXT_FROM


def _are_near(one: Named, other: Named) -> bool:
    first, second = one.item.claimed_at, other.item.claimed_at
    return first is not None and second is not None and abs(first - second) <= SAME_TEXT_WITHIN
