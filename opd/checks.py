"""What would make the portal count wrongly, told by `manage.py check --deploy`."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day

from .calendar import package_knows_joint_leave


@register(deploy=True)
def joint_leave_of_this_year(**_kwargs: Any) -> list[CheckMessage]:
    year = local_day(timezone.now()).year
    return missing_joint_leave(year)


def missing_joint_leave(year: int) -> list[CheckMessage]:
    """Deadlines and working days are too short without the year's decree on cuti bersama."""
    if package_knows_joint_leave(year):
        return []
    return [
        Warning(
            f"Paket holidays belum memuat cuti bersama tahun {year}.",
            hint="Perbarui paket holidays, atau catat keputusannya di Ruang kerja, Perubahan kalender.",
            id="opd.W001",
        )
    ]
