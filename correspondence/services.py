"""Issue letters, withdraw them, hand out their files. Mail is queued here too; `outbox.py` sends it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common import typeset
from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.printable import printable
from opd.models import Unit, User
from opd.permissions import may

from . import letterhead
from .addresses import desk_addresses, handlers_of, recipients_of
from .models import Letter, LetterFile, LetterKind, LetterRead
from .numbering import written
from .outbox import MailError, queue_mail

__all__ = [
    "LetterError",
    "MailError",
    "desk_addresses",
    "handlers_of",
    "issue_letter",
    "letter_pdf",
    "open_letter",
    "queue_mail",
    "recipients_of",
    "withdraw_letter",
]
REASON_LENGTH = 500
SUBJECT_LENGTH = 300


class LetterError(Exception):
    """A letter that cannot be issued, opened or withdrawn; the message is for people."""


@transaction.atomic
def issue_letter(
    *,
    kind: str,
    unit: Unit | None,
    subject: str,
    template: str,
    data: dict[str, Any],
    actor: User,
    on: date,
    addressee: str = "",
    is_sample: bool = False,
) -> Letter:
    """Number a letter, set it, keep it: all or nothing, so that no number is ever missing.

    `template` is a path under `templates/typst/`; it finds `data`, and under `data.letter` what every letter carries.
    A true person issues it (`actor`), on a true date: not in the future, and not before the series' last letter.
    The subject is public on the check page (no personal data in it) and, as the addressee, kept as it is printed.
    Sample letters have numbers of their own.
    """
    letter_kind = LetterKind.objects.select_related("series").filter(slug=kind).first()
    if letter_kind is None:
        raise LetterError(_("Jenis surat “%(kind)s” tidak dikenal.") % {"kind": kind})
    letter = Letter(
        kind=letter_kind,
        series=letter_kind.series,
        year=on.year,
        issued_on=on,
        unit=unit,
        subject=_subject(subject),
        addressee=_addressee(addressee, unit),
        is_sample=is_sample,
        created_by=actor,
    )
    _number(letter)
    content = typeset.pdf(template, {**data, "letter": letterhead.parts(letter, data)})
    letter.sha256 = hashlib.sha256(content).hexdigest()
    letter.save(force_insert=True)
    LetterFile.objects.create(letter=letter, content=content, sha256=letter.sha256)
    return letter


def _subject(given: str) -> str:
    subject = " ".join(printable(given).split())
    if not subject or len(subject) > SUBJECT_LENGTH:
        raise LetterError(_("Tulis hal surat, paling banyak %(length)d huruf.") % {"length": SUBJECT_LENGTH})
    return subject


def _addressee(given: str, unit: Unit | None) -> str:
    addressee = printable(given).strip() or letterhead.head_of(unit)
    if not addressee:
        raise LetterError(_("Surat ini belum mempunyai tujuan."))
    return addressee


def _number(letter: Letter) -> None:
    """Take the series' next number for the letter, and hold the series until our transaction ends."""
    letter.sequence = _next_number(letter.kind, letter.issued_on, letter.is_sample)
    _check_date(letter.kind, letter.issued_on, letter.is_sample)
    letter.number = written(
        letter.series.number_format,
        classification=letter.kind.classification,
        sequence=letter.sequence,
        on=letter.issued_on,
        is_sample=letter.is_sample,
    )
    if Letter.objects.filter(number=letter.number).exists():  # a series whose format was that of another
        raise LetterError(_("Nomor %(number)s sudah dipakai; periksa format seri nomornya.") % {"number": letter})


def _next_number(kind: LetterKind, on: date, is_sample: bool) -> int:
    """Take the next number; others who want one of this series wait until our transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO correspondence_counter (series_id, year, is_sample, last) VALUES (%s, %s, %s, 1)
            ON CONFLICT (series_id, year, is_sample) DO UPDATE SET last = correspondence_counter.last + 1
            RETURNING last
            """,
            [kind.series_id, on.year, is_sample],
        )
        sequence: int = cursor.fetchone()[0]
    return sequence


def _check_date(kind: LetterKind, on: date, is_sample: bool) -> None:
    """Letters carry true dates only, and numbers follow the dates. Called while the series is held."""
    if on > local_day(timezone.now()):
        raise LetterError(_("Tanggal surat tidak boleh di masa depan."))
    newest = (
        Letter.objects.filter(series=kind.series_id, year=on.year, is_sample=is_sample).order_by("-sequence").first()
    )
    if newest is not None and on < newest.issued_on:
        words = {"number": newest.number, "date": date_format(newest.issued_on)}
        raise LetterError(_("Surat %(number)s dari seri ini sudah bertanggal %(date)s.") % words)


def withdraw_letter(*, letter_id: int, actor: User, reason: str) -> Letter:
    """Withdraw a letter, once, with a reason that the check page shows. The letter itself stays."""
    reason = reason.strip()
    letter = Letter.objects.filter(pk=letter_id).first()
    if letter is None or not may(actor, "correspondence.withdraw_letter", letter):
        raise LetterError(_("Anda tidak berhak menarik surat ini."))
    if not reason or len(reason) > REASON_LENGTH:
        raise LetterError(_("Tulis alasannya, paling banyak %(length)d huruf.") % {"length": REASON_LENGTH})
    values = {"withdrawn_at": timezone.now(), "withdrawn_by": actor, "withdrawn_reason": reason}
    if not Letter.objects.filter(pk=letter_id, withdrawn_at=None).update(**values):
        raise LetterError(_("Surat ini sudah ditarik."))
    letter.refresh_from_db()
    return letter


def open_letter(*, letter_id: int, actor: User) -> bytes:
    """The file, for those who may see the letter; it is written down who opened it."""
    letter = Letter.objects.filter(pk=letter_id).first()
    if letter is None or not may(actor, "correspondence.view_letter", letter):
        raise LetterError(_("Anda tidak berhak membuka surat ini."))
    content = letter_pdf(letter)
    LetterRead.objects.create(letter=letter, user=actor)
    return content


def letter_pdf(letter: Letter) -> bytes:
    """The file as it went out. The caller has made sure that the reader may have it: by right, or published."""
    content = bytes(LetterFile.objects.values_list("content", flat=True).get(letter=letter))
    if not content:
        raise LetterError(_("Isi surat %(number)s sudah dihapus karena masa simpannya berakhir.") % {"number": letter})
    if hashlib.sha256(content).hexdigest() != letter.sha256:
        raise LetterError(_("Berkas surat %(number)s tidak sama dengan yang diterbitkan.") % {"number": letter})
    return content
