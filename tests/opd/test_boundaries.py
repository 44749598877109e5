"""Outlines as SVG paths: small, whole, and with one line for two neighbours."""

import re
from pathlib import Path

import pytest
import shapely
from shapely.geometry import Polygon

from opd.boundaries import BoundaryError, draw, read_areas, svg_path
from opd.models import Boundary, Unit
from opd.outlines import load_boundaries
from tests.builders import make_unit

DATA = Path(__file__).resolve().parents[2] / "opd" / "data"
AREAS = read_areas(DATA / "kelurahan.geojson")
CITY = draw(AREAS)


def shape_of(path):
    """The polygon that a browser fills for the path."""
    rings = []
    for ring in re.findall(r"M([^z]*)z", path):
        start, steps = ring.split("l")
        x, y = map(int, re.findall(r"-?\d+", start))
        numbers = list(map(int, re.findall(r"-?\d+", steps)))
        points = [(x, y)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            points.append((points[-1][0] + dx, points[-1][1] + dy))
        rings.append(shapely.make_valid(Polygon(points)))
    whole = rings[0]
    for ring in rings[1:]:
        whole = whole.symmetric_difference(ring)
    return whole


SHAPES = {slug: shape_of(path) for slug, path in CITY.paths.items()}
KELURAHAN = [SHAPES[area.slug] for area in AREAS]


def test_every_kelurahan_and_kecamatan_has_a_path_of_integers_inside_the_box():
    assert len(AREAS) == 43
    assert len(CITY.paths) == 51
    assert all(re.fullmatch(r"(M\d+ \d+l-?\d+([ -]\d+| -?\d+)*z)+", path) for path in CITY.paths.values())
    west, north, east, south = shapely.total_bounds(KELURAHAN)
    assert west >= 0
    assert north >= 0
    assert east <= CITY.width == 600
    assert south <= CITY.height


def test_all_kelurahan_together_take_at_most_nine_kilobytes():
    assert sum(len(CITY.paths[area.slug]) for area in AREAS) <= 9_000


def test_neighbours_leave_no_gap_and_do_not_overlap():
    total = sum(area.area for area in KELURAHAN)
    united = shapely.union_all(KELURAHAN)
    assert total - united.area < total * 0.001
    closed = united.buffer(1.5, join_style="mitre").buffer(-1.5, join_style="mitre")
    assert closed.area - united.area < total * 0.005


def test_kecamatan_is_the_union_of_its_kelurahan():
    for parent in {area.parent_slug for area in AREAS}:
        united = shapely.union_all([SHAPES[area.slug] for area in AREAS if area.parent_slug == parent])
        assert SHAPES[parent].symmetric_difference(united).area <= united.area * 0.01


def test_shapes_keep_their_size_and_the_map_its_proportions():
    """Areas in pixels relate as those in degrees: at six degrees south both shrink alike."""
    drawn = sum(area.area for area in KELURAHAN)
    real = sum(area.outline.area for area in AREAS)
    for area in AREAS:
        assert SHAPES[area.slug].area / drawn == pytest.approx(area.outline.area / real, rel=0.08, abs=2e-4)
    west, south, east, north = shapely.total_bounds([area.outline for area in AREAS])
    assert CITY.height / CITY.width == pytest.approx((north - south) / ((east - west) * 0.99455), rel=0.005)


def test_points_on_a_line_and_doubled_points_are_left_out():
    assert svg_path(Polygon([(0, 0), (2.2, 0), (5, 0), (5, 5), (5.1, 5.2), (0, 5)])) == "M0 0l5 0 0 5-5 0z"


def test_polygon_smaller_than_a_pixel_leaves_no_path():
    assert svg_path(Polygon([(0, 0), (0.1, 0), (0.1, 0.1)])) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"features":[{}]}',
        b'{"features":[{"geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}]}',
        b'{"features":[{"geometry":{"type":"Polygon","coordinates":[[[1]]]},"properties":{}}]}',
    ],
)
def test_file_that_is_no_geojson_is_refused(tmp_path, content):
    path = tmp_path / "kelurahan.geojson"
    path.write_bytes(content)
    with pytest.raises(BoundaryError, match=r"kelurahan\.geojson bukan GeoJSON"):
        read_areas(path)


def test_missing_file_and_empty_collection_are_refused(tmp_path):
    with pytest.raises(BoundaryError, match="tidak dapat dibaca"):
        read_areas(tmp_path / "tidak-ada.geojson")
    with pytest.raises(BoundaryError, match="kosong"):
        draw([])


@pytest.mark.django_db
def test_outlines_of_unknown_units_and_units_without_outline_are_told():
    parent = make_unit("kecamatan-purwakarta", "kecamatan")
    make_unit("kelurahan-pabean", "kelurahan", parent=parent)
    make_unit("kelurahan-baru", "kelurahan", parent=parent)
    report = load_boundaries(DATA)
    assert (report.created, report.without, len(report.unknown)) == (2, ["kelurahan-baru"], 49)
    Boundary.objects.update(path="M0 0z")
    assert load_boundaries(DATA).changed == 2
    assert Unit.objects.get(slug="kelurahan-pabean").boundary.path == CITY.paths["kelurahan-pabean"]
