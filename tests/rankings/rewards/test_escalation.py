"""How far silence has come: known cases, and what holds for every run of months."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rankings.rewards.escalation import PASSED_OVER, Month, silent_places, step

LADDER = (1, 2, 3, 4)
LETTERS = {"A": Month.ACTIVE, "S": Month.SILENT, "n": Month.NOT_MEASURED, "x": Month.EXCUSED, "?": Month.UNKNOWN}
#: Months oldest first → the step reached (0: none).
CASES = {
    "": 0,
    "S": 1,
    "A": 0,
    "n": 0,
    "x": 0,
    "?": 0,
    "AS": 1,
    "SS": 2,
    "SSS": 3,
    "SSSS": 4,
    "SSSSS": 4,
    "SSSSSSSSSSSS": 4,
    "SSA": 0,
    "SSAS": 1,  # an active month resets
    "SSASS": 2,
    "SnS": 2,  # a month that was not measured does not break the chain and does not lengthen it
    "SnnnnS": 2,
    "nS": 1,
    "SSn": 0,  # no letter for a month that nobody could measure
    "SnA": 0,
    "SxS": 2,  # nor does a month that a person excused
    "xxxS": 1,
    "SSx": 0,
    "S?S": 1,  # the unit did not exist, or no final month tells
    "SSS?S": 1,
    "?SS": 2,
    "SnxnS": 2,
    "AnS": 1,
}


def months(text):
    return [LETTERS[letter] for letter in text]


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_known_cases(text, expected):
    assert (step(len(silent_places(months(text))), LADDER) or 0) == expected


runs = st.lists(st.sampled_from(Month), max_size=20)


@given(runs)
def test_only_silent_months_after_the_last_break_count(run):
    places = silent_places(run)
    assert places == sorted(set(places))
    assert all(run[place] is Month.SILENT for place in places)
    if run and run[-1] is Month.SILENT:
        assert places[-1] == len(run) - 1
        between = run[places[0] :]
        assert not {Month.ACTIVE, Month.UNKNOWN} & set(between)
        assert len(places) == between.count(Month.SILENT)
        before = [month for month in run[: places[0]] if month not in PASSED_OVER]
        assert not before or before[-1] in (Month.ACTIVE, Month.UNKNOWN)
    else:
        assert places == []


@given(runs, st.integers(0, 20), st.sampled_from(sorted(PASSED_OVER, key=str)))
def test_a_month_passed_over_changes_no_step(run, at, passed):
    longer = [*run[:at], passed, *run[at:]]
    if at < len(run):
        assert len(silent_places(longer)) == len(silent_places(run))
    else:
        assert silent_places(longer) == []


@given(runs, runs)
def test_an_active_month_resets(before, after):
    assert len(silent_places([*before, Month.ACTIVE, *after])) == len(silent_places([Month.ACTIVE, *after]))


@given(runs)
def test_replacing_silence_by_a_kinder_month_never_raises_the_step(run):
    worst = len(silent_places(run))
    for place, month in enumerate(run):
        if month is Month.SILENT:
            for kinder in (Month.ACTIVE, Month.NOT_MEASURED, Month.EXCUSED, Month.UNKNOWN):
                assert len(silent_places([*run[:place], kinder, *run[place + 1 :]])) <= worst


@given(st.integers(0, 30), st.sets(st.integers(1, 12), max_size=5))
def test_the_step_is_the_largest_threshold_met(silent, thresholds):
    found = step(silent, thresholds)
    assert found == max((each for each in thresholds if each <= silent), default=None)
