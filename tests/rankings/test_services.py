"""Which months are due, how a ranking's status and dates follow the calendar, and what is refused."""

from datetime import date, datetime

import pytest
from django.db import InternalError, transaction

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import CalendarDay
from rankings.models import Method, Ranking
from rankings.services import RankingError, compute_month, due_months, method_for, missing_months
from tests.builders import make_activity, make_counted, make_final, make_method, make_publication, make_unit

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = date(2023, 1, 1), date(2023, 2, 1)


def wib(*parts):
    return datetime(*parts, tzinfo=JAKARTA)


def months(*pairs):
    return [date(year, month, 1) for year, month in pairs]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (wib(2023, 1, 1, 0, 0), "provisional"),
        (wib(2023, 1, 31, 23, 59, 59), "provisional"),
        (wib(2023, 2, 1, 0, 0), "draft"),
        (wib(2024, 6, 1), "draft"),
    ],
)
def test_running_month_is_provisional_and_an_ended_one_a_draft(now, status):
    assert compute_month(JANUARY, now).status == status


def test_month_that_has_not_begun_is_refused():
    with pytest.raises(RankingError, match="2023-02 belum dimulai"):
        compute_month(FEBRUARY, wib(2023, 1, 31, 23, 59, 59))
    assert compute_month(FEBRUARY, wib(2023, 2, 1)).month == FEBRUARY


def test_month_is_given_by_its_first_day():
    with pytest.raises(ValueError, match="first day"):
        compute_month(date(2023, 1, 2), wib(2023, 2, 1))


def test_objection_window_is_five_working_days_and_stays_when_recomputed():
    provisional = compute_month(JANUARY, wib(2023, 1, 20))
    assert provisional.objection_until is None
    draft = compute_month(JANUARY, wib(2023, 2, 1, 0, 30))
    # Wednesday 1 February is day 0: Thursday, Friday, Monday, Tuesday, Wednesday.
    assert (draft.pk, draft.objection_until) == (provisional.pk, date(2023, 2, 8))
    assert compute_month(JANUARY, wib(2023, 2, 7)).objection_until == date(2023, 2, 8)


@pytest.mark.parametrize(
    ("is_sample", "computed", "until"),
    [
        (True, wib(2026, 11, 24), date(2023, 2, 8)),  # as if drafted on 1 February 2023
        (True, wib(2023, 2, 20), date(2023, 2, 27)),  # the month before the running one: open for objections
        (False, wib(2026, 11, 24), date(2026, 12, 1)),  # a real month made up late has its whole window
    ],
)
def test_only_an_old_sample_month_made_up_late_has_had_its_window(is_sample, computed, until):
    make_counted(make_unit("pabean"), date(2023, 1, 10), is_sample=is_sample)
    assert compute_month(JANUARY, computed).objection_until == until


def test_objection_window_follows_the_setting_and_the_calendar(settings):
    settings.OBJECTION_WORKING_DAYS = 2
    CalendarDay.objects.create(day=date(2023, 2, 2), name="Libur daerah", decree="1/2023")
    assert compute_month(JANUARY, wib(2023, 2, 1)).objection_until == date(2023, 2, 6)


def test_working_days_and_days_off_are_kept_with_the_ranking():
    CalendarDay.objects.create(day=date(2023, 1, 24), name="Libur daerah", decree="1/2023")
    ranking = compute_month(JANUARY, wib(2023, 2, 1))
    assert ranking.working_days == 20
    assert ranking.days_off["2023-01-24"] == "Libur daerah"
    assert set(ranking.days_off) == {"2023-01-01", "2023-01-22", "2023-01-23", "2023-01-24"}


def test_final_ranking_is_left_untouched(caplog):
    unit = make_unit()
    make_counted(unit, date(2023, 1, 10))
    ranking = compute_month(JANUARY, wib(2023, 2, 1))
    make_final(JANUARY)
    make_counted(unit, date(2023, 1, 11))
    ranking = compute_month(JANUARY, wib(2023, 3, 1))
    assert (ranking.status, ranking.entries.get().activities) == ("final", 1)
    assert "is final" in caplog.text


def test_previous_ranks_of_a_final_month_are_left_untouched():
    unit = make_unit()
    make_counted(unit, date(2023, 2, 10))
    february = compute_month(FEBRUARY, wib(2023, 3, 1))
    make_final(FEBRUARY)
    make_counted(unit, date(2023, 1, 10))
    compute_month(JANUARY, wib(2023, 3, 2))
    assert february.entries.get().previous_rank is None


def test_computed_at_tells_when_the_content_last_changed():
    unit = make_unit()
    make_counted(unit, date(2023, 1, 10))
    first, second, third = wib(2023, 2, 1), wib(2023, 2, 2), wib(2023, 2, 3)
    compute_month(JANUARY, first)
    assert compute_month(JANUARY, second).computed_at == first
    make_counted(unit, date(2023, 1, 11))
    assert compute_month(JANUARY, third).computed_at == third
    assert Ranking.objects.get().computed_at == third


def test_failed_run_leaves_nothing_behind(monkeypatch):
    make_counted(make_unit(), date(2023, 1, 10))

    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("rankings.services._pass_on_ranks", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        compute_month(JANUARY, wib(2023, 2, 1))
    assert not Ranking.objects.exists()


def test_newest_method_in_force_is_used():
    make_method(2, FEBRUARY)
    assert (method_for(JANUARY).version, method_for(FEBRUARY).version) == (1, 2)
    assert compute_month(FEBRUARY, wib(2023, 3, 1)).method.version == 2


def test_month_before_any_method_is_refused():
    with pytest.raises(RankingError, match="Belum ada metode"):
        compute_month(date(1999, 12, 1))


@pytest.mark.parametrize("act", [lambda rows: rows.update(daily_limit=9), lambda rows: rows._raw_delete(rows.db)])
def test_method_cannot_change_once_a_month_was_ranked_by_it(act):
    unused = Method.objects.create(version=2, effective_from=FEBRUARY)
    compute_month(JANUARY, wib(2023, 2, 1))
    with pytest.raises(InternalError, match="metode versi 1 sudah dipakai"), transaction.atomic():
        act(Method.objects.filter(version=1))
    act(Method.objects.filter(pk=unused.pk))
    assert Method.objects.get(version=1).daily_limit == 3


def test_missed_months_are_due_until_each_has_a_draft():
    unit = make_unit()
    make_counted(unit, date(2023, 1, 10))
    today = date(2023, 4, 17)
    assert due_months(today) == months((2023, 1), (2023, 2), (2023, 3), (2023, 4))
    for month in due_months(today):
        compute_month(month, wib(2023, 4, 17))
    assert due_months(today) == months((2023, 4))
    assert missing_months(today) == []


def test_provisional_month_is_due_again_once_it_has_ended():
    make_counted(make_unit(), date(2023, 1, 10))
    compute_month(JANUARY, wib(2023, 1, 31, 23, 30))
    assert due_months(date(2023, 1, 31)) == [JANUARY]
    assert due_months(date(2023, 2, 1)) == [JANUARY, FEBRUARY]
    assert missing_months(date(2023, 2, 1)) == [JANUARY, FEBRUARY]
    compute_month(JANUARY, wib(2023, 2, 1, 0, 30))
    assert due_months(date(2023, 2, 1)) == [FEBRUARY]


def test_month_of_silence_is_due_once_the_portal_has_begun():
    make_counted(make_unit(), date(2023, 1, 10))
    compute_month(JANUARY, wib(2023, 2, 1))
    assert due_months(date(2023, 3, 1)) == months((2023, 2), (2023, 3))


def test_gaps_between_islands_of_sample_or_backfilled_data_are_not_due():
    unit = make_unit()
    make_counted(unit, date(2022, 3, 10), is_sample=True)
    make_counted(unit, date(2022, 11, 10), is_sample=True)
    backfilled = make_activity(unit, wib(2021, 5, 4))
    make_publication(backfilled, wib(2021, 5, 4), first_seen_at=wib(2023, 1, 15))
    assert due_months(date(2023, 2, 10)) == months((2021, 5), (2022, 3), (2022, 11), (2023, 1), (2023, 2))


def test_what_is_not_accepted_or_lies_ahead_makes_no_month_due():
    unit = make_unit()
    for moment, state in ((wib(1970, 1, 1), "pending"), (wib(2030, 1, 1), "accepted")):
        make_publication(make_activity(unit, moment), moment, state=state, is_sample=True)
    assert due_months(date(2023, 2, 10)) == []
