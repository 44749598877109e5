"""GeoJSON outlines as small SVG paths on one integer grid, with borders shared between neighbours.

The kelurahan are simplified together as one coverage, so a border stays the same line for both sides;
a kecamatan is the union of its kelurahan, so its outline lies on the same grid.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon, shape

WIDTH = 600
#: How much detail goes, in pixels (side of the smallest triangle that stays).
TOLERANCE = 2.5

Point = tuple[int, int]


class BoundaryError(Exception):
    """The file cannot be read as outlines; the text says why."""


@dataclass(frozen=True)
class Area:
    """One kelurahan of the GeoJSON: its outline in degrees."""

    slug: str
    parent_slug: str
    outline: Polygon | MultiPolygon


@dataclass(frozen=True)
class CityMap:
    """All outlines on one grid; `paths` by slug, kelurahan and kecamatan alike."""

    width: int
    height: int
    paths: dict[str, str]


def read_areas(path: Path) -> list[Area]:
    """The areas of a GeoJSON file whose features carry `slug` and `parent_slug`."""
    try:
        features = json.loads(path.read_bytes())["features"]
        return [_area(feature) for feature in features]
    except OSError as error:
        raise BoundaryError(_("%(file)s tidak dapat dibaca.") % {"file": path}) from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise BoundaryError(
            _("%(file)s bukan GeoJSON batas wilayah yang sah (%(error)s).") % {"file": path.name, "error": error}
        ) from error


def _area(feature: dict[str, Any]) -> Area:
    outline = shape(feature["geometry"])
    if not isinstance(outline, Polygon | MultiPolygon) or outline.is_empty:
        raise ValueError(_("bukan poligon"))
    properties = feature["properties"]
    return Area(str(properties["slug"]), str(properties["parent_slug"]), outline)


def draw(areas: list[Area], width: int = WIDTH, tolerance: float = TOLERANCE) -> CityMap:
    """Paths for all areas and for the wholes they form (`parent_slug`)."""
    if not areas:
        raise BoundaryError(_("Berkas batas wilayah kosong."))
    flat, height = _to_pixels([area.outline for area in areas], width)
    simple = shapely.coverage_simplify(flat, tolerance)
    wholes: dict[str, list[Any]] = defaultdict(list)
    paths = {}
    for area, outline in zip(areas, simple, strict=True):
        paths[area.slug] = svg_path(outline)
        wholes[area.parent_slug].append(outline)
    for slug, parts in wholes.items():
        paths[slug] = svg_path(shapely.coverage_union_all(parts))
    empty = [slug for slug, path in paths.items() if not path]
    if empty:
        raise BoundaryError(_("Batas terlalu kecil untuk digambar: %(names)s.") % {"names": ", ".join(empty)})
    return CityMap(width, height, paths)


def _to_pixels(outlines: list[Any], width: int) -> tuple[list[Any], int]:
    """Equirectangular, true to scale at the middle latitude; north is up."""
    west, south, east, north = shapely.total_bounds(outlines)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = width / ((east - west) * shrink)

    def project(points: Any) -> Any:
        points[:, 0] = (points[:, 0] - west) * shrink * scale
        points[:, 1] = (north - points[:, 1]) * scale
        return points

    return [shapely.transform(outline, project) for outline in outlines], math.ceil((north - south) * scale)


def svg_path(outline: Polygon | MultiPolygon) -> str:
    """The rings as relative commands, as short as they can be written."""
    polygons = outline.geoms if isinstance(outline, MultiPolygon) else [outline]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return "".join(_ring_path(points) for points in map(grid_points, rings) if len(points) > 2)


def grid_points(ring: Any) -> list[Point]:
    """The ring's corners on the grid, without the closing point and without points on a straight line."""
    points = [(round(x), round(y)) for x, y in ring.coords[:-1]]
    while (straight := next(_on_a_line(points), None)) is not None:
        del points[straight]
    return points


def _on_a_line(points: list[Point]) -> Iterator[int]:
    """Indexes of points that do not change the shape."""
    for index, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[index - 1], points[(index + 1) % len(points)]
        if (x - ax) * (by - y) == (y - ay) * (bx - x):
            yield index


def _ring_path(points: list[Point]) -> str:
    steps = [points[0]] + [(bx - ax, by - ay) for (ax, ay), (bx, by) in itertools.pairwise(points)]
    return "M" + _numbers(steps[0]) + "l" + _numbers(*steps[1:]) + "z"


def _numbers(*steps: Point) -> str:
    """Numbers one after the other; a minus sign is separator enough."""
    texts = [str(number) for step in steps for number in step]
    return texts[0] + "".join(text if text.startswith("-") else f" {text}" for text in texts[1:])
