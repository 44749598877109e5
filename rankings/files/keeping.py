"""Each file is made once for the ranking as it stands, kept with it, and served from there.

Whoever asks first makes it, one file at a time in the whole portal, so that asking cannot be used to keep it busy;
mostly the worker has made it before (`make_files`). Files of a final ranking are never made again by themselves.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC

from django.db import connection, transaction

from opd.models import Category
from publications.models import Activity
from rankings.exports import as_csv, as_json
from rankings.models import Entry, Evidence, Ranking, RankingFile

from . import poster, sheet, workbook

logger = logging.getLogger(__name__)
Kind = RankingFile.Kind
MAKERS: dict[str, Callable[[Ranking, str], bytes]] = {
    Kind.CSV: as_csv,
    Kind.JSON: as_json,
    Kind.XLSX: workbook.as_xlsx,
    Kind.PDF: sheet.as_pdf,
    Kind.PNG: poster.as_png,
}
#: Raise it when what stands in the files or how they look has changed: months that are not final get new ones.
LAYOUT = 2
#: The one key of the advisory lock under which files are made, and how long an asker waits for it.
LOCK, WAIT = 20230216, "10s"


def version_of(ranking: Ranking, kind: str = "") -> str:
    """Which ranking a file holds; another one asks for another file. All that is final is one.

    The workbook names activities by their titles. One that is withdrawn later must not live on in it, so the number
    of the withdrawn is part of the version: the only thing by which a file of a final month becomes another.
    """
    if ranking.status == Ranking.Status.FINAL:
        version = "final"
    else:
        moment = ranking.computed_at.astimezone(UTC).isoformat()
        facts = (ranking.state_words, moment, ranking.objection_until, ranking.input_sha256, LAYOUT)
        version = hashlib.sha256(" ".join(map(str, facts)).encode()).hexdigest()[:40]
    return f"{version}-{_withdrawn(ranking)}" if kind == Kind.XLSX else version


def _withdrawn(ranking: Ranking) -> int:
    return Evidence.objects.filter(ranking=ranking, activity__status=Activity.Status.WITHDRAWN).count()


def file_of(ranking: Ranking, category: str, kind: str) -> RankingFile | None:
    """The file, made now if it is not there; None for a category without a unit in that month."""
    return _kept(ranking, category, kind) or _make(ranking.pk, category, kind)


def make_files(ranking: Ranking, *, again: bool = False) -> int:
    """Make what is missing of a ranking's files; how many that were.

    `again` is a person's act (`manage.py make_files --again`): the files of a final month become those of today's
    layout, names and addresses. What the ranking says, and its SHA-256, stay.
    """
    if again:
        RankingFile.objects.filter(ranking=ranking).delete()
    missing = [name for name in names_of(ranking) if name not in _kept_names(ranking)]
    return sum(_make(ranking.pk, *name) is not None for name in missing)


def names_of(ranking: Ranking) -> list[tuple[str, str]]:
    """(category, kind) of every file that a ranking has."""
    found = set(Entry.objects.filter(ranking=ranking).order_by().values_list("category", flat=True).distinct())
    categories = ["", *(value for value in Category.values if value in found)]
    return [(category, kind) for category in categories for kind in MAKERS]


def rankings_without_files() -> list[Ranking]:
    """Rankings of which some file is missing or of an older state, newest month first."""
    return [
        ranking
        for ranking in Ranking.objects.newest_first().select_related("method")
        if set(names_of(ranking)) - _kept_names(ranking)
    ]


def sizes_of(ranking: Ranking, category: str = "") -> dict[str, int]:
    """Bytes by kind, of the files that are there."""
    kept = RankingFile.objects.filter(ranking=ranking, category=category, made_of__startswith=version_of(ranking))
    return dict(kept.values_list("kind", "size"))


def _kept_names(ranking: Ranking) -> set[tuple[str, str]]:
    versions = {version_of(ranking), version_of(ranking, Kind.XLSX)}
    kept = RankingFile.objects.filter(ranking=ranking, made_of__in=versions)
    return set(kept.values_list("category", "kind"))


def _kept(ranking: Ranking, category: str, kind: str) -> RankingFile | None:
    kept = RankingFile.objects.filter(ranking=ranking, category=category, kind=kind)
    return kept.filter(made_of=version_of(ranking, kind)).first()


@transaction.atomic
def _make(ranking_id: int, category: str, kind: str) -> RankingFile | None:
    """Under the lock, and with the ranking held so that nobody changes it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    held = Ranking.objects.select_for_update(of=("self",), no_key=True).select_related("method").get(pk=ranking_id)
    if kept := _kept(held, category, kind):
        return kept
    if held.status == Ranking.Status.FINAL:
        held.query = f"?revisi={held.revision}"  # the address stays right when a later revision takes its place
    if category and not Entry.objects.filter(ranking=held, category=category).exists():
        return None
    content = MAKERS[kind](held, category)
    made, _created = RankingFile.objects.update_or_create(
        ranking=held,
        category=category,
        kind=kind,
        defaults={
            "made_of": version_of(held, kind),
            "content": content,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    logger.info("file %s %s.%s made, %d bytes", held, category or "all", kind, len(content))
    return made
