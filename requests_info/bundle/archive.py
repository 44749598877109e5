"""What stands in the ZIP and in which order. No clock goes into it: the same rows give the same bytes."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from cilegon_kip.common import typeset
from cilegon_kip.common.jakarta import JAKARTA, local_day
from correspondence.services import letter_pdf
from requests_info.models import Objection
from requests_info.receipt import receipt_pdf

from .records import Records, records_of
from .timeline import timeline_words

TIMELINE, CONTENTS, SUMS = "00-lini-masa.pdf", "DAFTAR-ISI.csv", "SHA256SUMS"


@dataclass(frozen=True)
class Member:
    """One file of the bundle."""

    name: str
    title: str
    number: str
    dated_on: date
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def file_name(objection: Objection) -> str:
    return f"berkas-{objection.number}.zip"


def bundle_zip(objection: Objection, *, is_internal: bool) -> bytes:
    """The bundle as it stands. `is_internal` adds who acted and what the units answered: for the city's own use.

    The caller has made sure that the reader may have it.
    """
    records = records_of(objection)
    papers = list(_papers(records))
    words = timeline_words(records, papers, is_internal=is_internal)
    timeline = Member(
        TIMELINE, _("Lini masa"), objection.number, local_day(records.as_of), typeset.pdf("requests/bundle.typ", words)
    )
    return _zipped([timeline, *papers], records.as_of)


def _papers(records: Records) -> Iterator[Member]:
    """The receipt of the request and every letter, by their dates."""
    if (request := records.request) is not None:
        content = receipt_pdf(request, local_day(records.as_of))
        yield Member(
            f"01-tanda-bukti-{request.number}.pdf",
            _("Tanda bukti permohonan"),
            request.number,
            local_day(request.received_at),
            content,
        )
    for place, letter in enumerate(records.letters, start=2):
        title = f"{letter.kind.name} ({_('ditarik')})" if letter.withdrawn_at else letter.kind.name
        yield Member(f"{place:02d}-{letter.file_name}", title, letter.number, letter.issued_on, letter_pdf(letter))


def _zipped(members: list[Member], as_of: datetime) -> bytes:
    buffer = BytesIO()
    local = as_of.astimezone(JAKARTA)
    moment = (local.year, local.month, local.day, local.hour, local.minute, local.second)
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in [
            *((member.name, member.content) for member in members),
            (CONTENTS, _contents(members)),
            (SUMS, "".join(f"{member.sha256}  {member.name}\n" for member in members).encode()),
        ]:
            info = ZipInfo(name, moment)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def _contents(members: list[Member]) -> bytes:
    """With a byte-order mark, for the spreadsheet programs that would else misread the letters."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow([_("Berkas"), _("Isi"), _("Nomor"), _("Tanggal"), _("Ukuran (byte)"), "SHA-256"])
    rows.writerows(
        [
            member.name,
            member.title,
            member.number,
            member.dated_on.isoformat(),
            len(member.content),
            member.sha256,
        ]
        for member in members
    )
    return text.getvalue().encode("utf-8-sig")
