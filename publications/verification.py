"""The verification desk: what waits, who holds what, how long it takes, and a second look at what came unflagged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Aggregate, CharField, Count, DurationField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import MD5, Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from opd.models import User
from opd.permissions import may, unit_ids_of

from .models import Publication, PublicationQuerySet
from .services import PublicationError, Verdict, check_reviewer, clean_reason, record_verdict, review_publication

RIGHT = "publications.review_publication"
#: So long nobody else decides about an item that a reviewer has taken.
HOLD = timedelta(minutes=15)
MEDIAN_OVER = timedelta(days=30)
#: Hashes below this are 5 % of all (0.05 in hexadecimal is 0.0CCC…), the same rows at every look.
LOT_BELOW = "0ccccccccccccccccccccccccccccccc"
SECOND_LOOK_OVER = timedelta(days=90)


class MedianDuration(Aggregate):
    """The middle one of several spans of time; between the two middle ones if their number is even."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


# --- what there is to do ----------------------------------------------------------------------------------


def waiting() -> PublicationQuerySet:
    """Pending publications, those that wait longest first."""
    rows: PublicationQuerySet = _with_evidence(Publication.objects.queued())
    return rows


def second_looks() -> PublicationQuerySet:
    """What was harvested and counts at once, until a person has looked: one in twenty where nothing was odd, and all
    of a burst."""
    taken = Publication.objects.accepted().filter(
        origin=Publication.Origin.HARVEST,
        reviewed_at=None,
        is_sample=False,
        first_seen_at__gte=timezone.now() - SECOND_LOOK_OVER,
    )
    drawn = Q(lot__lt=LOT_BELOW, flags__contained_by=["thin"])
    lot = taken.annotate(lot=MD5(Cast("pk", CharField()))).filter(drawn | Q(flags__overlap=["burst", "month_end"]))
    rows: PublicationQuerySet = _with_evidence(lot)
    return rows


def _with_evidence(rows: PublicationQuerySet) -> PublicationQuerySet:
    related = rows.select_related("unit", "channel", "activity", "held_by", "submitted_by")
    return related.defer("search", "activity__search", "activity__text").order_by("first_seen_at", "pk")


def judgeable(rows: PublicationQuerySet, actor: User) -> PublicationQuerySet:
    """Without what this person sent, and without their own units' rows."""
    return rows.exclude(submitted_by=actor).filter(Q(unit=None) | ~Q(unit__in=unit_ids_of(actor)))


@dataclass(frozen=True)
class Numbers:
    """How the desk does: what waits, since when, and how long a verdict took in the last 30 days (half of them)."""

    waiting: int
    oldest: datetime | None
    decided: int
    median: timedelta | None


def numbers(now: datetime) -> Numbers:
    queue = Publication.objects.queued().aggregate(count=Count("pk"), oldest=Min("first_seen_at"))
    decided = (
        Publication.objects.filter(reviewed_at__gt=now - MEDIAN_OVER, reviewed_at__lte=now, is_sample=False)
        .filter(reviewed_at__gt=F("first_seen_at"))  # an import that a reviewer vouched for never waited
        .exclude(origin=Publication.Origin.HARVEST, flags=[])  # second looks
    )
    took = ExpressionWrapper(F("reviewed_at") - F("first_seen_at"), output_field=DurationField())
    done = decided.aggregate(count=Count("pk"), median=MedianDuration(took))
    return Numbers(queue["count"], queue["oldest"], done["count"], done["median"])


# --- who holds what ---------------------------------------------------------------------------------------------


def take(*, publication_id: int, actor: User) -> None:
    """Hold an open item for a quarter of an hour; taking it again prolongs. Of two at once, one gets it."""
    publication = _seen(publication_id, actor)
    check_reviewer(publication, actor)
    now = timezone.now()
    mine = _open(publication_id).free_for(actor, now)
    if not mine.update(held_by=actor, held_until=now + HOLD):
        raise PublicationError(_("Rekan lain sedang memeriksa publikasi ini, atau sudah diputuskan."))


def release(*, publication_id: int, actor: User) -> None:
    """Give an item back to the queue. What one does not hold stays as it is."""
    Publication.objects.filter(pk=publication_id, held_by=actor).update(held_by=None, held_until=None)


def take_next(*, actor: User, after_id: int | None = None) -> Publication | None:
    """Take the item that waits longest of those that this person may judge; with `after_id` one that came later."""
    rows = judgeable(Publication.objects.queued(), actor).free_for(actor, timezone.now())
    last = Publication.objects.filter(pk=after_id).only("first_seen_at").first() if after_id else None
    if last is not None:
        rows = rows.filter(
            Q(first_seen_at__gt=last.first_seen_at) | Q(first_seen_at=last.first_seen_at, pk__gt=last.pk)
        )
    for publication in rows.order_by("first_seen_at", "pk").only("pk")[:50]:
        try:
            take(publication_id=publication.pk, actor=actor)
        except PublicationError:  # taken by someone else since the look
            continue
        return publication
    return None


# --- verdicts ----------------------------------------------------------------------------------------------------


def decide(*, publication_id: int, actor: User, verdict: Verdict, reason: str) -> None:
    """A verdict about what waits, or the second look at what was harvested."""
    publication = _seen(publication_id, actor)
    if publication.state == Publication.State.ACCEPTED and second_looks().filter(pk=publication_id).exists():
        _look_again(publication, actor, verdict, reason)
    else:
        review_publication(publication_id=publication_id, actor=actor, verdict=verdict, reason=reason)


@transaction.atomic
def _look_again(publication: Publication, actor: User, verdict: Verdict, reason: str) -> None:
    """Confirm what counted at once, or reject it: from then on it counts no more."""
    if verdict not in ("accepted", "rejected"):
        raise PublicationError(_("Putusan harus diterima atau ditolak."))
    check_reviewer(publication, actor)
    rows = Publication.objects.accepted().filter(pk=publication.pk, reviewed_at=None)
    record_verdict(rows, actor, verdict, clean_reason(reason))


def _seen(publication_id: int, actor: User) -> Publication:
    publication: Publication | None = Publication.objects.filter(pk=publication_id).first()
    if publication is None or not may(actor, RIGHT, publication):
        raise PublicationError(_("Publikasi tidak ditemukan."))
    return publication


def _open(publication_id: int) -> PublicationQuerySet:
    """The row if it waits for a verdict or for a second look."""
    rows: PublicationQuerySet = Publication.objects.filter(pk=publication_id)
    queued = Publication.objects.queued().values("pk")
    return rows.filter(Q(pk__in=queued) | Q(pk__in=second_looks().order_by().values("pk")))
