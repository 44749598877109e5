"""The rules one by one, against numbers worked out by hand."""

from decimal import Decimal

import pytest

from rankings import score as rules
from rankings.score import Weights

D = Decimal


@pytest.mark.parametrize(
    ("n", "max_n", "expected"),
    [(0, 0, "0"), (0, 9, "0"), (9, 9, "1"), (1, 3, "0.5"), (3, 15, "0.5"), (1, 62, "0.167300")],
)
def test_volume_is_logarithmic_against_the_most_active_peer(n, max_n, expected):
    assert rules.rounded(rules.volume(n, max_n), 6) == D(expected)


@pytest.mark.parametrize(
    ("days", "working", "expected"), [(0, 21, "0"), (7, 21, "0.333333"), (21, 21, "1"), (25, 21, "1"), (1, 0, "1")]
)
def test_consistency_is_at_most_one(days, working, expected):
    assert rules.rounded(rules.consistency(days, working), 6) == D(expected)


@pytest.mark.parametrize(
    ("used", "not_measured", "expected"),
    [(0, 0, "0"), (1, 0, "0.333333"), (3, 0, "1"), (1, 1, "0.5"), (1, 2, "1"), (0, 3, "0")],
)
def test_reach_leaves_out_kinds_that_were_not_measured(used, not_measured, expected):
    assert rules.rounded(rules.reach(used, not_measured), 6) == D(expected)


@pytest.mark.parametrize(
    ("points", "max_n", "expected"),
    [
        ([], 9, "0"),
        ([3], 9, "1"),
        ([0], 9, "0"),
        ([3, 0], 2, "0.5"),  # a small category: the plain mean is the best
        ([3, 0], 62, "0.608543"),  # 1 - 4 × (ln 3 - ln 2) / ln 63, above the plain mean of 0.5
        ([0, 3], 62, "0.608543"),
        ([2, 2, 2], 62, "0.666667"),
    ],
)
def test_completeness_is_the_best_of_the_first_k(points, max_n, expected):
    assert rules.rounded(rules.completeness(points, max_n, Weights()), 6) == D(expected)


def test_completeness_without_weight_is_the_plain_mean():
    weights = Weights(D("0.5"), D("0.3"), D("0.2"), D(0))
    assert rules.completeness([3, 0], 62, weights) == D("0.5")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("48.09525", "48.0953"), ("48.09524999999999999", "48.0953"), ("48.09524", "48.0952"), ("-0.00005", "-0.0001")],
)
def test_rounding_is_half_away_from_zero_and_forgets_noise(value, expected):
    assert rules.rounded(D(value), 4) == D(expected)


def test_score_has_a_hundred_points_at_most():
    assert rules.score(D(1), D(1), D(1), D(1), Weights()) == D("100.0000")


def test_equal_places_share_a_rank_and_the_next_one_is_skipped():
    keys = [(D(90), 5, 5), (D(80), 4, 4), (D(80), 4, 4), (D(80), 4, 3), (D(70), 9, 9)]
    assert rules.ranks(keys) == [1, 2, 2, 4, 5]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("portal", "website"), ("website", "website"), ("instagram", "instagram"), ("tiktok", "other_social")],
)
def test_portal_counts_as_a_website(kind, expected):
    assert rules.reach_kind(kind) == expected
