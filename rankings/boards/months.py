"""Which months can be read, and the way from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.urls import reverse

from cilegon_kip.common.jakarta import month_text
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


def latest_finished() -> Ranking | None:
    """The newest month whose ranking is a draft or final."""
    found: Ranking | None = (
        Ranking.objects.current()
        .exclude(status=Ranking.Status.PROVISIONAL)
        .select_related("method")
        .newest_first()
        .first()
    )
    return found


def running() -> Ranking | None:
    """The provisional ranking of the running month."""
    found: Ranking | None = (
        Ranking.objects.current()
        .filter(status=Ranking.Status.PROVISIONAL)
        .select_related("method")
        .newest_first()
        .first()
    )
    return found


def ranking_of(month: date) -> Ranking | None:
    """The newest revision of a month."""
    found: Ranking | None = Ranking.objects.current().filter(month=month).select_related("method").first()
    return found
