"""The ranking on the workspace's home: where the person's own units stand, and what would raise them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from opd.models import Unit
from opd.permissions import is_citywide, may, unit_ids_of
from rankings.boards.months import latest_finished, running
from rankings.boards.standing import Standing, standings
from rankings.finalising import RIGHT
from rankings.models import Entry, Ranking
from rankings.rebuttals import boards as rebuttals
from rankings.rebuttals.deciding import waiting
from rankings.rewards import desk as rewards

if TYPE_CHECKING:
    from opd.models import User
    from opd.permissions import Person

register = template.Library()


@dataclass(frozen=True)
class Place:
    """A unit's newest finished month and, if there is one, its running month."""

    unit: Unit
    finished: Standing | None
    running: Standing | None


@register.inclusion_tag("rankings/_own_places.html")
def own_places(user: Person) -> dict[str, object]:
    """Five queries for any number of units; nothing for who works for the whole city, or before the first month."""
    ranking = None if is_citywide(user) else latest_finished()
    if ranking is None:
        return {"places": []}
    rankings = {shown.pk: shown for shown in (ranking, running()) if shown is not None}
    entries = Entry.objects.filter(ranking__in=rankings, unit__in=unit_ids_of(user)).select_related("unit")
    found: dict[Unit, dict[str, Standing]] = {}
    for entry in entries:
        entry.ranking = rankings[entry.ranking_id]
    for one in standings(list(entries), local_day(timezone.now())):
        found.setdefault(one.entry.unit, {})["finished" if one.ranking == ranking else "running"] = one
    places = [Place(unit, of.get("finished"), of.get("running")) for unit, of in found.items()]
    return {"places": sorted(places, key=lambda place: place.unit.name), "ranking": ranking}


@register.inclusion_tag("admin/rankings/_plate.html")
def finalise_plate(user: User) -> dict[str, object]:
    """Months on the workspace's home whose objection window is over: they wait for the one who may finalise."""
    if not may(user, RIGHT):
        return {}
    months = Ranking.objects.ripe(local_day(timezone.now())).order_by("month").values_list("month", flat=True)
    return {"may_finalise": True, "months": list(months)}


@register.inclusion_tag("admin/rebuttals/_plates.html")
def rebuttal_plate(user: User) -> dict[str, object]:
    """Objections on the workspace's home: what waits for the city's decision, or until when the own unit may object."""
    if rebuttals.may_decide(user):
        return {"decides": True, "waiting": waiting(user)}
    if not may(user, rebuttals.VIEW):
        return {}
    open_place = rebuttals.open_places(user, local_day(timezone.now())).first()
    return {
        "may_view": True,
        "own_waiting": rebuttals.visible_to(user).undecided().count(),
        "until": open_place.ranking if open_place else None,
    }


@register.inclusion_tag("admin/rewards/_plate.html")
def rewards_plate(user: User) -> dict[str, object]:
    """Rewards and warnings on the workspace's home: what waits for a decision, or how many letters the unit has."""
    if rewards.may_decide(user):
        return {"decides": True, "numbers": rewards.numbers()}
    if not may(user, rewards.VIEW):
        return {}
    return {"may_view": True, "own": rewards.visible_to(user).count()}
