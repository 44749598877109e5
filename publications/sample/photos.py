"""The few sample photos of the running month and the one before, made as every upload is."""

from __future__ import annotations

from datetime import date

from cilegon_kip.common.jakarta import midnight
from publications.models import Activity, Photo
from publications.photos import keep_variants, make_variants

from .pictures import draw
from .tables import photos, seeded


def load_photos(months: list[date]) -> int:
    """One for each unit of the table and month, where it has posted; how many were made."""
    made = 0
    for month in months:
        for row in photos():
            activity = _activity(row["slug"], month)
            if activity is None or activity.photos.exists():
                continue
            upload = draw(row["scene"], seeded("photo", row["slug"], f"{month:%Y-%m}"))
            photo = Photo(activity=activity, alt=row["alt"])
            keep_variants(photo, make_variants(upload))
            photo.save()
            made += 1
    return made


def _activity(slug: str, month: date) -> Activity | None:
    """The unit's first one on Instagram: it has a picture there, so the photo here changes no score."""
    found: Activity | None = (
        Activity.objects.published()
        .filter(
            unit__slug=slug,
            is_sample=True,
            published_at__gte=midnight(month),
            publications__kind="instagram",
            publications__state="accepted",
        )
        .order_by("published_at")
        .first()
    )
    return found
