"""The periods of UU 14/2008 on the calendars of 2023 to 2027: a table counted by hand, and properties.

The expected days were counted by hand on the calendar of the joint decrees of three ministers (SKB 3 Menteri), not by
the code under test. Before each block stands which weekdays are no working days in it, and why.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.working_days import add_working_days, is_working_day
from opd.calendar import count_period, days_off
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

#: start (a day in Jakarta, or an instant in UTC), kind of period, its end.
NOTICE, EXTENSION, OBJECTION, DISPUTE, COMPLETENESS = 10, 7, 30, 14, 3
KNOWN = [
    # ppid-rules: the cases that the rules themselves name.
    ("2024-03-14", NOTICE, "2024-03-28"),
    ("2024-03-28", EXTENSION, "2024-04-17"),
    ("2026-03-11", NOTICE, "2026-04-01"),
    ("2026-12-18", NOTICE, "2027-01-07"),
    ("2023-04-14", NOTICE, "2023-05-08"),
    ("2024-03-28", OBJECTION, "2024-05-27"),
    ("2024-04-24", DISPUTE, "2024-05-17"),
]
PLAIN = [
    # August 2023: only Thursday the 17th (Hari Kemerdekaan) is off.
    ("2023-08-01", COMPLETENESS, "2023-08-04"),
    ("2023-08-01", NOTICE, "2023-08-15"),
    ("2023-08-03", NOTICE, "2023-08-18"),
    ("2023-08-16", NOTICE, "2023-08-31"),
    ("2023-08-16", 1, "2023-08-18"),
    # July 2024 has no weekday off: the 7th (Tahun Baru Islam) is a Sunday.
    ("2024-07-01", NOTICE, "2024-07-15"),
    ("2024-07-15", EXTENSION, "2024-07-24"),
    ("2024-07-01", DISPUTE, "2024-07-19"),
    ("2024-07-05", 1, "2024-07-08"),
    # July and August 2024 to 30 days: the 17th of August is a Saturday.
    ("2024-07-08", OBJECTION, "2024-08-19"),
]
LEBARAN_2023 = [
    # 22–23 Mar Nyepi (Wed, Thu); 7 Apr Wafat Yesus (Fri); 19, 20, 21, 24, 25 Apr Lebaran (Wed–Fri, Mon, Tue);
    # 1 May (Mon); 18 May (Thu); 1 and 2 Jun Pancasila, Waisak (Thu, Fri).
    ("2023-03-20", NOTICE, "2023-04-05"),
    ("2023-04-05", EXTENSION, "2023-04-17"),
    ("2023-04-17", COMPLETENESS, "2023-04-27"),
    ("2023-04-18", NOTICE, "2023-05-10"),
    ("2023-04-18", 1, "2023-04-26"),
    ("2023-04-06", DISPUTE, "2023-05-05"),
    ("2023-04-18", OBJECTION, "2023-06-12"),
]
LEBARAN_2024 = [
    # 11–12 Mar Nyepi (Mon, Tue); 29 Mar (Fri); 8–12 and 15 Apr Lebaran (Mon–Fri, Mon); 1 May (Wed); 9–10 May (Thu,
    # Fri); 23–24 May Waisak (Thu, Fri).
    ("2024-03-08", COMPLETENESS, "2024-03-15"),
    ("2024-03-25", NOTICE, "2024-04-17"),
    ("2024-04-01", NOTICE, "2024-04-23"),
    ("2024-04-05", NOTICE, "2024-04-29"),
    ("2024-04-05", 1, "2024-04-16"),
    ("2024-04-17", EXTENSION, "2024-04-26"),
    ("2024-04-01", OBJECTION, "2024-05-28"),
    ("2024-05-27", DISPUTE, "2024-06-14"),
]
LEBARAN_2025 = [
    # 28 and 31 Mar, 1–4 and 7 Apr Nyepi and Lebaran (Fri, Mon, Tue–Fri, Mon); 18 Apr (Fri); 1 May (Thu); 12–13 May
    # (Mon, Tue); 29–30 May (Thu, Fri).
    ("2025-03-20", NOTICE, "2025-04-14"),
    ("2025-03-27", COMPLETENESS, "2025-04-10"),
    ("2025-03-27", NOTICE, "2025-04-22"),
    ("2025-04-14", EXTENSION, "2025-04-24"),
    ("2025-03-14", DISPUTE, "2025-04-14"),
    ("2025-03-27", OBJECTION, "2025-05-23"),
]
LEBARAN_2026 = [
    # 18–20, 23, 24 Mar Nyepi and Lebaran (Wed–Fri, Mon, Tue); 3 Apr (Fri); 1 May (Fri); 14–15 May (Thu, Fri).
    ("2026-03-17", NOTICE, "2026-04-08"),
    ("2026-03-17", 1, "2026-03-25"),
    ("2026-04-01", EXTENSION, "2026-04-13"),
    ("2026-03-16", COMPLETENESS, "2026-03-26"),
    ("2026-03-11", DISPUTE, "2026-04-08"),
    ("2026-04-01", OBJECTION, "2026-05-19"),
]
TURN_OF_THE_YEAR = [
    # 25–26 Dec 2023 Natal (Mon, Tue); 1 Jan 2024 (Mon); 8–9 Feb 2024 (Thu, Fri).
    ("2023-12-18", NOTICE, "2024-01-04"),
    ("2023-12-29", NOTICE, "2024-01-15"),
    ("2023-12-22", OBJECTION, "2024-02-07"),
    # 25–26 Dec 2024 Natal (Wed, Thu); 1 Jan 2025 (Wed).
    ("2024-12-20", NOTICE, "2025-01-08"),
    ("2024-12-20", EXTENSION, "2025-01-03"),
    # 25–26 Dec 2025 Natal (Thu, Fri); 1 Jan 2026 (Thu); 16 Jan 2026 (Fri).
    ("2025-12-19", NOTICE, "2026-01-07"),
    ("2025-12-24", DISPUTE, "2026-01-19"),
    # 24–25 Dec 2026 Natal (Thu, Fri); 1 and 5 Jan 2027 (Fri, Tue).
    ("2026-12-23", COMPLETENESS, "2026-12-30"),
    ("2026-12-31", 1, "2027-01-04"),
    ("2026-12-30", NOTICE, "2027-01-15"),
]
DAY_NULL_IS_OFF = [
    # Received on a Saturday, a Sunday, a holiday, a cuti bersama: day 1 is the first working day after it.
    ("2024-07-06", NOTICE, "2024-07-19"),
    ("2024-07-07", NOTICE, "2024-07-19"),
    ("2024-03-29", NOTICE, "2024-04-22"),  # Good Friday; then Lebaran as above
    ("2024-04-10", NOTICE, "2024-04-29"),
    ("2024-04-15", COMPLETENESS, "2024-04-18"),
    ("2023-12-26", NOTICE, "2024-01-10"),
    ("2023-04-22", NOTICE, "2023-05-10"),
    ("2026-12-25", COMPLETENESS, "2026-12-30"),
]
MOMENTS = [
    # 23.30 WIB is 16.30 UTC of the same day; 06.30 WIB is 23.30 UTC of the day before. The day is Jakarta's.
    ("2024-03-14T16:30Z", NOTICE, "2024-03-28"),
    ("2024-03-13T23:30Z", NOTICE, "2024-03-28"),
    ("2024-03-14T16:59Z", NOTICE, "2024-03-28"),
    ("2024-03-14T17:00Z", NOTICE, "2024-04-01"),  # 00.00 WIB of the 15th; 29 Mar is off
    ("2024-07-07T16:30Z", NOTICE, "2024-07-19"),  # a Sunday evening
    ("2024-07-07T23:30Z", NOTICE, "2024-07-22"),  # Monday morning: day 0 is the 8th
    ("2023-12-31T16:30Z", NOTICE, "2024-01-15"),  # still 2023; 1 Jan is off
    ("2023-12-31T23:30Z", NOTICE, "2024-01-15"),  # New Year's Day itself
    ("2026-12-17T23:30Z", NOTICE, "2027-01-07"),
    ("2024-04-23T23:30Z", DISPUTE, "2024-05-17"),
    ("2024-03-28T16:30Z", OBJECTION, "2024-05-27"),
    ("2024-03-27T23:30Z", EXTENSION, "2024-04-17"),
]
TABLE = {
    "known": KNOWN,
    "plain": PLAIN,
    "lebaran-2023": LEBARAN_2023,
    "lebaran-2024": LEBARAN_2024,
    "lebaran-2025": LEBARAN_2025,
    "lebaran-2026": LEBARAN_2026,
    "turn-of-the-year": TURN_OF_THE_YEAR,
    "day-null-is-off": DAY_NULL_IS_OFF,
    "moments": MOMENTS,
}
ROWS = [pytest.param(*row, id=f"{block}-{row[0]}+{row[1]}") for block, rows in TABLE.items() for row in rows]


def day(text: str) -> date:
    return date.fromisoformat(text)


def start_of(text: str) -> date:
    """Day 0: a day as it stands, or the day in Jakarta of an instant."""
    return local_day(datetime.fromisoformat(text.replace("Z", "+00:00"))) if "T" in text else day(text)


@pytest.fixture
def off(db):
    return days_off(date(2023, 1, 1), date(2027, 12, 31)).keys()


def test_the_table_is_long_enough_and_holds_nothing_twice():
    rows = [row[:2] for block in TABLE.values() for row in block]
    assert len(rows) == len(set(rows)) >= 60


@pytest.mark.parametrize(("start", "days", "due"), ROWS)
def test_the_end_of_a_period_is_the_day_counted_by_hand(off, start, days, due):
    assert add_working_days(start_of(start), days, off) == day(due)


@pytest.mark.parametrize(("start", "days", "due"), ROWS)
def test_the_days_shown_lead_to_the_same_end(db, start, days, due):
    """What page, receipt and command print: each day between start and end stands once, counted or skipped."""
    first, period = start_of(start), count_period(start_of(start), days)
    assert (period.due_on, len(period.counted)) == (day(due), days)
    shown = sorted([*period.counted, *(row.day for row in period.skipped)])
    assert shown == [first + timedelta(days=n) for n in range(1, (day(due) - first).days + 1)]
    assert all(row.why for row in period.skipped)


def test_each_period_of_the_law_takes_its_own_length(off):
    lengths = Periods(notice=10, extension=7, objection=30, objection_answer=29, dispute=14)
    assert notice_due(day("2024-03-14"), lengths, off) == day("2024-03-28")
    assert extended_due(day("2024-03-28"), lengths, off) == day("2024-04-17")
    assert objection_until(day("2024-03-28"), lengths, off) == day("2024-05-27")
    assert objection_answer_due(day("2024-03-28"), lengths, off) == day("2024-05-22")  # 23 and 24 May are off
    assert dispute_until(day("2024-04-24"), lengths, off) == day("2024-05-17")


def test_days_left_count_to_the_limit_and_past_it(off):
    due = day("2024-03-28")
    assert working_days_left(day("2024-03-25"), due, off) == 3
    assert working_days_left(due, due, off) == 0
    assert working_days_left(day("2024-04-01"), due, off) == -1  # Good Friday and a weekend lie between


def test_a_moment_without_zone_has_no_day():
    with pytest.raises(ValueError, match="zone"):
        local_day(datetime(2024, 3, 14, 9))  # noqa: DTZ001


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
OFFS = st.sets(DAYS, max_size=40)
INSTANTS = st.integers(0, 10 * 366 * 86_400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(DAYS, st.integers(1, 40), OFFS)
def test_a_limit_is_never_on_a_day_off(start, days, off):
    assert is_working_day(add_working_days(start, days, off), off)


@given(DAYS, st.integers(0, 20), st.integers(1, 40), OFFS)
def test_a_later_start_is_never_due_earlier(start, later, days, off):
    assert add_working_days(start, days, off) <= add_working_days(start + timedelta(days=later), days, off)


@given(INSTANTS, st.integers(0, 10**6), st.integers(1, 40), OFFS)
def test_a_later_moment_is_never_due_earlier(moment, seconds, days, off):
    later = local_day(moment + timedelta(seconds=seconds))
    assert add_working_days(local_day(moment), days, off) <= add_working_days(later, days, off)


@given(DAYS, st.integers(1, 40), OFFS)
def test_each_day_more_makes_it_later(start, days, off):
    assert add_working_days(start, days, off) < add_working_days(start, days + 1, off)


@given(DAYS, st.integers(1, 40), OFFS, DAYS)
def test_another_day_off_never_makes_it_earlier(start, days, off, added):
    assert add_working_days(start, days, off) <= add_working_days(start, days, off | {added})


@given(DAYS, st.integers(1, 30), st.integers(1, 30), OFFS)
def test_two_periods_one_after_the_other_are_the_period_of_both_together(start, first, second, off):
    together = add_working_days(start, first + second, off)
    assert add_working_days(add_working_days(start, first, off), second, off) == together


@given(DAYS, OFFS)
def test_the_extension_is_the_period_of_both_together(start, off):
    together = add_working_days(start, P.notice + P.extension, off)
    assert extended_due(notice_due(start, P, off), P, off) == together


@given(DAYS, st.integers(1, 40), OFFS)
def test_the_days_left_of_a_period_are_its_length(start, days, off):
    assert working_days_left(start, add_working_days(start, days, off), off) == days
