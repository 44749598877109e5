"""The method "Indeks Keaktifan" as pure functions: what the SQL computes, one rule at a time.

    index = 100 × (0.4 volume + 0.3 consistency + 0.2 reach + 0.1 completeness)        (version 1)

Weights come from the method's row. Components are plain shares (0-1), the index has 0-100 points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

ZERO = Decimal(0)
#: The expected kinds of channel, each counted once for reach.
EXPECTED_KINDS = ("website", "instagram", "other_social")


def reach_kind(publication_kind: str) -> str:
    """The expected kind that a posting or channel belongs to; the portal is a website."""
    if publication_kind in ("website", "portal"):
        return "website"
    return "instagram" if publication_kind == "instagram" else "other_social"


@dataclass(frozen=True)
class Weights:
    """Weights of the four components; together 1."""

    volume: Decimal = Decimal("0.4")
    consistency: Decimal = Decimal("0.3")
    reach: Decimal = Decimal("0.2")
    completeness: Decimal = Decimal("0.1")


@lru_cache(maxsize=4096)
def logarithm(n: int) -> Decimal:
    """ln(1+n)"""
    return (1 + Decimal(n)).ln()


def volume(n: int, max_n: int) -> Decimal:
    """ln(1+n) / ln(1+max n): counted activities against the most active peer of the category (share)."""
    return logarithm(n) / logarithm(max_n) if max_n else ZERO


def consistency(active_days: int, working_days: int) -> Decimal:
    """min(1, active days / working days of the month) (share). A Sunday's activity makes an active day."""
    return min(Decimal(1), Decimal(active_days) / max(1, working_days))


def reach(used: int, not_measured: int) -> Decimal:
    """Kinds used / kinds expected (share); a kind that could not be measured is not expected."""
    return Decimal(used) / max(1, len(EXPECTED_KINDS) - not_measured)


def completeness(points: Sequence[int], max_n: int, weights: Weights) -> Decimal:
    """How complete the counted activities are (share), by their points of 0-3 each.

    max over k = 1…n of  mean_k − (w_volume / w_completeness) × (volume(n) − volume(k)),
    mean_k being the mean of the k most complete divided by 3. For k = n it is the plain mean; the
    maximum sees to it that one more activity, however poor, never lowers the index.
    """
    best_first = sorted(points, reverse=True)
    if not best_first:
        return ZERO
    means = [Decimal(sum(best_first[:k])) / (3 * k) for k in range(1, len(best_first) + 1)]
    if not weights.completeness:
        return means[-1]
    price = weights.volume / weights.completeness
    whole = volume(len(means), max_n)
    return max(mean - price * (whole - volume(k, max_n)) for k, mean in enumerate(means, start=1))


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero; first to six more decimals, which drops the noise of division and logarithm."""
    fine = value.quantize(Decimal(1).scaleb(-places - 6), ROUND_HALF_UP)
    return fine.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def score(volume: Decimal, consistency: Decimal, reach: Decimal, completeness: Decimal, weights: Weights) -> Decimal:
    """The index in points (0-100), from the unrounded components, at 4 decimals."""
    total = (
        weights.volume * volume
        + weights.consistency * consistency
        + weights.reach * reach
        + weights.completeness * completeness
    )
    return rounded(100 * total, 4)


def ranks(keys: Sequence[tuple[Decimal, int, int]]) -> list[int]:
    """Ranks 1, 2, 2, 4 for keys (score, n, active days), in the order given."""
    first: dict[tuple[Decimal, int, int], int] = {}
    for place, key in enumerate(sorted(keys, reverse=True), start=1):
        first.setdefault(key, place)
    return [first[key] for key in keys]
