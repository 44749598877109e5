"""What would raise a unit's index: each step computed by the method itself, nothing estimated."""

from __future__ import annotations

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


def _index(entry: Entry, *, points: list[int], days: int, kinds: int) -> Decimal:
    """The index with these counts, the peers unchanged (a new maximum of the category included)."""
    method: Method = entry.ranking.method
    weights = method.weights
    n, most = len(points), max(entry.max_activities, len(points))
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
    first_kind = 1 if not entry.kinds_used else 0
    return _step(entry, words, points=[*_points(entry), 3], days=1, kinds=first_kind)


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
