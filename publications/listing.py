"""What a row of an activity list needs, in a constant number of queries."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from .models import Activity, Photo, Publication


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
