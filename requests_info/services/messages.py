"""Messages between requester and desk. Each is a step of the case; the other side is told by mail that there is one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from publications.documents.media import Checked
from publications.photos import files_undone_on_failure
from requests_info import notices
from requests_info.deadlines import objection_until
from requests_info.models import InformationRequest, RequestFile, RequestMessage
from requests_info.periods import periods

from .files import keep_files
from .handling import complete_request
from .steps import Kind, RequestError, Status, check_right, clean_text, locked, note_step, off_days

DAY = timedelta(days=1)


class TooManyMessagesError(RequestError):
    """The requester has written often enough for a day."""


def messages_until(request: InformationRequest) -> date | None:
    """Of an answered request the last day on which either side may write; else None.

    As long as an objection may be made (Pasal 36 ayat (1)).
    """
    if request.status != Status.ANSWERED or request.closed_at is None:
        return None
    closed_on = local_day(request.closed_at)
    return objection_until(closed_on, periods(), off_days(closed_on, periods().objection))


def may_write(request: InformationRequest, today: date) -> bool:
    """A request that was taken back or has lapsed is over at once."""
    until = messages_until(request)
    return request.is_open or (until is not None and today <= until)


def write_to_desk(
    *,
    request_id: int,
    text: str,
    form_token: uuid.UUID,
    files: Sequence[Checked] = (),
    now: datetime | None = None,
) -> RequestMessage:
    """The requester writes. The same form sent twice is one message; too many in a day are TooManyMessagesError."""
    now = now or timezone.now()
    with files_undone_on_failure(), transaction.atomic():
        request = locked(request_id)
        if known := _known(request, form_token):
            return known
        if _written_since(request, now - DAY) >= settings.REQUEST_MESSAGES_PER_DAY:
            raise TooManyMessagesError(
                _("Anda sudah mengirim %(most)d pesan dalam 24 jam. Tulis lagi besok, atau hubungi meja layanan.")
                % {"most": settings.REQUEST_MESSAGES_PER_DAY}
            )
        message = _write(request, text, files, form_token, now, actor=None)
        notices.tell_desk(request, "message", f"message:{message.pk}")
    return message


def write_to_requester(
    *,
    request_id: int,
    actor: User,
    text: str,
    form_token: uuid.UUID,
    files: Sequence[Checked] = (),
    now: datetime | None = None,
) -> RequestMessage:
    """The desk writes; what the requester had written before counts as dealt with."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    with files_undone_on_failure(), transaction.atomic():
        request = locked(request_id)
        if known := _known(request, form_token):
            return known
        message = _write(request, text, files, form_token, now, actor)
        request.messages.waiting().update(handled_at=now, handled_by=actor)
        notices.tell_of_message(request, message.pk)
    return message


def _known(request: InformationRequest, form_token: uuid.UUID) -> RequestMessage | None:
    known: RequestMessage | None = RequestMessage.objects.filter(form_token=form_token).first()
    if known is not None and known.information_request_id != request.pk:
        raise RequestError(_("Formulir ini sudah dipakai. Muat ulang halaman ini, lalu kirim lagi."))
    return known


def _written_since(request: InformationRequest, moment: datetime) -> int:
    count: int = request.messages.filter(is_from_requester=True, event__at__gt=moment).count()
    return count


def _write(
    request: InformationRequest,
    text: str,
    files: Sequence[Checked],
    form_token: uuid.UUID,
    now: datetime,
    actor: User | None,
) -> RequestMessage:
    text = clean_text(text, _("Tuliskan pesannya."))
    if not may_write(request, local_day(now)):
        until = messages_until(request)
        raise RequestError(
            _("Permohonan ini sudah selesai; pesan diterima sampai %(day)s.") % {"day": date_format(until, "j F Y")}
            if until
            else _("Permohonan ini sudah selesai, jadi tidak menerima pesan lagi.")
        )
    event = note_step(request, Kind.WROTE_REQUESTER if actor else Kind.ASKED_DESK, now, actor)
    message: RequestMessage = RequestMessage.objects.create(
        information_request=request, event=event, is_from_requester=actor is None, text=text, form_token=form_token
    )
    keep_files(event, RequestFile.Kind.ATTACHMENT, files, now, actor)
    return message


# --- what the desk does with a message -------------------------------------------------------------------------------


@transaction.atomic
def lay_aside(*, message_id: int, actor: User, now: datetime | None = None) -> None:
    """No answer is needed; of two officers one notes it."""
    check_right(actor, "handle_informationrequest")
    waiting = RequestMessage.objects.waiting().filter(pk=message_id)
    if not waiting.update(handled_at=now or timezone.now(), handled_by=actor):
        raise RequestError(_("Pesan ini sudah ditanggapi."))


@transaction.atomic
def accept_as_completion(*, message_id: int, actor: User, now: datetime | None = None) -> None:
    """An officer takes a message for what was missing. No message completes a request by itself."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    message = RequestMessage.objects.select_related("event").filter(pk=message_id, is_from_requester=True).first()
    if message is None:
        raise RequestError(_("Pesan ini tidak ditemukan."))
    request = locked(message.information_request_id)
    if request.declared_incomplete_at is None or message.event.at < request.declared_incomplete_at:
        raise RequestError(_("Pesan ini dikirim sebelum permohonan diminta dilengkapi."))
    complete_request(request_id=request.pk, added=message.text, actor=actor, now=now)
    RequestMessage.objects.waiting().filter(pk=message_id).update(handled_at=now, handled_by=actor)
