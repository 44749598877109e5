"""Publications that a unit contests: one that was missing, refused, or recorded as somebody else's.

The ranking's objections (`rankings.rebuttals`) call these; who may object until when is decided there. Each is one
change, written to the publication's history, and says no with `PublicationError`.
"""

from __future__ import annotations

from datetime import date

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import midnight
from opd.models import Unit, User
from opd.permissions import may

from .lateness import late_flags
from .links import Link, known_link_text, match_link
from .merging import activity_of, give_activity
from .models import Publication, PublicationKind
from .services import (
    PublicationError,
    check_acceptable,
    check_reviewer,
    clean_reason,
    record_verdict,
    review_publication,
)

#: Marks what waits for the decision about an objection, not for the verification desk.
FLAG = "rebuttal"
RIGHT = "publications.review_publication"


@transaction.atomic
def record_missed_posting(
    *, unit: Unit, link: Link, title: str, day: date, actor: User, is_sample: bool = False
) -> Publication:
    """Record a posting that the portal missed, as the unit describes it; it waits for a decision."""
    if link.problem or link.channel is None:
        raise PublicationError(link.problem)
    now, claimed_at = timezone.now(), midnight(day)
    late = late_flags(claimed_at, now)
    publication = Publication(
        unit=unit,
        channel=link.channel,
        kind=link.channel.kind,
        permalink=link.permalink,
        permalink_key=link.key,
        title=title,
        published_at=claimed_at,
        claimed_raw=day.isoformat(),
        date_basis=Publication.DateBasis.DATE_ONLY,
        first_seen_at=now,
        origin=Publication.Origin.LINK,
        state=Publication.State.PENDING,
        flags=[*link.flags, *late, FLAG],
        submitted_by=actor,
        is_sample=is_sample,
    )
    try:
        with transaction.atomic():
            publication.save()
    except IntegrityError as error:  # the same address came from someone else a moment ago
        raise PublicationError(known_link_text(link.key, unit.pk)) from error
    _log(publication, actor, _("Diajukan dalam sanggahan."), ADDITION)
    return publication


@transaction.atomic
def accept_contested(
    *, publication_id: int, actor: User, reason: str, unit: Unit, claimed_on: date | None = None
) -> None:
    """Let the publication count for the unit: owner, day, verdict and activity follow as far as they must."""
    publication = _locked(publication_id)
    if not may(actor, RIGHT, publication):
        raise PublicationError(_("Publikasi tidak ditemukan."))
    if publication.unit_id != unit.pk:
        _check_decider(publication, actor, unit)
        _give_to(publication, unit)
    elif publication.state == Publication.State.ACCEPTED:
        return
    check_reviewer(publication, actor)
    if publication.published_at is None and claimed_on is not None:
        publication.published_at, publication.date_basis = midnight(claimed_on), Publication.DateBasis.DATE_ONLY
        publication.save(update_fields=["published_at", "date_basis"])
    if publication.activity_id is None:
        _give_activity(publication)
        publication.save(update_fields=["activity", "title", "flags"])
    if publication.state == Publication.State.REJECTED:
        check_acceptable(publication)
        rejected = Publication.objects.filter(pk=publication.pk, state=Publication.State.REJECTED)
        record_verdict(rejected, actor, "accepted", clean_reason(reason))
    elif publication.state == Publication.State.PENDING:
        review_publication(publication_id=publication.pk, actor=actor, verdict="accepted", reason=reason)
    _log(publication, actor, _("Diterima atas sanggahan: %(reason)s") % {"reason": reason})


@transaction.atomic
def reject_contested(*, publication_id: int, actor: User, reason: str, unit: Unit) -> None:
    """Refuse what waits; what is another unit's, or was refused before, stays as it is."""
    publication = _locked(publication_id)
    if publication.unit_id != unit.pk or publication.state == Publication.State.REJECTED:
        return
    if publication.state == Publication.State.ACCEPTED:
        raise PublicationError(_("“%(title)s” sudah diterima di meja verifikasi.") % {"title": publication})
    review_publication(publication_id=publication.pk, actor=actor, verdict="rejected", reason=reason)
    _log(publication, actor, _("Ditolak dalam sanggahan: %(reason)s") % {"reason": reason})


def _locked(publication_id: int) -> Publication:
    publication: Publication | None = Publication.objects.select_for_update().filter(pk=publication_id).first()
    if publication is None:
        raise PublicationError(_("Publikasi tidak ditemukan."))
    return publication


def _check_decider(publication: Publication, actor: User, unit: Unit) -> None:
    """Of neither unit: not of the one that has it, and not of the one that wants it."""
    check_reviewer(publication, actor)
    check_reviewer(Publication(unit=unit), actor)


def _give_to(publication: Publication, unit: Unit) -> None:
    """The publication becomes the unit's. Its activity goes along, unless other postings of the old unit hang on it."""
    link = match_link(unit_id=unit.pk, url=publication.permalink)
    if link.problem or link.channel is None:
        raise PublicationError(link.problem)
    activity = publication.activity
    if activity is not None and activity.publications.exclude(pk=publication.pk).exists():
        publication.activity = None
    elif activity is not None:
        activity.unit = unit
        activity.save(update_fields=["unit"])
    publication.unit, publication.channel, publication.kind = unit, link.channel, link.channel.kind
    if publication.activity is None and publication.state == Publication.State.ACCEPTED:
        _give_activity(publication)
    publication.save(update_fields=["unit", "channel", "kind", "activity", "title", "flags"])


def _give_activity(publication: Publication) -> None:
    """The unit's activity that this is another posting of, or a new one; sample data keeps to itself."""
    if publication.kind == PublicationKind.NEWS or publication.unit_id is None or publication.published_at is None:
        raise PublicationError(_("Publikasi tanpa tanggal terbit dan liputan media tidak dapat dihitung."))
    publication.title = publication.title or publication.permalink_key[:300]
    if publication.is_sample:
        publication.activity = activity_of(publication)
        publication.activity.is_sample = True
        publication.activity.save()
    else:
        give_activity(publication)


def _log(publication: Publication, actor: User, message: str, flag: int = CHANGE) -> None:
    LogEntry.objects.log_actions(actor.pk, [publication], flag, message, single_object=True)
