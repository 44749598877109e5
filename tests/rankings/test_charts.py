"""Charts: what the geometry says, and that the same stands in words."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.template import Context, Template

from opd.models import Boundary, Category
from rankings.boards import city_map
from rankings.boards.entries import Point, band_number
from rankings.models import Entry
from rankings.templatetags import charts
from tests.builders import make_entry, make_ranking, make_unit

MONTHS = [date(2022, month, 1) for month in range(2, 13)] + [date(2023, 1, 1)]


def render(text: str, **context) -> str:
    return Template("{% load charts %}" + text).render(Context(context))


def history(*scores) -> list[Point]:
    pairs = zip(MONTHS, scores, strict=True)
    return [Point(month, None if score is None else Decimal(score), 1, "ranked") for month, score in pairs]


def test_sparkline_breaks_where_a_month_is_not_measured():
    svg = render("{% sparkline history %}", history=history(10, 20, 30, None, 40, 50, 60, 70, 80, 90, 95, 100))
    lines = re.findall(r'<polyline points="([^"]+)"', svg)
    assert [len(line.split()) for line in lines] == [3, 8]
    assert lines[0].split()[0] == "3,19.2"  # 10 of 100 on a fixed scale
    assert 'cx="81" cy="3" r="3"' in svg
    assert 'aria-hidden="true"' in svg


def test_sparkline_without_the_last_month_has_no_end_dot():
    svg = render("{% sparkline history %}", history=history(*[50] * 11, None))
    assert 'r="3"' not in svg
    assert len(re.findall("<polyline", svg)) == 1


def test_sparkline_of_one_known_month_is_a_dot_only():
    svg = render("{% sparkline history %}", history=history(*[None] * 11, 50))
    assert "<polyline" not in svg
    assert 'cy="12" r="3"' in svg


@pytest.mark.django_db
def test_two_firsts_stand_on_equal_beams():
    ranking = make_ranking()
    entries = [make_entry(ranking, make_unit(), rank, activities=3) for rank in (1, 1, 3)]
    svg = render("{% podium entries %}", entries=entries)
    assert re.findall(r'class="beam beam-\d" width="120" height="(\d+)"', svg) == ["136", "136", "80"]
    assert svg.count('aria-label="Peringkat 1"') == 2


@pytest.mark.parametrize(
    ("rank", "before", "words", "arrows"),
    [(2, 5, "naik 3", 1), (4, 2, "turun 2", 1), (3, 3, "tetap", 0), (1, None, "baru", 0), (None, 2, "", 0)],
)
def test_movement_is_arrow_word_and_number(rank, before, words, arrows):
    html = render("{% change entry %}", entry=Entry(rank=rank, previous_rank=before))
    assert re.sub("<[^>]+>", "", html).strip() == words
    assert html.count("<svg") == arrows


@pytest.mark.parametrize(("share", "width"), [(0, "0"), (0.5, "100"), (1, "200"), (7, "200")])
def test_bar_stays_on_its_track(share, width):
    assert f"M0 0h{width}v12H0z" in render("{% bar share %}", share=share)


def test_trend_has_its_numbers_in_a_table():
    points = history(*[Decimal("12.5")] * 12)
    points[3] = Point(MONTHS[3], None, None, "not_measured")
    points[5] = Point(MONTHS[5], Decimal(0), None, "silent")
    html = render("{% trend history %}", history=points)
    assert html.count('<th scope="row">') == 12
    assert "12,5" in html
    assert html.count("tidak terukur") == 1
    assert html.count("tanpa kegiatan") == 1
    assert html.count("<polyline") == 2


def test_active_days_are_filled_and_named():
    html = render(
        "{% active_days_strip month days %}", month=date(2023, 2, 1), days=[date(2023, 2, 3), date(2023, 2, 14)]
    )
    assert html.count('class="heat-on"') == 2
    assert html.count("<path") == 28
    assert "tanggal: 3, 14." in html


@pytest.mark.parametrize(
    ("score", "band"), [("100", 5), ("80", 5), ("79.9999", 4), ("60", 4), ("40", 3), ("20", 2), ("19.99", 1), ("0", 1)]
)
def test_map_colours_follow_the_bands_of_the_method(score, band):
    bands = [{"from": limit, "label": ""} for limit in (80, 60, 40, 20, 0)]
    assert band_number(bands, Decimal(score)) == band


@pytest.mark.django_db
def test_map_shows_band_hatch_and_dots_in_words_and_counts():
    ranking = make_ranking()
    cases = [
        ("suralaya", 1, {"score": Decimal("85.5"), "activities": 9, "has_social_media": True}),
        ("dringo", 2, {"score": Decimal("45"), "activities": 4}),
        ("gerem", None, {"state": Entry.State.NOT_MEASURED, "has_social_media": True}),
        ("pabean", None, {"has_social_media": True}),
    ]
    for slug, rank, fields in cases:
        unit = make_unit(slug, Category.KELURAHAN)
        Boundary.objects.create(unit=unit, path="M0 0h9v9z", width=600, height=500)
        make_entry(ranking, unit, rank, **fields)
    drawn = city_map(ranking)
    svg = render("{% kelurahan_map map %}", map=drawn)
    assert "Suralaya: peringkat 1, indeks 85,5" in svg
    assert "Dringo: peringkat 2, indeks 45,0, tanpa media sosial" in svg
    assert "Gerem: tidak terukur" in svg
    assert "Pabean: tanpa kegiatan" in svg
    counts = {row.css: row.count for row in drawn.legend}
    assert counts == {"q5": 1, "q4": 0, "q3": 1, "q2": 0, "q1": 0, "q0": 1, "q-dots": 1, "q-hatch": 1}
    assert svg.index("Lewati peta, ke tabel") < svg.index("<svg")
    assert svg.count("<title>") == 4


def test_numbers_are_written_the_indonesian_way():
    assert charts.index(Decimal("87.35")) == "87,4"
    assert charts.index(87.349, 2) == "87,35"
    assert charts.index(0, 0) == "0"
    assert charts.index(None) == "–"
    assert charts.whole(1234567) == "1.234.567"
