"""The periods of UU 14/2008 on the calendars of 2023 to 2027, by known cases and by properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilegon_kip.common.working_days import add_working_days, is_working_day
from opd.calendar import days_off
from requests_info.deadlines import (
    Periods,
    dispute_until,
    extended_due,
    notice_due,
    objection_answer_due,
    objection_until,
    working_days_left,
)

P = Periods()


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def off(db):
    return days_off(date(2023, 1, 1), date(2027, 12, 31)).keys()


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2024-03-14", "2024-03-28"),
        ("2026-03-11", "2026-04-01"),
        ("2026-12-18", "2027-01-07"),
        ("2023-04-14", "2023-05-08"),
    ],
)
def test_the_notice_is_due_after_ten_working_days(off, received, due):
    assert notice_due(day(received), P, off) == day(due)


def test_the_extension_objection_and_dispute_of_2024(off):
    assert extended_due(day("2024-03-28"), P, off) == day("2024-04-17")
    assert objection_answer_due(day("2024-03-28"), P, off) == day("2024-05-27")
    assert dispute_until(day("2024-04-24"), P, off) == day("2024-05-17")
    assert objection_until(day("2024-03-28"), P, off) == day("2024-05-27")


def test_days_left_count_to_the_limit_and_past_it(off):
    due = day("2024-03-28")
    assert working_days_left(day("2024-03-25"), due, off) == 3
    assert working_days_left(due, due, off) == 0
    assert working_days_left(day("2024-04-01"), due, off) == -1  # Good Friday and a weekend lie between


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
OFFS = st.sets(DAYS, max_size=40)


@given(DAYS, st.integers(1, 40), OFFS)
def test_a_limit_is_never_on_a_day_off(start, days, off):
    assert is_working_day(add_working_days(start, days, off), off)


@given(DAYS, st.integers(0, 20), st.integers(1, 40), OFFS)
def test_a_later_start_or_a_longer_period_is_never_due_earlier(start, later, days, off):
    assert add_working_days(start, days, off) <= add_working_days(start + timedelta(days=later), days, off)
    assert add_working_days(start, days, off) < add_working_days(start, days + 1, off)


@given(DAYS, st.integers(1, 40), OFFS, DAYS)
def test_another_day_off_never_makes_it_earlier(start, days, off, added):
    assert add_working_days(start, days, off) <= add_working_days(start, days, off | {added})


@given(DAYS, OFFS)
def test_the_extension_is_the_period_of_both_together(start, off):
    together = add_working_days(start, P.notice + P.extension, off)
    assert extended_due(notice_due(start, P, off), P, off) == together
