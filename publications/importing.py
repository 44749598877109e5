"""Publications from a CSV file: each row is kept, held, refused or there already, with a reason that people can read.

Press reports (`news`) never count and belong to no activity. A unit's own postings count at once only from a verified
channel with a date and a headline; all others wait for a reviewer (`pending`). Everything happens in one transaction:
a file that turns out to be unusable changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from opd.permissions import may

from .import_file import CsvFile
from .import_judging import Draft, Judge, PostingRefusedError
from .merging import Posting, activity_of, match_postings
from .models import Activity, Publication, PublicationKind

BATCH = 500
KEPT, HELD, REFUSED, UNCHANGED = "kept", "held", "refused", "unchanged"
RIGHT = "publications.review_publication"
LOCK = 0x6B697069  # one import at a time


@dataclass(frozen=True)
class Outcome:
    """What became of one row. `code` is stable; `reason` is for people."""

    line: int
    state: str
    code: str
    reason: str
    unit_slug: str = ""
    permalink: str = ""


@dataclass
class ImportReport:
    counts: Counter[str] = field(default_factory=Counter)
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    ignored_columns: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


class ImportNotAllowedError(Exception):
    """The person may not vouch for postings."""


def import_publications(
    path: Path,
    *,
    tell: Callable[[Outcome], None] = lambda outcome: None,
    dry_run: bool = False,
    vouched_by: User | None = None,
) -> ImportReport:
    """Import the file; `tell` hears of every row. With `vouched_by` an unproven channel does not hold a row."""
    if vouched_by is not None and not may(vouched_by, RIGHT):
        raise ImportNotAllowedError(_("%(user)s tidak berhak memverifikasi publikasi.") % {"user": vouched_by})
    file, report = CsvFile(path), ImportReport()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        judge = Judge(timezone.now(), vouched_by)
        for batch in _batches(file.rows()):
            for outcome in store_batch(judge, batch):
                report.counts[outcome.state] += 1
                report.codes[outcome.state, outcome.code] += 1
                tell(outcome)
        transaction.set_rollback(dry_run)
    report.ignored_columns = file.ignored
    return report


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


# --- storing a batch ----------------------------------------------------------------------------------------------


def store_batch(judge: Judge, rows: Iterable[tuple[int, dict[str, str] | None]]) -> list[Outcome]:
    """Judge and store; the number of queries does not depend on the number of rows."""
    outcomes, drafts = [], []
    for line, cells in rows:
        try:
            drafts.append(judge.judge(line, cells))
        except PostingRefusedError as error:
            given = cells or {}
            outcomes.append(
                Outcome(line, REFUSED, error.code, str(error), given.get("unit_slug", ""), given.get("permalink", ""))
            )
    return sorted([*outcomes, *store_drafts(drafts)], key=lambda outcome: outcome.line)


def store_drafts(drafts: list[Draft]) -> list[Outcome]:
    """Store what is new, the accepted ones with their activities; also what came of the others."""
    outcomes: list[Outcome] = []
    fresh = list(_without_known(drafts, outcomes))
    made = _give_activities([d for d in fresh if not d.held and d.publication.kind != PublicationKind.NEWS])
    Publication.objects.bulk_create([draft.publication for draft in fresh], ignore_conflicts=True)
    # Another process may have stored the same address a moment ago: then nothing is left of the activity made for it.
    Activity.objects.filter(pk__in=[activity.pk for activity in made], publications=None).delete()
    return outcomes + [_outcome(draft, HELD if draft.held else KEPT, draft.code, draft.reason) for draft in fresh]


def _outcome(draft: Draft, state: str, code: str, reason: str) -> Outcome:
    unit = draft.publication.unit
    return Outcome(draft.line, state, code, reason, unit.slug if unit else "", draft.publication.permalink)


def _without_known(drafts: list[Draft], outcomes: list[Outcome]) -> Iterator[Draft]:
    """Those whose address is not stored yet; what happens to the others goes to the outcomes."""
    keys = [draft.publication.permalink_key for draft in drafts]
    stored = Publication.objects.filter(permalink_key__in=keys)
    known: dict[str, int | None] = dict(stored.values_list("permalink_key", "unit_id"))
    for draft in drafts:
        publication = draft.publication
        key, unit_id = publication.permalink_key, publication.unit_id
        if key not in known:
            known[key] = unit_id
            yield draft
        elif None in (known[key], unit_id) or known[key] == unit_id:
            outcomes.append(_outcome(draft, UNCHANGED, "duplicate", _("Sudah ada.")))
        else:
            reason = _("Alamat ini sudah tercatat untuk unit lain.")
            outcomes.append(_outcome(draft, REFUSED, "other_unit", reason))


def _give_activities(drafts: list[Draft]) -> list[Activity]:
    """Each accepted posting gets its activity: a stored one, that of an earlier row, or a new one (returned)."""
    by_line = {draft.line: draft.publication for draft in drafts}
    matches = match_postings([_posting(draft) for draft in drafts])
    new: list[Activity] = []
    for line, publication in by_line.items():
        match = matches.get(line)
        if match is not None and match.is_same and match.activity_id is not None:
            publication.activity_id = match.activity_id
        elif match is not None and match.is_same and match.number is not None:
            _join(publication, by_line[match.number])
        else:
            if match is not None:
                publication.flags.append("similar_activity")
            publication.activity = activity_of(publication)
            new.append(publication.activity)
    return Activity.objects.bulk_create(new)  # type: ignore[no-any-return]


def _posting(draft: Draft) -> Posting:
    publication = draft.publication
    if publication.unit_id is None or publication.published_at is None:
        raise ValueError("an accepted posting has a unit and a date")
    return Posting(draft.line, publication.unit_id, publication.title, local_day(publication.published_at))


def _join(publication: Publication, earlier: Publication) -> None:
    """The same activity as an earlier row's; the first publication's time is the activity's."""
    if earlier.activity_id is not None:
        publication.activity_id = earlier.activity_id
        return
    activity: Any = earlier.activity
    activity.published_at = min(activity.published_at, publication.published_at)
    activity.happened_on = activity.happened_on or publication.happened_on
    publication.activity = activity
