"""What a new item is worth: it counts at once (grade A) or is held, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from cilegon_kip.common.jakarta import first_of_month, local_day
from opd.models import Channel
from publications.date_limits import TOLERANCE
from publications.flags import WORDS
from publications.lateness import limit_on
from publications.permalinks import PermalinkError, host_of

from .items import Item
from .recognising import title_of
from .records import ChannelHarvest, HarvestRun

#: A posting with one of these waits: for its time, for its channel, or for a person.
HOLDS = ("channel_unverified", "other_site", "no_title", "no_date", "future", "late", "out_of_order", "api_only")
#: With less text and no picture a posting is listed as thin; it counts, low in completeness.
THIN_BELOW = 40
#: An id is compared with so many before it; fewer prove nothing.
NEIGHBOURS = 5
OUT_OF_ORDER = timedelta(hours=48)


@dataclass
class Judge:
    """Judges the items of one page. `whole_at`: when the channel was last read whole before, None if never."""

    harvest: ChannelHarvest
    whole_at: datetime | None
    now: datetime
    _limits: dict[date, timedelta] = field(default_factory=dict)

    def holds(self, item: Item) -> list[str]:
        """Why somebody or something has to be waited for; empty for grade A."""
        channel, found = self.harvest.channel, []
        if channel.status != Channel.Status.VERIFIED:
            found.append("channel_unverified")
        if item.original or (channel.kind == "website" and _site(item.permalink) != _site(channel.url)):
            found.append("other_site")
        if item.is_api_only:
            found.append("api_only")
        if not title_of(item):
            found.append("no_title")
        if item.claimed_at is None:
            found.append("no_date")
        elif item.claimed_at > self.now + TOLERANCE:
            found.append("future")
        elif self._is_late(item.claimed_at):
            found.append("late")
        return found

    def _is_late(self, claimed: datetime) -> bool:
        """A whole reading later than 48 hours after the claimed time had not shown it. Of the first visit only the
        running month is held: what is older feeds the history, not a running contest."""
        covered_from = self.harvest.coverage_from
        if covered_from is None or claimed < covered_from:
            is_running = first_of_month(local_day(claimed)) == first_of_month(local_day(self.now))
            return is_running and self.now - claimed > self._limit(claimed)
        return self.whole_at is not None and self.whole_at - claimed > self._limit(claimed)

    def _limit(self, claimed: datetime) -> timedelta:
        """By the method, which holds for whole months: it is asked once for each."""
        month = first_of_month(local_day(claimed))
        if month not in self._limits:
            self._limits[month] = limit_on(month)
        return self._limits[month]


def remarks(harvest: ChannelHarvest, item: Item) -> list[str]:
    """What is said of a posting without holding it."""
    is_old = harvest.coverage_from is None or (item.claimed_at is not None and item.claimed_at < harvest.coverage_from)
    return [*(["backfill"] if is_old else []), *thin_flag(len(item.text), bool(item.media))]


def thin_flag(text_length: int, has_media: bool) -> list[str]:
    return ["thin"] if text_length < THIN_BELOW and not has_media else []


def in_words(flags: Collection[str]) -> str:
    """The reason for which a posting is held; empty if nothing holds it."""
    return " ".join(str(WORDS[flag]) for flag in HOLDS if flag in flags)[:500]


def last_whole_reading(channel: Channel) -> datetime | None:
    """The last visit that saw all that the channel had; one with a gap before it, or in parts, proves nothing."""
    whole = HarvestRun.objects.filter(channel=channel, outcome__in=("ok", "unchanged"))
    return whole.values_list("started_at", flat=True).first()


def out_of_order(items: Sequence[Item]) -> set[str]:
    """Source ids of items that are numbered after their neighbours and dated long before them.

    A system that numbers its posts does so when they are begun. A draft that is published late has a low number and a
    late date; a high number with an early date is a date that was set back. Compared with the middle one of the five
    before it, so that one late draft among them accuses nobody.
    """
    numbered = sorted(
        (item.serial, item.claimed_at, item.source_id) for item in items if item.serial and item.claimed_at
    )
    return {
        name
        for place, (_serial, claimed, name) in enumerate(numbered)
        if place >= NEIGHBOURS
        and claimed.timestamp()
        < median(before.timestamp() for _s, before, _n in numbered[place - NEIGHBOURS : place])
        - OUT_OF_ORDER.total_seconds()
    }


def _site(url: str) -> str:
    try:
        return host_of(url)
    except PermalinkError:
        return ""
