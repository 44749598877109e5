"""Many new rows at once: ids from the table's own sequence, rows by COPY. Signals and `save()` are not called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db import connection

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def give_ids(rows: list[Any]) -> None:
    """Take ids for unsaved instances of one model."""
    if not rows:
        return
    table = type(rows[0])._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number


def copy_rows(rows: list[Any]) -> None:
    """Insert unsaved instances of one model that have their ids; constraints and triggers hold as always."""
    if not rows:
        return
    options = type(rows[0])._meta
    names = [field.attname for field in options.concrete_fields if not field.generated]
    columns = ", ".join(connection.ops.quote_name(options.get_field(name).column) for name in names)
    lines = "".join(_lines(rows, names))
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(options.db_table)
        cursor.cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", StringIO(lines))


def _lines(rows: Iterable[Any], names: list[str]) -> Iterator[str]:
    for row in rows:
        values = row.__dict__
        yield "\t".join([_text(values[name]) for name in names]) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is str:
        return value.translate(ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, list):
        return ("{" + ",".join(map(_quoted, value)) + "}").translate(ESCAPES)
    return str(value).translate(ESCAPES)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
