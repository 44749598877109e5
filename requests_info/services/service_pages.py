"""A new text for a service page; the old ones stay."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from opd.models import User
from requests_info.models import ServicePage, ServicePageRevision

from .steps import RequestError, check_right

LONGEST, LONGEST_NOTE = 20_000, 200


def revise_page(
    *, page: str, read: int, text: str, note: str, is_confirmed: bool, actor: User, now: datetime | None = None
) -> ServicePageRevision:
    """Write revision `read` + 1. Of two who read the same one, the second is told instead of overwriting the first."""
    check_right(actor, "add_servicepagerevision")
    text, note = text.replace("\r\n", "\n").strip(), " ".join(note.split())
    if page not in ServicePage.values:
        raise RequestError(_("Halaman ini tidak ada."))
    if not text or "\x00" in text or len(text) > LONGEST:
        raise RequestError(_("Tuliskan isi halamannya, paling panjang 20.000 huruf."))
    if not note or "\x00" in note or len(note) > LONGEST_NOTE:
        raise RequestError(_("Tuliskan apa yang diubah, paling panjang 200 huruf."))
    newest = ServicePageRevision.objects.filter(page=page).order_by("-number").first()
    if (newest.number if newest else 0) != read:
        raise _overtaken()
    fields = {"text": text, "note": note, "is_confirmed": is_confirmed, "by": actor, "at": now or timezone.now()}
    try:
        with transaction.atomic():
            made: ServicePageRevision = ServicePageRevision.objects.create(page=page, number=read + 1, **fields)
    except IntegrityError as error:
        if "service_page_numbered_once" not in str(error):
            raise
        raise _overtaken() from error
    return made


def _overtaken() -> RequestError:
    return RequestError(_("Halaman ini baru saja diubah orang lain. Naskah Anda masih di bawah; bandingkan dahulu."))
