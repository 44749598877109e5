"""Plain functions that make rows, with fixed dates."""

from datetime import date, datetime
from itertools import count

from django.utils import timezone

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category, Channel, Unit
from publications.models import Activity, Publication

_numbers = count(1)
NOON = datetime(2023, 1, 10, 12, 0, tzinfo=JAKARTA)


def make_unit(slug: str = "", category: str = Category.OPD, **fields) -> Unit:
    slug = slug or f"unit-{next(_numbers)}"
    if category == Category.KELURAHAN and "parent" not in fields:
        fields["parent"] = Unit.objects.filter(category=Category.KECAMATAN).first() or make_unit(
            category=Category.KECAMATAN
        )
    fields = {"name": slug.replace("-", " ").title(), "short_name": slug, **fields}
    return Unit.objects.create(slug=slug, category=category, **fields)


def make_channel(unit: Unit, kind: str = "instagram", **fields) -> Channel:
    key = fields.pop("key", f"{unit.slug}-{next(_numbers)}")
    fields = {
        "url": f"https://{kind}.contoh.invalid/{key}",
        "handle": key,
        "status": Channel.Status.VERIFIED,
        "verified_at": NOON,
        **fields,
    }
    return Channel.objects.create(unit=unit, kind=kind, key=key, **fields)


def make_activity(unit: Unit, published_at: datetime | None = NOON, **fields) -> Activity:
    fields = {
        "title": f"Kegiatan {next(_numbers)}",
        "status": Activity.Status.PUBLISHED if published_at else Activity.Status.DRAFT,
        "published_at": published_at,
        **fields,
    }
    return Activity.objects.create(unit=unit, **fields)


def make_publication(
    activity: Activity, published_at: datetime = NOON, kind: str = "instagram", **fields
) -> Publication:
    """An accepted posting of the activity."""
    key = fields.pop("permalink_key", f"https://{kind}.contoh.invalid/p/{next(_numbers)}")
    fields = {
        "permalink": key if key.startswith("http") else "",
        "title": activity.title,
        "origin": "portal" if kind == "portal" else "harvest",
        "date_basis": "server" if kind == "portal" else "offset",
        "state": Publication.State.ACCEPTED,
        "is_sample": activity.is_sample,
        "first_seen_at": published_at,
        **fields,
    }
    return Publication.objects.create(
        unit=activity.unit, activity=activity, kind=kind, permalink_key=key, published_at=published_at, **fields
    )


def make_counted(unit: Unit, day: date, hour: int = 12, kind: str = "instagram", **activity_fields) -> Activity:
    """An activity with one accepted posting on that day in Jakarta."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=JAKARTA)
    activity = make_activity(unit, moment, **activity_fields)
    make_publication(activity, moment, kind)
    return activity


def now() -> datetime:
    return timezone.now()
