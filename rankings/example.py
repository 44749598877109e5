"""A worked example of the method, computed by the method itself so that words and numbers cannot part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from . import score
from .models import Method

#: An invented unit: 12 activities on 9 of 21 working days, 24 the most in its category, two kinds of channel.
ACTIVITIES, MOST, DAYS, WORKING_DAYS, KINDS = 12, 24, 9, 21, 2
POINTS = [3] * 6 + [2] * 4 + [1] * 2


@dataclass(frozen=True)
class Line:
    label: str
    value: Decimal
    weight: Decimal

    @property
    def points(self) -> Decimal:
        return 100 * self.weight * self.value


@dataclass(frozen=True)
class Example:
    activities: int
    most: int
    days: int
    working_days: int
    kinds: int
    points: int
    possible: int
    volume: Line
    consistency: Line
    reach: Line
    completeness: Line
    index: Decimal
    band: str


def worked(method: Method) -> Example:
    weights = method.weights
    volume, consistency = score.volume(ACTIVITIES, MOST), score.consistency(DAYS, WORKING_DAYS)
    reach, completeness = score.reach(KINDS, 0), score.completeness(POINTS, MOST, weights)
    index = score.score(volume, consistency, reach, completeness, weights)
    return Example(
        activities=ACTIVITIES,
        most=MOST,
        days=DAYS,
        working_days=WORKING_DAYS,
        kinds=KINDS,
        points=sum(POINTS),
        possible=3 * ACTIVITIES,
        volume=Line("Volume", volume, weights.volume),
        consistency=Line("Konsistensi", consistency, weights.consistency),
        reach=Line("Jangkauan", reach, weights.reach),
        completeness=Line("Kelengkapan", completeness, weights.completeness),
        index=index,
        band=method.band_of(index),
    )
