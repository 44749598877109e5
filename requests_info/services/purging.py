"""The end of retention: personal data goes, the row of the register stays (UU 27/2022 Pasal 43 and 44).

Number, dates, subject, unit, status, outcome and days used stay. Whatever was typed becomes a mark, files and letters
lose their content, mails their text and addresses, and the secret address opens nothing any more. Triggers that keep
rows are passed over for these columns alone, table by table, in the transaction that also writes the event.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from cilegon_kip.common.encryption import EncryptedTextField
from cilegon_kip.common.jakarta import JAKARTA, local_day
from cilegon_kip.common.key_rotation import triggers_of
from correspondence.models import Mail
from requests_info.models import (
    InformationRequest,
    Objection,
    ObjectionEvent,
    ObjectionQuerySet,
    RequestEvent,
    RequestFile,
    RequestQuerySet,
    new_token,
)
from requests_info.personal_data import LETTER_FILES, LETTERS, Subject, mails_of, parts_of, whole

from .files import purge_file

logger = logging.getLogger(__name__)
#: What stands where something stood. Constraints that ask for a text still hold.
MARK = "[dihapus]"
CODE_MAILS_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """What retention has ended for, and how many more would be due but for an open objection or dispute."""

    requests: list[InformationRequest]
    objections: list[Objection]
    held: int

    @property
    def subjects(self) -> list[Subject]:
        return [*self.requests, *self.objections]


def expires_before(today: date) -> datetime:
    """Closed earlier than this: PERSONAL_DATA_YEARS years before the beginning of today in Jakarta."""
    day = today - timedelta(days=1) if (today.month, today.day) == (2, 29) else today
    return datetime(day.year - settings.PERSONAL_DATA_YEARS, day.month, day.day, tzinfo=JAKARTA)


def due_for_purge(now: datetime | None = None) -> Due:
    """What is due, and how much is held by an objection or a dispute that is open or has not ended as long ago."""
    before = expires_before(local_day(now or timezone.now()))
    requests, objections = list(_requests_due(before)), list(_objections_due(before))
    old = {"purged_at": None, "closed_at__lt": before}
    closed = InformationRequest.objects.filter(**old).count()
    closed += Objection.objects.filter(**old, information_request=None).count()
    return Due(requests, objections, closed - len(requests) - len(objections))


def _requests_due(before: datetime) -> RequestQuerySet:
    unsettled = Objection.objects.filter(information_request__isnull=False).exclude(_settled(before))
    rows: RequestQuerySet = InformationRequest.objects.filter(purged_at=None, closed_at__lt=before)
    return rows.exclude(pk__in=unsettled.values("information_request")).order_by("pk")


def _objections_due(before: datetime) -> ObjectionQuerySet:
    """Those without a request; the others go with theirs."""
    rows: ObjectionQuerySet = Objection.objects.filter(purged_at=None, information_request=None)
    return rows.filter(_settled(before)).order_by("pk")


def _settled(before: datetime) -> Q:
    """Decided long enough ago, without a dispute or with one that ended long enough ago."""
    dispute_ended = Q(dispute=None) | Q(dispute__decided_on__lt=before.date())
    return Q(closed_at__lt=before) & dispute_ended


@transaction.atomic
def purge(subject: Subject, now: datetime | None = None) -> bool:
    """Take the personal data of a case that is due, for good. False: it is not, or not any more."""
    now = now or timezone.now()
    before = expires_before(local_day(now))
    due = _requests_due(before) if isinstance(subject, InformationRequest) else _objections_due(before)
    held = due.filter(pk=subject.pk).select_for_update(of=("self",)).first()
    if held is None:
        return False
    request, objections = whole(held)
    for model, rows in parts_of(held):
        _clear(model, rows)
    _clear_letters(request, objections)
    mails = mails_of(request, objections).exclude(status__in=[Mail.Status.QUEUED, Mail.Status.SENDING])
    mails.update(to="", text="", html="")
    for file in RequestFile.objects.kept().filter(information_request=request) if request else ():
        purge_file(file_id=file.pk, now=now)
    _mark(request, objections, now)
    logger.info("personal data of %s purged", held.number)
    return True


def _clear(model: type[models.Model], rows: models.QuerySet[models.Model]) -> None:
    """A mark into every encrypted column that holds something. The address of a mail must not look like one."""
    names = [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
    with pgtrigger.ignore(*triggers_of(model)):
        for name in names:
            if name != "token":
                rows.exclude(**{name: ""}).update(**{name: "" if name == "email" else MARK})


def _clear_letters(request: InformationRequest | None, objections: list[Objection]) -> None:
    """Number, date, subject and hash stay: a letter in hand can still be checked."""
    _clear(LETTERS.model, LETTERS.rows(request, objections))
    with pgtrigger.ignore(*triggers_of(LETTER_FILES.model)):
        LETTER_FILES.rows(request, objections).update(content=b"")


def _mark(request: InformationRequest | None, objections: list[Objection], now: datetime) -> None:
    """The hash of the old secret stays, as it must; the secret itself is replaced by one that opens nothing."""
    for row in [*([request] if request else []), *objections]:
        type(row)._base_manager.filter(pk=row.pk).update(purged_at=now, token=new_token())
    if request is not None:
        RequestEvent.objects.create(information_request=request, kind=RequestEvent.Kind.PURGED, at=now)
    for objection in objections:
        ObjectionEvent.objects.create(objection=objection, kind=ObjectionEvent.Kind.PURGED, at=now)


def purge_code_mails(now: datetime | None = None) -> int:
    """Mails with one-time codes, which belong to no case by their key."""
    before = (now or timezone.now()) - CODE_MAILS_KEPT
    old = Mail.objects.filter(key__startswith="tracking:", created_at__lt=before).exclude(to="")
    ended = old.exclude(status__in=[Mail.Status.QUEUED, Mail.Status.SENDING])
    return ended.update(to="", text="", html="")


def sweep_purged_files() -> int:
    """Contents that a process left behind when it was killed between the purge and the deletion."""
    purged = [row.file for row in RequestFile.objects.exclude(purged_at=None)]
    left = [file for file in purged if file.storage.exists(str(file.name))]
    for file in left:
        file.storage.delete(str(file.name))
    return len(left)


def purge_expired(now: datetime | None = None) -> int:
    """Everything that is due, each case in a transaction of its own; run twice it finds nothing the second time."""
    purge_code_mails(now)
    sweep_purged_files()
    return sum(purge(subject, now) for subject in due_for_purge(now).subjects)
