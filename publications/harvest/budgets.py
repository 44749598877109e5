"""What the platforms' interfaces may be asked and may cost: rows of the database, so that all workers share them.

A call is counted before it is made, by one conditional statement: of two workers at the limit one is refused. What a
call did not cost is given back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from cilegon_kip.common.jakarta import first_of_month, local_day, midnight, next_month

from .items import HarvestError
from .records import TokenBudget

NOTHING = Decimal(0)


@dataclass(frozen=True)
class TokenBudgets:
    """The budget of one token: calls for each day, and US$ for each month (None: it costs nothing)."""

    token: str
    daily_calls: int
    monthly_cost: Decimal | None = None
    clock: Callable[[], datetime] = timezone.now

    def spend(self, calls: int = 1, cost: Decimal = NOTHING) -> None:
        """Count the calls and set the cost (US$) aside; HarvestError `budget` with its end if it does not suffice."""
        today = local_day(self.clock())
        if self.monthly_cost is not None and cost:
            month = first_of_month(today)
            row = self._row(f"{self.token}:month", month, next_month(month))
            if not self._add(row, self.monthly_cost, cost):
                raise HarvestError("budget", "Anggaran bulan ini untuk antarmuka berbayar habis.", 0, row.resets_at)
        row = self._row(self.token, today, date.fromordinal(today.toordinal() + 1))
        open_rows = TokenBudget.objects.filter(pk=row.pk, calls__lte=self.daily_calls - calls)
        if not open_rows.update(calls=F("calls") + calls):
            self.give_back(cost)
            raise HarvestError("budget", "Jatah panggilan hari ini untuk antarmuka ini habis.", 0, row.resets_at)

    def give_back(self, cost: Decimal) -> None:
        """US$ that were set aside and not used."""
        if self.monthly_cost is not None and cost:
            month = first_of_month(local_day(self.clock()))
            rows = TokenBudget.objects.filter(token=f"{self.token}:month", starts_on=month, cost__gte=cost)
            rows.update(cost=F("cost") - cost)

    def _add(self, row: TokenBudget, limit: Decimal, cost: Decimal) -> bool:
        rows = TokenBudget.objects.filter(pk=row.pk, cost__lte=limit - cost)
        return bool(rows.update(cost=F("cost") + cost, calls=F("calls") + 1))

    def _row(self, token: str, starts_on: date, resets_on: date) -> TokenBudget:
        resets_at = midnight(resets_on)
        row: TokenBudget = TokenBudget.objects.get_or_create(
            token=token, starts_on=starts_on, defaults={"resets_at": resets_at}
        )[0]
        return row
