"""Hand-computed cases of the method, through the real statement."""

from datetime import date
from decimal import Decimal

import pytest

from rankings.services import compute_month
from tests.builders import make_counted, make_unit

JANUARY = date(2023, 1, 1)


def entry_of(ranking, unit):
    return ranking.entries.get(unit=unit)


@pytest.mark.django_db
def test_one_unit_alone_by_hand():
    unit = make_unit(category="opd")
    make_counted(unit, date(2023, 1, 10))
    entry = entry_of(compute_month(JANUARY), unit)
    # volume 1, consistency 1/21, reach 1/3, completeness 0: 40 + 1.428571… + 6.666666…
    assert (entry.rank, entry.score) == (1, Decimal("48.0952"))
    assert entry.consistency == Decimal("0.047619")


@pytest.mark.django_db
def test_second_run_keeps_rows_and_ids():
    unit, silent = make_unit(category="opd"), make_unit(category="opd")
    make_counted(unit, date(2023, 1, 10))
    first = compute_month(JANUARY)
    rows = list(first.entries.order_by("pk").values()), list(first.evidence.order_by("pk").values())
    second = compute_month(JANUARY)
    assert (second.pk, second.computed_at) == (first.pk, first.computed_at)
    assert (list(second.entries.order_by("pk").values()), list(second.evidence.order_by("pk").values())) == rows
    assert entry_of(second, silent).state == "silent"
