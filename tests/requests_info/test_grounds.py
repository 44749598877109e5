"""The grounds a to g of Pasal 35 by a table of cases, and by properties over all states and days."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_info.deadlines import Periods, objection_until
from requests_info.grounds import Facts, Ground, opening, openings

P = Periods()
DUE = date(2024, 3, 28)
OUTCOMES = ("granted", "partial", "refused", "not_held", "not_documented", "referred", "withdrawn", "lapsed")


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture(scope="module")
def off():
    """National days off and cuti bersama as decreed; the city's own changes are no part of this rule."""
    return holidays.country_holidays("ID", categories=("public", "government"), years=range(2023, 2028)).keys()


def answered(outcome: str, on: str = "2024-03-25", cost: int = 0) -> Facts:
    return Facts(DUE, outcome, day(on), cost)


def ripe(facts: Facts, on: str, off) -> str:
    return "".join(found.ground for found in openings(facts, day(on), P, off) if found.is_ripe)


@pytest.mark.parametrize(
    ("facts", "on", "letters"),
    [
        # open: c from the day after the limit, for 30 working days
        (Facts(DUE), "2024-03-14", "b"),
        (Facts(DUE), "2024-03-28", "b"),
        (Facts(DUE), "2024-03-29", "bc"),  # Good Friday: the limit ended with the 28th all the same
        (Facts(DUE), "2024-04-01", "bc"),
        (Facts(DUE), "2024-05-27", "bc"),
        (Facts(DUE), "2024-05-28", "b"),
        (Facts(date(2024, 4, 17)), "2024-04-17", "b"),  # extended
        (Facts(date(2024, 4, 17)), "2024-04-18", "bc"),
        (Facts(date(2026, 12, 30)), "2026-12-31", "bc"),
        # answered in time
        (answered("granted"), "2024-03-24", "b"),
        (answered("granted"), "2024-03-25", "bde"),
        (answered("granted", cost=50_000), "2024-03-25", "bdef"),
        (answered("partial"), "2024-03-25", "abde"),
        (answered("refused"), "2024-03-25", "abd"),
        (answered("refused"), "2024-05-20", "abd"),
        (answered("refused"), "2024-05-21", "b"),
        (answered("not_held"), "2024-03-26", "bde"),
        (answered("not_documented"), "2024-03-26", "bde"),
        (answered("referred"), "2024-03-26", "bde"),
        (answered("granted", "2024-03-28"), "2024-03-28", "bde"),
        # answered late
        (answered("granted", "2024-03-29"), "2024-03-29", "bdeg"),
        (answered("refused", "2024-04-24"), "2024-04-24", "abdg"),
        (answered("granted", "2024-04-24", cost=1), "2024-04-24", "bdefg"),
        # never answered
        (answered("withdrawn"), "2024-04-24", "b"),
        (answered("lapsed"), "2024-04-24", "be"),
        (answered("lapsed", "2024-04-24"), "2024-04-24", "be"),
    ],
)
def test_the_grounds_that_are_ripe(off, facts, on, letters):
    assert ripe(facts, on, off) == letters


@pytest.mark.parametrize(
    ("ground", "facts", "on", "said"),
    [
        ("a", answered("granted"), "2024-03-26", "tidak ditolak"),
        ("a", Facts(DUE), "2024-03-26", "huruf c terbuka mulai 29 Maret 2024"),
        ("b", Facts(DUE), "2024-03-26", "juga tanpa permohonan"),
        ("c", Facts(DUE), "2024-03-28", "boleh dijawab sampai 28 Maret 2024. Terbuka mulai 29 Maret 2024"),
        ("c", Facts(DUE), "2024-04-01", "sejak 29 Maret 2024 sampai 27 Mei 2024"),
        ("c", Facts(DUE), "2024-05-28", "27 Mei 2024, sudah lewat"),
        ("c", answered("granted"), "2024-04-01", "sudah ditanggapi pada 25 Maret 2024"),
        ("d", answered("lapsed"), "2024-04-01", "huruf e"),
        ("e", answered("refused"), "2024-04-01", "huruf a"),
        ("f", answered("granted"), "2024-04-01", "Tidak ada biaya"),
        ("g", answered("granted"), "2024-04-01", "tidak dijawab melewati"),
        ("g", answered("withdrawn"), "2024-04-01", "dicabut"),
    ],
)
def test_a_sentence_says_when_or_why_not(off, ground, facts, on, said):
    assert said in opening(Ground(ground), facts, day(on), P, off).why


STATES = st.builds(
    lambda due, outcome, gap, cost: Facts(due, outcome, due + timedelta(days=gap) if outcome else None, cost),
    st.dates(date(2023, 2, 1), date(2027, 6, 30)),
    st.sampled_from(["", *OUTCOMES]),
    st.integers(-14, 60),
    st.integers(0, 2),
)
DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


@given(STATES, DAYS)
def test_each_ground_is_ripe_exactly_within_its_days_and_always_explained(off, facts, on):
    found = openings(facts, on, P, off)
    assert [row.ground for row in found] == list("abcdefg")
    for row in found:
        assert row.why
        if row.ground == Ground.PERIODIC:
            assert row.is_ripe
        elif row.opens_on is None:
            assert (row.closes_on, row.is_ripe) == (None, False)
        else:
            assert row.is_ripe == (row.opens_on <= on <= row.closes_on)
            assert row.closes_on == objection_until(row.opens_on, P, off)


@given(STATES, DAYS)
def test_silence_and_answer_exclude_each_other(off, facts, on):
    letters = {row.ground for row in openings(facts, on, P, off) if row.is_ripe}
    assert not ("c" in letters and letters & set("adefg"))
    if not facts.outcome:
        assert letters <= set("bc")
        assert ("c" in letters) <= (on > facts.due_on)


@given(STATES)
def test_whoever_got_an_answer_can_object_on_its_day_and_whoever_got_none_on_the_day_after_the_limit(off, facts):
    if facts.outcome == "withdrawn":
        return
    first = facts.answered_on or facts.due_on + timedelta(days=1)
    assert {row.ground for row in openings(facts, first, P, off) if row.is_ripe} - {"b"}
