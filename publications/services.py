"""Changes of state of activities and publications. Each is one transaction and says no with `PublicationError`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, midnight
from opd.models import User
from opd.permissions import may, unit_ids_of

from .lateness import late_flags
from .links import claim_link, known_link_text
from .merging import give_activity
from .models import Activity, Photo, Publication, PublicationKind, PublicationQuerySet

REASON_LENGTH = 300
AHEAD_AT_MOST = timedelta(minutes=15)
EARLIEST = datetime(2005, 1, 1, tzinfo=JAKARTA)


class PublicationError(Exception):
    """The change is refused; the message says why, for the person who asked."""


# --- posting on the portal --------------------------------------------------------------------------


@transaction.atomic
def publish_activity(*, activity_id: int, actor: User) -> Publication:
    """Publish a draft once, at the server's time, as a posting on the portal."""
    activity = _own_activity(activity_id, actor)
    if not activity.title.strip():
        raise PublicationError(_("Kegiatan tanpa judul tidak dapat diterbitkan."))
    now = timezone.now()
    drafts = Activity.objects.filter(pk=activity.pk, status=Activity.Status.DRAFT)
    if not drafts.update(status=Activity.Status.PUBLISHED, published_at=now):
        raise PublicationError(_("Kegiatan ini sudah terbit atau sudah ditarik."))
    return Publication.objects.create(
        unit_id=activity.unit_id,
        activity_id=activity.pk,
        kind=PublicationKind.PORTAL,
        permalink_key=f"portal:{activity.pk}",
        origin=Publication.Origin.PORTAL,
        state=Publication.State.ACCEPTED,
        date_basis=Publication.DateBasis.SERVER,
        published_at=now,
        submitted_by=actor,
        **_portal_facts(activity),
    )


@transaction.atomic
def withdraw_activity(*, activity_id: int, actor: User, reason: str) -> None:
    """Take a published activity off the portal; it and its evidence stay in the database."""
    activity = _own_activity(activity_id, actor)
    published = Activity.objects.filter(pk=activity.pk, status=Activity.Status.PUBLISHED)
    changed = published.update(
        status=Activity.Status.WITHDRAWN, withdrawn_at=timezone.now(), withdrawn_reason=clean_reason(reason)
    )
    if not changed:
        raise PublicationError(_("Hanya kegiatan yang sedang terbit yang dapat ditarik."))


def refresh_portal_publication(activity: Activity) -> None:
    """Let the portal posting follow an edit of its activity: title, photos, length, date of the event."""
    Publication.objects.filter(activity=activity, kind=PublicationKind.PORTAL).update(**_portal_facts(activity))


def _portal_facts(activity: Activity) -> dict[str, object]:
    return {
        "title": activity.title,
        "has_media": Photo.objects.filter(activity=activity).exclude(alt="").exists(),
        "text_length": len(activity.text.strip()),
        "happened_on": activity.happened_on,
    }


# --- the same activity on the unit's other channels -----------------------------------------------------


@transaction.atomic
def submit_link(
    *, activity_id: int, url: str, actor: User, claimed_at: datetime | None = None, posted_on: date | None = None
) -> Publication:
    """Record a posting of the activity on a verified channel of its unit; it waits for a reviewer.

    `claimed_at` is the moment at which it appeared there, `posted_on` the Jakarta day if only that is known; without
    either it counts on the day on which the link came in.
    """
    activity = _own_activity(activity_id, actor, right="publications.add_publication")
    if activity.status == Activity.Status.WITHDRAWN:
        raise PublicationError(_("Kegiatan ini sudah ditarik; tautan tidak dapat ditambahkan."))
    link = claim_link(unit_id=activity.unit_id, url=url)
    if link.problem or link.channel is None:
        raise PublicationError(link.problem)
    now = timezone.now()
    basis = Publication.DateBasis.OFFSET if claimed_at else Publication.DateBasis.NONE
    if claimed_at is None and posted_on is not None:
        claimed_at, basis = midnight(posted_on), Publication.DateBasis.DATE_ONLY
    publication = Publication(
        unit_id=activity.unit_id,
        activity_id=activity.pk,
        channel=link.channel,
        kind=link.channel.kind,
        permalink=link.permalink,
        permalink_key=link.key,
        title=activity.title,
        happened_on=activity.happened_on,
        published_at=claimed_at or now,
        claimed_raw=posted_on.isoformat() if posted_on else claimed_at.isoformat() if claimed_at else "",
        date_basis=basis,
        first_seen_at=now,
        origin=Publication.Origin.LINK,
        state=Publication.State.PENDING,
        flags=[*link.flags, *_date_flags(claimed_at, now)],
        submitted_by=actor,
    )
    try:
        with transaction.atomic():
            publication.save()
    except IntegrityError as error:  # the same address came from someone else a moment ago
        raise PublicationError(known_link_text(link.key, activity.unit_id)) from error
    return publication


def _date_flags(claimed_at: datetime | None, now: datetime) -> list[str]:
    if claimed_at is None:
        return ["no_claimed_date"]
    if claimed_at > now + AHEAD_AT_MOST:
        raise PublicationError(_("Waktu terbit tautan ini masih di masa depan."))
    if claimed_at < EARLIEST:
        raise PublicationError(_("Waktu terbit tautan ini tidak masuk akal."))
    return late_flags(claimed_at, now)


# --- verification ------------------------------------------------------------------------------------------

Verdict = Literal["accepted", "rejected"]


@transaction.atomic
def review_publication(*, publication_id: int, actor: User, verdict: Verdict, reason: str) -> None:
    """Decide once about a pending publication. The reviewer never sent it and is never of its unit."""
    if verdict not in ("accepted", "rejected"):
        raise PublicationError(_("Putusan harus diterima atau ditolak."))
    publication = Publication.objects.filter(pk=publication_id).select_related("activity").first()
    if publication is None or not may(actor, "publications.review_publication", publication):
        raise PublicationError(_("Publikasi tidak ditemukan."))
    check_reviewer(publication, actor)
    reason = clean_reason(reason)
    if verdict == "accepted":
        check_acceptable(publication)
    record_verdict(Publication.objects.pending().filter(pk=publication.pk), actor, verdict, reason)


def record_verdict(rows: PublicationQuerySet, actor: User, verdict: Verdict, reason: str) -> None:
    """Write the verdict on the one row that is still open, unless another reviewer holds it."""
    now = timezone.now()
    decided = rows.free_for(actor, now).update(
        state=verdict, reason=reason, reviewed_by=actor, reviewed_at=now, held_by=None, held_until=None
    )
    if decided:
        return
    if rows.exists():
        raise PublicationError(_("Rekan lain sedang memeriksa publikasi ini."))
    raise PublicationError(_("Publikasi ini sudah diputuskan."))


def why_not_reviewer(publication: Publication, actor: User) -> str:
    """Why this person may not judge it; empty if they may."""
    if publication.submitted_by_id == actor.pk:
        return _("Pengirim tidak boleh memeriksa kirimannya sendiri.")
    if publication.unit_id in unit_ids_of(actor):
        return _("Pemeriksa tidak boleh berasal dari unit yang diperiksa.")
    return ""


def check_reviewer(publication: Publication, actor: User) -> None:
    if problem := why_not_reviewer(publication, actor):
        raise PublicationError(problem)


def check_acceptable(publication: Publication) -> None:
    """What counts has a unit, a date and a published activity; a press report only needs its unit.

    A posting that was held at its import gets its activity here.
    """
    if publication.unit_id is None:
        raise PublicationError(_("Publikasi tanpa unit tidak dapat diterima."))
    if publication.kind == PublicationKind.NEWS:
        return
    if publication.published_at is None:
        raise PublicationError(_("Publikasi tanpa tanggal terbit tidak dapat diterima."))
    if publication.activity_id is None:
        if not publication.title:
            raise PublicationError(_("Publikasi tanpa judul tidak dapat diterima."))
        give_activity(publication)
        publication.save(update_fields=["activity", "flags"])
    # Locked, so that the activity cannot be withdrawn between this look and the verdict.
    activity = Activity.objects.select_for_update().get(pk=publication.activity_id)  # type: ignore[misc]
    if activity.status != Activity.Status.PUBLISHED:
        raise PublicationError(_("Kegiatannya belum terbit atau sudah ditarik, jadi tidak dapat diterima."))


# --- shared ---------------------------------------------------------------------------------------------------


def _own_activity(activity_id: int, actor: User, right: str = "publications.change_activity") -> Activity:
    """The activity, locked; one that the actor may not touch does not exist for them."""
    activity: Activity | None = Activity.objects.select_for_update().filter(pk=activity_id).first()
    if activity is None or not may(actor, right, activity):
        raise PublicationError(_("Kegiatan tidak ditemukan."))
    return activity


def clean_reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason or "\x00" in reason:
        raise PublicationError(_("Tuliskan alasannya."))
    if len(reason) > REASON_LENGTH:
        raise PublicationError(
            _("Alasan paling panjang %(max)d huruf, sekarang %(now)d.") % {"max": REASON_LENGTH, "now": len(reason)}
        )
    return reason
