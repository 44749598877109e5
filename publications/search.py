"""One search over activities, documents, units and press reports, in Indonesian.

Full text (`indonesian` stemming: *kegiatan* finds *giat*) with `websearch_to_tsquery`, which takes any text; where
nothing fits, trigrams find misspelt titles and names ("Grem" is Gerem), and units are also found by their other names.
Hits carry titles and excerpts as `Segment`s, so that a template marks the words itself and nothing of people's text is
ever marked safe: {% for s in hit.title %}{% if s.hit %}<mark>{{ s.text }}</mark>{% else %}{{ s.text }}{% endif %}…
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import SearchHeadline, SearchRank, TrigramWordSimilarity
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, FloatField, Func, Model, Q, QuerySet, TextChoices, TextField, Value
from django.db.models.functions import Coalesce, Greatest, Lower
from django.utils.translation import gettext_lazy as _

from opd.models import Unit

from .documents.forms import match_documents
from .models import Activity, Document, Publication
from .search_forms import clean_query, filter_activities, filter_published, filter_units
from .search_text import full_text

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

PER_PAGE = 20
NEAR_UNITS = 5
#: From which likeness (0-1) a name counts as meant; "grem" and "gerem" have 0.6, "pabean" and "pabuaran" 0.5.
NAME_LIKENESS = 0.55
START, STOP = "\ue000", "\ue001"


class Kind(TextChoices):
    ACTIVITY = "kegiatan", _("Kegiatan")
    DOCUMENT = "informasi", _("Informasi")
    UNIT = "unit", _("Unit")
    PRESS = "liputan", _("Liputan media")


@dataclass(frozen=True)
class Segment:
    text: str
    hit: bool = False


@dataclass(frozen=True)
class Hit:
    """`row` is the Activity, Document, Unit or Publication (with its unit)."""

    kind: str
    row: Any
    title: list[Segment]
    excerpt: list[Segment] = field(default_factory=list)


@dataclass(frozen=True)
class SearchResult:
    query: str
    kind: str
    #: Hits per kind, all of them always there.
    counts: dict[str, int]
    page: Page[Hit]
    #: The units whose names come nearest to the query, best first: the answer, or "Maksud Anda …?".
    near_units: list[Unit]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def kinds(self) -> list[tuple[str, str, int]]:
        """(value, label, count) for the tabs."""
        return [(kind.value, str(kind.label), self.counts[kind.value]) for kind in Kind]


class CountedPaginator(AnyPaginator):
    """The number of rows is known already; they are not counted again."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self._known = count

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        return self._known


def search(
    text: object,
    filters: Mapping[str, Any] | None = None,
    *,
    kind: str = "",
    page: Any = 1,
    per_page: int = PER_PAGE,
) -> SearchResult:
    """What fits the text, one kind a page (`kind` empty: the first that has hits; units if one is named so).

    `filters` is the cleaned data of `search_forms.ActivityFilterForm`. Runs the same number of queries for any data.
    """
    query, filters = clean_query(text), filters or {}
    if not query:
        return _nothing(kind)
    units = filter_units(match_units(query), filters)
    named = _named(query, units)
    found: dict[str, QuerySet[Any]] = {
        Kind.ACTIVITY.value: _matching_activities(query, named["ids"], filters),
        Kind.DOCUMENT.value: _matching_documents(query, named["ids"], filters),
        Kind.UNIT.value: units,
        Kind.PRESS.value: filter_published(match_press(query), filters),
    }
    counts = {
        Kind.ACTIVITY.value: found[Kind.ACTIVITY].count(),
        Kind.DOCUMENT.value: found[Kind.DOCUMENT].count(),
        Kind.UNIT.value: named["count"],
        Kind.PRESS.value: found[Kind.PRESS].count(),
    }
    kind = kind if kind in counts else _first_kind(counts, bool(named["ids"]))
    rows = _with_headlines(found[kind], kind, query)
    hits = CountedPaginator(rows, per_page, counts[kind]).get_page(page)
    hits.object_list = [_hit(kind, row, query) for row in hits.object_list]
    return SearchResult(query, kind, counts, hits, list(units[:NEAR_UNITS]))


def _nothing(kind: str) -> SearchResult:
    chosen = kind if kind in Kind.values else Kind.ACTIVITY.value
    return SearchResult("", chosen, dict.fromkeys(Kind.values, 0), AnyPaginator([], PER_PAGE).get_page(1), [])


def _first_kind(counts: Mapping[str, int], is_named: bool) -> str:
    order = [Kind.ACTIVITY, Kind.DOCUMENT, Kind.UNIT, Kind.PRESS]
    if is_named:
        order.insert(0, Kind.UNIT)
    return next((kind.value for kind in order if counts[kind.value]), Kind.ACTIVITY.value)


# --- matching -----------------------------------------------------------------------------------------------------


def match_activities(
    activities: QuerySet[Activity], text: object, unit_ids: list[int] | None = None
) -> QuerySet[Activity]:
    """Those that fit the text, best first; all of them, in their order, for an empty text. For lists with a `q`.

    Asks one query at once: only where no word fits are misspelt titles looked for (slow to compare).
    """
    query = clean_query(text)
    if not query:
        return activities
    fits = Q(search=full_text(query))
    if unit_ids:
        fits |= Q(unit_id__in=unit_ids)
    by_rank = ("-text_rank", "-published_at", "-pk")
    if activities.filter(fits).exists():
        return activities.filter(fits).annotate(text_rank=SearchRank(F("search"), full_text(query))).order_by(*by_rank)
    similar = activities.filter(title__trigram_word_similar=query)
    return similar.annotate(text_rank=TrigramWordSimilarity(query, "title")).order_by(*by_rank)


def _matching_activities(query: str, unit_ids: list[int], filters: Mapping[str, Any]) -> QuerySet[Activity]:
    activities = filter_activities(Activity.objects.published(), filters)
    return match_activities(activities, query, unit_ids)


def _matching_documents(query: str, unit_ids: list[int], filters: Mapping[str, Any]) -> QuerySet[Document]:
    """The DIP by title and summary (an exempt entry has no summary), or all of a unit that is named so."""
    documents: Any = filter_published(Document.objects.published(), filters)
    found: QuerySet[Document] = match_documents(documents, query, unit_ids)
    return found


def match_press(query: str) -> QuerySet[Publication]:
    """Accepted press reports with a headline and a unit."""
    reports = Publication.objects.press().accepted().exclude(title="").exclude(unit=None)
    return (
        reports.filter(search=full_text(query))
        .annotate(text_rank=SearchRank(F("search"), full_text(query)))
        .order_by("-text_rank", F("published_at").desc(nulls_last=True), "-pk")
    )


def match_units(query: str) -> QuerySet[Unit]:
    """Units by name, short name or alias, misspelt or not, best first."""
    other_names = Func(F("aliases"), Value(" | "), function="array_to_string", output_field=TextField())
    return (
        Unit.objects.annotate(
            other_names=other_names,
            likeness=Greatest(
                TrigramWordSimilarity(query, "name"),
                TrigramWordSimilarity(query, "short_name"),
                Coalesce(TrigramWordSimilarity(query, other_names), 0.0),
                _named_in_query(query),
                output_field=FloatField(),
            ),
        )
        .filter(likeness__gte=NAME_LIKENESS)
        .order_by("-likeness", "category", "name", "pk")
    )


def _named_in_query(query: str) -> Func:
    """Likeness of the short name to a part of the query ("musrenbang gerem"), a little below the name alone."""
    return Func(
        F("short_name"),
        Value(query),
        template="(0.9 * strict_word_similarity(%(expressions)s))",
        output_field=FloatField(),
    )


def _named(query: str, units: QuerySet[Unit]) -> dict[str, Any]:
    """How many units fit, and the ids of those that have exactly this name."""
    exact = Q(lower_name=query.lower()) | Q(lower_short=query.lower()) | Q(lower_aliases__contains=[query.lower()])
    lower_aliases = Func(
        F("aliases"), template="(lower(%(expressions)s::text)::varchar[])", output_field=Unit._meta.get_field("aliases")
    )
    named: dict[str, Any] = (
        units.order_by()
        .annotate(lower_name=Lower("name"), lower_short=Lower("short_name"), lower_aliases=lower_aliases)
        .aggregate(count=Count("pk"), ids=ArrayAgg("pk", filter=exact, default=Value([])))
    )
    return named


# --- marking ------------------------------------------------------------------------------------------------------


def segments(headline: str) -> list[Segment]:
    """Text with the highlighter's marks, as pieces; marks without a partner mark nothing."""
    pieces: list[Segment] = []
    for number, part in enumerate(re.split(f"{START}([^{START}{STOP}]*){STOP}", headline or "")):
        if text := part.replace(START, "").replace(STOP, ""):
            pieces.append(Segment(text, hit=bool(number % 2)))
    return pieces


def mark_words(text: str, query: str) -> list[Segment]:
    """The words of the query in a name, by their letters."""
    words = [re.escape(word) for word in re.findall(r"\w+", query) if len(word) > 1]
    if not words:
        return [Segment(text)]
    return segments(re.sub(f"({'|'.join(words)})", f"{START}\\1{STOP}", text, flags=re.IGNORECASE))


def _headline(field_name: str, query: str, **options: Any) -> SearchHeadline:
    unmarked = Func(F(field_name), Value(START + STOP), Value(""), function="translate", output_field=TextField())
    return SearchHeadline(unmarked, full_text(query), config="indonesian", start_sel=START, stop_sel=STOP, **options)


def _with_headlines(rows: QuerySet[Any], kind: str, query: str) -> QuerySet[Any]:
    if kind == Kind.UNIT:
        return rows.select_related("parent")
    text = {Kind.ACTIVITY: "text", Kind.DOCUMENT: "summary"}.get(Kind(kind), "excerpt")
    rows = rows.select_related("unit").annotate(
        marked_title=_headline("title", query, highlight_all=True),
        marked_text=_headline(text, query, max_words=35, min_words=15, max_fragments=2, fragment_delimiter=" … "),
    )
    return rows.prefetch_related("photos") if kind == Kind.ACTIVITY else rows


def _hit(kind: str, row: Model, query: str) -> Hit:
    if isinstance(row, Unit):
        return Hit(kind, row, mark_words(row.name, query), mark_words(", ".join(row.aliases), query))
    return Hit(kind, row, segments(row.marked_title), segments(row.marked_text))  # type: ignore[attr-defined]
