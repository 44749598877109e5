"""What the pages of the DIP say of a document, and the notices on top of every page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.db import InterfaceError, OperationalError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from publications.documents import listing
from publications.documents.media import KINDS
from publications.models import Document, DocumentFile

register = template.Library()
register.filter("public_words", listing.public_words)
register.filter("period_words", listing.period_words)
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
