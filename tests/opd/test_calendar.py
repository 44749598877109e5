import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from cilegon_kip.common.working_days import add_working_days
from opd.calendar import count_period, days_off, decreed_days_off, working_days
from opd.checks import missing_joint_leave
from opd.models import CalendarDay

CASES = [
    # received, working days, due (UU 14/2008 Pasal 22, 35-37)
    (date(2024, 3, 14), 10, date(2024, 3, 28)),
    (date(2024, 3, 28), 7, date(2024, 4, 17)),
    (date(2026, 3, 11), 10, date(2026, 4, 1)),
    (date(2026, 12, 18), 10, date(2027, 1, 7)),
    (date(2023, 4, 14), 10, date(2023, 5, 8)),
    (date(2024, 3, 28), 30, date(2024, 5, 27)),
    (date(2024, 4, 24), 14, date(2024, 5, 17)),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "days", "due"), CASES)
def test_known_due_dates(start, days, due):
    off = days_off(start, date(due.year, 12, 31)).keys()
    assert add_working_days(start, days, off) == due


@pytest.mark.django_db
def test_january_2023_has_21_working_days():
    assert len(working_days(date(2023, 1, 1), date(2023, 1, 31))) == 21


def change(day, **fields):
    return CalendarDay.objects.create(day=day, decree="Keputusan 1/2024", **{"name": "Libur kota", **fields})


@pytest.mark.django_db
def test_added_day_off_moves_the_due_date_and_is_named():
    change(date(2024, 3, 20))
    period = count_period(date(2024, 3, 14), 10)
    assert period.due_on == date(2024, 4, 1)
    assert (date(2024, 3, 20), "Libur kota", "Keputusan 1/2024") in period.skipped
    assert period.decrees == ["Keputusan 1/2024", "SKB 3 Menteri 855/2023, 3/2023, 4/2023"]


@pytest.mark.django_db
def test_day_off_taken_back_counts_again():
    change(date(2024, 4, 15), is_off=False, name="Cuti bersama dicabut")
    period = count_period(date(2024, 3, 28), 7)
    assert period.due_on == date(2024, 4, 16)
    assert date(2024, 4, 15) in period.counted


@pytest.mark.django_db
def test_added_weekend_day_changes_nothing():
    change(date(2024, 3, 16))
    assert count_period(date(2024, 3, 14), 10).due_on == date(2024, 3, 28)


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "days", "due"), CASES)
def test_period_counts_and_skips_each_day_once(start, days, due):
    period = count_period(start, days)
    assert period.due_on == due == period.counted[-1]
    assert len(period.counted) == days
    assert len(period.counted) + len(period.skipped) == (due - start).days
    assert all(row.why for row in period.skipped)
    assert all(row.decree for row in period.skipped if row.day.weekday() < 5)


@pytest.mark.django_db
def test_days_of_an_election_and_of_a_year_not_yet_decreed_have_their_own_decree_or_none():
    assert decreed_days_off(date(2024, 2, 14), date(2024, 2, 14)) == {
        date(2024, 2, 14): ("Hari Pemilihan Umum", "Keppres 10/2024")
    }
    assert {off.decree for off in decreed_days_off(date(2095, 1, 1), date(2095, 12, 31)).values()} == {""}
    assert "2026" in decreed_days_off(date(2026, 12, 25), date(2026, 12, 25))[date(2026, 12, 25)].decree


@pytest.mark.django_db
def test_year_without_joint_leave_is_told_until_a_decree_is_entered():
    assert count_period(date(2024, 3, 14), 10).uncertain_years == []
    assert count_period(date(2095, 3, 14), 10).uncertain_years == [2095]
    change(date(2095, 4, 1))
    assert count_period(date(2095, 3, 14), 10).uncertain_years == []
    assert [warning.id for warning in missing_joint_leave(2095)] == ["opd.W001"]
    assert missing_joint_leave(2024) == []


@pytest.mark.django_db
def test_command_prints_due_date_counted_and_skipped_days():
    out = io.StringIO()
    call_command("due_date", "2024-03-28", "--days", "7", stdout=out)
    text = out.getvalue()
    assert text.startswith("Jatuh tempo: 2024-04-17 Rabu\n")
    assert "    7  2024-04-17 Rabu\n" in text
    assert "2024-03-29 Jumat – Wafat Yesus Kristus (SKB 3 Menteri 855/2023, 3/2023, 4/2023)\n" in text
    assert "2024-03-30 Sabtu – akhir pekan" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("2024-02-30", "--days", "10"),
        ("14-03-2024", "--days", "10"),
        ("0001-01-01", "--days", "10"),
        ("9999-12-31", "--days", "10"),
        ("2024-03-14", "--days", "0"),
        ("2024-03-14", "--days=-1"),
        ("2024-03-14", "--days", "x"),
        ("2024-03-14", "--days", "99999999999999999999"),
        ("2024-03-14", "--days", "٣"),
        ("2024-03-14",),
    ],
)
def test_command_refuses_bad_input_with_a_reason(arguments):
    with pytest.raises(CommandError, match=r"bukan|antara|required|wajib"):
        call_command("due_date", *arguments)
