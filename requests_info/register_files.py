"""The registers as workbooks (XLSX): typed cells, no formula of anybody's, and a sheet that says what the file is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.spreadsheet import About, Column, Sheet, workbook

from . import registers
from .models import InformationRequest, Objection
from .registers import Period


def request_workbook(period: Period, requests: list[InformationRequest], made_at: datetime) -> bytes:
    rows = registers.request_rows(requests)
    sheet = Sheet(_("Register permohonan"), registers.REQUEST_COLUMNS, rows)
    return _workbook(_("Register permohonan informasi publik"), sheet, period, len(requests), made_at)


def objection_workbook(period: Period, objections: list[Objection], made_at: datetime) -> bytes:
    rows = registers.objection_rows(objections)
    sheet = Sheet(_("Register keberatan"), registers.OBJECTION_COLUMNS, rows)
    return _workbook(_("Register keberatan informasi publik"), sheet, period, len(objections), made_at)


def _workbook(title: str, sheet: Sheet, period: Period, count: int, made_at: datetime) -> bytes:
    warning = _("Memuat data pribadi; hanya untuk petugas layanan informasi.")
    about = About(f"{title}, {period_words(period)}", settings.PORTAL_NAME, made_at, warning, f"{title} · {warning}")
    facts: list[tuple[str, Any]] = [
        (_("Isi"), title),
        (_("Masa"), period_words(period)),
        (_("Unit"), period.unit.name if period.unit else _("semua unit")),
        (_("Jumlah baris"), count),
        (_("Dibuat (WIB)"), made_at),
        (_("Perhatian"), warning),
    ]
    columns = [Column(_("Hal"), 24), Column(_("Isi"), 80, "long")]
    return workbook([sheet, Sheet(_("Keterangan"), columns, facts, has_filter=False)], about)


def period_words(period: Period) -> str:
    """`tahun 2024`, `1 Januari 2024 sampai 31 Maret 2024`, or both."""
    words = [_("tahun %(year)d") % {"year": period.year}] if period.year else []
    if period.first or period.last:
        days = {"first": _day(period.first, _("awal")), "last": _day(period.last, _("sekarang"))}
        words.append(_("diterima %(first)s sampai %(last)s") % days)
    return ", ".join(words) or _("semua tahun")


def _day(day: Any, otherwise: str) -> str:
    return date_format(day, "j F Y") if day else otherwise
