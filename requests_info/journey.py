"""A request's way in its requester's words: what has happened, what happens next, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.working_days import add_working_days

from .deadlines import extended_due, first_day_late, objection_until, working_days_left
from .models import Assignment, InformationRequest, Objection, RequestEvent, RequestFile
from .periods import periods
from .services.messages import messages_until
from .services.steps import off_days

Kind, Status = RequestEvent.Kind, InformationRequest.Status


@dataclass(frozen=True)
class Ahead:
    """What is still to come. `until` is the last day for it; `is_yours`: it waits for the requester."""

    words: str
    until: date | None = None
    more: str = ""
    is_yours: bool = False


def ahead(request: InformationRequest, today: date, *, is_extended: bool) -> list[Ahead]:
    """The steps that are left, in their order."""
    if request.status == Status.ANSWERED:
        return _after_the_answer(request, today)
    if not request.is_open:
        return [Ahead(_("Permohonan ini sudah selesai. Anda boleh mengajukan permohonan baru kapan saja."))]
    return [*_before_the_answer(request, today), _answer(request, today, is_extended)]


def _before_the_answer(request: InformationRequest, today: date) -> list[Ahead]:
    if request.status == Status.INCOMPLETE:
        lapse = _("Tanpa kelengkapan sampai hari itu, permohonan gugur; Anda boleh mengajukannya lagi.")
        return [Ahead(_("Anda melengkapi permohonan ini."), request.completion_due_on, lapse, is_yours=True)]
    parts = list(request.assignments.select_related("unit"))
    waiting = [part for part in parts if part.state == Assignment.State.WAITING]
    if waiting:
        words = _("%(unit)s menyiapkan jawabannya dan menyerahkannya kepada Diskominfo.")
        return [
            Ahead(words % {"unit": part.unit.name}, part.due_on if part.due_on >= today else None) for part in waiting
        ]
    if any(part.state == Assignment.State.ANSWERED for part in parts):
        return [Ahead(_("Unit yang ditanya sudah menjawab. Diskominfo menyusun surat jawabannya."))]
    return [_reception(request, today)]


def _reception(request: InformationRequest, today: date) -> Ahead:
    received_on, days = local_day(request.received_at), periods().completeness
    until = add_working_days(received_on, days, off_days(received_on, days))
    if request.status == Status.RECEIVED and request.declared_incomplete_at is None and today <= until:
        more = _("Bila ada yang kurang, Anda diberi tahu sampai hari itu.")
        return Ahead(_("Diskominfo memeriksa apakah permohonan Anda lengkap."), until, more)
    return Ahead(_("Diskominfo meneruskan permohonan Anda kepada unit yang memiliki informasinya."))


def _answer(request: InformationRequest, today: date, is_extended: bool) -> Ahead:
    lengths, due_on = periods(), request.due_on
    if today > due_on:
        late = -working_days_left(today, due_on, off_days(due_on, (today - due_on).days))
        start = first_day_late(due_on)
        until = objection_until(start, lengths, off_days(start, lengths.objection))
        more = _("Sudah lewat %(late)d hari kerja. Anda boleh berkeberatan sampai %(until)s.")
        words = _("Jawaban tertulis seharusnya sudah Anda terima.")
        return Ahead(words, due_on, more % {"late": late, "until": _day(until)})
    more = ""
    if not is_extended:
        latest = extended_due(due_on, lengths, off_days(due_on, lengths.extension))
        more = _("Boleh diperpanjang satu kali, paling lama sampai %(day)s, dengan alasan tertulis kepada Anda.")
        more %= {"day": _day(latest)}
    return Ahead(_("Anda menerima jawaban tertulis."), due_on, more)


def _after_the_answer(request: InformationRequest, today: date) -> list[Ahead]:
    found = [
        Ahead(_("Atasan PPID memutuskan keberatan Anda %(number)s.") % {"number": row.number}, row.due_on)
        for row in request.objections.filter(status=Objection.Status.RECEIVED)
    ]
    until = messages_until(request)
    if until is None or today > until:
        return found or [Ahead(_("Permohonan ini sudah selesai. Anda boleh mengajukan permohonan baru kapan saja."))]
    may = _("Belum jelas, atau berkasnya tidak dapat dibuka? Tulis pesan. Tidak puas? Ajukan keberatan.")
    return [*found, Ahead(may, until, is_yours=True)]


def _day(day: date) -> str:
    return date_format(day, "j F Y")


# --- what has happened ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """`text` is what somebody wrote; `files` came with it."""

    at: datetime
    words: str
    text: str = ""
    files: Sequence[RequestFile] = field(default_factory=list)


def steps(request: InformationRequest) -> list[Step]:
    """From the first to the last, in three queries for any number of them."""
    events = request.events.select_related("message").prefetch_related("files")
    return [_step(event) for event in events]


def _step(event: RequestEvent) -> Step:
    message = getattr(event, "message", None)
    sentence, says_note = _SENTENCES.get(event.kind, ("", False))
    if event.kind == Kind.COMPLETED and event.actor_id is not None:
        sentence = _("Petugas layanan mencatat pesan Anda sebagai kelengkapan:")
    if event.kind == Kind.FILE_ADDED and event.actor_id is not None:
        sentence = _("Petugas layanan menyimpan berkas Anda: %(note)s.")
    words = str(sentence) % {"note": event.note} if sentence else str(event.get_kind_display())
    text = message.text if message is not None else "" if says_note else event.note
    return Step(event.at, words, text, list(event.files.all()))


#: The sentence of a step, and whether the note stands inside it (else it is what somebody wrote). Others: their label.
_SENTENCES: dict[str, tuple[Any, bool]] = {
    Kind.RECEIVED: (_lazy("Permohonan Anda kami terima dan langsung diberi nomor."), False),
    Kind.ENTERED: (_lazy("Permohonan Anda dicatat petugas layanan dan langsung diberi nomor."), False),
    Kind.INCOMPLETE: (_lazy("Petugas layanan meminta Anda melengkapi:"), False),
    Kind.COMPLETED: (_lazy("Anda melengkapi permohonan:"), False),
    Kind.FORWARDED: (_lazy("Diteruskan kepada %(note)s untuk dijawab."), True),
    Kind.PART_ANSWERED: (_lazy("%(note)s menyerahkan jawabannya kepada Diskominfo."), True),
    Kind.PART_RETURNED: (
        _lazy(
            "%(note)s menyatakan tidak memiliki informasi ini. "
            "Diskominfo mencari unit yang tepat; batas waktu Anda tetap."
        ),
        True,
    ),
    Kind.EXTENDED: (_lazy("Batas jawaban diperpanjang satu kali, dengan alasan:"), False),
    Kind.DECIDED: (_lazy("Jawaban tertulis disampaikan kepada Anda."), False),
    Kind.HANDED_OVER: (_lazy("Informasinya diserahkan kepada Anda pada %(note)s."), True),
    Kind.WITHDRAWN: (_lazy("Anda mencabut permohonan ini."), False),
    Kind.ASKED_DESK: (_lazy("Anda menulis:"), False),
    Kind.WROTE_REQUESTER: (_lazy("Petugas layanan menulis:"), False),
    Kind.FILE_ADDED: (_lazy("Anda mengirim berkas: %(note)s."), True),
    Kind.FILE_FORWARDED: (_lazy("Lampiran Anda diteruskan kepada %(note)s."), True),
    Kind.RATED: (_lazy("Anda menilai layanan ini."), False),
}
