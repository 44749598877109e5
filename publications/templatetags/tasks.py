"""What waits for this person, for the workspace's home."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Count, Min, Q
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from opd.permissions import is_citywide, limit_to_units, may, unit_ids_of
from publications.channels.health import in_trouble
from publications.models import Document, Publication

register = template.Library()


@register.simple_tag
def tasks_of(user: Any) -> dict[str, Any]:
    """Numbers for the plates: rejected links of the user's units, and what waits for a verdict."""
    tasks: dict[str, Any] = {"may_post": may(user, "publications.add_activity"), "is_citywide": is_citywide(user)}
    tasks["may_send"] = may(user, "publications.add_publication")
    tasks["may_list"] = may(user, "publications.add_document")
    if tasks["may_list"]:
        documents = limit_to_units(Document.objects.overdue_on(local_day(timezone.now())), user)
        tasks["overdue"] = documents.count()
    if may(user, "opd.add_channel"):
        tasks["channels"] = in_trouble(user, local_day(timezone.now()))
    if not tasks["is_citywide"]:
        rejected, pending = Publication.State.REJECTED, Publication.State.PENDING
        own = limit_to_units(Publication.objects.own().filter(state__in=[rejected, pending]), user)
        tasks |= own.aggregate(
            rejected=Count("pk", filter=Q(state=rejected)), waiting=Count("pk", filter=Q(state=pending))
        )
    if may(user, "publications.review_publication"):
        queue = Publication.objects.queued().exclude(unit__in=unit_ids_of(user)).exclude(submitted_by=user)
        tasks["review"] = queue.aggregate(count=Count("pk"), oldest=Min("first_seen_at"))
    return tasks
