"""Items of one visit into publications: what is known is known again, what is new is judged. One transaction a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from opd.models import Channel
from publications.import_judging import Draft
from publications.importing import REFUSED, store_drafts
from publications.models import Activity, Publication
from publications.permalinks import host_of

from . import judging, releasing
from .items import Item
from .recognising import Hit, Named, Tally, named, recognised, title_of
from .records import ChannelHarvest, PublicationRevision, Sighting
from .sharing import mark_shares

__all__ = ["Tally", "store_page"]

LOCK = 0x6B686172
EDITED = ["title", "excerpt", "text_length", "has_media", "flags", "permalink", "permalink_key"]


@transaction.atomic
def store_page(harvest: ChannelHarvest, items: Sequence[Item], now: datetime) -> Tally:
    """Store the items; the same page twice changes nothing but when it was last seen."""
    lock_unit(harvest.channel.unit_id)
    ours = named(items)
    tally = Tally(seen=len(items), refused=len(items) - len(ours))
    known, new = recognised(harvest.channel, ours, tally)
    tally.changed = _note_changes(harvest.channel, known, now)
    stored = _store_new(harvest, new, tally, now)
    mark_shares(stored)
    return tally


def lock_unit(unit_id: int) -> None:
    """Activities of a unit are matched by one visit at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, unit_id])


# --- known again --------------------------------------------------------------------------------------------------


def _note_changes(channel: Channel, known: list[Hit], now: datetime) -> int:
    """New names and the time of seeing; an edited text is a revision of the same posting, on its old day."""
    last = _last_hashes(channel, known)
    revisions, edited = [], []
    for hit in known:
        releasing.bring_back(hit)
        before = last.get(hit.one.exact) or ("" if hit.rule == "text" else last.get(str(hit.publication.pk), ""))
        if changes := _changes(hit, is_edited=before not in ("", hit.one.hash)):
            revisions.append(PublicationRevision(publication=hit.publication, seen_at=now, changes=changes))
            edited.append(hit.publication)
    PublicationRevision.objects.bulk_create(revisions)
    Publication.objects.bulk_update(edited, EDITED)
    _see(channel, ((hit.one, hit.publication) for hit in known), now)
    releasing.reconsider(known, now)
    return len(edited)


def _changes(hit: Hit, *, is_edited: bool) -> dict[str, list[str]]:
    """What the source tells otherwise by now, taken over into the posting; before and after of each."""
    item, publication = hit.one.item, hit.publication
    told: dict[str, tuple[str, str]] = {}
    if is_edited:
        told = {"title": (publication.title, title_of(item)), "excerpt": (publication.excerpt, item.text[:300]),
                "text_length": (str(publication.text_length), str(len(item.text)))}  # fmt: skip
        if item.claimed_raw[:100] != publication.claimed_raw:
            told["claimed_raw"] = (publication.claimed_raw, item.claimed_raw[:100])
        _rename_activity(publication, title_of(item))
        _take_over(item, publication)
    if hit.rule in ("loose", "title") and hit.one.permalink_key != publication.permalink_key:  # it has moved
        told["permalink"] = (publication.permalink, item.permalink[:600])
        publication.permalink, publication.permalink_key = item.permalink[:600], hit.one.permalink_key
    return {name: [before, after] for name, (before, after) in told.items() if before != after}


def _last_hashes(channel: Channel, known: list[Hit]) -> dict[str, str]:
    """The text under each name (by key), and the last one of each posting (by id), for a name that is new."""
    found: dict[str, str] = {}
    postings = [hit.publication for hit in known]
    for sighting in Sighting.objects.filter(channel=channel, publication__in=postings).order_by("last_seen_at", "pk"):
        found[sighting.key] = found[str(sighting.publication_id)] = sighting.text_hash
    return found


def _see(channel: Channel, known: Iterable[tuple[Named, Publication]], now: datetime) -> None:
    Sighting.objects.bulk_create(
        [
            Sighting(
                channel=channel, publication=publication, key=one.exact, loose_key=one.loose, text_hash=one.hash,
                first_seen_at=now, last_seen_at=now,
            )
            for one, publication in known
        ],
        update_conflicts=True, unique_fields=["channel", "key"], update_fields=["last_seen_at", "text_hash"],
    )  # fmt: skip


def _rename_activity(publication: Publication, title: str) -> None:
    """The activity that was made of the posting keeps its headline; one that a person wrote is theirs."""
    if publication.activity_id is None or title in ("", publication.title):
        return
    made = Activity.objects.filter(pk=publication.activity_id, created_by=None, title=publication.title[:200])
    made.update(title=title if len(title) <= 200 else title[:199] + "…")


def _take_over(item: Item, publication: Publication) -> None:
    publication.title, publication.excerpt = title_of(item), item.text[:300]
    publication.text_length, publication.has_media = len(item.text), bool(item.media)
    others = [flag for flag in publication.flags if flag != "thin"]
    publication.flags = [*others, *judging.thin_flag(publication.text_length, publication.has_media)]


# --- new ----------------------------------------------------------------------------------------------------------


def _store_new(harvest: ChannelHarvest, new: list[Named], tally: Tally, now: datetime) -> list[Publication]:
    judge = judging.Judge(harvest, judging.last_whole_reading(harvest.channel) if new else None, now)
    backdated = judging.out_of_order([one.item for one in new])
    drafts = []
    for number, one in enumerate(new):
        held = judge.holds(one.item)
        held += ["out_of_order"] if one.item.source_id in backdated else []
        drafts.append(_draft(harvest, number, one, held, now))
    outcomes = store_drafts(drafts)
    tally.refused += sum(outcome.state == REFUSED for outcome in outcomes)
    tally.new += sum(outcome.state in ("kept", "held") for outcome in outcomes)
    stored = Publication.objects.filter(
        permalink_key__in=[one.permalink_key for one in new], unit_id=harvest.channel.unit_id
    )
    by_address = {publication.permalink_key: publication for publication in stored}
    _see(harvest.channel, [(one, by_address[one.permalink_key]) for one in new if one.permalink_key in by_address], now)
    return list(by_address.values())


def _draft(harvest: ChannelHarvest, number: int, one: Named, held: list[str], now: datetime) -> Draft:
    item, channel = one.item, harvest.channel
    publication = Publication(
        unit=channel.unit, channel=channel, kind=channel.kind, permalink=item.permalink[:600],
        permalink_key=one.permalink_key, publisher=host_of(item.permalink)[:200], published_at=item.claimed_at,
        claimed_raw=item.claimed_raw[:100], date_basis=item.date_basis, first_seen_at=now,
        origin=Publication.Origin.HARVEST, is_sample=channel.is_sample, reason=judging.in_words(held),
    )  # fmt: skip
    _take_over(item, publication)
    publication.flags = [*held, *judging.remarks(harvest, item)]
    publication.state = Publication.State.PENDING if held else Publication.State.ACCEPTED
    reasons = dict.fromkeys(held, publication.reason)
    return Draft(number, publication, held=reasons, code="own", reason=_("Dipanen dari kanal unit."))
