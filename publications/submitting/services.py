"""Recording links: one, or a file of them. What is refused says why, and stops nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opd.csv_rows import FileRefusedError, separator_of
from opd.models import Channel, Unit, User
from opd.permissions import is_citywide, may, unit_ids_with
from publications.import_file import CsvFile
from publications.import_judging import Draft, PostingRefusedError
from publications.importing import HELD, REFUSED, UNCHANGED, Outcome, store_drafts

from .judging import RIGHT, LinkJudge

MAX_ROWS = 1000
BATCH = 200
NAMES = {"tautan": "permalink", "link": "permalink", "alamat": "permalink", "url": "permalink",
         "tanggal": "published_at", "waktu": "published_at", "judul": "title"}  # fmt: skip
Cells = Mapping[str, str] | None


@dataclass
class Report:
    """What became of the rows of a file."""

    sent: int = 0
    known: list[Outcome] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self.sent += outcome.state == HELD
            if outcome.state != HELD:
                (self.known if outcome.state == UNCHANGED else self.refused).append(outcome)


def channels_of(actor: User, unit: Unit | None = None) -> list[Channel]:
    """The real channels of the units for which the person may send links; `unit` narrows them to one."""
    channels = Channel.objects.filter(is_sample=False).exclude(key="").select_related("unit").order_by("pk")
    if unit is not None:
        return list(channels.filter(unit=unit)) if may(actor, RIGHT, unit) else []
    if not is_citywide(actor):
        channels = channels.filter(unit__in=unit_ids_with(actor, RIGHT))
    return list(channels)


def send_link(*, actor: User, cells: Mapping[str, str], unit: Unit | None = None) -> Outcome:
    """One link: its unit and channel follow from the address. Pending until somebody of another unit has looked."""
    return _send(LinkJudge(actor, channels_of(actor, unit), timezone.now()), [(1, cells)])[0]


def send_file(*, actor: User, path: Path, label: str) -> Report:
    """Every row of a CSV with what became of it; a file that turns out to be unusable changes nothing."""
    file = CsvFile(path, required=("permalink",), label=label[:100], names=NAMES, delimiter=delimiter_of(path))
    judge, report = LinkJudge(actor, channels_of(actor), timezone.now()), Report()
    with transaction.atomic():
        for batch in _batches(file):
            report.add(_send(judge, batch))
    report.ignored_columns = [name for name in file.ignored if name]
    return report


def _batches(file: CsvFile) -> Iterator[list[tuple[int, Cells]]]:
    rows, number = iter(file.rows()), 0
    while batch := list(islice(rows, BATCH)):
        number += len(batch)
        if number > MAX_ROWS:
            raise FileRefusedError(
                _("%(file)s lebih dari %(max)d baris. Bagilah menjadi beberapa berkas.")
                % {"file": file.name, "max": MAX_ROWS}
            )
        yield list(batch)


@transaction.atomic
def _send(judge: LinkJudge, rows: Iterable[tuple[int, Cells]]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    drafts: list[Draft] = []
    for line, cells in rows:
        try:
            drafts.append(judge.judge(line, cells))
        except PostingRefusedError as error:
            given = (cells or {}).get("permalink", "")
            outcomes.append(Outcome(line, REFUSED, error.code, str(error), permalink=given[:600]))
    return sorted([*outcomes, *store_drafts(drafts)], key=lambda outcome: outcome.line)


def delimiter_of(path: Path) -> str:
    with path.open("rb") as file:
        return separator_of(file.readline(2000).decode("latin-1"))
