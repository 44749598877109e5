"""How well a posting is proved, for everybody to see: P, A, B, C, or none. Pure but for the row it is given."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Publication

#: A submitted link whose address answered at its channel.
EXISTS = "exists"
GRADES: dict[str, Any] = {
    "P": _("Ditulis di portal oleh unit sendiri; waktunya waktu server."),
    "A": _("Dibaca portal sendiri dari kanal terverifikasi."),
    "B": _("Tautan yang dikirim unit; keberadaan dan pemiliknya terbukti, lalu diperiksa seseorang."),
    "C": _("Diperiksa seseorang dari luar unit, berdasarkan apa yang terlihat."),
    "": _("Tidak dihitung: menunggu pemeriksaan atau ditolak."),
}


def grade_of(publication: Publication) -> str:
    """The grade of what counts; empty for what is pending or rejected."""
    if publication.state != Publication.State.ACCEPTED:
        return ""
    if publication.origin == Publication.Origin.PORTAL:
        return "P"
    if publication.origin == Publication.Origin.LINK:
        is_proved = EXISTS in publication.flags and "owner_unknown" not in publication.flags
        return "B" if is_proved else "C"
    was_held = publication.reviewed_at is not None and bool(publication.flags)
    return "C" if was_held or publication.channel_id is None else "A"
