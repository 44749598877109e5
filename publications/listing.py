"""What lists share: the parts of an activity's row in a constant number of queries, and near names."""

from __future__ import annotations

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Prefetch, QuerySet

from opd.models import Unit

from .models import Activity, Photo, Publication

NEAR = 5
NEAR_LIKENESS = 0.25


def nearest_units(query: str) -> QuerySet[Unit]:
    """The units whose names come nearest to one that nothing fits, for "Maksud Anda …?"."""
    likeness = TrigramWordSimilarity(query, "name")
    near = Unit.objects.annotate(likeness=likeness).filter(likeness__gte=NEAR_LIKENESS)
    found: QuerySet[Unit] = near.order_by("-likeness", "name")[:NEAR]
    return found


def with_row_parts(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """With unit, photos and accepted postings; without the long text."""
    postings = Publication.objects.accepted().only("activity_id", "kind").order_by("published_at", "pk")
    return (
        activities.select_related("unit")
        .defer("text", "search")
        .prefetch_related(
            Prefetch("photos", Photo.objects.only("activity_id", "key", "alt", "sizes")),
            Prefetch("publications", postings, to_attr="postings"),
        )
    )
