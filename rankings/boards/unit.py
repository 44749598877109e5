"""A unit's record in the ranking, for its own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cilegon_kip.common.jakarta import last_of_month
from opd.models import Unit
from rankings.models import Entry, Evidence, Ranking

from .entries import Movement, Point, histories, movement
from .entry import Component, components
from .raising import Step, steps


@dataclass(frozen=True)
class UnitRecord:
    """The newest finished month and the running one, twelve months of history, and what would raise the index."""

    latest: Entry | None
    running: Entry | None
    band: str
    movement: Movement | None
    components: list[Component]
    steps: list[Step]
    history: list[Point]
    active_days: list[date]

    @property
    def month_days(self) -> int:
        return last_of_month(self.latest.ranking.month).day if self.latest else 0


def unit_record(unit: Unit) -> UnitRecord:
    """Four queries, whatever the unit has done."""
    found = (
        Entry.objects.filter(unit=unit, ranking__in=Ranking.objects.current())
        .select_related("ranking__method")
        .order_by("-ranking__month")
    )
    latest: Entry | None = found.exclude(ranking__status=Ranking.Status.PROVISIONAL).first()
    running: Entry | None = found.filter(ranking__status=Ranking.Status.PROVISIONAL).first()
    for entry in (latest, running):
        if entry:
            entry.unit = unit
    method = latest.ranking.method if latest else None
    return UnitRecord(
        latest=latest,
        running=running,
        band=method.band_of(latest.score) if method and latest and latest.rank else "",
        movement=movement(latest) if latest else None,
        components=components(latest) if latest else [],
        steps=steps(latest) if latest else [],
        history=histories([unit.pk], latest.ranking)[unit.pk] if latest else [],
        active_days=active_days(latest) if latest else [],
    )


def active_days(entry: Entry) -> list[date]:
    """The Jakarta days on which an activity of the unit counted."""
    rows = Evidence.objects.filter(ranking=entry.ranking, unit=entry.unit, rule=Evidence.Rule.COUNTED)
    return sorted(set(rows.values_list("counted_on", flat=True)))
