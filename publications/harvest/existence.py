"""Postings that their unit deleted: asked for at their own address, and gone only when that is sure.

What counts is checked once after its month has ended, before the ranking becomes final. "No" is 404 or 410 from the
posting's address while its site answers; every other trouble says nothing. Three times "no" over 48 hours is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import first_of_month, last_of_month, local_day, midnight, previous_month
from opd.models import Channel
from publications.models import Publication, PublicationQuerySet

from .connectors.base import Connector, Existence, Http, page_exists
from .records import ExistenceCheck

AGAIN_AFTER = timedelta(hours=24)
TIMES, OVER = 3, timedelta(hours=48)
#: A channel of which more than half is missing has moved, not deleted: a person has to look.
TOO_MANY, OF_AT_LEAST = 0.5, 4
GONE = "gone"
Answer = ExistenceCheck.Answer


def check_due(now: datetime, http: Http, connector_of: Callable[[str], Connector], limit: int = 15) -> int:
    """Ask for postings that are due, channel by channel, and mark what is gone; how many were asked for.

    Few in one call, for between two requests to a host there is a pause; the next call goes on.
    """
    rows = list(due(now)[:limit])
    rows.sort(key=lambda row: row.channel_id or 0)
    for _channel, group in groupby(rows, key=lambda row: row.channel_id):
        _check_channel(list(group), now, http, connector_of)
    return len(rows)


def due(now: datetime) -> PublicationQuerySet:
    """Accepted postings of the month before without a check since it ended, and what was missing a day ago."""
    today = local_day(now)
    month = previous_month(first_of_month(today))
    ended_at = midnight(first_of_month(today))
    checks = ExistenceCheck.objects.filter(publication=OuterRef("pk"))
    last = checks.order_by("-checked_at", "-pk")
    rows = Publication.objects.accepted().filter(
        origin__in=(Publication.Origin.HARVEST, Publication.Origin.LINK), channel__harvest__isnull=False,
        counted_on__gte=month, is_sample=False,
    ).exclude(channel__kind="instagram").exclude(channel__harvest__connector="auto")  # fmt: skip
    rows = rows.annotate(
        last_answer=Subquery(last.values("answer")[:1]), last_check=Subquery(last.values("checked_at")[:1])
    )
    never = Q(counted_on__lte=last_of_month(month)) & ~Exists(checks.filter(checked_at__gte=ended_at))
    found: PublicationQuerySet = rows.filter(
        never | Q(last_answer=Answer.NO, last_check__lte=now - AGAIN_AFTER)
    ).select_related("channel__harvest")
    return found.order_by(F("last_check").asc(nulls_first=True), "pk")


def _check_channel(
    rows: list[Publication], now: datetime, http: Http, connector_of: Callable[[str], Connector]
) -> None:
    channel = rows[0].channel
    if channel is None:
        return
    connector = connector_of(channel.harvest.connector)
    answers = [(row, _ask(row, channel, connector, http)) for row in rows]
    if any(answer == "no" for _row, answer in answers) and not _site_answers(channel, http):
        answers = [(row, "unknown" if answer == "no" else answer) for row, answer in answers]
    ExistenceCheck.objects.bulk_create(
        ExistenceCheck(publication=row, checked_at=now, answer=answer) for row, answer in answers
    )
    missing = [row for row, answer in answers if answer == "no"]
    if len(answers) >= OF_AT_LEAST and len(missing) > TOO_MANY * len(answers):
        return
    mark_gone(missing)


def _ask(row: Publication, channel: Channel, connector: Connector, http: Http) -> Existence:
    return connector.exists(row.permalink, http) if row.permalink else "unknown"


def _site_answers(channel: Channel, http: Http) -> bool:
    """A site that is closed for repairs answers 404 to everything."""
    return channel.kind != "website" or page_exists(channel.url, http) == "yes"


def mark_gone(rows: Iterable[Publication]) -> int:
    """Those of the rows whose last three answers were "no" over two days count no more; how many they were."""
    keys = [row.pk for row in rows]
    checks: dict[int, list[ExistenceCheck]] = defaultdict(list)
    for check in ExistenceCheck.objects.filter(publication__in=keys).order_by("-checked_at", "-pk"):
        checks[check.publication_id].append(check)
    return sum(_mark(pk, told[:TIMES]) for pk, told in checks.items() if _is_sure(told[:TIMES]))


def _is_sure(last: list[ExistenceCheck]) -> bool:
    said_no = len(last) == TIMES and all(check.answer == Answer.NO for check in last)
    return said_no and last[0].checked_at - last[-1].checked_at >= OVER


def _mark(pk: int, last: list[ExistenceCheck]) -> int:
    publication = Publication.objects.accepted().filter(pk=pk).first()
    if publication is None:
        return 0
    days = [f"{local_day(check.checked_at):%d-%m-%Y}" for check in (last[-1], last[0])]
    reason = _("Dihapus di kanalnya: tidak ditemukan lagi pada tiga pemeriksaan dari %(first)s sampai %(last)s.")
    return int(
        Publication.objects.accepted()
        .filter(pk=pk)
        .update(
            state=Publication.State.REJECTED,
            flags=[*(flag for flag in publication.flags if flag != GONE), GONE],
            reason=reason % {"first": days[0], "last": days[1]},
        )
    )
