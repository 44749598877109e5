"""Why a unit stands where it stands: components, neighbours, what counted and what did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cilegon_kip.common.jakarta import last_of_month
from publications.models import CoverageGap, PublicationKind
from rankings import score
from rankings.models import Entry, Evidence, Method, Ranking, Rebuttal

from .entries import COUNTING, Movement, Point, histories, movement, of_ranking
from .overview import CategoryFigures, category_figures

#: More left-out publications than this are counted and not listed.
LEFT_OUT = 100
KIND_LABELS = {
    "website": gettext_lazy("situs web atau portal"),
    "instagram": "Instagram",
    "other_social": gettext_lazy("media sosial lain"),
}


@dataclass(frozen=True)
class Component:
    """One of the four parts of the index: its share, its points, the rule and the rule with numbers put in."""

    name: str
    label: str
    weight: Decimal
    value: Decimal
    question: str
    formula: str

    @property
    def most(self) -> Decimal:
        return 100 * self.weight

    @property
    def points(self) -> Decimal:
        return 100 * self.weight * self.value


@dataclass(frozen=True)
class Difference:
    """How far a neighbour is ahead (or behind) in one component, in points of the index."""

    label: str
    points: Decimal

    @property
    def size(self) -> Decimal:
        return abs(self.points)


@dataclass(frozen=True)
class Counted:
    """An activity that counted: its first posting and the other channels that carried it."""

    evidence: Evidence
    kinds: list[str]


@dataclass(frozen=True)
class EntryDetail:
    entry: Entry
    ranking: Ranking
    figures: CategoryFigures
    band: str
    movement: Movement
    components: list[Component]
    counted: list[Counted]
    left_out: list[Evidence]
    above: list[Entry]
    below: list[Entry]
    ahead: list[Difference]
    history: list[Point]
    gaps: list[CoverageGap]
    rebuttals: list[Rebuttal]

    @property
    def more_left_out(self) -> int:
        return self.entry.left_out - len(self.left_out)

    @property
    def nearest(self) -> Entry | None:
        """The entry just above, or on the same place before it."""
        return self.above[-1] if self.above else None

    @property
    def gap(self) -> Decimal:
        return self.nearest.score - self.entry.score if self.nearest else Decimal(0)

    @property
    def kinds_used(self) -> str:
        return kinds_in_words(self.entry.kinds_used)

    @property
    def kinds_not_measured(self) -> str:
        return kinds_in_words(self.entry.kinds_not_measured)

    @property
    def active_days(self) -> list[Any]:
        return sorted({row.evidence.counted_on for row in self.counted})


def entry_detail(ranking: Ranking, category: str, slug: str) -> EntryDetail | None:
    """The entry of a unit, by its local or whole slug, in a month and category; None if there is none."""
    entry = (
        Entry.objects.filter(ranking=ranking, category=category, unit__slug__in=(slug, f"{category}-{slug}"))
        .select_related("unit__parent")
        .first()
    )
    if entry is None:
        return None
    entry.ranking = ranking
    above, below = neighbours(entry)
    return EntryDetail(
        entry=entry,
        ranking=ranking,
        figures=next(found for found in category_figures(ranking) if found.category == category),
        band=ranking.method.band_of(entry.score) if entry.rank else "",
        movement=movement(entry),
        components=components(entry),
        counted=counted(entry),
        left_out=list(left_out(entry)[:LEFT_OUT]),
        above=above,
        below=below,
        ahead=differences(entry, above[-1]) if above else [],
        history=histories([entry.unit_id], ranking)[entry.unit_id],
        gaps=gaps(entry),
        rebuttals=list(ranking.rebuttals.filter(unit=entry.unit_id).with_items().oldest_first()),
    )


def components(entry: Entry) -> list[Component]:
    """The four parts in the method's order, each with the numbers behind it."""
    method: Method = entry.ranking.method
    n, most, days, working = entry.activities, entry.max_activities, entry.active_days, entry.ranking.working_days
    expected = max(1, len(score.EXPECTED_KINDS) - len(entry.kinds_not_measured))
    reached = sum(place * count for place, count in enumerate(entry.points))
    return [
        Component(
            "volume",
            _("Volume"),
            method.volume_weight,
            entry.volume,
            _("Berapa banyak kegiatan, dibanding unit paling giat di kategori?"),
            _("ln(1 + %(n)d kegiatan) ÷ ln(1 + %(most)d kegiatan terbanyak)") % {"n": n, "most": most},
        ),
        Component(
            "consistency",
            _("Konsistensi"),
            method.consistency_weight,
            entry.consistency,
            _("Berapa hari ada kegiatan, dibanding hari kerja bulan itu?"),
            _("%(days)d hari aktif ÷ %(working)d hari kerja, paling tinggi 1") % {"days": days, "working": working},
        ),
        Component(
            "reach",
            _("Jangkauan"),
            method.reach_weight,
            entry.reach,
            _("Berapa dari jenis kanal yang diharapkan dipakai?"),
            _("%(used)d jenis kanal dipakai ÷ %(expected)d yang diharapkan")
            % {"used": len(entry.kinds_used), "expected": expected},
        ),
        Component(
            "completeness",
            _("Kelengkapan"),
            method.completeness_weight,
            entry.completeness,
            _("Apakah kegiatan disertai foto, uraian, dan tanggal?"),
            _("%(reached)d dari %(possible)d poin kelengkapan pada %(n)d kegiatan")
            % {"reached": reached, "possible": 3 * n, "n": n},
        ),
    ]


def kinds_in_words(kinds: Iterable[str]) -> str:
    return ", ".join(str(KIND_LABELS.get(kind, kind)) for kind in kinds)


def differences(entry: Entry, other: Entry) -> list[Difference]:
    """What the other has more (positive) or less in each component, largest first, if two decimals show it."""
    found = [
        Difference(own.label, others.points - own.points)
        for own, others in zip(components(entry), components(other), strict=True)
    ]
    told = [difference for difference in found if difference.size >= Decimal("0.005")]
    return sorted(told, key=lambda difference: -difference.size)


def neighbours(entry: Entry, count: int = 2) -> tuple[list[Entry], list[Entry]]:
    """The entries just above and just below, nearest in the middle."""
    if entry.rank is None:
        return [], []
    peers = Entry.objects.filter(ranking=entry.ranking, category=entry.category, state=Entry.State.RANKED)
    peers = peers.exclude(pk=entry.pk).select_related("unit")
    name = entry.unit.name
    before = peers.filter(Q(rank__lt=entry.rank) | Q(rank=entry.rank, unit__name__lt=name))
    after = peers.filter(Q(rank__gt=entry.rank) | Q(rank=entry.rank, unit__name__gt=name))
    above = of_ranking(before.order_by("-rank", "-unit__name")[:count], entry.ranking)
    return above[::-1], of_ranking(after.order_by("rank", "unit__name")[:count], entry.ranking)


def counted(entry: Entry) -> list[Counted]:
    """Counted activities by day, with the kinds of channel that carried each."""
    evidence = list(_evidence(entry).filter(rule__in=COUNTING))
    kinds: dict[int | None, list[str]] = {}
    for row in evidence:
        label = str(PublicationKind(row.publication.kind).label)
        labels = kinds.setdefault(row.activity_id, [])
        if label not in labels:
            labels.append(label)
    return [Counted(row, kinds[row.activity_id]) for row in evidence if row.rule == Evidence.Rule.COUNTED]


def left_out(entry: Entry) -> QuerySet[Evidence]:
    return _evidence(entry).exclude(rule__in=COUNTING)


def _evidence(entry: Entry) -> QuerySet[Evidence]:
    return (
        Evidence.objects.filter(ranking=entry.ranking, unit=entry.unit)
        .select_related("publication", "activity")
        .defer("publication__search", "activity__search", "activity__text")
        .order_by("counted_on", "publication__published_at", "pk")
    )


def gaps(entry: Entry) -> list[CoverageGap]:
    """Why a unit, or one of its channels, could not be measured in the month."""
    month = entry.ranking.month
    found = CoverageGap.objects.overlapping(month, last_of_month(month)).select_related("channel")
    return list(found.filter(channel__unit=entry.unit, channel__status="verified"))
