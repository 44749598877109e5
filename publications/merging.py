"""One activity, several publications: finding postings of the same activity, and joining what was posted apart.

The rule (cross-posting): same unit, titles alike by trigrams to 0.9 or more, published within 3 days of
each other. From 0.75 on the pair is only proposed to a person. pg_trgm compares letters and digits without case, so
punctuation, hashtags and emoji do not matter. Numbers do: "Posyandu RW 3" and "Posyandu RW 4" are never the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from opd.permissions import may

from .models import Activity, ActivityMerge, Photo, Publication

SAME_TITLE = 0.9
ALIKE_TITLE = 0.75
WINDOW = timedelta(days=3)
RIGHT = "publications.merge_activity"


class MergeError(ValueError):
    """The activities cannot be joined; the message says why, for the person who asked."""


#: Likeness of two titles (0-1), below "same" when their numbers differ.
_LIKENESS = r"""LEAST(similarity({0}, {1}), CASE WHEN trim(regexp_replace({0}, '\D+', ' ', 'g'))
    = trim(regexp_replace({1}, '\D+', ' ', 'g')) THEN 1 ELSE 0.89 END)"""


# --- finding ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posting:
    """What is known of a posting that is not stored yet. `number` is its place in the caller's list."""

    number: int
    unit_id: int
    title: str
    day: date


@dataclass(frozen=True)
class Match:
    """The posting's nearest neighbour: a stored activity, or an earlier posting of the same list."""

    likeness: float
    activity_id: int | None = None
    number: int | None = None

    @property
    def is_same(self) -> bool:
        return self.likeness >= SAME_TITLE


#: The rule for many postings in one statement. Stored activities, published ones and no sample data, come before
#: earlier postings of the list.
_MATCHES = f"""
WITH posting AS (
    SELECT * FROM unnest(%(numbers)s::int[], %(units)s::bigint[], %(titles)s::text[], %(days)s::date[])
        AS p (number, unit_id, title, day)
), neighbour AS (
    SELECT p.number, a.id AS activity_id, NULL::int AS earlier, {_LIKENESS.format("a.title", "p.title")} AS likeness
    FROM posting p JOIN publications_activity a ON a.unit_id = p.unit_id
    WHERE a.status = 'published' AND NOT a.is_sample
        AND a.published_at >= (p.day - %(window)s)::timestamp AT TIME ZONE 'Asia/Jakarta'
        AND a.published_at < (p.day + %(window)s + 1)::timestamp AT TIME ZONE 'Asia/Jakarta'
    UNION ALL
    SELECT p.number, NULL, e.number, {_LIKENESS.format("e.title", "p.title")}
    FROM posting p JOIN posting e
        ON e.unit_id = p.unit_id AND e.number < p.number AND abs(e.day - p.day) <= %(window)s
)
SELECT DISTINCT ON (number) number, activity_id, earlier, likeness FROM neighbour WHERE likeness >= %(alike)s
ORDER BY number, likeness >= %(same)s DESC, activity_id IS NULL, likeness DESC, activity_id, earlier
"""  # noqa: S608  (only constants of this module are put in)


def match_postings(postings: Sequence[Posting]) -> dict[int, Match]:
    """The nearest neighbour of each posting that has one; one query for all of them."""
    if not postings:
        return {}
    parameters: dict[str, Any] = {
        "numbers": [posting.number for posting in postings],
        "units": [posting.unit_id for posting in postings],
        "titles": [posting.title for posting in postings],
        "days": [posting.day for posting in postings],
        "window": WINDOW.days,
        "alike": ALIKE_TITLE,
        "same": SAME_TITLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES, parameters)
        return {
            number: Match(likeness, activity_id, earlier)
            for number, activity_id, earlier, likeness in cursor.fetchall()
        }


def activity_of(publication: Publication) -> Activity:
    """The activity that a posting elsewhere tells of, published when the posting was; not stored yet."""
    title = publication.title
    return Activity(
        unit=publication.unit,
        title=title if len(title) <= 200 else title[:199] + "…",
        happened_on=publication.happened_on,
        status=Activity.Status.PUBLISHED,
        published_at=publication.published_at,
        is_sample=publication.is_sample,
    )


def give_activity(publication: Publication) -> None:
    """Store the posting's activity: the unit's one that it shows again, or a new one. It has unit, title and date."""
    if publication.unit_id is None or publication.published_at is None:
        raise ValueError("only a posting with unit and date has an activity")
    posting = Posting(0, publication.unit_id, publication.title, local_day(publication.published_at))
    match = match_postings([posting]).get(0)
    if match is not None and match.is_same:
        publication.activity_id = match.activity_id
        return
    if match is not None:
        publication.flags.append("similar_activity")
    publication.activity = activity_of(publication)
    publication.activity.save()


# --- joining ------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge_activities(*, keep_id: int, other_ids: Iterable[int], actor: User) -> Activity:
    """Make one activity of several of one unit: it takes their postings and photos and fills its own empty fields.

    The others stay as withdrawn rows that name the one kept (`merged_into`): old links lead on, and the evidence of
    months that are computed already is untouched. Nothing that the kept one says is overwritten, and what was moved is
    remembered: a merge can be taken back.
    """
    wanted = {keep_id, *other_ids}
    locked = {row.pk: row for row in Activity.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    _check(wanted, locked, actor)
    keep = locked.pop(keep_id)
    others = sorted(locked.values(), key=lambda row: (row.published_at, row.pk))
    other_keys = [row.pk for row in others]
    merges = _remember(keep, others, actor)
    Publication.objects.filter(activity_id__in=other_keys).update(activity=keep)
    Photo.objects.filter(activity_id__in=other_keys).update(activity=keep)
    for name, giver in _fill_blanks(keep, others).items():
        merges[giver].filled.append(name)
    ActivityMerge.objects.bulk_create(merges.values())
    Activity.objects.filter(merged_into_id__in=other_keys).update(merged_into=keep)
    Activity.objects.filter(pk__in=other_keys).update(
        status=Activity.Status.WITHDRAWN,
        withdrawn_at=timezone.now(),
        withdrawn_reason=_("Digabungkan dengan kegiatan nomor %(id)d.") % {"id": keep.pk},
        merged_into=keep,
    )
    _log(keep, others, actor)
    return keep


def _check(wanted: Collection[int], found: dict[int, Activity], actor: User) -> None:
    rows = list(found.values())
    if len(wanted) < 2:
        raise MergeError(_("Pilih sedikitnya dua kegiatan."))
    if len(found) < len(wanted) or any(not may(actor, RIGHT, row) for row in rows):
        raise MergeError(_("Sebagian kegiatan tidak ada, atau Anda tidak berhak menggabungkannya."))
    if any(row.status != Activity.Status.PUBLISHED for row in rows):
        raise MergeError(_("Hanya kegiatan yang sudah terbit dan tidak ditarik yang dapat digabungkan."))
    if len({row.unit_id for row in rows}) > 1:
        raise MergeError(_("Hanya kegiatan dari unit yang sama yang dapat digabungkan."))
    if len({row.is_sample for row in rows}) > 1:
        raise MergeError(_("Data contoh tidak dapat digabungkan dengan kegiatan sungguhan."))


def _remember(keep: Activity, others: Sequence[Activity], actor: User) -> dict[int, ActivityMerge]:
    """What each of the others is about to bring, so that it can be taken back (`publications.unmerging`)."""
    merges = {row.pk: ActivityMerge(kept=keep, other=row, merged_by=actor) for row in others}
    moving: dict[str, Any] = {
        "publications": Publication.objects.values_list("activity_id", "pk").filter(activity_id__in=merges),
        "photos": Photo.objects.values_list("activity_id", "pk").filter(activity_id__in=merges),
        "followers": Activity.objects.values_list("merged_into_id", "pk").filter(merged_into_id__in=merges),
    }
    for name, rows in moving.items():
        for other, key in rows.order_by("pk"):
            getattr(merges[other], name).append(key)
    return merges


def _fill_blanks(keep: Activity, others: Sequence[Activity]) -> dict[str, int]:
    """Field → the activity that filled it."""
    filled: dict[str, int] = {}
    for name in ("text", "happened_on", "place", "theme"):
        giver = next((row for row in others if getattr(row, name)), None)
        if giver is not None and not getattr(keep, name):
            setattr(keep, name, getattr(giver, name))
            filled[name] = giver.pk
    if filled:
        keep.save(update_fields=list(filled))
    return filled


def _log(keep: Activity, others: Sequence[Activity], actor: User) -> None:
    names = ", ".join(f"{row.pk} ({row.title})" for row in others)
    LogEntry.objects.log_actions(
        actor.pk, [keep], CHANGE, _("Digabungkan ke sini: %(names)s.") % {"names": names}, single_object=True
    )
    message = _("Digabungkan dengan kegiatan nomor %(id)d.") % {"id": keep.pk}
    LogEntry.objects.log_actions(actor.pk, others, CHANGE, message)


def merged_into(pk: int) -> Activity | None:
    """Where the address of a merged activity leads; for the page, which redirects there."""
    target: Activity | None = Activity.objects.published().filter(merged_from=pk).first()
    return target
