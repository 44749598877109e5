"""The month at a glance: totals, leaders, improvers, and who stands apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from opd.models import Category
from publications.models import PublicationKind
from rankings.models import Entry, Evidence, Ranking

from .entries import COUNTING, Median, of_ranking

LEADERS = 5
IMPROVERS = 5
#: More names than this are not listed on the month's page; the category's page has them.
NAMES = 60
PODIUM = 3
PODIUM_MOST = 4

MEASURED = ~Q(state=Entry.State.NOT_MEASURED)


@dataclass
class CategoryFigures:
    """A category's month in numbers; mean and median are over all units that were measured."""

    category: Category
    units: int = 0
    ranked: int = 0
    silent: int = 0
    not_measured: int = 0
    without_social_media: int = 0
    activities: int = 0
    publications: int = 0
    mean: float | None = None
    median: float | None = None
    leaders: list[Entry] = field(default_factory=list)

    @property
    def podium(self) -> list[Entry]:
        return podium(self.leaders, self.units)


@dataclass(frozen=True)
class Totals:
    units: int
    ranked: int
    silent: int
    not_measured: int
    without_social_media: int
    activities: int
    publications: int


@dataclass(frozen=True)
class KindCount:
    """Accepted publications of one kind of channel; `share` of the largest kind, for the bar."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class Names:
    """Entries that stand apart, by category; `more` are counted and not listed."""

    groups: list[tuple[Category, list[Entry]]]
    count: int

    @property
    def more(self) -> int:
        return self.count - sum(len(entries) for _, entries in self.groups)


@dataclass(frozen=True)
class Overview:
    ranking: Ranking
    categories: list[CategoryFigures]
    totals: Totals
    improvers: list[Entry]
    kinds: list[KindCount]
    silent: Names
    not_measured: Names

    @property
    def is_empty(self) -> bool:
        return not self.totals.activities

    def places(self, count: int) -> list[tuple[str, list[Entry]]]:
        """The first of each category, under its name."""
        return [(str(figures.category.label), figures.leaders[:count]) for figures in self.categories]

    def of(self, category: str) -> CategoryFigures:
        return next(figures for figures in self.categories if figures.category == category)


def overview(ranking: Ranking) -> Overview:
    categories = category_figures(ranking)
    _give_leaders(ranking, categories)
    totals = total(categories)
    return Overview(
        ranking=ranking,
        categories=categories,
        totals=totals,
        improvers=of_ranking(improvers(ranking)[:IMPROVERS], ranking),
        kinds=kind_counts(ranking),
        silent=_names(ranking, Entry.State.SILENT, totals.silent),
        not_measured=_names(ranking, Entry.State.NOT_MEASURED, totals.not_measured),
    )


def category_figures(ranking: Ranking) -> list[CategoryFigures]:
    """One row for each category that has units, in the categories' order."""
    rows: Any = (
        Entry.objects.filter(ranking=ranking)
        .order_by()
        .values("category")
        .annotate(
            units=Count("pk"),
            ranked=Count("pk", filter=Q(state=Entry.State.RANKED)),
            silent=Count("pk", filter=Q(state=Entry.State.SILENT)),
            not_measured=Count("pk", filter=~MEASURED),
            without_social_media=Count("pk", filter=Q(has_social_media=False)),
            activities=Sum("activities"),
            publications=Sum("publications"),
            mean=Avg("score", filter=MEASURED),
            median=Median("score", filter=MEASURED),
        )
    )
    found = {row["category"]: _figures(row) for row in rows}
    return [found[category] for category in Category.values if category in found]


def _figures(row: dict[str, Any]) -> CategoryFigures:
    mean = None if row["mean"] is None else float(row["mean"])
    return CategoryFigures(**{**row, "category": Category(row["category"]), "mean": mean})


def total(categories: list[CategoryFigures]) -> Totals:
    names = Totals.__dataclass_fields__
    return Totals(**{name: sum(getattr(figures, name) for figures in categories) for name in names})


def _give_leaders(ranking: Ranking, categories: list[CategoryFigures]) -> None:
    by_category = {figures.category.value: figures for figures in categories}
    for entry in of_ranking(leaders(ranking), ranking):
        by_category[entry.category].leaders.append(entry)


def leaders(ranking: Ranking, count: int = LEADERS) -> QuerySet[Entry]:
    """The first entries of each category, by place and then by name."""
    place = Window(RowNumber(), partition_by=F("category"), order_by=[F("rank").asc(), F("unit__name").asc()])
    return (
        Entry.objects.filter(ranking=ranking, state=Entry.State.RANKED)
        .annotate(place=place)
        .filter(place__lte=count)
        .select_related("unit")
        .order_by("category", "place")
    )


def first_of(ranking: Ranking, category: str, count: int) -> list[Entry]:
    """The first entries of one category."""
    return of_ranking(leaders(ranking, count).filter(category=category), ranking)


def podium(leading: list[Entry], units: int) -> list[Entry]:
    """The places 1 to 3; none where fewer than three units compare, or too many share a place."""
    placed = [entry for entry in leading if entry.rank is not None and entry.rank <= PODIUM]
    return placed if units >= PODIUM and PODIUM <= len(placed) <= PODIUM_MOST else []


def improvers(ranking: Ranking) -> QuerySet[Entry]:
    """Who rose most against the month before, whatever the category."""
    return (
        Entry.objects.filter(ranking=ranking, rank__lt=F("previous_rank"))
        .annotate(rise=F("previous_rank") - F("rank"))
        .select_related("unit")
        .order_by("-rise", "rank", "unit__name")
    )


def kind_counts(ranking: Ranking) -> list[KindCount]:
    """Publications that counted or were one more channel of a counted activity, by kind, most first."""
    rows = (
        Evidence.objects.filter(ranking=ranking, rule__in=COUNTING)
        .order_by()
        .values_list("publication__kind")
        .annotate(count=Count("pk"))
        .order_by("-count", "publication__kind")
    )
    found = list(rows)
    most = found[0][1] if found else 1
    return [KindCount(str(PublicationKind(kind).label), count, count / most) for kind, count in found]


def _names(ranking: Ranking, state: str, count: int) -> Names:
    entries = (
        Entry.objects.filter(ranking=ranking, state=state).select_related("unit").order_by("category", "unit__name")
    )
    listed = sorted(of_ranking(entries[:NAMES], ranking), key=lambda entry: Category.values.index(entry.category))
    groups = [(Category(value), list(group)) for value, group in groupby(listed, key=lambda entry: entry.category)]
    return Names(groups, count)
