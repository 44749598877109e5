"""Accounts that exist and that the portal could not read in a month: since when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import last_of_month, local_day, midnight, next_month
from opd.models import SOCIAL_KINDS, Channel
from publications.models import CoverageGap
from rankings.models import Ranking


@dataclass(frozen=True)
class Unread:
    """A verified account of a unit, from when on it could not be read, and why."""

    channel: Channel
    since: date
    reason: str


def unreachable(ranking: Ranking) -> list[Unread]:
    """Accounts with days in the month on which they could not be read; the earliest day of each."""
    gaps = (
        CoverageGap.objects.overlapping(ranking.month, last_of_month(ranking.month))
        .filter(channel__in=_accounts(ranking))
        .select_related("channel__unit__parent", "channel__harvest")
        .order_by("channel__unit__name", "channel__kind", "channel_id", "started_on")
    )
    found: dict[int, Unread] = {}
    for gap in gaps:
        found.setdefault(gap.channel_id, Unread(gap.channel, _since(gap, ranking), gap.reason))
    return list(found.values())


def not_measurable(ranking: Ranking) -> list[Unread]:
    """Accounts for which no visit had succeeded by the month's end: only links that the unit sends can count.

    Sample accounts are never visited, so of a sample month nothing can be said.
    """
    if ranking.is_sample:
        return []
    unread = Q(harvest=None) | Q(harvest__coverage_from=None) | Q(harvest__coverage_from__gte=_end(ranking))
    gaps = CoverageGap.objects.overlapping(ranking.month, last_of_month(ranking.month))
    accounts = (
        _accounts(ranking)
        .filter(unread, verified_at__lt=_end(ranking))
        .exclude(pk__in=gaps.values("channel"))
        .select_related("unit__parent", "harvest")
        .order_by("unit__name", "kind", F("pk"))
    )
    words = _("Belum dapat dibaca portal; yang dihitung hanya tautan yang dikirim unit.")
    return [Unread(account, local_day(account.verified_at), words) for account in accounts if account.verified_at]


def _accounts(ranking: Ranking) -> QuerySet[Channel]:
    """Verified accounts on social media that were open in the month."""
    opened = Channel.objects.verified().open_between(ranking.month, last_of_month(ranking.month))
    accounts: QuerySet[Channel] = opened.filter(kind__in=SOCIAL_KINDS).exclude(key="")
    return accounts if ranking.is_sample else accounts.filter(is_sample=False)


def _end(ranking: Ranking) -> datetime:
    return midnight(next_month(ranking.month))


def _since(gap: CoverageGap, ranking: Ranking) -> date:
    """A gap that still lasts began with the last good visit, which may lie in an earlier month."""
    harvest = getattr(gap.channel, "harvest", None)
    if gap.ended_on is None and harvest is not None and harvest.last_ok_at is not None:
        return min(gap.started_on, local_day(harvest.last_ok_at))
    return gap.started_on
