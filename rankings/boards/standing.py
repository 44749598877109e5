"""Where units stand in a month and what would raise them: the same for a unit's public page and its staff's home."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count

from cilegon_kip.common.jakarta import last_of_month
from rankings.models import Entry, Evidence, Ranking

from .entries import COUNTING, Movement, movement
from .entry import Component, components
from .raising import Climb, Step, climb, steps

#: What of an entry the index is computed from.
COUNTS = (
    *("ranking", "category", "state", "rank", "score", "activities", "max_activities"),
    *("active_days", "points", "kinds_used", "kinds_not_measured"),
)


@dataclass(frozen=True)
class LeftOut:
    """So many publications were not counted, by this rule."""

    rule: str
    label: str
    count: int


@dataclass(frozen=True)
class Standing:
    """A unit's month: place, components, what would raise it, its active days, and what was left out and why."""

    entry: Entry
    band: str
    movement: Movement
    components: list[Component]
    steps: list[Step]
    climb: Climb | None
    active_days: list[date]
    left_out: list[LeftOut]

    @property
    def ranking(self) -> Ranking:
        return self.entry.ranking


def standings(entries: Sequence[Entry], today: date) -> list[Standing]:
    """In the order given; the entries have their ranking with its method in hand. Two queries for any number."""
    if not entries:
        return []
    peers, evidence = _peers(entries), _evidence(entries)
    return [_standing(entry, peers[entry.ranking_id, entry.category], evidence[entry.pk], today) for entry in entries]


def standing(entry: Entry, today: date) -> Standing:
    return standings([entry], today)[0]


def _standing(entry: Entry, peers: list[Entry], evidence: Counter[tuple[str, date]], today: date) -> Standing:
    active = sorted({day for rule, day in evidence if rule == Evidence.Rule.COUNTED})
    left_out: Counter[str] = Counter()
    for (rule, _day), count in evidence.items():
        if rule not in COUNTING:
            left_out[rule] += count
    return Standing(
        entry=entry,
        band=entry.ranking.method.band_of(entry.score) if entry.rank else "",
        movement=movement(entry),
        components=components(entry),
        steps=steps(entry),
        climb=climb(entry, peers, free_days(entry.ranking, active, today)),
        active_days=active,
        left_out=[LeftOut(rule, str(Evidence.Rule(rule).label), count) for rule, count in left_out.most_common()],
    )


def free_days(ranking: Ranking, active: Iterable[date], today: date) -> int:
    """Days of the month without a counted activity; in the running month those that are still to come, and today."""
    last = last_of_month(ranking.month)
    is_running = ranking.status == Ranking.Status.PROVISIONAL
    first = max(ranking.month, today) if is_running else ranking.month
    span = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return len(span - set(active))


def _peers(entries: Iterable[Entry]) -> dict[tuple[int, str], list[Entry]]:
    """The ranked entries of each entry's month and category."""
    rankings = {entry.ranking_id: entry.ranking for entry in entries}
    found: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    rows = Entry.objects.filter(
        ranking__in=rankings, category__in={entry.category for entry in entries}, state=Entry.State.RANKED
    )
    if all(entry.rank for entry in entries):  # who has a place asks only for those before it
        rows = rows.filter(rank__lt=max(entry.rank or 0 for entry in entries))
    for peer in rows.only(*COUNTS):
        peer.ranking = rankings[peer.ranking_id]
        found[peer.ranking_id, peer.category].append(peer)
    return found


def _evidence(entries: Iterable[Entry]) -> dict[int, Counter[tuple[str, date]]]:
    """For each entry how many publications fell under which rule on which day."""
    places = {(entry.ranking_id, entry.unit_id): entry.pk for entry in entries}
    found: dict[int, Counter[tuple[str, date]]] = defaultdict(Counter)
    rows = (
        Evidence.objects.filter(ranking__in={place[0] for place in places}, unit__in={place[1] for place in places})
        .order_by()
        .values_list("ranking_id", "unit_id", "rule", "counted_on")
        .annotate(count=Count("pk"))
    )
    for ranking_id, unit_id, rule, day, count in rows:
        if (ranking_id, unit_id) in places:
            found[places[ranking_id, unit_id]][rule, day] += count
    return found
