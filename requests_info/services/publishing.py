"""Answers for everybody: one officer writes, another one approves, anybody of the desk may withdraw with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opd.models import Unit, User
from requests_info.identity_words import Person, identity_in
from requests_info.models import InformationRequest, PublishedAnswer

from .steps import RequestError, Status, check_right

State = PublishedAnswer.Status
LONGEST_TEXT, LONGEST_QUESTION, LONGEST_REASON = 8000, 200, 300


@transaction.atomic
def write_answer(
    *,
    request_id: int,
    actor: User,
    unit: Unit,
    question: str,
    text: str,
    answer_id: int | None = None,
    now: datetime | None = None,
) -> PublishedAnswer:
    """Write a draft about an answered request, or change one: whoever changed it last is its writer."""
    check_right(actor, "change_publishedanswer")
    request = InformationRequest.objects.filter(pk=request_id, status=Status.ANSWERED, is_sample=False).first()
    if request is None:
        raise RequestError(_("Hanya permohonan yang sudah dijawab yang jawabannya dapat diterbitkan."))
    question = _clean(" ".join(question.split()), LONGEST_QUESTION, _("Tuliskan pertanyaannya."))
    text = _clean(text.replace("\r\n", "\n").strip(), LONGEST_TEXT, _("Tuliskan jawabannya."))
    answer = PublishedAnswer(information_request=request)
    if answer_id is not None:
        answer = _held(answer_id, State.DRAFT)
        answer.revision += 1
    answer.unit, answer.question, answer.text = unit, question, text
    _refuse_identity(answer)  # a draft stands in clear already
    answer.written_by, answer.written_at = actor, now or timezone.now()
    answer.save()
    return answer


@transaction.atomic
def approve_answer(*, answer_id: int, revision: int, actor: User, now: datetime | None = None) -> PublishedAnswer:
    """Publish a draft that somebody else wrote, as it was read (`revision`), if nobody's identity is in it."""
    check_right(actor, "approve_publishedanswer")
    answer = _held(answer_id, State.DRAFT)
    if answer.written_by_id == actor.pk:
        raise RequestError(_("Jawaban disetujui oleh orang lain daripada penulisnya."))
    if answer.revision != revision:
        raise RequestError(_("Naskahnya sudah diubah sejak Anda membacanya. Baca lagi, lalu setujui."))
    _refuse_identity(answer)
    answer.status, answer.approved_by, answer.published_at = State.PUBLISHED, actor, now or timezone.now()
    answer.save(update_fields=["status", "approved_by", "published_at"])
    return answer


@transaction.atomic
def withdraw_answer(*, answer_id: int, actor: User, reason: str, now: datetime | None = None) -> PublishedAnswer:
    """Take a published answer back. Its address tells that and why; its words are not shown any more."""
    check_right(actor, "approve_publishedanswer")
    answer = _held(answer_id, State.PUBLISHED)
    reason = _clean(" ".join(reason.split()), LONGEST_REASON, _("Tuliskan alasannya; pembaca melihatnya."))
    if found := identity_in(reason, person_of(answer.information_request)):
        raise RequestError(_("Alasan memuat yang seperti data pribadi: %(found)s.") % {"found": "; ".join(found)})
    answer.status, answer.withdrawn_by, answer.withdrawn_at = State.WITHDRAWN, actor, now or timezone.now()
    answer.withdrawn_reason = reason
    answer.save(update_fields=["status", "withdrawn_by", "withdrawn_at", "withdrawn_reason"])
    return answer


@transaction.atomic
def drop_draft(*, answer_id: int, actor: User) -> None:
    """A draft that nobody needs is deleted; it was never public."""
    check_right(actor, "change_publishedanswer")
    _held(answer_id, State.DRAFT).delete()


def findings(answer: PublishedAnswer) -> list[str]:
    """What in a draft looks like somebody's identity, the requester's own before all."""
    return identity_in(f"{answer.question}\n{answer.text}", person_of(answer.information_request))


def _refuse_identity(answer: PublishedAnswer) -> None:
    if found := findings(answer):
        raise RequestError(_("Naskah memuat yang seperti data pribadi: %(found)s.") % {"found": "; ".join(found)})


def person_of(request: InformationRequest) -> Person:
    return Person(request.name, request.address, request.identity_number, request.email, request.phone)


def _held(answer_id: int, status: str) -> PublishedAnswer:
    """The answer, held until commit, in the state that the step needs."""
    rows = PublishedAnswer.objects.select_for_update(of=("self",)).select_related("information_request")
    answer = rows.filter(pk=answer_id, status=status).first()
    if answer is None:
        raise RequestError(_("Jawaban ini tidak ada, atau keadaannya sudah berubah."))
    return answer  # type: ignore[no-any-return]


def _clean(text: str, most: int, problem: str) -> str:
    if not text or "\x00" in text:
        raise RequestError(problem)
    if len(text) > most:
        raise RequestError(_("Paling panjang %(length)d huruf.") % {"length": most})
    return text
