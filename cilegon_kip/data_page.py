"""`/data/`: one row for every file, and the ways to follow or show what the portal knows."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from opd.models import Category
from rankings.embeds.snippets import table_frame

from . import datasets
from .common.http import public_page
from .report_datasets import reports


@require_safe
@public_page
def data(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("Data"),
        "description": _("Berkas, API, umpan, kalender, dan katalog data publik untuk dipakai ulang."),
        "months": datasets.months(datasets.PAGE_MONTHS),
        "page_months": datasets.PAGE_MONTHS,
        "others": [datasets.register(), *datasets.years(), *reports()],
        "lists": datasets.documents(),
        "licence": licence_parts(),
        "frames": [(category, table_frame(category)) for category in Category],
    }
    return render(request, "pages/data.html", context)


def licence_parts() -> tuple[str, str]:
    """The licence's name and its address; no address where the setting has none."""
    found = re.fullmatch(r"(.*?)\s*\((https?://[^\s()<>\"]+)\)", settings.DATA_LICENCE)
    return (found[1], found[2]) if found else (settings.DATA_LICENCE, "")
