"""The ranking on the workspace's home: where the person's own units stand, and what would raise them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template

from opd.permissions import is_citywide, unit_ids_of
from rankings.boards.months import latest_finished
from rankings.boards.raising import Step, steps
from rankings.models import Entry

if TYPE_CHECKING:
    from opd.permissions import Person

register = template.Library()


@dataclass(frozen=True)
class Place:
    """A unit's entry of the newest finished month, and the step that would have raised it most."""

    entry: Entry
    step: Step | None


@register.inclusion_tag("rankings/_own_places.html")
def own_places(user: Person) -> dict[str, object]:
    """Two queries for any number of units; nothing for those who work for the whole city, or before the first month."""
    ranking = None if is_citywide(user) else latest_finished()
    if ranking is None:
        return {"places": []}
    entries = list(Entry.objects.filter(ranking=ranking, unit__in=unit_ids_of(user)).select_related("unit"))
    for entry in entries:
        entry.ranking = ranking
    ordered = sorted(entries, key=lambda entry: entry.unit.name)
    return {"places": [Place(entry, next(iter(steps(entry)), None)) for entry in ordered], "ranking": ranking}
