"""Storing the outlines that `opd.boundaries` draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from .boundaries import draw, read_areas
from .models import Boundary, Unit

FILE_NAME = "kelurahan.geojson"


@dataclass
class OutlineReport:
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    #: Slugs of the file that are no unit, and kelurahan and kecamatan without an outline.
    unknown: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)


@transaction.atomic
def load_boundaries(folder: Path) -> OutlineReport:
    """Draw the outlines of `folder` and store those that changed; a kecamatan is the union of its kelurahan."""
    city = draw(read_areas(folder / FILE_NAME))
    units = {unit.slug: unit for unit in Unit.objects.select_related("boundary")}
    report = OutlineReport(unknown=sorted(city.paths.keys() - units.keys()))
    for slug in sorted(city.paths.keys() & units.keys()):
        wanted = {"path": city.paths[slug], "width": city.width, "height": city.height}
        old = getattr(units[slug], "boundary", None)
        if old is None:
            Boundary.objects.create(unit=units[slug], **wanted)
            report.created += 1
        elif {name: getattr(old, name) for name in wanted} != wanted:
            Boundary.objects.filter(pk=old.pk).update(**wanted)
            report.changed += 1
        else:
            report.unchanged += 1
    report.without = sorted(
        slug for slug, unit in units.items() if unit.category in ("kecamatan", "kelurahan") and slug not in city.paths
    )
    return report
