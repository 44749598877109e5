"""How often somebody may do something; counted in PostgreSQL, so it holds without Redis and for many at once."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from requests_info.models import SentForm

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_LOCK = 7302


class TooManyError(Exception):
    """Asked, guessed or sent too often; whoever it is waits so many seconds."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__()
        self.retry_after = max(1, math.ceil(retry_after.total_seconds()))

    @property
    def form_words(self) -> str:
        """For the page that still holds what was typed."""
        return _(
            "Dari jaringan Anda sudah banyak formulir dikirim dalam satu jam ini. Yang ini belum terkirim, tetapi"
            " isiannya masih ada di halaman ini: tunggu sekitar %(minutes)d menit, lalu kirim lagi, atau antarkan ke"
            " meja layanan."
        ) % {"minutes": math.ceil(self.retry_after / 60)}


def check_rate(rows: QuerySet[Any], field: str, most: int, within: timedelta, now: datetime) -> None:
    """Refuse when so many rows are that young, until the oldest of the newest `most` is old enough."""
    youngest = rows.filter(**{f"{field}__gt": now - within}).order_by(f"-{field}").values_list(field, flat=True)
    if counted := list(youngest[most - 1 : most]):
        raise TooManyError(counted[0] + within - now)


def count_sent_form(address: str, now: datetime) -> None:
    """One more request or objection from a network (`address` is its hash), or TooManyError. Inside a transaction:
    what is not registered is not counted. There is no limit over all, for it would let one shut out everybody."""
    if not address:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, address])
    check_rate(SentForm.objects.filter(address_hash=address), "at", settings.REQUEST_FORMS_PER_HOUR, HOUR, now)
    SentForm.objects.create(address_hash=address, at=now)
