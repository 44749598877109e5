"""Taking a merge back, and giving one posting an activity of its own again.

Only what the merge brought goes back: postings and photos that came afterwards stay, and so does what people wrote.
Months that are final keep the evidence that they were computed from; the others follow at their next computation.
"""

from __future__ import annotations

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opd.models import User
from opd.permissions import may

from .merge_records import ActivityMerge
from .merging import RIGHT, MergeError, activity_of
from .models import Activity, Photo, Publication, PublicationKind
from .services import clean_reason

EMPTY = {"text": "", "happened_on": None, "place": "", "theme": ""}


def open_merges(activity: Activity) -> list[ActivityMerge]:
    """Merges into this activity that can be taken back, the newest first."""
    found = ActivityMerge.objects.filter(other__merged_into=activity, undone_at=None)
    return list(found.select_related("other", "merged_by"))


@transaction.atomic
def undo_merge(*, merge_id: int, actor: User, reason: str) -> Activity:
    """Let the merged activity stand by itself again, with the postings and photos that it brought."""
    reason = clean_reason(reason)
    merge = ActivityMerge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise MergeError(_("Penggabungan ini tidak ada."))
    rows = Activity.objects.select_for_update().filter(pk__in=[merge.kept_id, merge.other_id])
    locked = {row.pk: row for row in rows.order_by("pk")}
    other, kept = locked[merge.other_id], locked[merge.kept_id]
    if not may(actor, RIGHT, other):
        raise MergeError(_("Penggabungan ini tidak ada."))
    if merge.undone_at is not None or other.merged_into_id is None:
        raise MergeError(_("Penggabungan ini sudah dibatalkan."))
    _move_back(merge, other.merged_into_id)
    _take_words_back(merge, kept, other)
    Activity.objects.filter(pk=other.pk).update(
        status=Activity.Status.PUBLISHED, withdrawn_at=None, withdrawn_reason="", merged_into=None
    )
    ActivityMerge.objects.filter(pk=merge.pk).update(undone_by=actor, undone_at=timezone.now(), undone_reason=reason)
    told = _("Penggabungan kegiatan nomor %(other)d ke nomor %(kept)d dibatalkan: %(reason)s") % {
        "other": other.pk, "kept": kept.pk, "reason": reason,
    }  # fmt: skip
    LogEntry.objects.log_actions(actor.pk, [kept, other], CHANGE, told)
    other.refresh_from_db()
    return other


def _move_back(merge: ActivityMerge, now_at: int) -> None:
    """What the activity brought lies with whoever holds it now, which may be the heir of the one kept."""
    Publication.objects.filter(pk__in=merge.publications, activity_id=now_at).update(activity=merge.other_id)
    Photo.objects.filter(pk__in=merge.photos, activity_id=now_at).update(activity=merge.other_id)
    Activity.objects.filter(pk__in=merge.followers, merged_into_id=now_at).update(merged_into=merge.other_id)


def _take_words_back(merge: ActivityMerge, kept: Activity, other: Activity) -> None:
    """Empty again what was only lent and nobody changed since."""
    lent = [name for name in merge.filled if getattr(kept, name) == getattr(other, name)]
    for name in lent:
        setattr(kept, name, EMPTY[name])
    if lent:
        kept.save(update_fields=lent)


@transaction.atomic
def split_publication(*, publication_id: int, actor: User, reason: str) -> Activity:
    """Give an accepted posting, put to an activity by its likeness, an activity of its own."""
    reason = clean_reason(reason)
    rows = Publication.objects.select_for_update(of=("self",)).select_related("activity", "unit")
    publication = rows.filter(pk=publication_id).first()
    if publication is None or publication.activity is None or not may(actor, RIGHT, publication):
        raise MergeError(_("Publikasi ini tidak ada."))
    old = publication.activity
    if publication.kind == PublicationKind.PORTAL:
        raise MergeError(_("Publikasi di portal adalah kegiatannya sendiri; pisahkan publikasi yang lain."))
    if publication.state != Publication.State.ACCEPTED or not publication.title:
        raise MergeError(_("Hanya publikasi yang diterima dan berjudul yang dapat dipisahkan."))
    if old.status != Activity.Status.PUBLISHED or not old.publications.exclude(pk=publication.pk).exists():
        raise MergeError(_("Kegiatan ini tidak mempunyai publikasi lain, jadi tidak ada yang dipisahkan."))
    activity = activity_of(publication)
    activity.save()
    flags = [flag for flag in publication.flags if flag != "split"] + ["split"]
    Publication.objects.filter(pk=publication.pk).update(activity=activity, flags=flags)
    told = _("Publikasi nomor %(number)d dipisahkan menjadi kegiatan nomor %(new)d: %(reason)s") % {
        "number": publication.pk, "new": activity.pk, "reason": reason,
    }  # fmt: skip
    LogEntry.objects.log_actions(actor.pk, [old, activity], CHANGE, told)
    return activity
