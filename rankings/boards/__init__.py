"""The read side of the ranking: what pages show, in a constant number of queries."""

from .category import SORTS, Board, board, sort_of
from .city_map import CityMap, city_map
from .entries import histories, movement
from .entry import EntryDetail, components, entry_detail
from .months import (
    Month,
    MonthPicker,
    Revisions,
    latest_finished,
    months,
    picker,
    ranking_for,
    ranking_of,
    revisions,
    running,
)
from .overview import Overview, first_of, overview
from .raising import Climb, Step, steps
from .social import WithoutSocialMedia, without_social_media
from .standing import LeftOut, Standing, standing, standings
from .unit import UnitRecord, unit_record

__all__ = [
    "SORTS",
    "Board",
    "CityMap",
    "Climb",
    "EntryDetail",
    "LeftOut",
    "Month",
    "MonthPicker",
    "Overview",
    "Revisions",
    "Standing",
    "Step",
    "UnitRecord",
    "WithoutSocialMedia",
    "board",
    "city_map",
    "components",
    "entry_detail",
    "first_of",
    "histories",
    "latest_finished",
    "months",
    "movement",
    "overview",
    "picker",
    "ranking_for",
    "ranking_of",
    "revisions",
    "running",
    "sort_of",
    "standing",
    "standings",
    "steps",
    "unit_record",
    "without_social_media",
]
