"""A unit's record in the ranking, for its own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from opd.models import Unit
from rankings.models import Entry, Ranking

from .entries import Point, histories
from .standing import Standing, standings


@dataclass(frozen=True)
class UnitRecord:
    """The newest finished month and the running one, and twelve months of history."""

    finished: Standing | None
    running: Standing | None
    history: list[Point]

    @property
    def latest(self) -> Entry | None:
        return self.finished.entry if self.finished else None


def unit_record(unit: Unit, today: date | None = None) -> UnitRecord:
    """Four queries, whatever the unit has done."""
    found = (
        Entry.objects.filter(unit=unit, ranking__in=Ranking.objects.current())
        .annotate(is_running=Q(ranking__status=Ranking.Status.PROVISIONAL))
        .select_related("ranking__method")
        .order_by("is_running", "-ranking__month")
        .distinct("is_running")  # the newest finished month and the newest provisional one
    )
    entries = list(found)
    for entry in entries:
        entry.unit = unit
    latest = next((entry for entry in entries if not entry.is_running), None)
    running = next((entry for entry in entries if entry.is_running), None)
    by_entry = {one.entry: one for one in standings(entries, today or local_day(timezone.now()))}
    return UnitRecord(
        finished=by_entry[latest] if latest else None,
        running=by_entry[running] if running else None,
        history=histories([unit.pk], latest.ranking)[unit.pk] if latest else [],
    )
