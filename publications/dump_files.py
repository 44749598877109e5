"""A year's dump as gzipped CSV or JSON Lines, written while it is sent.

The rows come by one cursor of the database, in one snapshot: a year of any size needs the memory of some thousand rows.
The same rows give the same bytes, and the ETag tells without writing them.
"""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection

from cilegon_kip.common.spreadsheet import csv_cell

from .dumps import Dump, Row

#: Rows fetched and written at a time.
CHUNK = 1000
#: A new one where the same rows are written in another way.
VERSION = 1
#: zlib's word for "gzip, not bare deflate"; the head then has no time of writing.
GZIP = 31
SAMPLE_LABEL = "data contoh"
WORDS = {True: "ya", False: "tidak"}


def etag_of(dump: Dump, year: str, kind: str) -> str | None:
    """One query over all that the file would hold, computed by the database; None for a file without rows."""
    sql, params = dump.rows(year).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), sum(hashtextextended(row::text, 0)::numeric) FROM ({sql}) AS row",  # noqa: S608
            params,
        )
        number, total = cursor.fetchone()
    if not number:
        return None
    facts = (VERSION, dump.name, year, kind, number, total, *_source())
    return f'"{sha256(repr(facts).encode()).hexdigest()[:32]}"'


def stream(dump: Dump, year: str, kind: str) -> Iterator[bytes]:
    """The file, piece by piece."""
    records = map(dump.record, dump.rows(year).iterator(chunk_size=CHUNK))
    pieces = csv_pieces(dump, records) if kind == "csv" else json_pieces(records)
    packer = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def json_pieces(records: Iterator[Row]) -> Iterator[bytes]:
    """One record a line."""
    while chunk := list(islice(records, CHUNK)):
        yield "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in chunk).encode()


def csv_pieces(dump: Dump, records: Iterator[Row]) -> Iterator[bytes]:
    """Comma, CRLF (RFC 4180), with a BOM so that Excel reads it as UTF-8; texts cannot run as formulas."""
    yield _csv_lines([[*dump.header.values(), "sumber", "lisensi"]]).encode("utf-8-sig")
    while chunk := list(islice(records, CHUNK)):
        yield _csv_lines([*_cells(record), *_source()] for record in chunk).encode()


def _csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([csv_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cells(record: Row) -> list[Any]:
    words = {name: WORDS[value] if isinstance(value, bool) else value for name, value in record.items()}
    return list((words | {"is_sample": SAMPLE_LABEL if record["is_sample"] else ""}).values())


def _source() -> tuple[str, str]:
    return f"{settings.PORTAL_NAME}, {settings.CITY_NAME}, {settings.SITE_URL}/", settings.DATA_LICENCE
