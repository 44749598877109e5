"""Registration: from the form or at the desk, each with a number at once; and taking a request back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import Unit, User
from publications.documents.media import Checked
from publications.photos import files_undone_on_failure
from requests_info import notices
from requests_info.deadlines import notice_due
from requests_info.models import InformationRequest, RequestFile, hash_of, new_token
from requests_info.periods import periods

from .files import keep_files
from .slowing import count_sent_form
from .steps import Kind, RequestError, Status, check_receipt, check_right, close, locked, note_step, off_days


@dataclass(frozen=True)
class Asked:
    """What a requester says; nothing of it is kept anywhere before `submit_request`."""

    wanted: str
    purpose: str
    requester_kind: str
    name: str
    address: str
    identity_number: str = ""
    email: str = ""
    phone: str = ""
    occupation: str = ""
    manner: str = InformationRequest.Manner.SOFT_COPY
    delivery: str = InformationRequest.Delivery.EMAIL


def submit_request(
    *,
    asked: Asked,
    form_token: uuid.UUID,
    unit: Unit | None = None,
    power_of_attorney: Sequence[Checked] = (),
    address: str = "",
    now: datetime | None = None,
) -> InformationRequest:
    """Register a request from the public form: the number is given at once. The same form sent twice is one request.

    Of one network (`address`, a hash) so many an hour are taken, more are TooManyError.
    """
    now = now or timezone.now()

    def register(token: uuid.UUID) -> InformationRequest:
        with files_undone_on_failure(), transaction.atomic():
            count_sent_form(address, now)
            request = _register(asked, token, unit, received_at=now, now=now)
            event = note_step(request, Kind.RECEIVED, now)
            keep_files(event, RequestFile.Kind.POWER_OF_ATTORNEY, power_of_attorney, now)
            notices.tell_requester(request, "received")
        return request

    return _once(form_token, asked, register)


def _once(
    form_token: uuid.UUID, asked: Asked, register: Callable[[uuid.UUID], InformationRequest]
) -> InformationRequest:
    """The request of this form: registered now, or when the form was sent before, or by another at this moment.

    Only the same words are the same form: a stranger may have planted the token in the page, to be led by it to what
    somebody else sent from there.
    """
    twins = InformationRequest.objects.filter(form_token=form_token)
    twin: InformationRequest | None = twins.first()
    if twin is None:
        try:
            return register(form_token)
        except IntegrityError:
            if (twin := twins.first()) is None:
                raise
    return twin if _says(twin, asked) else register(uuid.uuid4())


def _says(request: InformationRequest, asked: Asked) -> bool:
    return all(getattr(request, name) == value for name, value in asdict(asked).items())


def enter_request(
    *,
    asked: Asked,
    source: str,
    received_on: datetime,
    actor: User,
    unit: Unit | None = None,
    form_token: uuid.UUID | None = None,
    now: datetime | None = None,
) -> InformationRequest:
    """Register a letter, a mail or a visit at the desk, with its true moment of receipt. The same form twice is one."""
    now = now or timezone.now()
    check_right(actor, "add_informationrequest")
    check_receipt(source, received_on, now)

    @transaction.atomic
    def register(token: uuid.UUID) -> InformationRequest:
        request = _register(asked, token, unit, received_at=received_on, now=now, source=source, entered_by=actor)
        note_step(request, Kind.ENTERED, now, actor)
        notices.tell_requester(request, "received")
        return request

    return _once(form_token or uuid.uuid4(), asked, register)


def _register(
    asked: Asked,
    form_token: uuid.UUID,
    unit: Unit | None,
    *,
    received_at: datetime,
    now: datetime,
    source: str = InformationRequest.Source.FORM,
    entered_by: User | None = None,
) -> InformationRequest:
    started_on = local_day(received_at)
    year = local_day(now).year
    sequence, token = _next_number(year), new_token()
    return InformationRequest.objects.create(  # type: ignore[no-any-return]
        **asdict(asked),
        number=f"PI-{year}-{sequence:04d}",
        year=year,
        sequence=sequence,
        token=token,
        token_hash=hash_of(token),
        form_token=form_token,
        source=source,
        unit=unit,
        received_at=received_at,
        clock_started_on=started_on,
        due_on=_notice_due(started_on),
        entered_by=entered_by,
        created_at=now,
    )


def _next_number(year: int) -> int:
    """The next one of the year; others wait until our transaction ends, so no number is ever missing or double."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO requests_info_requestcounter (year, last) VALUES (%s, 1)
            ON CONFLICT (year) DO UPDATE SET last = requests_info_requestcounter.last + 1 RETURNING last
            """,
            [year],
        )
        number: int = cursor.fetchone()[0]
    return number


def _notice_due(started_on: date) -> date:
    lengths = periods()
    return notice_due(started_on, lengths, off_days(started_on, lengths.notice))


@transaction.atomic
def withdraw_request(*, request_id: int, now: datetime | None = None) -> None:
    """The requester takes an open request back."""
    now = now or timezone.now()
    request = locked(request_id)
    if not request.is_open:
        raise RequestError(_("Permohonan ini sudah selesai, jadi tidak dapat dicabut lagi."))
    close(request, Status.WITHDRAWN, InformationRequest.Outcome.WITHDRAWN, now)
    note_step(request, Kind.WITHDRAWN, now)
    notices.tell_desk(request, "withdrawn", "withdrawn")
