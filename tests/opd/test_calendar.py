from datetime import date

import pytest

from cilegon_kip.common.working_days import add_working_days
from opd.calendar import days_off, working_days

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
