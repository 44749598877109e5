"""The canonical input file of a ranking: everything it was computed from, one JSON object a line.

The first line is the month with its method and days off; then units, verified channels, coverage gaps, every own
publication of the month with the rule by which it counted or not, and the decided objections of units. Sorted, UTF-8,
without names of persons: the same input gives the same bytes, and their SHA-256 stands with the ranking.
`rankings.replay` computes from it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cilegon_kip.common.jakarta import last_of_month
from opd.models import Channel, Unit
from publications.models import CoverageGap

from .models import InputFile, Method, Ranking
from .rebuttals.records import decided_facts
from .replay import FORMAT, FORMAT_WITH_REBUTTALS

ROWS_AT_ONCE = 5000
#: First columns of `sql/input_file.sql`; then come those of the activity.
POSTING = ["id", "unit", "kind", "key", "published_at", "counted_on", "origin", "state", "is_sample", "rule", "points"]


@cache
def statement() -> str:
    return (Path(__file__).parent / "sql" / "input_file.sql").read_text(encoding="utf-8")


def store_input_file(ranking: Ranking) -> bool:
    """Write the ranking's file if it differs from the stored one; whether it did. Within the run's transaction."""
    content, sha256 = pack(input_lines(ranking))
    if sha256 == ranking.input_sha256:
        return False
    InputFile.objects.bulk_create(
        [InputFile(ranking=ranking, content=content)],
        update_conflicts=True,
        unique_fields=["ranking"],
        update_fields=["content"],
    )
    ranking.input_sha256 = sha256
    ranking.save(update_fields=["input_sha256"])
    return True


def pack(lines: Iterator[bytes]) -> tuple[bytes, str]:
    """Lines gzipped without a time of their own, and the SHA-256 of the uncompressed bytes."""
    packed, digest = io.BytesIO(), hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=packed, mtime=0) as file:
        for line in lines:
            digest.update(line)
            file.write(line)
    return packed.getvalue(), digest.hexdigest()


def input_lines(ranking: Ranking) -> Iterator[bytes]:
    """The lines of the file, straight from the rows."""
    rebuttals = decided_facts(ranking)
    yield _line("month", **_month(ranking, FORMAT_WITH_REBUTTALS if rebuttals else FORMAT))
    for unit in sorted(_units(ranking), key=lambda unit: unit.slug):
        yield _line("unit", id=unit.pk, slug=unit.slug, name=unit.name, category=unit.category)
    channels = _channels(ranking)
    for channel in channels:
        yield _line("channel", unit=channel.unit.slug, kind=channel.kind, key=channel.key)
    for gap in _gaps(channels, ranking):
        names = {"unit": gap.channel.unit.slug, "kind": gap.channel.kind, "channel": gap.channel.key}
        yield _line("gap", **names, started_on=gap.started_on, ended_on=gap.ended_on)
    for row in _postings(ranking):
        yield _line("publication", **_posting(row))
    for rebuttal in rebuttals:
        yield _line("rebuttal", **rebuttal)


def _month(ranking: Ranking, file_format: str) -> dict[str, Any]:
    return {
        "format": file_format,
        "month": ranking.month_text,
        "timezone": "Asia/Jakarta",
        "is_sample": ranking.is_sample,
        "working_days": ranking.working_days,
        "days_off": ranking.days_off,
        "method": method_facts(ranking.method),
    }


def method_facts(method: Method) -> dict[str, Any]:
    """What of a method the computation asks for; weights as text, so that no digit is lost."""
    names = ("volume", "consistency", "reach", "completeness")
    return {
        "version": method.version,
        "weights": {name: f"{getattr(method, f'{name}_weight'):.4f}" for name in names},
        "daily_limit": method.daily_limit,
        "text_min_length": method.text_min_length,
    }


def _spans(start: str, end: str, first: date, last: date) -> Q:
    """Rows whose span, either end open, meets the month."""
    has_begun = Q(**{f"{start}__isnull": True}) | Q(**{f"{start}__lte": last})
    return has_begun & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": first}))


def _channels(ranking: Ranking) -> list[Channel]:
    """Verified channels that were open in the month, of units that existed in it."""
    first, last = ranking.month, last_of_month(ranking.month)
    channels = (
        Channel.objects.filter(_spans("opened_on", "closed_on", first, last), status=Channel.Status.VERIFIED)
        .filter(unit__in=_units(ranking))
        .select_related("unit")
    )
    if not ranking.is_sample:
        channels = channels.filter(is_sample=False)
    return sorted(channels, key=lambda channel: (channel.unit.slug, channel.kind, channel.key))


def _units(ranking: Ranking) -> QuerySet[Unit]:
    first, last = ranking.month, last_of_month(ranking.month)
    units: QuerySet[Unit] = Unit.objects.filter(_spans("active_from", "active_until", first, last))
    return units


def _gaps(channels: list[Channel], ranking: Ranking) -> list[CoverageGap]:
    first, last = ranking.month, last_of_month(ranking.month)
    gaps = CoverageGap.objects.filter(
        _spans("started_on", "ended_on", first, last), channel__in=channels
    ).select_related("channel__unit")
    places = {channel.pk: place for place, channel in enumerate(channels)}
    return sorted(gaps, key=lambda gap: (places[gap.channel_id], gap.started_on, gap.pk))


def _postings(ranking: Ranking) -> Iterator[tuple[Any, ...]]:
    """Rows of `sql/input_file.sql`, some thousands at a time."""
    last_day = last_of_month(ranking.month)
    values: dict[str, Any] = {"ranking": ranking.pk, "last_day": last_day, "is_sample": ranking.is_sample}
    with connection.cursor() as settings, connection.chunked_cursor() as cursor:
        settings.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement(), values)
        settings.execute("SET LOCAL enable_nestloop = DEFAULT")
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from rows


def _posting(row: tuple[Any, ...]) -> dict[str, Any]:
    activity_id, status, first, first_on, has_media, text_length, happened_on = row[len(POSTING) :]
    activity: dict[str, Any] | None = None
    if activity_id is not None:
        activity = {"id": activity_id, "status": status}
    if activity is not None and first is not None:
        activity |= {
            "first": first,
            "first_on": first_on,
            "has_media": has_media,
            "text_length": text_length,
            "happened_on": happened_on,
        }
    return {**dict(zip(POSTING, row, strict=False)), "activity": activity}


def stored_as(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as they are read back from a file."""
    read: dict[str, Any] = json.loads(json.dumps(facts, default=_as_text))
    return read


def _line(line: str, **fields: Any) -> bytes:
    text = json.dumps(
        {"line": line, **fields}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text
    )
    return text.encode() + b"\n"


def _as_text(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat()
