"""Which months can be read, and the way from one to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import QuerySet
from django.urls import reverse

from cilegon_kip.common.jakarta import month_text, parse_month
from rankings.models import Ranking


@dataclass(frozen=True)
class Month:
    """A month that has a ranking, as the picker lists it."""

    first: date
    status: str
    is_sample: bool

    @property
    def text(self) -> str:
        return month_text(self.first)

    @property
    def url(self) -> str:
        return reverse("rankings:month", args=[self.text])

    @property
    def is_running(self) -> bool:
        return self.status == Ranking.Status.PROVISIONAL


@dataclass(frozen=True)
class MonthPicker:
    """All months, newest first, and the neighbours of the one shown ("" when none is)."""

    months: list[Month]
    current: str = ""

    @cached_property
    def _place(self) -> int | None:
        return next((n for n, month in enumerate(self.months) if month.text == self.current), None)

    @property
    def older(self) -> Month | None:
        if self._place is None or self._place + 1 >= len(self.months):
            return None
        return self.months[self._place + 1]

    @property
    def newer(self) -> Month | None:
        return self.months[self._place - 1] if self._place else None


def months() -> list[Month]:
    """Every month with a ranking, newest first."""
    rows = Ranking.objects.current().newest_first().values_list("month", "status", "is_sample")
    return [Month(*row) for row in rows]


def picker(ranking: Ranking | None = None) -> MonthPicker:
    return MonthPicker(months(), ranking.month_text if ranking else "")


def published_rankings() -> QuerySet[Ranking]:
    """The current revision of every month, newest first."""
    rankings: QuerySet[Ranking] = Ranking.objects.current().newest_first().select_related("method")
    return rankings


def latest_finished() -> Ranking | None:
    """The newest month whose ranking is a draft or final."""
    return published_rankings().exclude(status=Ranking.Status.PROVISIONAL).first()


def running() -> Ranking | None:
    """The provisional ranking of the running month."""
    return published_rankings().filter(status=Ranking.Status.PROVISIONAL).first()


def ranking_of(month: date) -> Ranking | None:
    """The newest revision of a month."""
    return published_rankings().filter(month=month).first()


def ranking_for(text: str, revision: str | None = None) -> Ranking | None:
    """The ranking of a month as addresses write it (`2023-01`), or an earlier revision of it (`1`).

    None for any other text, a month without a ranking and a revision that is not there.
    """
    try:
        current = ranking_of(parse_month(text))
    except ValueError:
        return None
    return current if revision is None or current is None else revision_of(current, revision)


def revision_of(current: Ranking, text: str) -> Ranking | None:
    """A revision of the same month by its number; an earlier one than the current says so in every address."""
    if not re.fullmatch("[1-9][0-9]{0,3}", text):
        return None
    if int(text) == current.revision:
        return current
    found: Ranking | None = (
        Ranking.objects.select_related("method").filter(month=current.month, revision=int(text)).first()
    )
    if found:
        found.query = f"?revisi={found.revision}"
    return found


@dataclass(frozen=True)
class Revisions:
    """Every revision of a month, newest first, and the one that is shown."""

    all: list[Ranking]
    shown: Ranking

    @property
    def current(self) -> Ranking:
        return self.all[0]

    @property
    def successor(self) -> Ranking | None:
        """The revision that took the place of the one shown, with its reason."""
        return next((one for one in self.all if one.supersedes_id == self.shown.pk), None)


def revisions(ranking: Ranking) -> Revisions | None:
    """None for a month that was never revised: one query for the others, none for it."""
    if ranking.revision == 1 and not ranking.query:
        return None
    found = list(Ranking.objects.filter(month=ranking.month).order_by("-revision").defer("days_off"))
    for old in found[1:]:
        old.query = f"?revisi={old.revision}"
    return Revisions(found, ranking)
