"""A month or a category as JSON for programs and CSV for spreadsheets. Same records as the API."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from cilegon_kip.common.spreadsheet import csv_cell
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
    "sha256_masukan",
    "sumber",
    "lisensi",
)


def as_json(ranking: Ranking, category: str = "") -> bytes:
    """The whole month, or one category of it, enough to compute every score again (docs/recompute.py)."""
    content = {**RankingSerializer(ranking).data, "categories": categories(ranking, category)}
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode() + b"\n"


def entries_in(ranking: Ranking, category: str = "") -> QuerySet[Entry]:
    """The month's entries in the order of files; of one category if given."""
    entries = entries_of(ranking)
    return entries.filter(category=category) if category else entries


def categories(ranking: Ranking, category: str = "") -> list[dict[str, Any]]:
    """Per category its entries, in rank order, then the silent, then those not measured."""
    return [
        {
            "category": value,
            "name": Category(value).long_label,
            "entries": EntrySerializer(list(entries), many=True).data,
        }
        for value, entries in groupby(entries_in(ranking, category), key=lambda entry: entry.category)
    ]


def as_csv(ranking: Ranking, category: str = "") -> bytes:
    """One row an entry: comma, decimal point, CRLF (RFC 4180), with a BOM so that Excel reads it as UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CSV_HEADER)
    writer.writerows([csv_cell(value) for value in row] for row in rows(ranking, category))
    return out.getvalue().encode("utf-8-sig")


def rows(ranking: Ranking, category: str = "") -> Iterator[tuple[Any, ...]]:
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
    for entry in entries_in(ranking, category):
        yield (*month, *entry_cells(entry), ranking.input_sha256, source_line(), settings.DATA_LICENCE)


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
