"""Files of a request: kept encrypted under random names, given out only here, and each time with a line in the log."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from cilegon_kip.common.encryption import UnreadableError, decrypt_bytes, encrypt_bytes, is_current
from cilegon_kip.common.key_rotation import Count
from opd.models import User
from opd.permissions import may, unit_ids_with
from publications.documents.media import KINDS, Checked
from publications.photos import files_undone_on_failure, undo_on_failure
from requests_info.models import FileAccess, FileForward, InformationRequest, RequestEvent, RequestFile

from .steps import Kind, RequestError, check_right, locked, note_step

logger = logging.getLogger(__name__)
VIEW, HANDLE = "requests_info.view_informationrequest", "requests_info.handle_informationrequest"


def keep_files(
    event: RequestEvent, kind: str, files: Sequence[Checked], at: datetime, actor: User | None = None
) -> list[RequestFile]:
    """Keep what came with a step. The caller holds the request and stands inside `files_undone_on_failure`."""
    request = event.information_request
    if not files:
        return []
    if len(files) > settings.REQUEST_FILES_AT_ONCE:
        raise RequestError(_("Paling banyak %(most)d berkas sekali kirim.") % {"most": settings.REQUEST_FILES_AT_ONCE})
    if request.files.kept().count() + len(files) > settings.REQUEST_FILES_MOST:
        raise RequestError(
            _("Satu permohonan memuat paling banyak %(most)d berkas. Antarkan selebihnya ke meja layanan.")
            % {"most": settings.REQUEST_FILES_MOST}
        )
    return [_keep(event, kind, checked, at, actor) for checked in files]


def _keep(event: RequestEvent, kind: str, checked: Checked, at: datetime, actor: User | None) -> RequestFile:
    row = RequestFile(
        information_request=event.information_request,
        event=event,
        kind=kind,
        format=checked.kind,
        size=len(checked.content),
        uploaded_by=actor,
        uploaded_at=at,
    )
    row.file.save("", ContentFile(encrypt_bytes(checked.content)), save=False)
    undo_on_failure(row.file)
    row.save()
    return row


def add_power_of_attorney(
    *, request_id: int, files: Sequence[Checked], actor: User | None = None, now: datetime | None = None
) -> None:
    """The paper comes after the registration, as long as the request is open: from its requester, or at the desk."""
    now = now or timezone.now()
    if actor is not None:
        check_right(actor, "handle_informationrequest")
    with files_undone_on_failure(), transaction.atomic():
        request = locked(request_id)
        if not request.is_open:
            raise RequestError(_("Permohonan ini sudah selesai, jadi tidak menerima surat kuasa lagi."))
        if not files:
            raise RequestError(_("Pilih berkas surat kuasanya."))
        event = note_step(request, Kind.FILE_ADDED, now, actor, str(RequestFile.Kind.POWER_OF_ATTORNEY.label))
        keep_files(event, RequestFile.Kind.POWER_OF_ATTORNEY, files, now, actor)


@transaction.atomic
def forward_file(*, file_id: int, assignment_id: int, actor: User, now: datetime | None = None) -> None:
    """Hand a file on to a unit with its part, once; never one that tells who the requester is."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    file = RequestFile.objects.kept().filter(pk=file_id).first()
    if file is None or file.is_secret:
        raise RequestError(_("Berkas ini tidak diteruskan kepada unit."))
    request = locked(file.information_request_id)
    part = request.assignments.select_related("unit").filter(pk=assignment_id).first()
    if part is None:
        raise RequestError(_("Pilih unit yang sudah menerima permohonan ini."))
    _made, is_new = FileForward.objects.get_or_create(file=file, assignment=part, defaults={"by": actor, "at": now})
    if is_new:
        note_step(request, Kind.FILE_FORWARDED, now, actor, part.unit.name)


# --- giving out ----------------------------------------------------------------------------------------------------


def files_for(user: User, request: InformationRequest) -> list[RequestFile]:
    """What this person may have of a request they may see: the desk all, a unit what was handed on to it."""
    if may(user, HANDLE):
        return list(request.files.all())
    units = unit_ids_with(user, VIEW)
    return list(request.files.filter(forwards__assignment__unit__in=units).exclude(kind=_SECRET).distinct())


_SECRET = RequestFile.Kind.POWER_OF_ATTORNEY


def file_for_staff(user: User, request: InformationRequest, key: uuid.UUID) -> RequestFile | None:
    return next((file for file in files_for(user, request) if file.key == key and file.purged_at is None), None)


def file_for_requester(request: InformationRequest, key: uuid.UUID) -> RequestFile | None:
    """Whoever has the secret address may have all files of that request and of no other."""
    found: RequestFile | None = request.files.kept().filter(key=key).first()
    return found


def give_out(file: RequestFile, actor: User | None, now: datetime | None = None) -> bytes:
    """The content in clear, after a line in the log. FileNotFoundError: it is lost from the disk."""
    with file.file.storage.open(str(file.file.name)) as stored:
        content = decrypt_bytes(stored.read())
    FileAccess.objects.create(file=file, actor=actor, at=now or timezone.now())
    return content


def download_name(file: RequestFile, request: InformationRequest) -> str:
    """Number and kind; never a name of a person."""
    return f"{request.number}-{slugify(file.get_kind_display())}-{file.pk}.{file.format}"


def content_type(file: RequestFile) -> str:
    return KINDS[file.format].content_type


# --- keys and retention ----------------------------------------------------------------------------------------------


@transaction.atomic
def purge_file(*, file_id: int, now: datetime | None = None) -> bool:
    """Delete the content for good; the row and its log stay. False: it was purged before."""
    kept = RequestFile.objects.kept().filter(pk=file_id)
    if not kept.update(purged_at=now or timezone.now()):
        return False
    file = RequestFile.objects.get(pk=file_id).file
    transaction.on_commit(lambda: file.storage.delete(str(file.name)))
    return True


def rotate_files(*, write: bool) -> Count:
    """Bring the files under the first key; without `write` only count them. What is purged meanwhile is passed by."""
    count = Count()
    for file in RequestFile.objects.kept().order_by("pk").iterator():
        try:
            with file.file.storage.open(str(file.file.name)) as stored:
                content = stored.read()
            if is_current(content):
                count.current += 1
                continue
            decrypt_bytes(content)
            count.old += 1
            if write:
                renew_encryption(file)
        except UnreadableError:
            count.unreadable += 1
        except FileNotFoundError:
            if RequestFile.objects.kept().filter(pk=file.pk).exists():
                logger.error("file of request %s is missing from the disk", file.information_request_id)
    return count


def renew_encryption(file: RequestFile) -> bool:
    """Write the content anew under the first of PERSONAL_DATA_KEYS, whole or not at all. False: it was already."""
    path = file.file.path
    with open(path, "rb") as stored:
        old = stored.read()
    if is_current(old):
        return False
    fresh = f"{path}.new"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(encrypt_bytes(decrypt_bytes(old)))
        target.flush()
        os.fsync(target.fileno())
    os.replace(fresh, path)
    return True
