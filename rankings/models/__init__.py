"""How active they were: the method, the months, the entries and the evidence behind each."""

from rankings.files.models import RankingFile
from rankings.rebuttals.models import Rebuttal, RebuttalItem
from rankings.rewards.models import Proposal, ProposalRun, RewardRule

from .entries import Entry, Evidence
from .methods import Method, MethodQuerySet, default_bands
from .months import InputFile, Ranking, RankingQuerySet

__all__ = [
    "Entry",
    "Evidence",
    "InputFile",
    "Method",
    "MethodQuerySet",
    "Proposal",
    "ProposalRun",
    "Ranking",
    "RankingFile",
    "RankingQuerySet",
    "Rebuttal",
    "RebuttalItem",
    "RewardRule",
    "default_bands",
]
