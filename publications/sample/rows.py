"""Model rows of one sample activity, not yet saved."""

from __future__ import annotations

from cilegon_kip.common.jakarta import local_day
from opd.models import Channel, Unit
from publications.models import Activity, Publication

from .schedule import Post, Slot
from .tables import reasons, seeded
from .writing import Words

#: Their posts always carry a picture or a film.
PICTURE_KINDS = {"instagram", "youtube", "tiktok"}


def activity_row(unit: Unit, slot: Slot, text: Words) -> Activity:
    withdrawn = slot.withdrawn_at is not None
    return Activity(
        unit=unit,
        title=text.title,
        text=text.text,
        place=text.place,
        theme=text.theme,
        happened_on=text.happened_on,
        status=Activity.Status.WITHDRAWN if withdrawn else Activity.Status.PUBLISHED,
        published_at=slot.moment,
        created_at=slot.moment,
        updated_at=slot.withdrawn_at or slot.moment,
        withdrawn_at=slot.withdrawn_at,
        withdrawn_reason=_pick("withdrawn", unit.slug, slot) if withdrawn else "",
        is_sample=True,
    )


def publication_rows(activity: Activity, channels: dict[str, Channel], slot: Slot, text: Words) -> list[Publication]:
    return [_publication(activity, channels, slot, number, post, text) for number, post in enumerate(slot.posts)]


def _publication(
    activity: Activity, channels: dict[str, Channel], slot: Slot, number: int, post: Post, text: Words
) -> Publication:
    portal = post.kind == "portal"
    slug = activity.unit.slug
    key = f"{post.kind}.contoh.invalid/{slug}/{local_day(slot.moment):%Y%m}-{slot.number:02}{'abc'[number]}"
    return Publication(
        unit=activity.unit,
        activity=activity,
        channel=channels.get(post.kind),
        kind=post.kind,
        permalink="" if portal else f"https://{key}",
        permalink_key=f"portal:{activity.pk}" if portal else key,
        title=text.title,
        excerpt=text.text[:300],
        has_media=not portal and (post.kind in PICTURE_KINDS or text.with_picture),
        text_length=len(text.text),
        happened_on=text.happened_on,
        published_at=post.moment,
        date_basis=_date_basis(post),
        first_seen_at=post.seen_at,
        origin=_origin(post),
        state=post.state,
        reason=_pick("rejected", slug, slot) if post.state == "rejected" else "",
        reviewed_at=post.reviewed_at,
        flags=["late"] if post.state == "pending" else [],
        is_sample=True,
    )


def _origin(post: Post) -> str:
    if post.kind == "portal":
        return Publication.Origin.PORTAL
    return Publication.Origin.HARVEST if post.state == "accepted" else Publication.Origin.LINK


def _date_basis(post: Post) -> str:
    if post.kind == "portal":
        return Publication.DateBasis.SERVER
    return Publication.DateBasis.CHANNEL_ZONE if post.kind == "website" else Publication.DateBasis.OFFSET


def _pick(kind: str, slug: str, slot: Slot) -> str:
    return seeded(kind, slug, f"{slot.moment:%Y-%m}", slot.number).choice(reasons(kind))
