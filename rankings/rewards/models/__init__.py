"""Rules, and what was proposed, decided and issued under them."""

from .proposals import Proposal, ProposalQuerySet, ProposalRun
from .rules import RewardRule, RewardRuleQuerySet

__all__ = ["Proposal", "ProposalQuerySet", "ProposalRun", "RewardRule", "RewardRuleQuerySet"]
