"""How far silence has come: a pure function from a unit's months to a step. It knows no table and no letter.

A month counts only where the unit was measured and silent, and where nobody excused it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum


class Month(Enum):
    """What one month says about a unit."""

    ACTIVE = "active"
    SILENT = "silent"
    #: A channel could not be read: never held against the unit, and no proof that it was active.
    NOT_MEASURED = "not_measured"
    #: Silent, but a person rejected or withdrew the letter for it: it does not count any more.
    EXCUSED = "excused"
    #: The unit did not exist, or no final ranking says anything: whatever came before is another story.
    UNKNOWN = "unknown"


#: These neither count nor end the chain.
PASSED_OVER = frozenset({Month.NOT_MEASURED, Month.EXCUSED})


def silent_places(months: Sequence[Month]) -> list[int]:
    """Places of the silent months that form the chain of the last month, oldest first; none unless that is silent.

    `months` are calendar months without a gap, oldest first. An active month resets the chain.
    """
    if not months or months[-1] is not Month.SILENT:
        return []
    found = []
    for place in range(len(months) - 1, -1, -1):
        if months[place] is Month.SILENT:
            found.append(place)
        elif months[place] not in PASSED_OVER:
            break
    return found[::-1]


def step(silent: int, thresholds: Iterable[int]) -> int | None:
    """The step that so many silent months have reached: the largest threshold met.

    The highest step stays the answer for longer silence; there is nothing beyond it.
    """
    return max((threshold for threshold in thresholds if 1 <= threshold <= silent), default=None)
