"""Final months for the tests of rewards and warnings."""

from datetime import date, datetime
from decimal import Decimal

from cilegon_kip.common.jakarta import JAKARTA
from rankings.models import Ranking
from rankings.rewards.models import Proposal
from tests.builders import make_entry, make_ranking, make_unit

MONTHS = [date(2023, number, 1) for number in range(1, 13)]
JANUARY, FEBRUARY, MARCH, APRIL = MONTHS[:4]
STATES = {"A": (1, {}), "S": (None, {}), "n": (None, {"state": "not_measured"})}


def noon(month: date) -> datetime:
    return datetime(month.year, month.month, 28, 12, tzinfo=JAKARTA)


def close(ranking: Ranking, at: datetime | None = None) -> Ranking:
    Ranking.objects.filter(pk=ranking.pk).update(status="final", finalised_at=at or noon(ranking.month))
    return ranking


def finish(month: date, states, at: datetime | None = None, **fields) -> Ranking:
    """A final month with an entry for each (unit, state): A active, S silent, n not measured."""
    ranking = make_ranking(month, **fields)
    for unit, state in states:
        rank, extra = STATES[state]
        make_entry(ranking, unit, rank, **{"has_social_media": True, **extra})
    return close(ranking, at)


def fill(ranking: Ranking, *scores, category: str = "opd") -> list:
    """One unit for each score, ranked by it; None is a silent unit."""
    ranks = sorted((score for score in scores if score is not None), reverse=True)
    units = []
    for score in scores:
        unit = make_unit(category=category)
        rank = None if score is None else ranks.index(score) + 1
        make_entry(ranking, unit, rank, score=Decimal(str(score or 0)), has_social_media=True)
        units.append(unit)
    return units


def finish_board(month: date, *scores, category: str = "opd", **fields) -> list:
    ranking = make_ranking(month, **fields)
    units = fill(ranking, *scores, category=category)
    close(ranking)
    return units


def revise(month: date, states, **fields) -> Ranking:
    """The final second revision, with (unit, rank or None)."""
    ranking = make_ranking(month, revision=2, **fields)
    for unit, rank in states:
        make_entry(ranking, unit, rank, has_social_media=True)
    return close(ranking, datetime(2023, 12, 1, tzinfo=JAKARTA))


def proposed(month: date = JANUARY) -> list[tuple[str, str]]:
    rows = Proposal.objects.filter(month=month, status="proposed").select_related("rule", "unit")
    return sorted((row.rule.slug, row.unit.slug) for row in rows)
