"""What the pages of the DIP say of a document, and the notices on top of every page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.db import InterfaceError, OperationalError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from publications.documents import listing
from publications.documents.completeness import Score, UnitCompleteness, median_percent, scores_on
from publications.documents.media import KINDS
from publications.models import Document, DocumentFile, InfoClass

register = template.Library()
register.filter("public_words", listing.public_words)
register.filter("period_words", listing.period_words)
register.filter("request_link", listing.request_link)
MOST_NOTICES = 3
TABLES = ("csv", "xlsx", "ods")


@register.simple_tag
def urgent_notices() -> list[Any]:
    """Serta-merta that is active today: one query over a small index, on each page.

    A page that needs no database still answers while it is away.
    """
    try:
        urgent = Document.objects.urgent_on(local_day(timezone.now())).select_related("unit")
        return list(urgent.only("pk", "title", "summary", "is_sample", "unit__name")[:MOST_NOTICES])
    except (OperationalError, InterfaceError):
        return []


@register.filter
def overdue(document: Document, today: date) -> bool:
    return document.is_overdue_on(today)


@register.filter
def file_label(file: DocumentFile) -> str:
    """`PDF (1,2 MB)`"""
    return f"{KINDS[file.kind].label} ({filesizeformat(file.size)})"


@register.filter
def media_type(file: DocumentFile) -> str:
    return KINDS[file.kind].content_type.partition(";")[0]


@register.filter
def schema_type(document: Any) -> str:
    """What schema.org calls it: a table is a Dataset."""
    files = document.public_files
    return "Dataset" if files and files[0].kind in TABLES else "DigitalDocument"


@register.filter
def groups(completeness: UnitCompleteness) -> list[tuple[str, list[Any]]]:
    """What is missing first: that is what there is to do."""
    return [
        (_("Belum ada"), completeness.missing),
        (_("Perlu diperbarui"), completeness.stale),
        (_("Sudah ada"), completeness.fresh),
    ]


@register.filter
def bar_width(score: Score) -> float:
    """Of the bar in charts/bar.html, which is 200 wide."""
    return round(200 * (score.share or 0), 1)


@register.inclusion_tag("documents/_brief.html")
def completeness_brief() -> dict[str, Any]:
    """Today's completeness in one sentence, beside the activity index and apart from it."""
    scores = scores_on(local_day(timezone.now()))
    return {"count": len(scores), "median": median_percent(scores.values())}


@register.simple_tag
def classes_of_dip() -> list[tuple[Any, int]]:
    """The four classes with how many documents each holds, for the home page."""
    counts = listing.class_counts(Document.objects.published())
    return [(kind, counts.get(kind.value, 0)) for kind in InfoClass]
