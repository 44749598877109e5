"""Following a request by its number: a code of six digits goes to the e-mail address that the request has.

Nothing here lets a visitor learn whether a number exists. The page does the same work for every number, in the same
queries; only the worker looks the number up, when the visitor has long had the answer. Guessing is limited per
address, per number and over all, counted in PostgreSQL: as safe while Redis is away.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from requests_info import notices
from requests_info.models import InformationRequest, SentForm, TrackingCode, TrackingGuess

from .slowing import DAY, HOUR, TooManyError, check_rate

__all__ = ["TooManyError", "ask_code", "enter_code", "purge_codes", "send_code", "waiting_codes"]
VALID = timedelta(minutes=15)
#: Codes asked for. Six of a number a day with five tries each: three in 100,000 to hit one.
PER_NUMBER_HOUR, PER_NUMBER_DAY, PER_ADDRESS_HOUR, OVERALL_HOUR = 3, 6, 10, 300
#: Wrong codes. The last bounds what any number of addresses can do together against all numbers.
WRONG_PER_ADDRESS_HOUR, WRONG_OVERALL_HOUR = 20, 100
_LOCK = 7301


def clean_number(text: str) -> str:
    """As it is written on the receipt, however it was typed."""
    return "".join(text.upper().split())[:30]


def ask_code(*, number: str, address: str, now: datetime | None = None) -> str:
    """Note that a code is wanted, and return the ticket that belongs to it. `address` is a hash of who asks."""
    from requests_info.tasks import send_tracking_code

    now, number, ticket = now or timezone.now(), clean_number(number), secrets.token_urlsafe(24)
    with transaction.atomic():
        _hold()
        _check_asked(_hash("number", number), address, now)
        row = TrackingCode.objects.create(
            number=number,
            number_hash=_hash("number", number),
            address_hash=address,
            ticket_hash=_hash("ticket", ticket),
            created_at=now,
            expires_at=now + VALID,
        )
        transaction.on_commit(lambda: send_tracking_code.delay(row.pk), robust=True)
    return ticket


def _check_asked(number_hash: str, address: str, now: datetime) -> None:
    rows = TrackingCode.objects.all()
    of_number = rows.filter(number_hash=number_hash)
    check_rate(of_number, "created_at", PER_NUMBER_DAY, DAY, now)
    check_rate(of_number, "created_at", PER_NUMBER_HOUR, HOUR, now)
    check_rate(rows.filter(address_hash=address), "created_at", PER_ADDRESS_HOUR, HOUR, now)
    check_rate(rows, "created_at", OVERALL_HOUR, HOUR, now)


def send_code(*, code_id: int, now: datetime | None = None) -> None:
    """The worker's half: if the number has a request with an e-mail address, make the code and queue its mail, once."""
    now = now or timezone.now()
    with transaction.atomic():
        if not TrackingCode.objects.waiting(now).filter(pk=code_id).update(handled_at=now):
            return
        row = TrackingCode.objects.get(pk=code_id)
        request = InformationRequest.objects.filter(number=row.number).first()
        if request is None or not request.email:
            return
        code = f"{secrets.randbelow(1_000_000):06d}"
        TrackingCode.objects.filter(pk=code_id).update(code_hash=_code_hash(code_id, code))
        notices.send_code(request, code_id, code, row.expires_at)


def waiting_codes(now: datetime | None = None) -> list[int]:
    """What the worker was not told of, after a time without Redis."""
    return list(TrackingCode.objects.waiting(now or timezone.now()).values_list("pk", flat=True)[:OVERALL_HOUR])


def enter_code(*, ticket: str, code: str, address: str, now: datetime | None = None) -> InformationRequest | None:
    """The request, if this is the right code of this ticket, once. The try is counted before it is compared."""
    now = now or timezone.now()
    with transaction.atomic():
        _hold()
        _check_guesses(address, now)
        usable = TrackingCode.objects.usable(now).filter(ticket_hash=_hash("ticket", ticket))
        counted = usable.update(tries=F("tries") + 1)
        row = TrackingCode.objects.filter(ticket_hash=_hash("ticket", ticket)).first()
        made = _code_hash(row.pk if row else 0, code.strip())
        is_right = constant_time_compare(made, row.code_hash if row else "") and bool(counted)
        if row is None or not is_right:
            TrackingGuess.objects.create(address_hash=address, at=now)
            return None
        TrackingCode.objects.filter(pk=row.pk).update(used_at=now)
        return InformationRequest.objects.filter(number=row.number).first()  # type: ignore[no-any-return]


def _check_guesses(address: str, now: datetime) -> None:
    rows = TrackingGuess.objects.all()
    check_rate(rows.filter(address_hash=address), "at", WRONG_PER_ADDRESS_HOUR, HOUR, now)
    check_rate(rows, "at", WRONG_OVERALL_HOUR, HOUR, now)


def purge_codes(now: datetime | None = None) -> int:
    """Rows that no limit counts any more."""
    before = (now or timezone.now()) - DAY
    codes, _of_each = TrackingCode.objects.filter(created_at__lt=before).delete()
    guesses, _of_each = TrackingGuess.objects.filter(at__lt=before).delete()
    forms, _of_each = SentForm.objects.filter(at__lt=before).delete()
    return codes + guesses + forms


def _hold() -> None:
    """One at a time until commit: of many at once no more get through than the limits say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _hash(kind: str, text: str) -> str:
    return salted_hmac(f"requests_info.tracking.{kind}", text, algorithm="sha256").hexdigest()


def _code_hash(code_id: int, code: str) -> str:
    """Keyed by SECRET_KEY: who has read the table alone cannot try the million codes."""
    return _hash("code", f"{code_id}:{code}")
