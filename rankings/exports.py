"""The downloads of a month: JSON for programs, CSV for spreadsheets. Same records as the API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.conf import settings

from opd.models import Category

from .models import Entry, Ranking
from .records import SAMPLE_LABEL, EntrySerializer, RankingSerializer, band_of, entries_of, source_line

CSV_HEADER = (
    "bulan",
    "revisi",
    "status",
    "data_contoh",
    "metode_versi",
    "dihitung_pada",
    "sanggahan_sampai",
    "kategori",
    "peringkat",
    "peringkat_sebelumnya",
    "keadaan",
    "unit_slug",
    "unit",
    "kecamatan",
    "indeks",
    "golongan",
    "volume",
    "konsistensi",
    "jangkauan",
    "kelengkapan",
    "kegiatan",
    "kegiatan_terbanyak_kategori",
    "hari_aktif",
    "hari_kerja",
    "kegiatan_0_poin",
    "kegiatan_1_poin",
    "kegiatan_2_poin",
    "kegiatan_3_poin",
    "dengan_media",
    "dengan_uraian",
    "dengan_tanggal",
    "kanal_dipakai",
    "kanal_tak_terukur",
    "publikasi_diterima",
    "publikasi_tidak_dihitung",
    "punya_media_sosial",
    "sumber",
    "lisensi",
)
#: What makes a spreadsheet read a text as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_json(ranking: Ranking) -> bytes:
    """The whole month in one file, enough to compute every score again (docs/recompute.py)."""
    header = RankingSerializer(ranking).data
    text = json.dumps({**header, "categories": categories(ranking)}, ensure_ascii=False, indent=1, default=str)
    return text.encode() + b"\n"


def categories(ranking: Ranking) -> list[dict[str, Any]]:
    """Per category its entries, in rank order, then the silent, then those not measured."""
    return [
        {
            "category": category,
            "name": Category(category).long_label,
            "entries": EntrySerializer(list(entries), many=True).data,
        }
        for category, entries in groupby(entries_of(ranking), key=lambda entry: entry.category)
    ]


def as_csv(ranking: Ranking) -> bytes:
    """One row an entry: comma, decimal point, CRLF (RFC 4180), with a BOM so that Excel reads it as UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CSV_HEADER)
    writer.writerows([cell(value) for value in row] for row in rows(ranking))
    return out.getvalue().encode("utf-8-sig")


def rows(ranking: Ranking) -> Iterator[tuple[Any, ...]]:
    header = RankingSerializer(ranking).data
    month = (
        header["month"],
        header["revision"],
        header["status_label"],
        SAMPLE_LABEL if ranking.is_sample else "",
        ranking.method.version,
        header["computed_at"],
        header["objection_until"],
    )
    for entry in entries_of(ranking):
        yield (*month, *entry_cells(entry), source_line(), settings.DATA_LICENCE)


def entry_cells(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.category,
        entry.rank,
        entry.previous_rank,
        entry.get_state_display(),
        entry.unit.slug,
        entry.unit.name,
        entry.unit.parent.name if entry.unit.parent else "",
        entry.score,
        band_of(entry),
        entry.volume,
        entry.consistency,
        entry.reach,
        entry.completeness,
        entry.activities,
        entry.max_activities,
        entry.active_days,
        entry.ranking.working_days,
        *entry.points,
        entry.with_media,
        entry.with_text,
        entry.with_date,
        " ".join(entry.kinds_used),
        " ".join(entry.kinds_not_measured),
        entry.publications,
        entry.left_out,
        "ya" if entry.has_social_media else "tidak",
    )


def cell(value: Any) -> Any:
    """Empty for None; a text that a spreadsheet would take for a formula gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
