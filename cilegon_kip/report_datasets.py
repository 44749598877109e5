"""The yearly reports on the service as data to take away: one row a year, provisional while the year runs."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_info import statistics

from .common.jakarta import local_day, midnight
from .datasets import MEDIA_TYPES, Dataset, File


def reports() -> list[Dataset]:
    """Newest year first; one query."""
    today = local_day(timezone.now())
    return [_report(year, today) for year in statistics.years()]


def _report(year: int, today: date) -> Dataset:
    return Dataset(
        key=f"layanan-{year}",
        title=_("Laporan layanan informasi %(year)d") % {"year": year},
        description=_(
            "Jumlah permohonan, waktu, hasil, alasan penolakan, keberatan dan sengketa (Pasal 12 UU 14/2008)."
        ),
        page=reverse("requests_info:statistics_of_year", args=[year]),
        files=[_file(year, kind) for kind in ("pdf", "xlsx")],
        modified=midnight(today),  # counted when it is asked for
        first=date(year, 1, 1),
        last=date(year, 12, 31),
        state=_("Sementara") if today.year <= year else "",
        keywords=[_("permohonan informasi"), _("keberatan")],
    )


def _file(year: int, kind: str) -> File:
    return File(reverse("requests_info:report", args=[year, kind]), kind.upper(), MEDIA_TYPES[kind])
