"""The DIP and the completeness of units as files for spreadsheets: the same public words as the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.spreadsheet import About, Column, Sheet, csv_cell, workbook
from opd.models import Unit

from .completeness import FRESH, STALE, ItemState
from .media import KINDS

COLUMNS = (
    Column("Nomor", 8, "whole"),
    Column("Kelas informasi", 15),
    Column("Judul", 50, "long"),
    Column("Ringkasan isi", 60, "long"),
    Column("Unit yang menguasai", 30, "long"),
    Column("Pembuat informasi", 30, "long"),
    Column("Waktu pembuatan", 16, "date"),
    Column("Tempat pembuatan", 20, "long"),
    Column("Bentuk", 14),
    Column("Jangka waktu penyimpanan", 20, "long"),
    Column("Tahun", 8, "whole"),
    Column("Berkas atau tautan", 45, "long"),
    Column("Format", 8),
    Column("Terakhir diperbarui", 16, "date"),
    Column("Perbarui paling lambat", 16, "date"),
    Column("Dasar pengecualian", 40, "long"),
    Column("Dikecualikan sampai", 16, "date"),
    Column("Terbit", 18, "moment"),
    Column("Halaman", 45, "long"),
    Column("Data contoh", 10),
)
COMPLETENESS_HEADER = (
    "unit_slug", "unit", "kategori", "butir_kode", "butir", "dasar_hukum", "keadaan", "per_tanggal",
    "alamat", "data_contoh",
)  # fmt: skip


def rows(documents: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for document in documents:
        yield _cells(document)


def _cells(document: Any) -> tuple[Any, ...]:
    file = document.public_files[0] if document.public_files else None
    return (
        document.pk,
        str(document.get_info_class_display()),
        document.title,
        document.summary,
        document.unit.name,
        document.producer,
        document.made_on,
        document.made_at_place,
        str(document.get_form_display()),
        document.retention,
        document.year,
        settings.SITE_URL + file.get_absolute_url() if file else document.link,
        KINDS[file.kind].label if file else "",
        document.renewed_on,
        document.renew_by,
        str(document.get_legal_basis_display()) if document.legal_basis else "",
        document.exempt_until,
        document.published_at,
        settings.SITE_URL + document.get_absolute_url(),
        _("data contoh") if document.is_sample else "",
    )


def as_csv(documents: Iterable[Any]) -> bytes:
    """Comma, CRLF, UTF-8 with a BOM so that Excel reads it; no cell can run as a formula."""
    return _csv([column.title for column in COLUMNS], map(_for_csv, rows(documents)))


def _for_csv(row: tuple[Any, ...]) -> list[Any]:
    return [value.isoformat() if isinstance(value, date) else value for value in row]


def as_xlsx(documents: Iterable[Any], made_at: datetime) -> bytes:
    about = About(
        title=_("Daftar informasi publik %(city)s") % {"city": settings.CITY_NAME},
        author=settings.PORTAL_NAME,
        made_at=made_at,
        comment=settings.DATA_LICENCE,
        footer=f"{settings.PORTAL_NAME}, {date_format(local_day(made_at), 'j F Y')}",
    )
    return workbook([Sheet("DIP", COLUMNS, rows(documents))], about)


def completeness_csv(units: dict[int, Unit], states: Iterable[tuple[int, ItemState]]) -> bytes:
    words = {FRESH: _("ada"), STALE: _("perlu diperbarui")}
    lines = (
        [
            units[unit_id].slug,
            units[unit_id].name,
            units[unit_id].category,
            state.item.code,
            state.item.title,
            state.item.legal_basis,
            words.get(state.state, _("belum ada")),
            state.dated_on.isoformat() if state.dated_on else "",
            settings.SITE_URL + state.url if state.url.startswith("/") else state.url,
            _("data contoh") if state.is_sample else "",
        ]
        for unit_id, state in states
    )
    return _csv(COMPLETENESS_HEADER, lines)


def _csv(header: Iterable[str], lines: Iterable[Iterable[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([csv_cell(value) for value in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")
