"""Writing personal data anew under the first key of PERSONAL_DATA_KEYS, while the portal goes on working.

Columns are found by the type of their field, in every model there is. Each row is a transaction of its own and is
written only where it still holds what was read (compare and set on the ciphertext), so an edit made meanwhile wins
and no two rows are ever locked together. A run that is killed leaves each row whole, old or new; the next goes on.

Triggers that keep rows as they are refuse the new ciphertext, for the database cannot see that it says the same.
Only for a row that was refused so, and only for that one statement, which sets nothing but encrypted columns, the
triggers of its table are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from .encryption import (
    EncryptedBinaryField,
    EncryptedTextField,
    UnreadableError,
    decrypt_bytes,
    encrypt_bytes,
    is_current,
)

ENCRYPTED = (EncryptedTextField, EncryptedBinaryField)
BATCH = 100
TRIES = 5
#: What triggers that keep rows answer with.
RESTRICT_VIOLATION = "23001"


@dataclass(frozen=True)
class Table:
    """A model's table and its encrypted columns."""

    model: type[models.Model]
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)


@dataclass
class Count:
    """Values of one table: under the first key already, written anew or to be, and opened by no key we have."""

    current: int = 0
    old: int = 0
    unreadable: int = 0
    #: Rows that somebody kept changing while they were to be written.
    busy: list[Any] = field(default_factory=list)


def encrypted_tables() -> Iterator[Table]:
    """Every table with encrypted columns, those of other people's later models too."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            own = [row for row in model._meta.local_concrete_fields if isinstance(row, ENCRYPTED)]
            columns = tuple(str(row.column) for row in own)
            if columns:
                yield Table(model, columns)


def rotate(table: Table, *, write: bool) -> Count:
    """Bring the values of a table under the first key; without `write` only count them."""
    count = Count()
    for key, *values in _rows(table):
        _note(count, values)
        if write and any(map(_is_old, values)) and not _rewrite(table, key, values):
            count.busy.append(key)
    return count


def _rows(table: Table, batch: int = BATCH) -> Iterator[tuple[Any, ...]]:
    """Primary key and ciphertexts, in the order of the keys; nothing is held while they are gone through."""
    columns, where = (table.key, *table.columns), "true"
    last: list[Any] = []
    while rows := _read(table, columns, f"{where} ORDER BY {_quote(table.key)} LIMIT {batch}", last):
        yield from rows
        where, last = f"{_quote(table.key)} > %s", [rows[-1][0]]


def _read(table: Table, columns: tuple[str, ...], where: str, values: list[Any]) -> list[tuple[Any, ...]]:
    names = ", ".join(map(_quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {_quote(table.name)} WHERE {where}", values)  # noqa: S608  (our own names)
        return list(cursor.fetchall())


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)


def _note(count: Count, values: list[Any]) -> None:
    for value in filter(None, values):
        if is_current(_bytes(value)):
            count.current += 1
        elif _fresh(value) is None:
            count.unreadable += 1
        else:
            count.old += 1


def _rewrite(table: Table, key: Any, values: list[Any]) -> bool:
    """Write a row's old values anew. When it was changed meanwhile, look again what is old now."""
    for _try in range(TRIES):
        changes = {
            column: (value, fresh)
            for column, value in zip(table.columns, values, strict=True)
            if _is_old(value) and (fresh := _fresh(value)) is not None
        }
        if not changes or _compare_and_set(table, key, changes):
            return True
        if not (found := _read(table, table.columns, f"{_quote(table.key)} = %s", [key])):
            return True  # deleted meanwhile
        values = list(found[0])
    return False


def _compare_and_set(table: Table, key: Any, changes: dict[str, tuple[Any, Any]]) -> bool:
    settings = ", ".join(f"{_quote(column)} = %s" for column in changes)
    same = " AND ".join(f"{_quote(column)} = %s" for column in (table.key, *changes))
    sql = f"UPDATE {_quote(table.name)} SET {settings} WHERE {same}"  # noqa: S608  (our own names)
    values = [*(fresh for _old, fresh in changes.values()), key, *(old for old, _fresh in changes.values())]
    try:
        return _execute(sql, values)
    except IntegrityError as error:
        if getattr(error.__cause__, "pgcode", None) != RESTRICT_VIOLATION or not triggers_of(table.model):
            raise
    with transaction.atomic(), pgtrigger.ignore(*triggers_of(table.model)):
        return _execute(sql, values)


def _execute(sql: str, values: list[Any]) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount == 1)


def triggers_of(model: type[models.Model]) -> list[str]:
    """Names of a model's triggers, as `pgtrigger.ignore` takes them; with none it would pass over all there are."""
    return [f"{model._meta.label}:{trigger.name}" for trigger in getattr(model._meta, "triggers", ())]


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def _is_old(value: Any) -> bool:
    return bool(value) and not is_current(_bytes(value))


def _fresh(value: Any) -> str | bytes | None:
    """The same under the first key, in the column's own type; None when no key of ours opens it."""
    try:
        fresh = encrypt_bytes(decrypt_bytes(_bytes(value)))
    except UnreadableError:
        return None
    return fresh.decode() if isinstance(value, str) else fresh
