"""Whether a stored month follows from its stored input file, and a downloaded file from itself."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import replay
from .input_file import method_facts, stored_as
from .models import InputFile, Ranking
from .rebuttals.records import decided_facts
from .replay import FileError, Input, Replay, Row

#: What a gzipped file of some megabytes may unfold to; beyond it is not one of ours.
MOST_BYTES = 2_000_000_000
#: How `input_file.pack` begins a file: no name, no time.
GZIP_HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"


@dataclass
class Verdict:
    """A month as computed from its file, and where anything differs."""

    month: str
    entries: dict[str, Row]
    publications: int
    sha256: str
    differences: list[str]


def verify_ranking(ranking: Ranking) -> Verdict:
    """Compute a stored ranking again from its stored file, and compare file, frame, entries and evidence."""
    stored = InputFile.objects.filter(ranking=ranking).first()
    if stored is None:
        return Verdict(ranking.month_text, {}, 0, "", [_("tidak ada berkas masukan tersimpan")])
    content = bytes(stored.content)
    try:
        source = replay.read(unpack(content))
        found = replay.replay(source)
    except FileError as error:
        return Verdict(ranking.month_text, {}, 0, "", [str(error)])
    wrong = [
        *_sha256(ranking.input_sha256, source.sha256),
        *_packing(content, source),
        *_frame(ranking, source),
        *found.problems,
        *replay.compare(_stored_entries(ranking, source), found.entries),
        *_evidence(ranking, found),
        *_evidence_places(ranking, source),
        *_rebuttals(ranking, source),
    ]
    return Verdict(ranking.month_text, found.entries, len(found.rules), source.sha256, wrong)


def verify_file(content: bytes, month_json: bytes | None = None) -> Verdict:
    """Compute a downloaded file (gzipped or not), and compare with the month's JSON if that is given."""
    source = replay.read(unpack(content) if content.startswith(b"\x1f\x8b") else io.BytesIO(content))
    found = replay.replay(source)
    wrong = list(found.problems)
    if month_json is not None:
        wrong += _against_json(month_json, source, found)
    return Verdict(source.month["month"], found.entries, len(found.rules), source.sha256, wrong)


def unpack(content: bytes) -> Iterator[bytes]:
    """Lines of a gzipped file; FileError where it is damaged."""
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            for line in file:
                size += len(line)
                if size > MOST_BYTES:
                    raise FileError(_("berkas terlalu besar"))
                yield line
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(_("berkas gzip rusak: %(error)s") % {"error": error}) from error


def _sha256(expected: str, found: str) -> list[str]:
    if expected == found:
        return []
    return [_("SHA-256 berkas %(found)s, tercatat %(expected)s") % {"found": found, "expected": expected or "-"}]


def _packing(content: bytes, source: Input) -> list[str]:
    """The SHA-256 is of what is packed; gzip passes over its head and what lies behind the end."""
    size = (source.size % 2**32).to_bytes(4, "little")
    if content.startswith(GZIP_HEAD) and content.endswith(size):
        return []
    return [_("kemasan gzip berkas masukan bukan seperti yang disimpan")]


def _frame(ranking: Ranking, source: Input) -> list[str]:
    """Month, calendar and method of the file against those of the ranking."""
    stored = {
        "month": ranking.month_text,
        "is_sample": ranking.is_sample,
        "working_days": ranking.working_days,
        "days_off": ranking.days_off,
        "method": method_facts(ranking.method),
    }
    return [
        _("%(name)s dalam berkas %(found)s, tersimpan %(stored)s")
        % {"name": name, "found": source.month.get(name), "stored": value}
        for name, value in stored.items()
        if source.month.get(name) != value
    ]


def _stored_entries(ranking: Ranking, source: Input) -> dict[str, Row]:
    """Stored entries by the slug that their unit has in the file: a unit may have been renamed since."""
    slugs = {unit["id"]: unit["slug"] for unit in source.units}
    rows = ranking.entries.values("unit_id", "unit__slug", *replay.FIELDS)
    return {slugs.get(row["unit_id"], row["unit__slug"]): row for row in rows}


def _evidence(ranking: Ranking, found: Replay) -> list[str]:
    stored = {row: (rule, points) for row, rule, points in _evidence_rows(ranking)}
    return [
        _("publikasi %(id)d: tersimpan %(stored)s, hasil hitung %(found)s")
        % {
            "id": row,
            "stored": replay.in_words(stored[row]) if row in stored else "-",
            "found": replay.in_words(found.rules[row]) if row in found.rules else "-",
        }
        for row in sorted(stored.keys() | found.rules.keys())
        if stored.get(row) != found.rules.get(row)
    ]


def _evidence_places(ranking: Ranking, source: Input) -> list[str]:
    """To which unit, day and activity each publication is counted, in the rows and in the file."""
    units = {unit["slug"]: unit["id"] for unit in source.units}
    filed = {row["id"]: row for row in source.publications}
    rows = ranking.evidence.values_list("publication_id", "unit_id", "counted_on", "activity_id")
    wrong = []
    for publication, unit, day, activity in rows.iterator(chunk_size=5000):
        row = filed.get(publication)  # one that the file does not know is named by `_evidence`
        place = (unit, day.isoformat(), activity)
        if row and place != (units.get(row["unit"]), row["counted_on"], (row["activity"] or {}).get("id")):
            wrong.append(publication)
    return [
        _("publikasi %(id)d: unit, tanggal, atau kegiatan tersimpan tidak seperti dalam berkas") % {"id": publication}
        for publication in sorted(wrong)
    ]


def _rebuttals(ranking: Ranking, source: Input) -> list[str]:
    """Decided objections of the file against the stored ones, by number."""
    stored = {facts["id"]: stored_as(facts) for facts in decided_facts(ranking)}
    in_file = {row["id"]: row for row in source.rebuttals}
    return [
        _("sanggahan %(id)s: dalam berkas dan tersimpan tidak sama") % {"id": number}
        for number in sorted(stored.keys() | in_file.keys(), key=str)
        if stored.get(number) != in_file.get(number)
    ]


def _evidence_rows(ranking: Ranking) -> Iterator[tuple[int, str, int | None]]:
    rows = ranking.evidence.values_list("publication_id", "rule", "points").iterator(chunk_size=5000)
    yield from rows


def _against_json(content: bytes, source: Input, found: Replay) -> list[str]:
    try:
        month: dict[str, Any] = json.loads(content, parse_float=Decimal)
        entries = {row["unit"]["slug"]: row for part in month["categories"] for row in part["entries"]}
        sha256 = month["input_sha256"]
        return [*_sha256(sha256, source.sha256), *replay.compare(entries, found.entries)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(_("berkas JSON bulan tidak terbaca: %(error)r") % {"error": error}) from error
