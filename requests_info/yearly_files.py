"""The yearly report as PDF (archival and accessible) and as a workbook."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day, midnight
from cilegon_kip.common.spreadsheet import About, Column, Sheet, workbook
from cilegon_kip.common.typeset import pdf

from . import statistics, yearly_tables
from .yearly import Report, report_of
from .yearly_tables import Table

PDF, XLSX = "pdf", "xlsx"
MEDIA_TYPES = {
    PDF: "application/pdf",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def response_of(year: int, kind: str, fewest: int) -> HttpResponse:
    """The report of a year as `pdf` or `xlsx`; 404 for a year without requests and objections."""
    if year not in statistics.years():
        raise Http404
    report = report_of(year, local_day(timezone.now()), fewest)
    content = as_pdf(report) if kind == PDF else as_xlsx(report)
    response = HttpResponse(content, content_type=MEDIA_TYPES[kind])
    name = f"{slugify(settings.PORTAL_NAME)}-laporan-layanan-informasi-{year}.{kind}"
    response["Content-Disposition"] = f'{"inline" if kind == PDF else "attachment"}; filename="{name}"'
    return response


def title_of(report: Report) -> str:
    return _("Laporan layanan informasi publik tahun %(year)d") % {"year": report.year}


def as_pdf(report: Report) -> bytes:
    return pdf("requests/yearly.typ", {"frame": _frame(report), "tables": yearly_tables.in_words(report)})


def _frame(report: Report) -> dict[str, Any]:
    made = _made_at(report).astimezone(UTC)
    return {
        "title": title_of(report),
        "portal": settings.PORTAL_NAME,
        "city": settings.CITY_NAME,
        "state": yearly_tables.state_words(report),
        "is_open": not report.is_whole,
        "internal": "" if report.fewest else internal_words(),
        "basis": basis_words(report),
        "unknown": unknown_words(),
        "address": page_of(report),
        "moment": [made.year, made.month, made.day],
    }


def as_xlsx(report: Report) -> bytes:
    sheets = [_sheet(table) for table in yearly_tables.tables(report)]
    facts = [
        (_("Isi"), title_of(report)),
        (_("Keadaan"), yearly_tables.state_words(report)),
        *([(_("Perhatian"), internal_words())] if not report.fewest else []),
        (_("Dasar"), basis_words(report)),
        (_("Yang tidak dihitung"), unknown_words()),
        *((table.title, table.note) for table in yearly_tables.tables(report) if table.note),
        (_("Halaman"), page_of(report)),
        (_("Lisensi"), settings.DATA_LICENCE),
    ]
    columns = [Column(_("Hal"), 26), Column(_("Isi"), 90, "long")]
    about = About(title_of(report), settings.PORTAL_NAME, _made_at(report), yearly_tables.state_words(report))
    return workbook([*sheets, Sheet(_("Keterangan"), columns, facts, has_filter=False)], about)


def _sheet(table: Table) -> Sheet:
    rows = [*table.rows, table.total] if table.total and table.rows else list(table.rows)
    return Sheet(table.title, table.columns, rows, has_filter=False)


def _made_at(report: Report) -> datetime:
    """The beginning of the day whose figures these are."""
    return midnight(report.today)


def page_of(report: Report) -> str:
    return settings.SITE_URL + reverse("requests_info:statistics_of_year", args=[report.year])


def basis_words(report: Report) -> str:
    due = {"day": date_format(report.due_on, "j F Y")}
    return _("Pasal 12 UU 14/2008 dan PerKI 1/2021; jatuh tempo %(day)s. Dihitung dari register portal.") % due


def unknown_words() -> str:
    return _(
        "Sarana, petugas, anggaran, dan permohonan yang tidak dicatat di portal tidak dihitung di sini; bagian itu"
        " dilengkapi PPID di luar berkas ini."
    )


def internal_words() -> str:
    return _("Salinan dinas: median dan persen disebut juga untuk kelompok kecil. Jangan diumumkan.")
