"""After the decision: what the objector says to it, and the dispute at Komisi Informasi as the desk records it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from requests_info.deadlines import dispute_until
from requests_info.models import Dispute, Objection, ObjectionDecision, ObjectionEvent, ObjectionResponse
from requests_info.periods import periods

from .steps import REASON_LENGTH, RequestError, check_right, locked_objection, note_objection, off_days

Event = ObjectionEvent.Kind
NUMBER_LENGTH = 100


def dispute_counts_from(objection: Objection) -> date:
    """Day 0 of Pasal 37 ayat (2): the day of the decision, or the last day of its limit where there is none."""
    return local_day(objection.closed_at) if objection.closed_at else objection.due_on


def last_day_of_dispute(objection: Objection) -> date:
    """Until when Komisi Informasi can be turned to: Pasal 37 ayat (2)."""
    start = dispute_counts_from(objection)
    return dispute_until(start, periods(), off_days(start, periods().dispute))


@transaction.atomic
def respond_to_decision(
    *, objection_id: int, answer: str, note: str = "", actor: User | None = None, now: datetime | None = None
) -> ObjectionResponse:
    """Record, once, whether whoever objected accepts the decision. `actor` records what came by letter or was said."""
    now = now or timezone.now()
    if actor is not None:
        check_right(actor, "add_objection")
    objection = _held(objection_id)
    decision = ObjectionDecision.objects.filter(objection=objection).first()
    if decision is None:
        raise RequestError(_("Keberatan ini belum diputuskan."))
    if ObjectionResponse.objects.filter(decision=decision).exists():
        raise RequestError(_("Tanggapan atas keputusan ini sudah tercatat."))
    if answer not in ObjectionResponse.Answer.values:
        raise RequestError(_("Pilih tanggapannya: menerima, atau tidak puas."))
    note = _note(note)
    response = ObjectionResponse.objects.create(decision=decision, answer=answer, note=note, at=now, by=actor)
    note_objection(objection, answer, now, actor, note)  # the kinds of the event are those of the answer
    return response


@dataclass(frozen=True)
class Registered:
    """What Komisi Informasi wrote about a dispute."""

    number: str
    registered_on: date
    note: str = ""


@transaction.atomic
def register_dispute(*, objection_id: int, actor: User, registered: Registered, now: datetime | None = None) -> Dispute:
    """Record a dispute, or correct its number and day while its outcome is open. Whether it came in time the
    commission judges; the page says until when it could (Pasal 37 ayat (2))."""
    now = now or timezone.now()
    check_right(actor, "add_dispute")
    objection = _held(objection_id)
    number, note = " ".join(registered.number.split()), _note(registered.note)
    _check_registered(objection, number, registered.registered_on, local_day(now))
    known = Dispute.objects.filter(objection=objection).first()
    if known is not None and not known.is_open:
        raise RequestError(_("Hasil sengketa ini sudah tercatat, jadi tidak dapat diubah lagi."))
    dispute = known or Dispute(objection=objection, created_by=actor, created_at=now)
    dispute.number, dispute.registered_on, dispute.note = number, registered.registered_on, note
    dispute.save()
    words = _("Nomor %(number)s, %(day)s") % {
        "number": number, "day": date_format(registered.registered_on, "j F Y"),
    }  # fmt: skip
    note_objection(objection, Event.DISPUTE_CORRECTED if known else Event.DISPUTED, now, actor, words)
    return dispute


def _check_registered(objection: Objection, number: str, day: date, today: date) -> None:
    if not number or len(number) > NUMBER_LENGTH or "\x00" in number:
        raise RequestError(
            _("Tuliskan nomor register Komisi Informasi, paling panjang %(length)d huruf.") % {"length": NUMBER_LENGTH}
        )
    if Dispute.objects.filter(number=number).exclude(objection=objection).exists():
        raise RequestError(_("Nomor sengketa ini sudah tercatat pada keberatan lain."))
    if day > today:
        raise RequestError(_("Tanggal pendaftaran masih di masa depan."))
    decided_on = local_day(objection.closed_at) if objection.closed_at else None
    if day <= objection.due_on and (decided_on is None or day < decided_on):
        raise RequestError(
            _("Sengketa baru dapat didaftarkan sesudah keberatan diputuskan, atau sesudah %(day)s.")
            % {"day": date_format(objection.due_on, "j F Y")}
        )


@transaction.atomic
def close_dispute(
    *,
    objection_id: int,
    actor: User,
    outcome: str,
    decided_on: date,
    note: str = "",
    now: datetime | None = None,
) -> Dispute:
    """Record how the dispute ended, once; from then on its row never changes."""
    now = now or timezone.now()
    check_right(actor, "change_dispute")
    objection = _held(objection_id)
    dispute = Dispute.objects.filter(objection=objection).first()
    if dispute is None:
        raise RequestError(_("Belum ada sengketa yang tercatat atas keberatan ini."))
    if not dispute.is_open:
        raise RequestError(_("Hasil sengketa ini sudah tercatat, jadi tidak dapat diubah lagi."))
    if outcome not in Dispute.Outcome.values:
        raise RequestError(_("Pilih hasil sengketa."))
    if not dispute.registered_on <= decided_on <= local_day(now):
        raise RequestError(_("Tanggal putusan harus sesudah pendaftaran sengketa dan tidak di masa depan."))
    dispute.outcome, dispute.decided_on = outcome, decided_on
    dispute.note = _note(note) or dispute.note
    dispute.save(update_fields=["outcome", "decided_on", "note"])
    words = f"{dispute.get_outcome_display()}, {date_format(decided_on, 'j F Y')}"
    note_objection(objection, Event.DISPUTE_CLOSED, now, actor, words)
    return dispute


def _held(objection_id: int) -> Objection:
    objection = locked_objection(objection_id)
    if objection is None:
        raise RequestError(_("Keberatan ini tidak ditemukan."))
    return objection


def _note(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if "\x00" in text or len(text) > REASON_LENGTH:
        raise RequestError(_("Keterangan paling panjang %(length)d huruf.") % {"length": REASON_LENGTH})
    return text
