"""The dates of the months as a calendar (RFC 5545): draft, end of the objection window, final.

Dates of months to come are what the rules make of them and stand as tentative; those of drafts and final rankings are
what happened. The same rows give the same bytes: no clock of the machine goes into the file but the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from cilegon_kip.common.jakarta import first_of_month, local_day, midnight, next_month
from cilegon_kip.common.working_days import add_working_days, is_working_day
from opd.calendar import days_off

from .models import Ranking

#: Revisions that the calendar goes back, and months that it looks ahead (the running one and those after it).
BACK, AHEAD = 24, 4
#: Days in which the dates of a month surely lie.
SPAN = timedelta(days=370)
DRAFT, OBJECTIONS, FINAL = "rancangan", "sanggahan", "final"
#: SEQUENCE of an event: as the rules foresee it, as the draft fixed it, as it became.
PLANNED, DRAFTED, DONE = 0, 1, 2


@dataclass(frozen=True)
class MonthDate:
    """One date of one month's ranking; `changed_at` is when it was last fixed."""

    month: date
    revision: int
    stage: str
    day: date
    sequence: int
    changed_at: datetime
    is_tentative: bool
    is_sample: bool

    @property
    def uid(self) -> str:
        """Stays through all that happens to the event: a calendar moves it instead of showing it twice."""
        host = urlsplit(settings.SITE_URL).hostname
        return f"peringkat-{self.month:%Y-%m}-revisi-{self.revision}-{self.stage}@{host}"


def as_ics(today: date) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PORTAL_NAME}//Kalender peringkat//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    name = _("Peringkat keaktifan %(city)s") % {"city": settings.CITY_NAME}
    for field in ("name", "x-wr-calname"):
        calendar.add(field, name)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for found in month_dates(today):
        calendar.add_component(_event(found))
    return bytes(calendar.to_ical())


def _event(found: MonthDate) -> Event:
    event = Event()
    event.add("uid", found.uid)
    event.add("sequence", found.sequence)
    event.add("dtstamp", found.changed_at)
    event.add("last-modified", found.changed_at)
    event.add("dtstart", found.day)
    event.add("dtend", found.day + timedelta(days=1))
    event.add("summary", _summary(found))
    event.add("description", _description(found))
    event.add("status", "TENTATIVE" if found.is_tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [found.stage])
    event.add("url", f"{settings.SITE_URL}/peringkat/{found.month:%Y-%m}/")
    return event


def _summary(found: MonthDate) -> str:
    words = {"month": date_format(found.month, "F Y")}
    text = {
        DRAFT: _("Rancangan peringkat %(month)s"),
        OBJECTIONS: _("Hari terakhir sanggahan peringkat %(month)s"),
        FINAL: _("Peringkat %(month)s dapat difinalkan") if found.is_tentative else _("Peringkat %(month)s final"),
    }[found.stage] % words
    if found.revision > 1:
        text = _("%(text)s (revisi %(revision)d)") % {"text": text, "revision": found.revision}
    return _("[Data contoh] %(text)s") % {"text": text} if found.is_sample else text


def _description(found: MonthDate) -> str:
    if found.stage == DRAFT:
        return _("Peringkat bulan itu dihitung dan dapat diperiksa semua orang.")
    if found.stage == OBJECTIONS:
        return _("Unit dapat menyanggah sampai akhir hari ini, dengan tautan sebagai bukti.")
    if found.is_tentative:
        return _("Sejak hari ini Diskominfo dapat memfinalkan peringkat, bila tidak ada yang masih terbuka.")
    return _("Peringkat tidak berubah lagi; perbaikan terbit sebagai revisi baru.")


def month_dates(today: date) -> list[MonthDate]:
    """In the order of months, then stages. Two queries: rankings, and the city's own days off."""
    rankings = Ranking.objects.exclude(status=Ranking.Status.PROVISIONAL).order_by("-month", "-revision")[:BACK]
    held = sorted(rankings, key=lambda ranking: (ranking.month, ranking.revision))
    first = min([today, *(ranking.month for ranking in held)])
    off = days_off(first, today + SPAN).keys()
    months = {ranking.month for ranking in held}
    found = [stage for ranking in held for stage in _of_ranking(ranking, off)]
    for month in _coming(today):
        if month not in months:
            found += _of_rules(month, off)
    return sorted(found, key=lambda stage: (stage.month, stage.revision, stage.day))


def _coming(today: date) -> Iterator[date]:
    """The month that ended last (its draft may be late), the running one and those after it."""
    month = first_of_month(first_of_month(today) - timedelta(days=1))
    for _number in range(AHEAD + 1):
        yield month
        month = next_month(month)


def _of_rules(month: date, off: Set[date]) -> list[MonthDate]:
    drafted = next_month(month)
    until = add_working_days(drafted, settings.OBJECTION_WORKING_DAYS, off)
    known = midnight(month).astimezone(UTC)
    days = {DRAFT: drafted, OBJECTIONS: until, FINAL: _first_final_day(until, off)}
    return [MonthDate(month, 1, stage, day, PLANNED, known, True, False) for stage, day in days.items()]


def _of_ranking(ranking: Ranking, off: Set[date]) -> list[MonthDate]:
    def one(stage: str, day: date, sequence: int, changed_at: datetime, *, is_tentative: bool = False) -> MonthDate:
        moment = changed_at.astimezone(UTC).replace(microsecond=0)
        sample = ranking.is_sample
        return MonthDate(ranking.month, ranking.revision, stage, day, sequence, moment, is_tentative, sample)

    until = ranking.objection_until
    found = [one(DRAFT, _draft_day(ranking, off), DRAFTED, ranking.computed_at)]
    if until is not None:
        found.append(one(OBJECTIONS, until, DRAFTED, ranking.computed_at))
    if ranking.finalised_at is not None:
        found.append(one(FINAL, local_day(ranking.finalised_at), DONE, ranking.finalised_at))
    elif until is not None:
        day = _first_final_day(until, off)
        found.append(one(FINAL, day, DRAFTED, ranking.computed_at, is_tentative=True))
    return found


def _first_final_day(until: date, off: Set[date]) -> date:
    """The day after the objection window, or after the days that the portal itself waits."""
    waits: int = settings.FINALISE_AFTER_DAYS or 0
    return add_working_days(until, waits, off) + timedelta(days=1)


def _draft_day(ranking: Ranking, off: Set[date]) -> date:
    """The day on which the objection window began: the planned one, else that of the computation, else counted back."""
    until, computed_on = ranking.objection_until, local_day(ranking.computed_at)
    if until is None:
        return computed_on
    for day in (next_month(ranking.month), computed_on):
        if add_working_days(day, settings.OBJECTION_WORKING_DAYS, off) == until:
            return day
    day, left = until, settings.OBJECTION_WORKING_DAYS
    while left:
        left -= is_working_day(day, off)
        day -= timedelta(days=1)
    return day
