"""What pages, feed and search share of the DIP."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import Resolver404, resolve
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Document

REQUEST_FORM = "/permohonan/"


def class_counts(documents: Any) -> dict[str, int]:
    """How many of these are of each class, in one query."""
    rows = documents.order_by().values_list("info_class").annotate(count=Count("pk"))
    return dict(rows.values_list("info_class", "count"))


def public_words(document: Document) -> str:
    """What anybody may read of it in a sentence or two: the summary, or why it is closed and until when."""
    if not document.is_exempt:
        return document.summary
    return _("Informasi yang dikecualikan. %(basis)s. %(period)s.") % {
        "basis": document.get_legal_basis_display(),
        "period": period_words(document.exempt_until),
    }


def period_words(until: date | None) -> str:
    if until is None:
        return _("Berlaku selama dasar hukumnya berlaku")
    return _("Berlaku sampai %(day)s") % {"day": date_format(until, "j F Y")}


@cache
def request_form() -> str:
    """Where information can be asked for; empty while the portal has no such form."""
    try:
        resolve(REQUEST_FORM)
    except Resolver404:
        return ""
    return REQUEST_FORM


def request_link(document: Document) -> str:
    """The form for asking, filled with what is asked and of whom."""
    asked = f"{document.title} ({document.year})"
    return f"{request_form()}?{urlencode({'informasi': asked, 'unit': document.unit.slug})}"
