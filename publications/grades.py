"""How well a posting is proved, for everybody to see: P, A, B, C, or none. Pure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Publication

GRADES: dict[str, Any] = {
    "P": _("Ditulis di portal oleh unit sendiri; waktunya waktu server."),
    "A": _("Dibaca portal sendiri dari kanal terverifikasi."),
    "B": _("Tautan yang dikirim unit; keberadaan dan pemiliknya terbukti, lalu diperiksa seseorang."),
    "C": _("Diperiksa seseorang dari luar unit, berdasarkan apa yang terlihat."),
    "": _("Tidak dihitung: menunggu pemeriksaan atau ditolak."),
}


def grade_of(publication: Publication, *, was_found: bool) -> str:
    """The grade of what counts; empty for what is pending or rejected.

    `was_found`: its own address answered the portal itself (`harvest.existence`).
    """
    if publication.state != Publication.State.ACCEPTED:
        return ""
    if publication.origin == Publication.Origin.PORTAL:
        return "P"
    if publication.origin == Publication.Origin.LINK:
        return "B" if was_found and "owner_unknown" not in publication.flags else "C"
    was_held = publication.reviewed_at is not None and bool(publication.flags)
    return "C" if was_held or publication.channel_id is None else "A"
