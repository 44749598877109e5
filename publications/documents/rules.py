"""Rules of the list, without a database: when something must be renewed, and what a published entry must hold."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from .checklist_models import InfoClass
from .models import NEVER_PERMANENT, ConsequenceTest, Document


def renewal_months_of(document: Document) -> int | None:
    """Pasal 9: periodic information is renewed at least every six months, or as its checklist item says."""
    if document.is_exempt:
        return None
    item = document.checklist_item
    if item is not None and item.renewal_months:
        return item.renewal_months
    return settings.DIP_RENEWAL_MONTHS if document.info_class == InfoClass.PERIODIC else None


def missing_for_publishing(document: Document, test: ConsequenceTest | None) -> list[str]:
    """What an entry still lacks before it may stand in the public list, in words."""
    wanted: dict[str, object] = {
        _("judul"): document.title.strip(),
        _("pembuat informasi"): document.producer.strip(),
        _("jangka waktu penyimpanan"): document.retention.strip(),
    }
    if not document.is_exempt:
        wanted[_("ringkasan isi")] = document.summary.strip()
    if document.info_class == InfoClass.IMMEDIATE:
        wanted[_("tampil sejak dan sampai")] = document.active_from and document.active_until
    if document.is_exempt:
        wanted[_("dasar pengecualian")] = document.legal_basis
        wanted[_("uji konsekuensi yang lengkap")] = test is not None and test.is_whole
        wanted[_("persetujuan uji konsekuensi oleh orang kedua")] = test is not None and test.is_approved
        if document.legal_basis in NEVER_PERMANENT:
            # Pasal 20 ayat (1): on the grounds a-f nothing is closed for ever.
            wanted[_("jangka waktu pengecualian (huruf a sampai f tidak permanen)")] = document.exempt_until
    return [str(name) for name, value in wanted.items() if not value]
