"""The one question at the end: how satisfied the requester is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_info.models import Rating

from .steps import REASON_LENGTH, Kind, RequestError, Status, locked, note_step

#: Who took the request back or let it lapse has had no answer to judge.
RATED = (Status.ANSWERED,)


@transaction.atomic
def rate_request(*, request_id: int, score: int, comment: str = "", now: datetime | None = None) -> Rating:
    """Once, when the request was answered; of two at the same moment one counts."""
    now = now or timezone.now()
    request = locked(request_id)
    if request.status not in RATED:
        raise RequestError(_("Penilaian diminta sesudah permohonan dijawab."))
    if score not in Rating.Score.values:
        raise RequestError(_("Pilih angka 1 sampai 5."))
    if Rating.objects.filter(information_request=request).exists():
        raise RequestError(_("Anda sudah menilai layanan ini. Terima kasih."))
    note_step(request, Kind.RATED, now)
    return Rating.objects.create(
        information_request=request, score=score, comment=comment.strip()[:REASON_LENGTH], at=now
    )
