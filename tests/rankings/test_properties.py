"""The SQL against the slow reference, over random cities."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Unit
from rankings.score import Weights
from rankings.services import compute_month
from rankings.verifying import verify_ranking

from .reference import rank_month
from .worlds import FIRST, LAST, activities, cities, dense_city, postings, rolled_back, store, store_activities

pytestmark = pytest.mark.django_db
LATER = datetime(2023, 3, 1, tzinfo=JAKARTA)
FIELDS = [
    *("category", "state", "rank", "score", "volume", "consistency", "reach", "completeness", "points"),
    *("activities", "max_activities", "active_days", "with_media", "with_text", "with_date", "publications"),
    *("left_out", "kinds_used", "kinds_not_measured", "has_social_media"),
]


def examples(number):
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))


def entries_by(ranking, key="unit_id"):
    return {row.pop(key): row for row in ranking.entries.values(key, *FIELDS)}


def evidence_of(ranking):
    return {row.publication_id: (row.rule, row.points) for row in ranking.evidence.all()}


seeds = st.integers(0, 2**32)
any_city = st.one_of(cities(), seeds.map(dense_city))


@examples(250)
@given(city=any_city)
def test_statement_gives_what_the_reference_gives(city):
    with rolled_back():
        world = store(city)
        expected_entries, expected_evidence = rank_month(world, FIRST, LAST)
        ranking = compute_month(FIRST, LATER)
        assert entries_by(ranking) == expected_entries
        assert evidence_of(ranking) == expected_evidence
        verdict = verify_ranking(ranking)
        assert verdict.differences == []
        assert len(verdict.entries) == len(expected_entries)


@examples(40)
@given(city=any_city, seed=seeds)
def test_order_of_insertion_changes_nothing(city, seed):
    with rolled_back():
        store(city)
        in_order = entries_by(compute_month(FIRST, LATER), "unit__slug")
    with rolled_back():
        store(city, random.Random(seed).shuffle)
        names = {f"unit-{number}" for number in range(1, len(city["units"]) + 1)}
        assert set(Unit.objects.values_list("slug", flat=True)) == names
        assert entries_by(compute_month(FIRST, LATER), "unit__slug") == in_order


@examples(40)
@given(city=any_city)
def test_second_run_changes_no_row_and_no_id(city):
    with rolled_back():
        store(city)
        first = compute_month(FIRST, LATER)
        rows = list(first.entries.order_by("pk").values()), list(first.evidence.order_by("pk").values())
        second = compute_month(FIRST, LATER + timedelta(hours=1))
        again = list(second.entries.order_by("pk").values()), list(second.evidence.order_by("pk").values())
        assert (second.pk, second.computed_at, again) == (first.pk, first.computed_at, rows)


accepted = postings.map(lambda posting: {**posting, "state": "accepted", "is_sample": False})
one_more = st.builds(
    lambda activity, posting: {**activity, "status": "published", "postings": [posting]}, activities, accepted
)


def unchanged_peers(before, after, unit):
    return before[unit]["max_activities"] == after[unit]["max_activities"]


def add_one(world, unit, activity):
    """Entries of before and after a unit's one more activity."""
    before = entries_by(compute_month(FIRST, LATER))
    store_activities(world, [(unit, activity)])
    return before, entries_by(compute_month(FIRST, LATER))


@examples(100)
@given(city=any_city, activity=one_more, which=st.integers(0, 4))
def test_one_more_activity_never_lowers_n_or_score(city, activity, which):
    with rolled_back():
        world = store(city)
        unit = world.units[which % len(world.units)].id
        before, after = add_one(world, unit, activity)
        if unit in before and unchanged_peers(before, after, unit):
            assert after[unit]["activities"] >= before[unit]["activities"]
            assert after[unit]["score"] >= before[unit]["score"]


COMPLETE = {"status": "published", "text": "a" * 200, "happened_on": FIRST, "alts": ["Rapat di kantor"]}
POOR = {"status": "published", "text": "", "happened_on": None, "alts": []}


def on_day(number, hour, description):
    """A website posting of that day in January, 1-31."""
    posting = {
        "kind": "website",
        "state": "accepted",
        "published_at": datetime(2023, 1, number, hour, tzinfo=JAKARTA),
        "has_media": False,
        "text_length": 0,
        "is_sample": False,
    }
    return {**description, "postings": [posting]}


def plain_unit(activities_of_unit):
    return {"category": "opd", "active": (None, None), "channels": [], "activities": activities_of_unit}


def test_poor_activity_does_not_lower_a_complete_unit_under_a_high_maximum():
    """With the plain mean the unit would fall: the category's maximum is 62."""
    leader = plain_unit([on_day(n, h, COMPLETE) for n in range(1, 32) for h in (9, 10)])
    small = plain_unit([on_day(n, 9, COMPLETE) for n in range(2, 7)])
    city = {"units": [leader, small], "news": [], "days_off": set(), "weights": Weights(), "daily_limit": 3}
    world = store(city)
    unit = world.units[1].id
    before, after = add_one(world, unit, on_day(6, 15, POOR))
    assert after[unit]["max_activities"] == 62
    assert after[unit]["activities"] == before[unit]["activities"] + 1
    assert after[unit]["score"] >= before[unit]["score"]
    fall_of_the_mean = Decimal(100) * Decimal("0.1") * (1 - Decimal(5) / 6)
    assert fall_of_the_mean > 40 * (after[unit]["volume"] - before[unit]["volume"])
    assert entries_by(compute_month(FIRST, LATER)) == rank_month(world, FIRST, LAST)[0]
