"""One officer takes a case. It bars nobody from a step; it says who is at work, and whose turn it is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opd.models import User
from requests_info.models import Claim

from .steps import RequestError, check_right, locked

REASON_LENGTH = 500


@transaction.atomic
def claim_request(*, request_id: int, actor: User, now: datetime | None = None) -> Claim:
    """Take a case that nobody has; of two at the same moment one wins, and the other learns who."""
    check_right(actor, "handle_informationrequest")
    request = locked(request_id)
    if not request.is_open:
        raise RequestError(_("Permohonan ini sudah selesai."))
    held = _held(request_id)
    if held is not None and held.user_id == actor.pk:
        raise RequestError(_("Permohonan ini sudah Anda tangani."))
    if held is not None:
        raise RequestError(
            _("Permohonan ini sudah ditangani oleh %(name)s. Ambil alih bila perlu, dengan alasan.")
            % {"name": held.user.get_full_name() or held.user.get_username()}
        )
    claim: Claim = Claim.objects.create(information_request=request, user=actor, at=now or timezone.now())
    return claim


@transaction.atomic
def release_request(*, request_id: int, actor: User, now: datetime | None = None) -> None:
    """Give a case back to the queue; only who has it can."""
    check_right(actor, "handle_informationrequest")
    locked(request_id)
    held = _held(request_id)
    if held is None or held.user_id != actor.pk:
        raise RequestError(_("Permohonan ini tidak sedang Anda tangani."))
    _end(held, actor, "", now or timezone.now())


@transaction.atomic
def take_over_request(*, request_id: int, actor: User, reason: str, now: datetime | None = None) -> Claim:
    """Take a case from another officer, who is ill or away, say; the reason stays with it."""
    check_right(actor, "handle_informationrequest")
    now, reason = now or timezone.now(), " ".join(reason.replace("\x00", "").split())
    if not reason or len(reason) > REASON_LENGTH:
        raise RequestError(
            _("Tuliskan alasan mengambil alih, paling panjang %(length)d huruf.") % {"length": REASON_LENGTH}
        )
    request = locked(request_id)
    held = _held(request_id)
    if not request.is_open or held is None or held.user_id == actor.pk:
        raise RequestError(_("Permohonan ini tidak sedang ditangani petugas lain."))
    _end(held, actor, reason, now)
    claim: Claim = Claim.objects.create(information_request=request, user=actor, at=now)
    return claim


def _held(request_id: int) -> Claim | None:
    found: Claim | None = Claim.objects.open().filter(information_request_id=request_id).select_related("user").first()
    return found


def _end(claim: Claim, actor: User, reason: str, now: datetime) -> None:
    claim.ended_at, claim.ended_by, claim.reason = now, actor, reason
    claim.save(update_fields=["ended_at", "ended_by", "reason"])
