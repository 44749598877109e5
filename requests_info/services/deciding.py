"""The written notice: what is decided, on what ground, and the numbered letter that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from publications.documents.models import Document
from requests_info import letters, notices
from requests_info.deadlines import objection_until
from requests_info.models import Assignment, Decision, InformationRequest
from requests_info.periods import periods

from .steps import Kind, RequestError, Status, check_right, clean_text, close, locked, note_step, off_days

Outcome = InformationRequest.Outcome
DECIDABLE = (
    Outcome.GRANTED, Outcome.PARTIAL, Outcome.REFUSED, Outcome.NOT_HELD, Outcome.NOT_DOCUMENTED, Outcome.REFERRED,
)  # fmt: skip


#: Results of requests for what the city holds.
HELD = (Outcome.GRANTED, Outcome.PARTIAL, Outcome.REFUSED)


@dataclass(frozen=True)
class Verdict:
    """What the officer decides."""

    outcome: str
    explanation: str
    #: The exempt document whose consequence test founds a refusal, wholly or in part.
    exempt: Document | None = None
    redaction: str = ""
    medium: str = ""
    #: One of `Decision.FormHeld`, for the register; empty where the city holds nothing.
    form_held: str = ""
    cost: int = 0
    referred_to: str = ""


@transaction.atomic
def decide_request(*, request_id: int, actor: User, verdict: Verdict, now: datetime | None = None) -> Decision:
    """Decide once and issue the letter: number, letter, event and mail come together or not at all."""
    now = now or timezone.now()
    check_right(actor, "decide_informationrequest")
    request = locked(request_id)
    if request.status not in (Status.RECEIVED, Status.IN_PROGRESS):
        raise RequestError(_("Permohonan ini sudah selesai atau masih menunggu kelengkapan."))
    waiting = request.assignments.filter(state=Assignment.State.WAITING).select_related("unit")
    if names := ", ".join(row.unit.name for row in waiting):
        raise RequestError(_("Jawaban masih ditunggu dari: %(units)s.") % {"units": names})
    decision = _checked(request, verdict, actor, now)
    today, days = local_day(now), periods().objection
    object_until = objection_until(today, periods(), off_days(today, days))
    decision.letter = letters.issue_notice(request, decision, today, object_until)
    decision.save()
    close(request, Status.ANSWERED, verdict.outcome, now)
    note_step(request, Kind.DECIDED, now, actor, decision.get_outcome_display())
    notices.tell_requester(request, "decided", letter=decision.letter)
    return decision


def _checked(request: InformationRequest, verdict: Verdict, actor: User, now: datetime) -> Decision:
    if verdict.outcome not in DECIDABLE:
        raise RequestError(_("Pilih hasil permohonan."))
    explanation = clean_text(verdict.explanation, _("Tuliskan isi pemberitahuan."))
    test, ground = None, ""
    if verdict.outcome in (Outcome.REFUSED, Outcome.PARTIAL) and verdict.exempt is not None:
        test = getattr(verdict.exempt, "consequence_test", None)
        ground = verdict.exempt.legal_basis
        if test is None or not test.is_whole:
            raise RequestError(_("Uji konsekuensi informasi ini belum lengkap (Pasal 19)."))
        if not test.stands_on(local_day(now)):
            raise RequestError(
                _("Uji konsekuensi informasi ini belum disetujui, atau jangka waktu pengecualiannya sudah lewat.")
            )
    if verdict.outcome == Outcome.REFUSED and not ground:
        raise RequestError(_("Penolakan membutuhkan informasi dikecualikan dengan dasar Pasal 17 dan uji konsekuensi."))
    redaction = verdict.redaction.strip()
    if verdict.outcome == Outcome.PARTIAL and not redaction:
        raise RequestError(_("Tuliskan bagian mana yang tidak diberikan dan mengapa (Pasal 22 ayat 7 huruf e)."))
    if verdict.outcome == Outcome.REFERRED and not verdict.referred_to.strip():
        raise RequestError(_("Sebutkan badan publik yang menguasai informasi itu."))
    return Decision(
        information_request=request,
        outcome=verdict.outcome,
        explanation=explanation,
        ground=ground,
        consequence_test=test,
        redaction=redaction,
        medium=verdict.medium.strip(),
        form_held=_form_held(verdict),
        cost=verdict.cost,
        referred_to=verdict.referred_to.strip(),
        at=now,
        by=actor,
    )


def _form_held(verdict: Verdict) -> str:
    """What is not held, not written down yet, or held by others has no form here."""
    if verdict.form_held not in ("", *Decision.FormHeld.values):
        raise RequestError(_("Pilih bentuk informasi yang dikuasai."))
    return verdict.form_held if verdict.outcome in HELD else ""
