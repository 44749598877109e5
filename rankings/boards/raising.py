"""What would raise a unit's index: each step computed by the method itself, nothing estimated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from rankings import score
from rankings.models import Entry, Method

from .entry import KIND_LABELS


@dataclass(frozen=True)
class Step:
    """One thing a unit could do, and the index it would have had then."""

    words: str
    gain: Decimal


def steps(entry: Entry) -> list[Step]:
    """Steps that would have raised the index, largest gain first."""
    if entry.state == Entry.State.NOT_MEASURED:
        return []
    found = [_one_more_day(entry), *_one_more_kind(entry), _complete_all(entry)]
    return sorted((step for step in found if step and step.gain >= Decimal("0.05")), key=lambda step: -step.gain)


#: More days than these are no advice that anyone could follow.
MOST_DAYS = 10


@dataclass(frozen=True)
class Climb:
    """So many more active days, each with one complete activity, and the place that they would have brought."""

    days: int
    rank: int


def climb(entry: Entry, peers: Iterable[Entry], free_days: int) -> Climb | None:
    """The fewest further active days that would have brought a better place, and which.

    None for the first place, for who was not measured, and where `free_days` (at most ten) do not suffice. Computed as
    the job would: a new maximum of the category takes volume from the peers. Who stands behind stays behind, for one's
    own index only rises by it and theirs only fall; so `peers` need only hold who stands before.
    """
    if entry.state == Entry.State.NOT_MEASURED or entry.rank == 1:
        return None
    before = [peer for peer in peers if peer.rank and (entry.rank is None or peer.rank < entry.rank)]
    for days in range(1, min(free_days, MOST_DAYS) + 1):
        rank = _rank_with(entry, days, before)
        if entry.rank is None or rank < entry.rank:
            return Climb(days, rank)
    return None


def _rank_with(entry: Entry, days: int, before: list[Entry]) -> int:
    """The place with so many more active days among those who stand before."""
    points = [*_points(entry), *[3] * days]
    most = max(entry.max_activities, len(points))
    key = (_index(entry, points=points, **_spread(entry, days)), len(points), entry.active_days + days)
    ahead = [peer for peer in before if (peer.score, peer.activities, peer.active_days) > key]
    if most > entry.max_activities:
        ahead = [peer for peer in ahead if (_index_at(peer, most), peer.activities, peer.active_days) > key]
    return 1 + len(ahead)


def _spread(entry: Entry, days: int) -> dict[str, int]:
    """Active days and kinds of channel with so many more days, on a kind that is used already or on a first one."""
    return {"days": entry.active_days + days, "kinds": max(1, len(entry.kinds_used))}


def _index_at(peer: Entry, most: int) -> Decimal:
    """A peer's index if the most active unit of the category had so many activities."""
    return _index(peer, points=_points(peer), days=peer.active_days, kinds=len(peer.kinds_used), most=most)


def _index(entry: Entry, *, points: list[int], days: int, kinds: int, most: int = 0) -> Decimal:
    """The index with these counts, the peers unchanged (a new maximum of the category included)."""
    method: Method = entry.ranking.method
    weights = method.weights
    n, most = len(points), max(entry.max_activities, len(points), most)
    return score.score(
        score.volume(n, most),
        score.consistency(days, entry.ranking.working_days),
        score.reach(kinds, len(entry.kinds_not_measured)) if n else Decimal(0),
        score.completeness(points, most, weights),
        weights,
    )


def _points(entry: Entry) -> list[int]:
    return [place for place, count in enumerate(entry.points) for _each in range(count)]


def _step(entry: Entry, words: str, *, points: list[int] | None = None, days: int = 0, kinds: int = 0) -> Step:
    then = _index(
        entry,
        points=_points(entry) if points is None else points,
        days=entry.active_days + days,
        kinds=len(entry.kinds_used) + kinds,
    )
    return Step(words, then - entry.score)


def _one_more_day(entry: Entry) -> Step:
    words = _("Satu kegiatan lengkap (foto, uraian, tanggal) pada satu hari yang masih kosong")
    return _step(entry, words, points=[*_points(entry), 3], days=1, kinds=0 if entry.kinds_used else 1)


def _one_more_kind(entry: Entry) -> list[Step]:
    if not entry.activities:
        return []
    absent = [kind for kind in score.EXPECTED_KINDS if kind not in (*entry.kinds_used, *entry.kinds_not_measured)]
    return [
        _step(entry, _("Kegiatan dimuat juga di %(kind)s") % {"kind": KIND_LABELS[kind]}, kinds=1) for kind in absent
    ]


def _complete_all(entry: Entry) -> Step | None:
    if not entry.activities or entry.points[3] == entry.activities:
        return None
    words = _("Semua kegiatan disertai foto atau video, uraian, dan tanggal")
    return _step(entry, words, points=[3] * entry.activities)
