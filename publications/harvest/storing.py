"""Items of one visit into publications: what is known is known again, what is new is judged. One transaction a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import first_of_month, local_day
from opd.models import Channel
from publications.date_limits import TOLERANCE
from publications.import_judging import Draft
from publications.importing import REFUSED, store_drafts
from publications.models import Publication
from publications.permalinks import PermalinkError, canonical_key, host_of

from .identity import exact_key, loose_key, plain_title, text_hash
from .items import Item
from .records import ChannelHarvest, PublicationRevision, Sighting

#: First seen so long after the claimed time, although healthy visits had not shown it: held.
LATE = timedelta(hours=48)
SAME_TITLE_WITHIN = timedelta(days=7)
LOCK = 0x6B686172


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


@transaction.atomic
def store_page(harvest: ChannelHarvest, items: Sequence[Item], now: datetime) -> Tally:
    """Store the items; the same page twice changes nothing but when it was last seen."""
    with connection.cursor() as cursor:  # activities of a unit are matched by one visit at a time
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, harvest.channel.unit_id])
    named = _named(items)
    tally = Tally(seen=len(items), refused=len(items) - len(named))
    known, new = _recognised(harvest.channel, named, tally)
    tally.changed = _note_changes(harvest.channel, known, now)
    _store_new(harvest, new, tally, now)
    return tally


def _named(items: Iterable[Item]) -> list[Named]:
    """Items that have an address; of several with one address the first."""
    found: dict[str, Named] = {}
    for item in items:
        try:
            key = canonical_key(item.permalink)
        except PermalinkError:
            continue
        found.setdefault(key, Named(item, key, exact_key(item.source_id), loose_key(item.source_id)))
    return list(found.values())


# --- known again --------------------------------------------------------------------------------------------------


def _recognised(
    channel: Channel, named: list[Named], tally: Tally
) -> tuple[list[tuple[Named, Publication]], list[Named]]:
    """By exact key, key without scheme and host, address in the whole city, title of the last days: the first hit."""
    exact = _by_name(channel, "key", [one.exact for one in named])
    loose = _by_name(channel, "loose_key", [one.loose for one in named])
    addresses = {
        publication.permalink_key: publication
        for publication in Publication.objects.filter(permalink_key__in=[one.permalink_key for one in named])
    }
    titles = _Titles(channel, named, {publication.pk for publication in exact.values()})
    known, new = [], []
    for one in named:
        hits = (("exact", exact.get(one.exact)), ("loose", loose.get(one.loose)),
                ("permalink", addresses.get(one.permalink_key)), ("title", titles.find(one)))  # fmt: skip
        rule, publication = next(((rule, hit) for rule, hit in hits if hit is not None), ("", None))
        if publication is None:
            new.append(one)
        elif publication.unit_id not in (None, channel.unit_id):
            tally.refused += 1  # another unit's posting
        else:
            tally.recognised[rule] += 1
            known.append((one, publication))
    return known, new


def _by_name(channel: Channel, field_name: str, names: list[str]) -> dict[str, Publication]:
    sightings = Sighting.objects.filter(channel=channel, **{f"{field_name}__in": names}).select_related("publication")
    return {getattr(sighting, field_name): sighting.publication for sighting in sightings.order_by("-pk")}


class _Titles:
    """Postings of the last days that this page does not show under their own name: one of them may have a new guid."""

    def __init__(self, channel: Channel, named: list[Named], shown: set[int]) -> None:
        moments = [one.item.claimed_at for one in named if one.item.claimed_at]
        self._by_title: dict[str, list[Publication]] = {}
        if not moments:
            return
        span = (min(moments) - SAME_TITLE_WITHIN, max(moments) + SAME_TITLE_WITHIN)
        near = Publication.objects.filter(channel=channel, published_at__range=span).exclude(pk__in=shown)
        addresses = {one.permalink_key for one in named}
        for publication in near.exclude(permalink_key__in=addresses):
            self._by_title.setdefault(plain_title(publication.title), []).append(publication)

    def find(self, one: Named) -> Publication | None:
        moment, title = one.item.claimed_at, plain_title(_title(one.item))
        if not title or moment is None:
            return None
        for publication in self._by_title.get(title, ()):
            if publication.published_at and abs(publication.published_at - moment) <= SAME_TITLE_WITHIN:
                self._by_title[title].remove(publication)  # one posting has one successor
                return publication
        return None


def _note_changes(channel: Channel, known: list[tuple[Named, Publication]], now: datetime) -> int:
    """New names and the time of seeing; an edited text is a revision of the same posting, on its old day."""
    last = {
        sighting.publication_id: sighting.text_hash
        for sighting in Sighting.objects.filter(
            channel=channel, publication__in=[publication for _one, publication in known]
        ).order_by("last_seen_at", "pk")
    }
    revisions, edited = [], []
    for one, publication in known:
        if last.get(publication.pk, "") not in ("", _hash(one.item)) and (changes := _changes(one.item, publication)):
            revisions.append(PublicationRevision(publication=publication, seen_at=now, changes=changes))
            _take_over(one.item, publication)
            edited.append(publication)
    PublicationRevision.objects.bulk_create(revisions)
    Publication.objects.bulk_update(edited, ["title", "excerpt", "text_length", "has_media"])
    _see(channel, known, now)
    return len(edited)


def _see(channel: Channel, known: Iterable[tuple[Named, Publication]], now: datetime) -> None:
    Sighting.objects.bulk_create(
        [
            Sighting(
                channel=channel, publication=publication, key=one.exact, loose_key=one.loose, text_hash=_hash(one.item),
                first_seen_at=now, last_seen_at=now,
            )
            for one, publication in known
        ],
        update_conflicts=True, unique_fields=["channel", "key"], update_fields=["last_seen_at", "text_hash"],
    )  # fmt: skip


def _changes(item: Item, publication: Publication) -> dict[str, list[str]]:
    told = {"title": (publication.title, _title(item)), "excerpt": (publication.excerpt, item.text[:300]),
            "text_length": (str(publication.text_length), str(len(item.text)))}  # fmt: skip
    if item.claimed_raw[:100] != publication.claimed_raw:
        told["claimed_raw"] = (publication.claimed_raw, item.claimed_raw[:100])
    return {name: [before, after] for name, (before, after) in told.items() if before != after}


def _take_over(item: Item, publication: Publication) -> None:
    publication.title, publication.excerpt = _title(item), item.text[:300]
    publication.text_length, publication.has_media = len(item.text), bool(item.media)


# --- new ----------------------------------------------------------------------------------------------------------


def _store_new(harvest: ChannelHarvest, new: list[Named], tally: Tally, now: datetime) -> None:
    drafts = [_draft(harvest, number, one, now) for number, one in enumerate(new)]
    outcomes = store_drafts(drafts)
    tally.refused += sum(outcome.state == REFUSED for outcome in outcomes)
    stored = Publication.objects.filter(
        permalink_key__in=[one.permalink_key for one in new], unit_id=harvest.channel.unit_id
    )
    by_address = {publication.permalink_key: publication for publication in stored}
    tally.new += sum(outcome.state in ("kept", "held") for outcome in outcomes)
    found = [(one, by_address[one.permalink_key]) for one in new if one.permalink_key in by_address]
    _see(harvest.channel, found, now)


def _draft(harvest: ChannelHarvest, number: int, one: Named, now: datetime) -> Draft:
    item, channel = one.item, harvest.channel
    publication = Publication(
        unit=channel.unit, channel=channel, kind=channel.kind, permalink=item.permalink[:600],
        permalink_key=one.permalink_key, publisher=host_of(item.permalink)[:200], published_at=item.claimed_at,
        claimed_raw=item.claimed_raw[:100], date_basis=item.date_basis, first_seen_at=now,
        origin=Publication.Origin.HARVEST, is_sample=channel.is_sample,
    )  # fmt: skip
    _take_over(item, publication)
    draft = Draft(number, publication, held=_held(harvest, item, now), code="own", reason=_("Dipanen dari kanal unit."))
    publication.state = Publication.State.PENDING if draft.held else Publication.State.ACCEPTED
    publication.reason = " ".join(draft.held.values())[:500]
    publication.flags = [*draft.held, *(["backfill"] if _is_backfill(harvest, item) else [])]
    return draft


def _held(harvest: ChannelHarvest, item: Item, now: datetime) -> dict[str, str]:
    """Why a person has to look first: code and sentence; empty for grade A."""
    channel, held = harvest.channel, {}
    if channel.status != Channel.Status.VERIFIED:
        held["channel_unverified"] = _("Kanal belum diverifikasi.")
    if item.original or (channel.kind == "website" and _site(item.permalink) != _site(channel.url)):
        held["other_site"] = _("Tautannya menuju situs lain.")
    if not _title(item):
        held["no_title"] = _("Judul belum diketahui, jadi belum ada yang dapat ditampilkan.")
    if item.claimed_at is None:
        held["no_date"] = _("Tanggal terbit tidak diketahui.")
    elif item.claimed_at > now + TOLERANCE:
        held["future"] = _("Waktu terbitnya belum tiba.")
    elif _is_late(harvest, item.claimed_at, now):
        held["late"] = _("Baru terlihat lebih dari 48 jam setelah waktu terbit yang disebut.")
    return held


def _is_late(harvest: ChannelHarvest, claimed: datetime, now: datetime) -> bool:
    """A healthy visit more than 48 hours after the claimed time had not shown it. Of the first visit only the running
    month is held: what is older feeds the history, not a running contest."""
    if harvest.coverage_from is None or claimed < harvest.coverage_from:
        is_running = first_of_month(local_day(claimed)) == first_of_month(local_day(now))
        return is_running and now - claimed > LATE
    return harvest.last_ok_at is not None and harvest.last_ok_at - claimed > LATE


def _is_backfill(harvest: ChannelHarvest, item: Item) -> bool:
    return harvest.coverage_from is None or (item.claimed_at is not None and item.claimed_at < harvest.coverage_from)


def _site(url: str) -> str:
    try:
        return host_of(url)
    except PermalinkError:
        return ""


def _title(item: Item) -> str:
    """At most 300 characters; a posting without a headline is called by how it begins."""
    title = item.title or item.text[:100]
    return title if len(title) <= 300 else title[:299] + "…"


def _hash(item: Item) -> str:
    return text_hash(item.title, item.text)
