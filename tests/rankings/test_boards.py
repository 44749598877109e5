"""The read side: leaders, histories, a unit's record, and what would raise its index."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category
from publications.models import Publication
from rankings import boards
from rankings.boards.overview import leaders, podium
from rankings.models import Entry, Ranking
from rankings.services import compute_month
from tests.builders import make_counted, make_entry, make_publication, make_ranking, make_unit

pytestmark = pytest.mark.django_db

JANUARY = date(2023, 1, 1)
FEBRUARY_2 = datetime(2023, 2, 2, 9, 0, tzinfo=JAKARTA)


@pytest.fixture
def computed():
    """A unit with two thin activities on its website, and a busier peer; the real job's result."""
    unit, peer = make_unit("pabean"), make_unit("gerem")
    for day in (3, 4):
        make_counted(unit, date(2023, 1, day), kind="website")
    for day in range(2, 12):
        make_counted(peer, date(2023, 1, day))
    compute_month(JANUARY, FEBRUARY_2)
    return unit


def score_of(unit) -> Decimal:
    return Entry.objects.get(unit=unit, ranking__month=JANUARY).score


def step(unit, words: str) -> boards.Step:
    return next(found for found in boards.unit_record(unit).finished.steps if words in found.words)


def test_promised_gain_of_one_more_complete_day_is_what_the_job_gives(computed):
    before, promised = score_of(computed), step(computed, "hari yang masih kosong").gain
    activity = make_counted(computed, date(2023, 1, 9), kind="website", text="u" * 200, happened_on=date(2023, 1, 8))
    Publication.objects.filter(activity=activity).update(has_media=True)
    compute_month(JANUARY, FEBRUARY_2)
    assert promised > 1
    assert score_of(computed) - before == promised


def test_promised_gain_of_another_kind_of_channel_is_what_the_job_gives(computed):
    before, promised = score_of(computed), step(computed, "Instagram").gain
    activity = computed.activities.first()
    make_publication(activity, activity.published_at, "instagram")
    compute_month(JANUARY, FEBRUARY_2)
    assert score_of(computed) - before == promised == Decimal("6.6667")


def test_promised_gain_of_complete_activities_is_what_the_job_gives(computed):
    before, promised = score_of(computed), step(computed, "Semua kegiatan disertai").gain
    computed.activities.update(text="u" * 200, happened_on=date(2023, 1, 2))
    Publication.objects.filter(unit=computed).update(has_media=True)
    compute_month(JANUARY, FEBRUARY_2)
    assert score_of(computed) - before == promised == Decimal("10")


def test_a_silent_unit_is_told_what_its_first_activity_would_give(computed):
    silent = make_unit("dringo")
    compute_month(JANUARY, FEBRUARY_2)
    found = boards.unit_record(silent).finished
    assert [one.words for one in found.steps] == [step(silent, "Satu kegiatan lengkap").words]
    assert found.steps[0].gain > 15


def test_a_unit_that_was_not_measured_is_promised_nothing():
    unit = make_unit()
    make_entry(make_ranking(), unit, None, state=Entry.State.NOT_MEASURED)
    assert boards.unit_record(unit).finished.steps == []


def test_differences_to_the_place_above_add_up_to_the_gap(computed):
    detail = boards.entry_detail(boards.ranking_of(JANUARY), "opd", "pabean")
    assert [entry.unit.slug for entry in detail.above] == ["gerem"]
    assert float(sum(part.points for part in detail.ahead)) == pytest.approx(float(detail.gap), abs=0.001)


def test_components_add_up_to_the_index(computed):
    detail = boards.entry_detail(boards.ranking_of(JANUARY), "opd", "pabean")
    assert float(sum(part.points for part in detail.components)) == pytest.approx(float(detail.entry.score), abs=0.001)
    assert [row.evidence.counted_on.day for row in detail.counted] == [3, 4]
    assert [row.kinds for row in detail.counted] == [["Situs web"], ["Situs web"]]


def test_record_of_a_unit_is_one_history_of_twelve_months_in_constant_queries():
    unit = make_unit()
    for number in range(1, 13):
        make_entry(make_ranking(date(2022, number, 1)), unit, number, score=Decimal(number), activities=2)
    make_entry(make_ranking(JANUARY, status=Ranking.Status.PROVISIONAL), unit, 1, score=Decimal(99))
    with CaptureQueriesContext(connection) as captured:
        record = boards.unit_record(unit)
    assert len(captured) == 4
    assert record.latest.ranking.month == date(2022, 12, 1)
    assert record.running.entry.score == 99
    assert [point.score for point in record.history] == [Decimal(number) for number in range(1, 13)]


def test_record_of_a_unit_never_ranked_is_empty():
    record = boards.unit_record(make_unit())
    assert (record.latest, record.finished, record.running, record.history) == (None, None, None, [])


def test_history_never_mixes_sample_months_with_real_ones_and_skips_old_revisions():
    unit = make_unit()
    make_entry(make_ranking(date(2022, 11, 1), is_sample=True), unit, 1, score=Decimal(11))
    make_entry(make_ranking(date(2022, 12, 1)), unit, 1, score=Decimal(12))
    make_entry(make_ranking(date(2022, 12, 1), revision=2), unit, 1, score=Decimal(50))
    ranking = make_ranking(JANUARY)
    make_entry(ranking, unit, 1, score=Decimal(13))
    scores = [point.score for point in boards.histories([unit.pk], ranking)[unit.pk]]
    assert scores == [None] * 10 + [Decimal(50), Decimal(13)]


def test_months_list_only_the_newest_revision_and_know_their_neighbours():
    make_ranking(date(2022, 11, 1))
    make_ranking(date(2022, 12, 1))
    ranking = make_ranking(date(2022, 12, 1), revision=2)
    make_ranking(JANUARY, status=Ranking.Status.PROVISIONAL)
    picker = boards.picker(ranking)
    assert [month.text for month in picker.months] == ["2023-01", "2022-12", "2022-11"]
    assert (picker.older.text, picker.newer.text, picker.newer.is_running) == ("2022-11", "2023-01", True)
    assert boards.latest_finished() == ranking
    assert (boards.picker().older, boards.picker().newer) == (None, None)


@pytest.mark.parametrize(
    ("ranks", "units", "on_podium"),
    [
        ([1, 2, 3], 5, 3),
        ([1, 1, 3], 3, 3),
        ([1, 2, 3, 3], 9, 4),
        ([1, 1, 1, 1, 1], 9, 0),
        ([1, 2], 9, 0),
        ([1, 2], 2, 0),
    ],
)
def test_podium_needs_three_places_and_room_for_those_who_share(ranks, units, on_podium):
    assert len(podium([Entry(rank=rank) for rank in ranks], units)) == on_podium


def test_leaders_are_the_first_of_each_category_and_ties_do_not_swell_the_list():
    ranking = make_ranking()
    for number in range(8):
        make_entry(ranking, make_unit(name=f"OPD {number}"), 1, activities=1)
    make_entry(ranking, make_unit(category=Category.BUMD, name="BUMD 1"), 1, activities=1)
    names = [entry.unit.name for entry in leaders(ranking)]
    assert names == ["BUMD 1", "OPD 0", "OPD 1", "OPD 2", "OPD 3", "OPD 4"]


def test_mean_and_median_leave_out_who_was_not_measured():
    ranking = make_ranking()
    for rank, score in ((1, 90), (2, 30)):
        make_entry(ranking, make_unit(), rank, score=Decimal(score), activities=2, publications=3)
    make_entry(ranking, make_unit(), None)
    make_entry(ranking, make_unit(), None, state=Entry.State.NOT_MEASURED)
    overview = boards.overview(ranking)
    figures = overview.of("opd")
    assert (figures.mean, figures.median) == (40, 30)
    assert (overview.totals.units, overview.totals.ranked, overview.totals.silent) == (4, 2, 1)
    assert (overview.totals.activities, overview.totals.publications) == (4, 6)


def test_median_of_a_category_is_followed_over_twelve_months():
    for month, scores in ((date(2022, 12, 1), (10, 20, 60)), (JANUARY, (30, 50))):
        ranking = make_ranking(month)
        for rank, score in enumerate(scores, start=1):
            make_entry(ranking, make_unit(), rank, score=Decimal(score), activities=1)
        make_entry(ranking, make_unit(category=Category.BUMD), 1, score=Decimal(99), activities=1)
        make_entry(ranking, make_unit(), None, state=Entry.State.NOT_MEASURED)
    medians = [point.score for point in boards.board(ranking, "opd").medians]
    assert medians == [None] * 10 + [20, 40]


def test_equal_components_are_not_told_as_differences(computed):
    detail = boards.entry_detail(boards.ranking_of(JANUARY), "opd", "pabean")
    assert len(detail.ahead) == 2  # both units use one kind of channel and have no complete activity
    assert all(part.size >= Decimal("0.005") for part in detail.ahead)
