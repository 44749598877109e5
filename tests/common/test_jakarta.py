from datetime import UTC, date, datetime

import pytest

from cilegon_kip.common.jakarta import (
    last_of_month,
    local_day,
    month_text,
    months_between,
    next_month,
    parse_month,
    previous_month,
)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2023, 1, 31, 16, 59, 59, tzinfo=UTC), date(2023, 1, 31)),
        (datetime(2023, 1, 31, 17, 0, 0, tzinfo=UTC), date(2023, 2, 1)),
    ],
)
def test_day_changes_at_midnight_in_jakarta(moment, day):
    assert local_day(moment) == day


def test_moment_without_a_zone_has_no_day():
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2023, 1, 31, 12))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["2023-01", "0001-12", "9998-12"])
def test_month_is_read_as_its_first_day(text):
    assert parse_month(text) == date(int(text[:4]), int(text[5:]), 1)


@pytest.mark.parametrize(
    "text", ["", "2023", "2023-13", "2023-00", "2023-1", "2023-01-01", "0000-01", "9999-12", "２０２３-01"]
)
def test_anything_else_is_no_month(text):
    with pytest.raises(ValueError, match="bukan bulan"):
        parse_month(text)


def test_months_follow_each_other_over_the_year():
    assert next_month(date(2023, 12, 31)) == date(2024, 1, 1)
    assert previous_month(date(2024, 1, 31)) == date(2023, 12, 1)
    assert last_of_month(date(2024, 2, 1)) == date(2024, 2, 29)
    assert [month_text(month) for month in months_between(date(2023, 11, 30), date(2024, 1, 1))] == [
        "2023-11",
        "2023-12",
        "2024-01",
    ]
    assert months_between(date(2024, 2, 1), date(2024, 1, 31)) == []
