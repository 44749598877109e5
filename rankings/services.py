"""Computing months of the ranking. Doors (task, command, admin) call these."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import (
    first_of_month,
    last_of_month,
    local_day,
    month_text,
    months_between,
    next_month,
    previous_month,
)
from cilegon_kip.common.working_days import add_working_days, working_days_between
from opd.calendar import days_off
from publications.harvest.coverage import record_gaps
from publications.models import Publication

from .compute import write_entries
from .input_file import store_input_file
from .models import Method, Ranking

logger = logging.getLogger(__name__)

#: First key of the advisory locks; the second is the month as yyyymm.
LOCK_SPACE = 20230215


class RankingError(Exception):
    """A ranking cannot be computed; the message is for people."""


@transaction.atomic
def compute_month(month: date, now: datetime | None = None) -> Ranking:
    """Compute a month (its first day) for all units, and return its ranking.

    The running month is provisional; an ended one a draft with an objection window, which a later run
    keeps, and the file of all that it was computed from. A final ranking is returned untouched. The run
    is all-or-nothing, waits for another run of the same month, and writes only what differs: the second of
    two equal runs changes no row, and `computed_at` tells when the content last changed.
    """
    now = now or timezone.now()
    today = local_day(now)
    if month.day != 1:
        raise ValueError("a month is given by its first day")
    if month > today:
        raise RankingError(_("Bulan %(month)s belum dimulai.") % {"month": month_text(month)})
    lock_month(month)
    ranking = newest_of(month) or Ranking(month=month)
    if ranking.status == Ranking.Status.FINAL:
        logger.info("ranking %s is final and stays as it is", ranking)
        return ranking
    if not_covered := record_gaps(month, now):
        logger.info("ranking %s: %d channels are not covered", ranking, not_covered)
    changed = _save_frame(ranking, today, now)
    written = write_entries(ranking, newest_of(previous_month(month), is_sample=ranking.is_sample))
    filed = ranking.status == Ranking.Status.DRAFT and store_input_file(ranking)
    if (written or filed) and not changed:
        _touch(ranking, now)
    _pass_on_ranks(ranking, now)
    logger.info("ranking %s (%s) computed, %d rows changed", ranking, ranking.status, written)
    return ranking


def due_months(today: date) -> list[date]:
    """Months that are due and not yet computed, and the running one, oldest first.

    A month is ranked if an accepted own publication counts in it; and from the month in which the portal
    recorded its first real publication on, every month, so that a month without any activity shows that
    all were silent. Months between islands of old or sample data stay out. An ended month is due until it
    has a draft (or is final): a missed first of the month is made up by the next run. A draft is not due
    again; it is recomputed by command or admin, so that a published draft changes only by an act.
    """
    running = first_of_month(today)
    months = set(_months_with_publications())
    since = Publication.objects.own().filter(is_sample=False).aggregate(first=Min("first_seen_at"))["first"]
    if since is not None:
        months.update(months_between(first_of_month(local_day(since)), running))
    done = Ranking.objects.exclude(status=Ranking.Status.PROVISIONAL).values_list("month", flat=True)
    return sorted({month for month in months if month <= running}.difference(done))


def is_due(month: date) -> bool:
    """Whether a month has neither draft nor final ranking."""
    return not Ranking.objects.filter(month=month).exclude(status=Ranking.Status.PROVISIONAL).exists()


def computed_months() -> list[date]:
    """Months that have a ranking which is not final."""
    open_rankings = Ranking.objects.current().exclude(status=Ranking.Status.FINAL)
    return sorted(open_rankings.values_list("month", flat=True))


def missing_months(today: date) -> list[date]:
    """Due months that cannot be shown yet: ended ones without a draft, and the running one without any entry."""
    there = set(Ranking.objects.filter(month=first_of_month(today)).values_list("month", flat=True))
    return [month for month in due_months(today) if month not in there]


def method_for(month: date) -> Method:
    """The activated version in force in a month."""
    method: Method | None = Method.objects.in_force(month)
    if method is None:
        raise RankingError(_("Belum ada metode yang berlaku pada bulan %(month)s.") % {"month": month_text(month)})
    return method


def lock_month(month: date) -> None:
    """One run at a time for a month and the one after it (whose previous ranks it writes), till commit."""
    with connection.cursor() as cursor:
        for locked in (month, next_month(month)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, locked.year * 100 + locked.month])


def newest_of(month: date, **conditions: Any) -> Ranking | None:
    ranking: Ranking | None = (
        Ranking.objects.current().select_related("method").filter(month=month, **conditions).first()
    )
    return ranking


def _save_frame(ranking: Ranking, today: date, now: datetime) -> bool:
    """Set what a ranking says besides its entries; whether anything of it changed."""
    frame = _frame(ranking, today)
    changed = {name for name, value in frame.items() if ranking.pk is None or getattr(ranking, name) != value}
    for name in changed:
        setattr(ranking, name, frame[name])
    if changed:
        ranking.computed_at = now
        ranking.save()
    return bool(changed)


def _frame(ranking: Ranking, today: date) -> dict[str, Any]:
    first, last = ranking.month, last_of_month(ranking.month)
    off = days_off(first, last)
    has_ended = last < today
    is_sample = Publication.objects.filter(counted_on__range=(first, last), is_sample=True).exists()
    return {
        "status": Ranking.Status.DRAFT if has_ended else Ranking.Status.PROVISIONAL,
        "method": method_for(first),
        "is_sample": is_sample,
        "working_days": working_days_between(first, last, off.keys()),
        "days_off": {day.isoformat(): name for day, name in off.items()},
        "objection_until": (
            (ranking.objection_until or _objection_until(_drafted_on(ranking, is_sample, today))) if has_ended else None
        ),
    }


def _drafted_on(ranking: Ranking, is_sample: bool, today: date) -> date:
    """The day from which the objection window counts: today, also for a month made up late.

    Only the first draft of an old sample month takes the 1st after it, as if it had been drafted in time: nobody
    objects to made-up figures of years ago, and whoever tries the portal may finalise them.
    """
    after = next_month(ranking.month)
    return after if is_sample and ranking.revision == 1 and next_month(after) <= today else today


def _objection_until(drafted_on: date) -> date:
    """Last day for objections: so many working days after the day of the draft."""
    days: int = settings.OBJECTION_WORKING_DAYS
    off = days_off(drafted_on, drafted_on + timedelta(days=3 * days + 30))
    return add_working_days(drafted_on, days, off.keys())


def _touch(ranking: Ranking, now: datetime) -> None:
    ranking.computed_at = now
    ranking.save(update_fields=["computed_at"])


def _pass_on_ranks(ranking: Ranking, now: datetime) -> None:
    """Renew `previous_rank` in the month after, if that is there and not final."""
    following = newest_of(next_month(ranking.month), is_sample=ranking.is_sample)
    if following is None or following.status == Ranking.Status.FINAL:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE rankings_entry AS entry SET previous_rank = before.rank
            FROM rankings_entry AS after
            LEFT JOIN rankings_entry AS before ON before.ranking_id = %s
                AND before.unit_id = after.unit_id AND before.category = after.category
            WHERE after.ranking_id = %s AND entry.id = after.id
                AND entry.previous_rank IS DISTINCT FROM before.rank
            """,
            [ranking.pk, following.pk],
        )
        if cursor.rowcount:
            _touch(following, now)


def _months_with_publications() -> list[date]:
    counting = Publication.objects.own().accepted()
    months = counting.annotate(month=TruncMonth("counted_on")).values_list("month", flat=True)
    return list(months.order_by().distinct())
