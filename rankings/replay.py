"""A month computed again from its input file alone, in plain Python: no database, no SQL, no Django.

The file says of each own publication of the month what is known of it; every rule is applied again here, and the
arithmetic is that of `rankings.score`. What the file itself claims (rule, points) is compared, never believed.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from cilegon_kip.common.jakarta import last_of_month, parse_month
from cilegon_kip.common.working_days import working_days_between

from . import score

FORMAT = "kip-peringkat-masukan/1"
#: Of months with decided objections; without them a file is the same, byte for byte, as before there were any.
FORMAT_WITH_REBUTTALS = "kip-peringkat-masukan/2"
WIB = timezone(timedelta(hours=7))
#: What of an entry follows from the file, in the names of `rankings.models.Entry` and of the JSON download.
FIELDS = (
    *("category", "state", "rank", "score", "volume", "consistency", "reach", "completeness"),
    *("activities", "max_activities", "active_days", "points", "with_media", "with_text", "with_date"),
    *("kinds_used", "kinds_not_measured", "has_social_media", "publications", "left_out"),
)
Row = dict[str, Any]
#: Media, text and date of a counted activity: which of them it has.
Conditions = tuple[bool, bool, bool]


class FileError(ValueError):
    """The file cannot be read as an input file; the message says where."""


@dataclass
class Input:
    """The file's lines by kind, and the SHA-256 and number of its bytes."""

    month: Row = field(default_factory=dict)
    units: list[Row] = field(default_factory=list)
    channels: list[Row] = field(default_factory=list)
    gaps: list[Row] = field(default_factory=list)
    publications: list[Row] = field(default_factory=list)
    rebuttals: list[Row] = field(default_factory=list)
    sha256: str = ""
    size: int = 0


@dataclass
class Replay:
    """Entries by unit slug, (rule, points) by publication id, and where the file contradicts itself."""

    entries: dict[str, Row] = field(default_factory=dict)
    rules: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read(lines: Iterable[bytes]) -> Input:
    """Sort the lines of an (uncompressed) file; FileError names the first line that is not one of ours."""
    found, digest = Input(), hashlib.sha256()
    into = {"unit": found.units, "channel": found.channels, "gap": found.gaps, "publication": found.publications}
    into["rebuttal"] = found.rebuttals
    for number, line in enumerate(lines, start=1):
        digest.update(line)
        found.size += len(line)
        try:
            row = json.loads(line)
            kind = row.pop("line")
            if kind == "month":
                found.month = row
            else:
                into[kind].append(row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FileError(f"baris {number} bukan baris berkas masukan") from error
    if found.month.get("format") != (FORMAT_WITH_REBUTTALS if found.rebuttals else FORMAT):
        formats = f"{FORMAT}, atau {FORMAT_WITH_REBUTTALS} bila ada sanggahan"
        raise FileError(f"berkas tidak memuat baris bulan dengan format {formats}")
    found.sha256 = digest.hexdigest()
    return found


def replay(source: Input) -> Replay:
    """Entries and rules as the file's facts and the method in the file give them."""
    try:
        return _Month(source).result()
    except FileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise FileError(f"isi berkas tidak lengkap atau keliru ({type(error).__name__}: {error})") from error


class _Month:
    def __init__(self, source: Input):
        self.source = source
        head, method = source.month, source.month["method"]
        self.first = parse_month(head["month"])
        self.last = last_of_month(self.first)
        self.is_sample = bool(head["is_sample"])
        self.working_days = int(head["working_days"])
        self.weights = score.Weights(**{name: Decimal(value) for name, value in method["weights"].items()})
        self.daily_limit, self.enough = int(method["daily_limit"]), int(method["text_min_length"])
        self.channels = kinds_by_unit(source.channels)
        self.gaps = kinds_by_unit(source.gaps)
        self.found = Replay()
        self.points: dict[str, list[int]] = {}

    def result(self) -> Replay:
        self._check_head()
        postings: dict[str, list[Row]] = defaultdict(list)
        for row in self.source.publications:
            postings[row["unit"]].append(row)
        for unit in self.source.units:
            self._collect(unit, postings.pop(unit["slug"], []))
        if postings:
            raise FileError(f"publikasi dari unit yang tidak ada dalam berkas: {', '.join(sorted(postings))}")
        for category in {unit["category"] for unit in self.source.units}:
            self._score([entry for entry in self.found.entries.items() if entry[1]["category"] == category])
        self._compare_rules()
        self._check_rebuttals()
        return self.found

    def _check_head(self) -> None:
        off = {date.fromisoformat(day) for day in self.source.month["days_off"]}
        days = working_days_between(self.first, self.last, off)
        if days != self.working_days:
            self.found.problems.append(f"hari kerja dalam berkas {self.working_days}, menurut hari liburnya {days}")
        total = sum(vars(self.weights).values())
        if total != 1:
            self.found.problems.append(f"jumlah bobot dalam berkas {total}, seharusnya 1")

    def _collect(self, unit: Row, postings: list[Row]) -> None:
        """Counts of one unit, and the rule of each of its postings."""
        by_day: dict[date, list[Row]] = defaultdict(list)
        kinds: set[str] = set()
        same = 0
        for row in postings:
            rule = self._refusal(row)
            if rule is None:
                kinds.add(score.reach_kind(row["kind"]))
                rule = self._repeated(row)
            if rule is None:
                by_day[self._day(row)].append(row)
            else:
                same += rule == "same_activity"
                self.found.rules[row["id"]] = (rule, None)
        met = [conditions for rows in by_day.values() for conditions in self._limit(rows)]
        points = self.points[unit["slug"]] = [sum(conditions) for conditions in met]
        self.found.entries[unit["slug"]] = {
            "category": unit["category"],
            "activities": len(met),
            "active_days": len(by_day),
            "points": [points.count(number) for number in range(4)],
            "with_media": sum(media for media, _, _ in met),
            "with_text": sum(text for _, text, _ in met),
            "with_date": sum(dated for _, _, dated in met),
            "publications": same + len(met),
            "left_out": len(postings) - same - len(met),
            **self._channels(unit["slug"], kinds),
        }

    def _day(self, row: Row) -> date:
        """The Jakarta day on which a posting counts."""
        day = datetime.fromisoformat(row["published_at"]).astimezone(WIB).date()
        if not self.first <= day <= self.last or day.isoformat() != row["counted_on"]:
            raise FileError(f"publikasi {row['id']}: tanggal hitung {row['counted_on']} tidak sesuai waktu terbitnya")
        return day

    def _refusal(self, row: Row) -> str | None:
        """The rule that keeps a posting out by itself, if any."""
        admissible = (row["is_sample"] or row["origin"] == "portal") if self.is_sample else not row["is_sample"]
        if not admissible:
            return "not_sample" if self.is_sample else "sample"
        if row["state"] != "accepted":
            return str(row["state"])
        status = row["activity"]["status"]
        return {"published": None, "withdrawn": "withdrawn"}.get(status, "pending")

    def _repeated(self, row: Row) -> str | None:
        """The rule of a posting whose activity counts by another one."""
        activity = row["activity"]
        if date.fromisoformat(activity["first_on"]) < self.first:
            return "earlier_month"
        return None if activity["first"] == row["key"] else "same_activity"

    def _limit(self, rows: list[Row]) -> Iterator[Conditions]:
        """What the counted activities of a unit's day meet: the most complete first, then the earliest."""
        for place, row in enumerate(sorted(rows, key=self._most_complete_first)):
            conditions = self._conditions(row)
            if place < self.daily_limit:
                self.found.rules[row["id"]] = ("counted", sum(conditions))
                yield conditions
            else:
                self.found.rules[row["id"]] = ("daily_limit", None)

    def _conditions(self, row: Row) -> Conditions:
        activity = row["activity"]
        return bool(activity["has_media"]), activity["text_length"] >= self.enough, bool(activity["happened_on"])

    def _most_complete_first(self, row: Row) -> tuple[Any, ...]:
        conditions = self._conditions(row)
        moment = datetime.fromisoformat(row["published_at"])
        return (-sum(conditions), moment, *(not met for met in conditions), row["activity"]["id"])

    def _channels(self, slug: str, used: set[str]) -> Row:
        kinds, gaps = self.channels.get(slug, set()), self.gaps.get(slug, set())
        return {
            "kinds_used": [kind for kind in score.EXPECTED_KINDS if kind in used],
            "kinds_not_measured": [kind for kind in score.EXPECTED_KINDS if kind in gaps - used],
            "has_social_media": bool(kinds - {"website"}),
            "state": "not_measured" if gaps else "silent",
            "rank": None,
        }

    def _score(self, entries: list[tuple[str, Row]]) -> None:
        """Components, scores and ranks of one category."""
        max_n = max(entry["activities"] for _, entry in entries)
        for slug, entry in entries:
            self._score_unit(slug, entry, max_n)
        ranked = [entry for _, entry in entries if entry["activities"]]
        keys = [(entry["score"], entry["activities"], entry["active_days"]) for entry in ranked]
        for entry, rank in zip(ranked, score.ranks(keys), strict=True):
            entry |= {"state": "ranked", "rank": rank}

    def _score_unit(self, slug: str, entry: Row, max_n: int) -> None:
        n = entry["activities"]
        parts = {
            "volume": score.volume(n, max_n),
            "consistency": score.consistency(entry["active_days"], self.working_days),
            "reach": score.reach(len(entry["kinds_used"]), len(entry["kinds_not_measured"])) if n else score.ZERO,
            "completeness": score.completeness(self.points[slug], max_n, self.weights),
        }
        entry |= {name: score.rounded(part, 6) for name, part in parts.items()}
        entry |= {"max_activities": max_n, "score": score.score(**parts, weights=self.weights)}

    def _compare_rules(self) -> None:
        for row in self.source.publications:
            claimed, found = (row["rule"], row["points"]), self.found.rules[row["id"]]
            if claimed != found:
                self.found.problems.append(
                    f"publikasi {row['id']} ({row['unit']}): dalam berkas {in_words(claimed)},"
                    f" menurut aturan {in_words(found)}"
                )

    def _check_rebuttals(self) -> None:
        """An objection is of a unit of the file; what was accepted in it stands in the file as accepted."""
        accepted = {row["id"] for row in self.source.publications if row["state"] == "accepted"}
        for row in self.source.rebuttals:
            if row["unit"] not in self.found.entries:
                self.found.problems.append(f"sanggahan {row['id']}: unit {row['unit']} tidak ada dalam berkas")
            for item in row["items"]:
                if item["verdict"] == "accepted" and "publication" in item and item["publication"] not in accepted:
                    self.found.problems.append(
                        f"sanggahan {row['id']}: publikasi {item['publication']} diterima, tetapi tidak dalam berkas"
                    )


def kinds_by_unit(rows: list[Row]) -> dict[str, set[str]]:
    """Expected kinds of channel of each unit that has any in these rows."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["unit"]].add(score.reach_kind(row["kind"]))
    return found


def in_words(judged: tuple[str, int | None]) -> str:
    rule, points = judged
    return rule if points is None else f"{rule} ({points} poin)"


def differences(slug: str, stored: Row, computed: Row) -> list[str]:
    """What of a stored entry is not as computed, field by field."""
    return [
        f"{slug}: {name} tersimpan {stored[name]}, hasil hitung {computed[name]}"
        for name in FIELDS
        if stored[name] != computed[name]
    ]


def compare(stored: dict[str, Row], computed: dict[str, Row]) -> list[str]:
    """Differences between stored and computed entries, unit by unit."""
    only_stored, only_computed = sorted(stored.keys() - computed), sorted(computed.keys() - stored)
    found = [f"{slug}: entri tersimpan, unitnya tidak ada dalam berkas masukan" for slug in only_stored]
    found += [f"{slug}: ada dalam berkas masukan, entri tersimpan tidak ada" for slug in only_computed]
    for slug in sorted(stored.keys() & computed):
        found += differences(slug, stored[slug], computed[slug])
    return found
