"""What requesters may ask about their own data: a copy, and that it is set right (UU 27/2022 Pasal 5 to 8)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from correspondence.services import open_letter
from opd.models import User
from requests_info.models import (
    IdentityRead,
    InformationRequest,
    Objection,
    ObjectionEvent,
    RequestEvent,
    RequestFile,
)
from requests_info.personal_data import IDENTITY, LETTERS, Subject, parts_of, whole

from .files import download_name, give_out
from .identity import record_identity_reads
from .steps import RequestError, check_right, clean_text, note_objection, note_step

logger = logging.getLogger(__name__)
#: What opens a case, or says nothing about the person.
LEFT_OUT = ("token", "token_hash", "form_token", "id", "key", "file")


# --- setting right ---------------------------------------------------------------------------------------------------


@transaction.atomic
def rectify(*, subject: Subject, actor: User, values: dict[str, str], reason: str, now: datetime | None = None) -> None:
    """Correct who the requester is. The event says what was corrected and why; what stood there before is gone."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    reason = clean_text(reason, _("Tuliskan alasan perbaikan."))
    held: Subject = type(subject)._base_manager.select_for_update(of=("self",)).get(pk=subject.pk)  # type: ignore[assignment]
    if isinstance(held, Objection) and held.information_request_id:
        raise RequestError(_("Data yang berkeberatan diperbaiki pada permohonannya."))
    if held.purged_at:
        raise RequestError(_("Data pribadi ini sudah dihapus karena masa simpannya berakhir."))
    changed = [name for name in fields_of(held) if name in values and values[name].strip() != getattr(held, name)]
    if not changed:
        raise RequestError(_("Tidak ada yang berubah."))
    if any(not values[name].strip() for name in ("name", "address") if name in changed):
        raise RequestError(_("Nama dan alamat tidak boleh kosong (Pasal 22)."))
    for name in changed:
        setattr(held, name, values[name].strip())
    held.save(update_fields=changed)
    labels = ", ".join(str(held._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
    _note(held, now, actor, _("%(fields)s. Alasan: %(reason)s") % {"fields": labels, "reason": reason})


def fields_of(subject: Subject) -> list[str]:
    """The fields of identity that this kind of case has."""
    own = {field.name for field in subject._meta.concrete_fields}
    return [name for name in IDENTITY if name in own]


def _note(subject: Subject, now: datetime, actor: User, note: str) -> None:
    if isinstance(subject, InformationRequest):
        note_step(subject, RequestEvent.Kind.RECTIFIED, now, actor, note)
    else:
        note_objection(subject, ObjectionEvent.Kind.RECTIFIED, now, actor, note)


# --- a copy ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """Another case that may be by the same person, and by what it was recognised; the desk decides."""

    subject: Subject
    why: str


def same_person(subject: Subject) -> list[Match]:
    """Cases with the same e-mail address, identity number, telephone, or name and address.

    What is encrypted cannot be searched for, so all cases are read and compared; none of it is shown.
    """
    wanted = _marks(subject)
    rows: list[Subject] = [
        *InformationRequest.objects.filter(purged_at=None).order_by("pk"),
        *Objection.objects.filter(purged_at=None, information_request=None).order_by("pk"),
    ]
    others = (row for row in rows if (type(row), row.pk) != (type(subject), subject.pk))
    found = ((row, [label for label, mark in _marks(row).items() if wanted.get(label) == mark]) for row in others)
    return [Match(row, ", ".join(labels)) for row, labels in found if labels]


def _marks(subject: Subject) -> dict[str, str]:
    """What a person is recognised by, however it was typed."""
    digits = "".join(filter(str.isdecimal, subject.phone))
    marks = {
        _("surel"): _plain(subject.email),
        _("nomor identitas"): _plain(getattr(subject, "identity_number", "")),
        _("telepon"): digits.removeprefix("62").lstrip("0") if len(digits) > 6 else "",
        _("nama dan alamat"): f"{_plain(subject.name)}|{_plain(subject.address)}",
    }
    return {label: mark for label, mark in marks.items() if mark}


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold())) if "@" not in text else text.strip().casefold()


def copy_of(*, subjects: Iterable[Subject], actor: User, place_hash: str = "", now: datetime | None = None) -> bytes:
    """A ZIP with all that is kept about one requester: data.json, letters and files. Who made it is written down."""
    now, subjects = now or timezone.now(), list(subjects)
    check_right(actor, "handle_informationrequest")
    if any(subject.purged_at for subject in subjects):
        raise RequestError(_("Data pribadi ini sudah dihapus karena masa simpannya berakhir."))
    record_identity_reads(actor, subjects, IdentityRead.What.EXPORT, place_hash=place_hash, now=now)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        data = {
            "dibuat": now, "portal": settings.SITE_URL, "perkara": [_told(subject) for subject in subjects],
        }  # fmt: skip
        archive.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        for subject in subjects:
            for name, content in _papers(subject, actor):
                archive.writestr(name, content)
    return out.getvalue()


def _told(subject: Subject) -> dict[str, Any]:
    told: dict[str, Any] = {"nomor": subject.number}
    for model, rows in parts_of(subject):
        if found := [_row(row) for row in rows.order_by("pk")]:
            told[str(model._meta.verbose_name)] = found
    reads = IdentityRead.objects.filter(**{_link(subject): subject.pk}).order_by("at", "pk")
    told[_("data ini dilihat petugas")] = [{"pada": row.at, "yang dilihat": row.get_what_display()} for row in reads]
    return told


def _link(subject: Subject) -> str:
    return "information_request" if isinstance(subject, InformationRequest) else "objection"


def _row(row: models.Model) -> dict[str, Any]:
    """Each field under the words that people read; without secrets and without the accounts of the staff."""
    told = {}
    for field in row._meta.concrete_fields:
        if field.is_relation or field.name in LEFT_OUT or field.name.endswith("_hash"):
            continue
        value = getattr(row, f"get_{field.name}_display")() if field.choices else getattr(row, field.name)
        told[str(field.verbose_name)] = value
    return told


def _papers(subject: Subject, actor: User) -> Iterable[tuple[str, bytes]]:
    """Letters and files; each opening has its own line in the log as well."""
    request, objections = whole(subject)
    for letter in LETTERS.rows(request, objections).order_by("pk"):
        yield f"surat/{letter.file_name}", open_letter(letter_id=letter.pk, actor=actor)
    if request is not None:
        for file in request.files.kept():
            yield _paper(file, request, actor)


def _paper(file: RequestFile, request: InformationRequest, actor: User) -> tuple[str, bytes]:
    """One that is lost from the disk keeps nobody from the rest; a note stands in its place."""
    name = f"berkas/{download_name(file, request)}"
    try:
        return name, give_out(file, actor)
    except FileNotFoundError:
        logger.error("file of request %s is missing from the disk", request.pk)
        return f"{name}.txt", _("Berkas ini tercatat, tetapi isinya tidak ada lagi di penyimpanan.").encode()
