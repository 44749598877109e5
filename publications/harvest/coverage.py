"""Which days of a month a channel was not seen whole: derived from the record of its visits, kept as `CoverageGap`.

A visit shows everything back to the visit before, however long ago that was, as long as something of it is still to be
seen. So an outage loses nothing that the next visit still shows. What is not covered is a span whose end shows nothing
of its beginning, and what follows the last good visit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, last_of_month, local_day, midnight, next_month
from opd.models import Channel
from publications.models import CoverageGap

from .records import ChannelHarvest, ConnectorKind, HarvestRun
from .ways import is_on

#: A running month is not called unmeasured for an outage of hours; the 48-hour rule waits as long.
PATIENCE = timedelta(hours=48)


@dataclass(frozen=True)
class Stretch:
    """Days of a month, ends included, on which a channel was not covered; without an end it still lasts."""

    channel_id: int
    started_on: date
    ended_on: date | None
    reason: str


@dataclass(frozen=True)
class Span:
    """The month as instants, and the moment from which it is looked at."""

    month: date
    now: datetime

    @property
    def start(self) -> datetime:
        return midnight(self.month)

    @property
    def end(self) -> datetime:
        return midnight(next_month(self.month))

    @property
    def is_over(self) -> bool:
        return self.now >= self.end

    @property
    def covered_by(self) -> datetime:
        """A good visit is needed from then on."""
        return self.end if self.is_over else self.now - PATIENCE


def record_gaps(month: date, now: datetime) -> int:
    """Bring the derived gaps of a month up to date; how many channels it leaves uncovered. Gaps by hand stay."""
    found = {(one.channel_id, one.started_on): one for one in uncovered(month, now)}
    channels = {one.channel_id for one in found.values()}
    rows = CoverageGap.objects.filter(is_derived=True, started_on__range=(month, last_of_month(month)))
    for row in rows:
        one = found.pop((row.channel_id, row.started_on), None)
        if one is None:
            row.delete()
        elif (row.ended_on, row.reason) != (one.ended_on, one.reason):
            row.ended_on, row.reason = one.ended_on, one.reason
            row.save(update_fields=["ended_on", "reason"])
    CoverageGap.objects.bulk_create(
        CoverageGap(
            channel_id=one.channel_id, started_on=one.started_on, ended_on=one.ended_on, reason=one.reason,
            is_derived=True,
        )
        for one in found.values()
    )  # fmt: skip
    return len(channels)


def uncovered(month: date, now: datetime) -> list[Stretch]:
    """The stretches of all harvested channels; of one channel and day the first."""
    span = Span(month, now)
    found: dict[tuple[int, date], Stretch] = {}
    for one in (*_between_visits(span), *_after_the_last(span)):
        found.setdefault((one.channel_id, one.started_on), one)
    return list(found.values())


def unvisited_since(moment: datetime) -> QuerySet[ChannelHarvest]:
    """Channels of the schedule that were not read whole since then."""
    harvested: QuerySet[ChannelHarvest] = ChannelHarvest.objects.read_by_schedule(local_day(moment))
    off = [kind for kind in ConnectorKind.values if not is_on(kind)]
    seen = HarvestRun.objects.read_whole().since(moment)
    return harvested.exclude(connector__in=off).exclude(channel__in=seen.values("channel"))


def _harvested(span: Span) -> QuerySet[ChannelHarvest]:
    """Verified real channels that were open and had their place in the harvest before the month's end."""
    channels = Channel.objects.verified().open_between(span.month, last_of_month(span.month)).filter(is_sample=False)
    rows: QuerySet[ChannelHarvest] = ChannelHarvest.objects.filter(channel__in=channels, created_at__lt=span.end)
    return rows


def _between_visits(span: Span) -> Iterator[Stretch]:
    """Spans between two visits of which the later one shows nothing of the earlier."""
    good = HarvestRun.objects.read_whole()
    before = good.filter(channel=OuterRef("channel"), started_at__lt=OuterRef("started_at")).order_by("-started_at")
    rows = (
        good.since(span.start)
        .filter(outcome=HarvestRun.Outcome.GAP, channel__in=_harvested(span).values("channel"))
        .annotate(before=Subquery(before.values("started_at")[:1]))
        .filter(before__lt=span.end)
    )
    reason = _("Di antara dua kunjungan mungkin ada yang terbit dan hilang tanpa terlihat.")
    for channel_id, start, end in rows.order_by("started_at").values_list("channel", "before", "started_at"):
        yield _stretch(span, channel_id, start, end, reason)


def _after_the_last(span: Span) -> Iterator[Stretch]:
    """What follows the last good visit, where none came after the month (or, while it runs, for two days)."""
    good = HarvestRun.objects.read_whole().filter(channel=OuterRef("channel"))
    last = good.filter(started_at__lt=span.end).order_by("-started_at").values("started_at")[:1]
    rows = _harvested(span).filter(~Q(Exists(good.since(span.end)))).annotate(last=Subquery(last))
    for harvest in rows.select_related("channel").order_by("pk"):
        since, closed = harvest.last or harvest.created_at, _closed_at(harvest.channel)
        if since < min(span.covered_by, closed or span.covered_by):
            yield _stretch(span, harvest.channel_id, since, closed, _last_words(harvest.last))


def _closed_at(channel: Channel) -> datetime | None:
    """The morning of a channel's last day: a good visit on that day is its last."""
    return midnight(channel.closed_on) if channel.closed_on else None


def _last_words(last: datetime | None) -> str:
    if last is None:
        return _("Portal belum pernah berhasil membaca kanal ini.")
    return _("Portal terakhir berhasil membaca kanal ini pada %(day)s.") % {
        "day": date_format(last.astimezone(JAKARTA), "j F Y")
    }


def _stretch(span: Span, channel_id: int, start: datetime, end: datetime | None, reason: str) -> Stretch:
    """Clipped to the month; what follows a last visit lasts while the month does."""
    first, last = span.month, last_of_month(span.month)
    ended_on = None if end is None and not span.is_over else min(local_day(end) if end else last, last)
    return Stretch(channel_id, max(local_day(start), first), ended_on, reason)
