"""Writing down who on the staff was shown whose identity (UU 27/2022: whose data was seen must be known)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from opd.models import User
from requests_info.models import IdentityRead, InformationRequest, Objection

What = IdentityRead.What
BATCH = 1000


def record_identity_read(
    user: User,
    request: InformationRequest | Objection,
    what: str,
    *,
    place_hash: str = "",
    now: datetime | None = None,
) -> None:
    """Note that an account was shown the identity behind a request, or behind an objection without one.

    Call it before the data leaves: what cannot be written down is not shown. `what` is one of `IdentityRead.What`,
    `place_hash` the `address_hash` of whoever asks.
    """
    record_identity_reads(user, [request], what, place_hash=place_hash, now=now)


def record_identity_reads(
    user: User,
    requests: Iterable[InformationRequest | Objection],
    what: str,
    *,
    place_hash: str = "",
    now: datetime | None = None,
) -> None:
    """As `record_identity_read`, for a file that names many: each person once."""
    now = now or timezone.now()
    subjects = dict.fromkeys(_subject(row) for row in requests)
    IdentityRead.objects.bulk_create(
        [
            IdentityRead(
                user=user,
                information_request_id=request_id,
                objection_id=objection_id,
                what=What(what),
                at=now,
                place_hash=place_hash,
            )
            for request_id, objection_id in subjects
        ],
        batch_size=BATCH,
    )


def _subject(row: InformationRequest | Objection) -> tuple[int | None, int | None]:
    """(request, objection): an objection about a request is by the requester."""
    if isinstance(row, InformationRequest):
        return row.pk, None
    return (row.information_request_id, None) if row.information_request_id else (None, row.pk)
