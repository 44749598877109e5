"""What the limits of requests and of objections share: occasions to tell of, what was told, what a decree moved."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Set
from datetime import date, datetime, timedelta

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.working_days import add_working_days
from correspondence.models import Mail
from opd.calendar import days_off
from opd.models import CalendarDay
from requests_info.models import InformationRequest, Notice, Objection
from requests_info.periods import periods

logger = logging.getLogger(__name__)
Occasion = Notice.Occasion
#: Working days before the limit on which those who are responsible are reminded.
REMIND_BEFORE = {Occasion.SOON: 3, Occasion.LAST_DAY: 1}


def occasions_of(due_on: date, today: date, off: Set[date], when_late: list[str]) -> list[str]:
    """What people are to be told of a limit at this moment. Once it has passed, nobody is told that it comes near."""
    if today > due_on:
        return when_late
    return [occasion for occasion, days in REMIND_BEFORE.items() if due_on <= add_working_days(today, days, off)]


def told(subjects: Iterable[Model], field: str) -> set[tuple[int, str, date]]:
    """Of each (subject, occasion, limit) that was handled; `field` is that of `Notice`."""
    rows = Notice.objects.filter(**{f"{field}__in": [row.pk for row in subjects]})
    return set(rows.values_list(f"{field}_id", "occasion", "due_on"))


def keep_told(subject: InformationRequest | Objection, occasions: list[str], mail: Mail, now: datetime) -> None:
    field = "objection" if isinstance(subject, Objection) else "information_request"
    Notice.objects.bulk_create(
        Notice(occasion=occasion, due_on=subject.due_on, mail=mail, at=now, **{field: subject})
        for occasion in occasions
    )


def log_nobody(subject: Model, occasions: list[str]) -> None:
    """Nobody to tell: it stays due, and the next run asks again."""
    logger.warning("%s %s: nobody to tell of %s", subject._meta.model_name, subject.pk, ", ".join(occasions))


def moves(*limits: tuple[str, date | None, date | None]) -> list[str]:
    """In words, of each (name, old, new) what moved."""
    return [
        _("%(name)s: semula %(old)s, kini %(new)s.")
        % {"name": name, "old": date_format(old, "j F Y"), "new": date_format(new, "j F Y")}
        for name, old, new in limits
        if old and new and old != new
    ]


def decrees(first: date, last: date) -> list[str]:
    """The changes that lie in the period; a change that was itself taken back is not known any more."""
    rows = CalendarDay.objects.filter(day__range=(first, last)).order_by("day")
    return [
        (_("%(day)s menjadi hari libur (%(name)s, %(decree)s).") if row.is_off else
         _("%(day)s menjadi hari kerja (%(name)s, %(decree)s)."))
        % {"day": date_format(row.day, "j F Y"), "name": row.name, "decree": row.decree}
        for row in rows
    ]  # fmt: skip


def calendar_over(starts: list[date], today: date) -> set[date]:
    """Days off that any of the periods that began on these days can meet: one look at the calendar for all."""
    lengths = periods()
    longest = max(lengths.notice + lengths.extension + lengths.completion, lengths.objection_answer)
    reach = timedelta(days=3 * longest + 120)
    return set(days_off(min([*starts, today]), max([*starts, today]) + reach))
