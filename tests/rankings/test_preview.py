"""The preview is the real computation under other figures, and writes nothing."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cilegon_kip.common.jakarta import JAKARTA
from rankings.models import Entry, Evidence, InputFile, Method, Ranking
from rankings.preview import preview
from rankings.services import compute_month
from tests.builders import make_counted, make_unit
from tests.rankings.worlds import WEIGHTS, dense_city, rolled_back, store

pytestmark = pytest.mark.django_db
JANUARY = date(2023, 1, 1)
AFTER = datetime(2023, 2, 1, tzinfo=JAKARTA)


def candidate(**changes) -> Method:
    return Method(version=2, effective_from=date(2023, 3, 1), **changes)


@pytest.fixture
def month():
    """By version 1 the many thin activities lead; by completeness alone the one full activity does."""
    many, full = make_unit("banyak", name="Dinas Banyak"), make_unit("lengkap", name="Dinas Lengkap")
    for day in range(2, 8):
        make_counted(many, date(2023, 1, day))
    make_counted(full, date(2023, 1, 2), text="u" * 200, happened_on=date(2023, 1, 1))
    make_unit("diam")
    return compute_month(JANUARY, AFTER)


ONLY_COMPLETENESS = {"volume_weight": 0, "consistency_weight": 0, "reach_weight": 0, "completeness_weight": Decimal(1)}


def test_places_and_scores_stand_side_by_side_and_movers_first(month):
    found = preview(candidate(**{name: Decimal(value) for name, value in ONLY_COMPLETENESS.items()}))
    (board,) = found.boards
    assert [(row.name, row.rank, row.rank_then, row.rise) for row in board.rows] == [
        ("Dinas Banyak", 1, 2, -1),
        ("Dinas Lengkap", 2, 1, 1),
    ]
    assert (found.moved, found.ranked, board.moved, board.more) == (2, 2, 2, 0)
    assert board.rows[0].score_then == 0
    assert board.rows[1].score_then > Decimal("60")
    assert board.rows[1].score == Entry.objects.get(unit__slug="lengkap").score
    assert found.band_moved > 0


def test_the_same_figures_move_nobody(month):
    found = preview(candidate())
    assert (found.moved, found.band_moved, found.ranked) == (0, 0, 2)
    assert all(row.score == row.score_then for board in found.boards for row in board.rows)


def test_other_bands_move_bands_and_no_place(month):
    found = preview(candidate(bands=[{"from": 1, "label": "Giat"}, {"from": 0, "label": "Sepi"}]))
    assert (found.moved, found.band_moved) == (0, 2)
    assert {row.band_then for row in found.boards[0].rows} == {"Giat"}


def test_it_writes_nothing_and_asks_little(month):
    before = [list(table.objects.order_by("pk").values()) for table in (Ranking, Entry, Evidence, InputFile, Method)]
    with CaptureQueriesContext(connection) as queries:
        preview(candidate(daily_limit=1))
    assert len(queries) == 3
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert before == [
        list(table.objects.order_by("pk").values()) for table in (Ranking, Entry, Evidence, InputFile, Method)
    ]


def test_without_a_finished_month_there_is_nothing_to_compare_with():
    assert preview(candidate()).ranking is None


@given(st.integers(0, 2**32), st.sampled_from(WEIGHTS), st.integers(1, 4), st.sampled_from([1, 200, 300]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_promises_what_the_job_does_under_the_candidate(seed, weights, daily_limit, length):
    """The same city, computed by the job under the candidate itself: place by place, score by score."""
    figures = {f"{name}_weight": value for name, value in vars(weights).items()}
    figures |= {"daily_limit": daily_limit, "text_min_length": length}
    with rolled_back():
        store(dense_city(seed))
        compute_month(JANUARY, AFTER)
        found = preview(candidate(**figures))
        promised = {row.name: (row.rank_then, row.score_then) for board in found.boards for row in board.rows}
        Ranking.objects.all().delete()
        Method.objects.update(activated_at=None)
        Method.objects.update(activated_at=AFTER, **figures)
        ranking = compute_month(JANUARY, AFTER)
        ranked = ranking.entries.filter(state="ranked").values_list("unit__name", "rank", "score")
        assert promised == {name: (rank, score) for name, rank, score in ranked}
