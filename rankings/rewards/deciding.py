"""A person's word: a letter is issued, a proposal refused, a letter taken back. Nothing here happens by itself."""

from __future__ import annotations

import logging
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from correspondence.models import Letter
from correspondence.services import LetterError, queue_mail, recipients_of, withdraw_letter
from opd.models import Channel, User
from opd.permissions import may
from rankings.models import Ranking

from . import letters
from .models import Proposal, RewardRule
from .proposing import due_months, hold_all, propose_after, propose_month
from .words import month_words

logger = logging.getLogger(__name__)
RIGHT = "rankings.decide_proposal"
REASON_LENGTH = 500
Status = Proposal.Status


class RewardError(Exception):
    """The decision is not possible; the text says why, for people."""


@transaction.atomic
def approve_proposal(*, proposal_id: int, actor: User, note: str = "", now: datetime | None = None) -> Proposal:
    """Issue the letter in the name of this person, once, and let the unit know."""
    now = now or timezone.now()
    _check_right(actor)
    hold_all()
    proposal = _undecided(proposal_id)
    _check_still_asked(proposal)
    _check_order(proposal)
    _check_name(proposal, actor)
    draft = letters.draft_of(proposal, local_day(now))
    try:
        letter = letters.issue(proposal, draft, actor, local_day(now))
    except LetterError as error:
        raise RewardError(str(error)) from error
    decision = {"decided_by": actor, "decided_at": now, "decision_reason": _clean(note)}
    undecided = Proposal.objects.filter(pk=proposal.pk, status=Status.PROPOSED)
    if not undecided.update(status=Status.ISSUED, letter=letter, due_on=draft.due_on, **decision):
        raise _already_decided()
    proposal.refresh_from_db()
    _tell(proposal, letter, "issued")
    logger.info("proposal %d issued as letter %s by user %d", proposal.pk, letter.number, actor.pk)
    return proposal


@transaction.atomic
def reject_proposal(*, proposal_id: int, actor: User, reason: str, now: datetime | None = None) -> Proposal:
    """Refuse, with a reason. A month for which a warning was refused no longer counts in later chains."""
    now = now or timezone.now()
    _check_right(actor)
    reason = _required(reason)
    hold_all()
    proposal = _undecided(proposal_id)
    undecided = Proposal.objects.filter(pk=proposal.pk, status=Status.PROPOSED)
    if not undecided.update(status=Status.REJECTED, decided_by=actor, decided_at=now, decision_reason=reason):
        raise _already_decided()
    proposal.refresh_from_db()
    propose_after(proposal.month, now)
    return proposal


@transaction.atomic
def withdraw_reward(*, proposal_id: int, actor: User, reason: str, now: datetime | None = None) -> Proposal:
    """Take a letter back, with a reason that the public register shows beside it."""
    now = now or timezone.now()
    _check_right(actor)
    reason = _required(reason)
    hold_all()
    proposal = _proposal(proposal_id)
    if proposal.status != Status.ISSUED or proposal.letter_id is None:
        raise RewardError(_("Hanya surat yang terbit dan belum ditarik yang dapat ditarik."))
    try:
        letter = withdraw_letter(letter_id=proposal.letter_id, actor=actor, reason=reason)
    except LetterError as error:
        raise RewardError(str(error)) from error
    _note_withdrawal(proposal, letter)
    proposal.refresh_from_db()
    _tell(proposal, letter, "withdrawn")
    propose_month(proposal.month, now)
    propose_after(proposal.month, now)
    return proposal


def note_withdrawn_letters() -> int:
    """Letters that were withdrawn at the desk of letters count as withdrawn here as well."""
    rows = Proposal.objects.issued().filter(letter__withdrawn_at__isnull=False).order_by("month", "pk")
    for proposal in rows:
        with transaction.atomic():
            hold_all()
            _note_withdrawal(proposal, Letter.objects.get(proposal=proposal))
            propose_month(proposal.month)
            propose_after(proposal.month)
    return len(rows)


def note_met_guidance(today: date) -> int:
    """Close guidance letters whose unit now has a verified social medium; the database keeps since when."""
    met: int = (
        Proposal.objects.issued()
        .filter(rule__kind=RewardRule.Kind.GUIDANCE, met_on=None, is_sample=False)
        .filter(unit__in=_on_social_media(today))
        .update(met_on=today)
    )
    return met


def _on_social_media(day: date) -> QuerySet[Channel, int]:
    """Ids of the units that can be met there, as in the ranking of a real month."""
    channels: QuerySet[Channel] = Channel.objects.verified().social().open_between(day, day).filter(is_sample=False)
    return channels.values_list("unit", flat=True)


# --- what must hold before a decision --------------------------------------------------------------------------


def _check_right(actor: User) -> None:
    if not may(actor, RIGHT):
        raise RewardError(_("Anda tidak berhak memutuskan penghargaan dan teguran."))


def _check_name(proposal: Proposal, actor: User) -> None:
    """The letter stands in a person's name. Sample letters may do without: accounts for trying have none."""
    if not proposal.is_sample and not actor.get_full_name():
        raise RewardError(_("Nama lengkap Anda belum tercatat di akun Anda; surat terbit atas nama pemutusnya."))


def _proposal(proposal_id: int) -> Proposal:
    rows = Proposal.objects.select_related("rule__letter_kind", "unit", "ranking")
    found: Proposal | None = rows.filter(pk=proposal_id).first()
    if found is None:
        raise RewardError(_("Usulan ini tidak ada."))
    return found


def _undecided(proposal_id: int) -> Proposal:
    proposal = _proposal(proposal_id)
    if proposal.status != Status.PROPOSED:
        raise _already_decided()
    return proposal


def _already_decided() -> RewardError:
    return RewardError(_("Usulan ini sudah diputuskan, atau gugur karena syaratnya tidak lagi terpenuhi."))


def _check_still_asked(proposal: Proposal) -> None:
    """The facts are those of the month as it stands now, and nobody is correcting it."""
    if Ranking.objects.filter(month=proposal.month, revision__gt=proposal.ranking.revision).exists():
        raise RewardError(
            _("Peringkat %(month)s sedang atau sudah direvisi; tunggu sampai revisinya final dan usulannya diperbarui.")
            % {"month": month_words(proposal.month_text)}
        )
    if proposal.month in due_months():
        raise RewardError(_("Usulan bulan ini belum diperbarui sejak bulan sebelumnya final; susun usulannya dahulu."))
    is_guidance = proposal.rule.kind == RewardRule.Kind.GUIDANCE and not proposal.is_sample
    if is_guidance and _on_social_media(local_day(timezone.now())).filter(unit=proposal.unit_id).exists():
        raise RewardError(_("Unit ini kini mempunyai media sosial yang terverifikasi; tolak usulannya."))


def _check_order(proposal: Proposal) -> None:
    """Warnings are decided in the order of their months, and a month carries one: no step comes before the last."""
    if proposal.rule.kind != RewardRule.Kind.WARNING:
        return
    warnings = Proposal.objects.filter(
        unit=proposal.unit_id, rule__kind=RewardRule.Kind.WARNING, is_sample=proposal.is_sample
    )
    standing = warnings.issued().filter(month=proposal.month).select_related("rule").first()
    if standing is not None:
        raise RewardError(_("Untuk bulan ini masih berlaku %(letter)s; tarik dahulu.") % {"letter": standing.rule})
    earlier = warnings.waiting().filter(month__lt=proposal.month).order_by("month").first()
    if earlier is not None:
        text = _("Putuskan dahulu usulan unit ini untuk %(month)s.")
        raise RewardError(text % {"month": month_words(earlier.month_text)})


def _required(reason: str) -> str:
    reason = _clean(reason)
    if not reason:
        raise RewardError(_("Tuliskan alasannya."))
    return reason


def _clean(text: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if len(text) > REASON_LENGTH:
        raise RewardError(_("Alasan paling panjang %(length)d karakter.") % {"length": REASON_LENGTH})
    return text


# --- what follows from it ---------------------------------------------------------------------------------------


def _note_withdrawal(proposal: Proposal, letter: Letter) -> None:
    Proposal.objects.issued().filter(pk=proposal.pk).update(
        status=Status.WITHDRAWN,
        withdrawn_by=letter.withdrawn_by,
        withdrawn_at=letter.withdrawn_at,
        withdrawn_reason=letter.withdrawn_reason,
    )


def addresses_of(proposal: Proposal) -> list[str]:
    """Where the unit is told. Letters of the sample never reach a real mailbox: `.invalid` leads nowhere."""
    return [f"{proposal.unit.slug}@contoh.invalid"] if proposal.is_sample else recipients_of(proposal.unit)


def _tell(proposal: Proposal, letter: Letter, what: str) -> None:
    """A mail to the unit; none where no address is known, which the desk says."""
    addresses = addresses_of(proposal)
    if not addresses:
        return
    title = letter.subject if what == "issued" else _("Surat %(number)s ditarik") % {"number": letter.number}
    queue_mail(
        key=f"reward-{proposal.pk}-{what}",
        to=addresses,
        subject=_("[Data contoh] %(title)s") % {"title": title} if proposal.is_sample else title,
        template=f"rankings/emails/reward_{what}",
        context={"proposal": proposal, "letter": letter, "unit": proposal.unit, "reason": proposal.reason},
        letter=letter if what == "issued" else None,
    )
