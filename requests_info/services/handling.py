"""From the desk through the units: completeness, *disposisi*, answers of parts, the one extension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.working_days import add_working_days
from opd.models import Unit, User
from opd.permissions import may
from publications.documents.media import Checked
from publications.photos import files_undone_on_failure
from requests_info import notices
from requests_info.deadlines import extended_due
from requests_info.models import Assignment, Extension, RequestFile
from requests_info.periods import periods

from .files import keep_files
from .steps import Kind, RequestError, Status, check_right, clean_text, locked, note_step, off_days


@transaction.atomic
def declare_incomplete(*, request_id: int, actor: User, missing: str, now: datetime | None = None) -> None:
    """Say what is missing, once, within the days of the completeness check; the requester completes (practice)."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    request, lengths, today = locked(request_id), periods(), local_day(now)
    missing = clean_text(missing, _("Tuliskan apa yang perlu dilengkapi."))
    if request.status != Status.RECEIVED or request.declared_incomplete_at is not None:
        raise RequestError(_("Hanya permohonan yang baru diterima yang dapat dimintakan kelengkapan, satu kali."))
    received_on = local_day(request.received_at)
    until = add_working_days(received_on, lengths.completeness, off_days(received_on, lengths.completeness))
    if today > until:
        raise RequestError(
            _("Kelengkapan diperiksa paling lambat %(day)s; sesudah itu permohonan diproses sebagaimana adanya.")
            % {"day": date_format(until, "j F Y")}
        )
    request.status, request.declared_incomplete_at, request.missing = Status.INCOMPLETE, now, missing
    request.completion_due_on = add_working_days(today, lengths.completion, off_days(today, lengths.completion))
    request.save(update_fields=["status", "declared_incomplete_at", "missing", "completion_due_on"])
    note_step(request, Kind.INCOMPLETE, now, actor, missing)
    notices.tell_requester(request, "incomplete")


def complete_request(
    *,
    request_id: int,
    added: str,
    files: Sequence[Checked] = (),
    actor: User | None = None,
    now: datetime | None = None,
) -> None:
    """The requester adds what was missing, or an officer (`actor`) notes that it came another way.

    Whether the ten days start anew is a setting: by the law they do not.
    """
    now = now or timezone.now()
    if actor is not None:
        check_right(actor, "handle_informationrequest")
    with files_undone_on_failure(), transaction.atomic():
        request = locked(request_id)
        added = clean_text(added, _("Tuliskan kelengkapannya."))
        if request.status != Status.INCOMPLETE:
            raise RequestError(_("Permohonan ini tidak sedang menunggu kelengkapan."))
        request.status, request.completed_at = Status.RECEIVED, now
        request.wanted = f"{request.wanted}\n\n{added}"
        request.save(update_fields=["status", "completed_at", "wanted"])
        event = note_step(request, Kind.COMPLETED, now, actor, added)
        keep_files(event, RequestFile.Kind.COMPLETION, files, now, actor)
        if actor is None:
            notices.tell_desk(request, "completed", "completed")


@transaction.atomic
def forward_request(
    *,
    request_id: int,
    units: Iterable[Unit],
    due_on: date,
    actor: User,
    task: str = "",
    subject: str = "",
    now: datetime | None = None,
) -> list[Assignment]:
    """Forward to one or more units, each with its limit; the requester's clock goes on, and sees where it waits."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    request, today = locked(request_id), local_day(now)
    if request.status not in (Status.RECEIVED, Status.IN_PROGRESS):
        raise RequestError(_("Permohonan ini tidak dapat diteruskan dalam keadaannya sekarang."))
    if not today <= due_on <= max(request.due_on, today):
        raise RequestError(_("Batas unit harus antara hari ini dan batas jawaban kepada pemohon."))
    taken = set(request.assignments.values_list("unit_id", flat=True))
    fresh = [unit for unit in dict.fromkeys(units) if unit.pk not in taken]
    if not fresh:
        raise RequestError(_("Pilih sedikitnya satu unit yang belum menerima permohonan ini."))
    if not (subject := " ".join((subject or request.subject).split())):
        raise RequestError(_("Tuliskan pokok permohonan untuk register umum, tanpa data pribadi."))
    made = [
        Assignment.objects.create(
            information_request=request, unit=unit, due_on=due_on, task=task.strip(), created_by=actor, created_at=now
        )
        for unit in fresh
    ]
    request.status, request.subject = Status.IN_PROGRESS, subject[:200]
    request.save(update_fields=["status", "subject"])
    note_step(request, Kind.FORWARDED, now, actor, ", ".join(unit.name for unit in fresh))
    for assignment in made:
        notices.tell_unit(assignment)
    return made


@transaction.atomic
def answer_part(*, assignment_id: int, actor: User, answer: str, now: datetime | None = None) -> None:
    """The unit hands in its part, once; of two at the same moment one wins."""
    _finish_part(assignment_id, actor, Assignment.State.ANSWERED, answer, now or timezone.now())


@transaction.atomic
def return_part(*, assignment_id: int, actor: User, reason: str, now: datetime | None = None) -> None:
    """Not this unit's: back to Diskominfo with the reason. The requester's clock goes on."""
    _finish_part(assignment_id, actor, Assignment.State.RETURNED, reason, now or timezone.now())


def _finish_part(assignment_id: int, actor: User, state: str, text: str, now: datetime) -> None:
    found = Assignment.objects.select_related("information_request", "unit").filter(pk=assignment_id).first()
    if found is None or not may(actor, "requests_info.answer_assignment", found):
        raise RequestError(_("Disposisi ini tidak ditemukan."))
    text = clean_text(text, _("Tuliskan jawaban atau alasannya."))
    request = locked(found.information_request_id)
    if request.status != Status.IN_PROGRESS:
        raise RequestError(_("Permohonan ini sudah selesai."))
    waiting = Assignment.objects.filter(pk=assignment_id, state=Assignment.State.WAITING)
    if not waiting.update(state=state, answer=text, answered_at=now, answered_by=actor):
        raise RequestError(_("Bagian ini sudah dijawab atau dikembalikan."))
    kind = Kind.PART_ANSWERED if state == Assignment.State.ANSWERED else Kind.PART_RETURNED
    note_step(request, kind, now, actor, found.unit.name)


@transaction.atomic
def extend_deadline(*, request_id: int, actor: User, reason: str, now: datetime | None = None) -> Extension:
    """*Perpanjangan*, Pasal 22 ayat (8): once, before the limit ends, with a written reason."""
    now = now or timezone.now()
    check_right(actor, "handle_informationrequest")
    request, lengths = locked(request_id), periods()
    reason = clean_text(reason, _("Tuliskan alasan perpanjangan."))
    if not request.is_open:
        raise RequestError(_("Permohonan ini sudah selesai."))
    if Extension.objects.filter(information_request=request).exists():
        raise RequestError(_("Batas waktu hanya dapat diperpanjang satu kali (Pasal 22 ayat 8)."))
    if local_day(now) > request.due_on:
        raise RequestError(_("Batas waktunya sudah lewat, jadi tidak dapat diperpanjang lagi (Pasal 22 ayat 8)."))
    due_on = extended_due(request.due_on, lengths, off_days(request.due_on, lengths.extension))
    extension = Extension.objects.create(
        information_request=request, reason=reason, old_due_on=request.due_on, due_on=due_on, at=now, by=actor
    )
    request.due_on = due_on
    request.save(update_fields=["due_on"])
    note_step(request, Kind.EXTENDED, now, actor, reason)
    notices.tell_requester(request, "extended", reason=reason)
    return extension
