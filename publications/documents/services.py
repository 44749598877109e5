"""Changes of state of documents. Each is one transaction and says no with `DocumentError`."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from opd.permissions import may
from publications.photos import undo_on_failure
from publications.services import PublicationError, clean_reason

from .checklist_models import ChecklistItem, InfoClass
from .media import Checked
from .models import NEVER_PERMANENT, ConsequenceTest, Document, DocumentFile
from .rules import missing_for_publishing, renewal_months_of


class DocumentError(PublicationError):
    """The change is refused; the message says why, for the person who asked."""


@transaction.atomic
def publish_document(*, document_id: int, actor: User) -> None:
    """Put a draft into the public list once, at the server's time. What is exempt only PPID Utama puts there."""
    document = _own_document(document_id, actor)
    if document.status != Document.Status.DRAFT:
        raise DocumentError(_("Dokumen ini sudah terbit atau sudah ditarik."))
    if document.is_exempt and not may(actor, "publications.exempt_document", document):
        raise DocumentError(_("Informasi yang dikecualikan hanya ditetapkan dan diterbitkan oleh PPID Utama."))
    if missing := missing_for_publishing(document, test_of(document)):
        raise DocumentError(_("Belum dapat diterbitkan. Lengkapi: %(fields)s.") % {"fields": "; ".join(missing)})
    now = timezone.now()
    document.status, document.published_at = Document.Status.PUBLISHED, now
    document.renewal_months = renewal_months_of(document)
    document.renewed_on = local_day(now) if document.renewal_months else None
    document.save(update_fields=["status", "published_at", "renewal_months", "renewed_on"])


@transaction.atomic
def withdraw_document(*, document_id: int, actor: User, reason: str) -> None:
    """Take a published document off the portal; the row and its versions stay for its unit."""
    document = _own_document(document_id, actor)
    _check_published(document, actor)
    document.status, document.withdrawn_at = Document.Status.WITHDRAWN, timezone.now()
    document.withdrawn_reason = clean_reason(reason)
    document.save(update_fields=["status", "withdrawn_at", "withdrawn_reason"])


@transaction.atomic
def renew_document(*, document_id: int, actor: User) -> None:
    """Say that what the published entry shows or links to was renewed today."""
    document = _own_document(document_id, actor)
    _check_published(document, actor)
    if not document.renewal_months:
        raise DocumentError(_("Dokumen ini tidak perlu diperbarui berkala."))
    document.renewed_on = local_day(timezone.now())
    document.save(update_fields=["renewed_on"])


@transaction.atomic
def keep_version(*, document_id: int, checked: Checked, note: str, actor: User) -> DocumentFile:
    """Keep a checked file as the document's next version.

    Callers stand inside `files_undone_on_failure`, so that a file without a row does not stay.
    """
    document = _own_document(document_id, actor)
    if document.is_exempt:
        raise DocumentError(_("Dokumen yang dikecualikan tidak menerima berkas di portal."))
    if document.status == Document.Status.WITHDRAWN:
        raise DocumentError(_("Dokumen yang sudah ditarik tidak menerima berkas baru."))
    file = store_version(document, checked, note=note, uploaded_by=actor)
    if document.renewed_on is not None:
        document.renewed_on = local_day(timezone.now())
        document.save(update_fields=["renewed_on"])
    return file


def store_version(document: Document, checked: Checked, *, note: str = "", uploaded_by: User | None) -> DocumentFile:
    """The document's row is locked by the caller, so that numbers have no gap and no double."""
    last = document.files.aggregate(last=Max("version"))["last"] or 0
    digest = hashlib.sha256(checked.content).hexdigest()
    if last and document.files.get(version=last).sha256 == digest:
        raise DocumentError(_("Berkas ini sama persis dengan versi terakhir."))
    row = DocumentFile(
        document=document,
        version=last + 1,
        sha256=digest,
        size=len(checked.content),
        kind=checked.kind,
        note=note,
        uploaded_by=uploaded_by,
    )
    row.file.save("", ContentFile(checked.content), save=False)
    undo_on_failure(row.file)
    row.save()
    return row


#: What `settle_document` may set.
SETTLED = (
    "summary",
    "link",
    "active_from",
    "active_until",
    "renewal_months",
    "renewed_on",
    "legal_basis",
    "exempt_until",
)


def settle_document(document: Document) -> tuple[str, ...]:
    """Let the fields follow the class before a document is saved; the names of those it may have set."""
    if document.is_exempt:
        document.summary = document.link = ""
    else:
        document.legal_basis, document.exempt_until = "", None
    if document.info_class != InfoClass.IMMEDIATE:
        document.active_from = document.active_until = None
    document.renewal_months = renewal_months_of(document)
    if document.status == Document.Status.PUBLISHED and document.renewal_months and document.renewed_on is None:
        document.renewed_on = local_day(timezone.now())
    return SETTLED


def close_text(document: Document, text: str, actor: User) -> None:
    """What was written about an exempt document is kept with its consequence test, where only staff read it."""
    if not text:
        return
    test, _created = ConsequenceTest.objects.get_or_create(document=document)
    test.explanation, test.written_by = f"{test.explanation}\n\n{text}".strip(), actor
    test.approved_by = test.approved_at = None
    test.save(update_fields=["explanation", "written_by", "approved_by", "approved_at"])


@transaction.atomic
def approve_test(*, document_id: int, actor: User) -> None:
    """The second person: PPID Utama or the Atasan PPID of the unit, and not who wrote the test (Pasal 19)."""
    rows = Document.objects.select_for_update(of=("self",)).defer("search")
    document: Document | None = rows.filter(pk=document_id, info_class=InfoClass.EXEMPT).first()
    if document is None or not may(actor, "publications.approve_consequencetest", document):
        raise DocumentError(_("Informasi yang dikecualikan ini tidak ditemukan."))
    test = test_of(document)
    if test is None or not test.is_whole or not document.legal_basis:
        raise DocumentError(_("Uji konsekuensi ini belum lengkap, jadi belum dapat disetujui."))
    if document.legal_basis in NEVER_PERMANENT and document.exempt_until is None:
        raise DocumentError(_("Isi dahulu jangka waktunya: pengecualian huruf a sampai f tidak permanen (Pasal 20)."))
    if test.is_approved:
        raise DocumentError(_("Uji konsekuensi ini sudah disetujui."))
    writer_id = test.written_by_id or document.created_by_id  # written before writers were kept
    if writer_id is None or writer_id == actor.pk:
        raise DocumentError(_("Uji konsekuensi disetujui oleh orang lain, bukan oleh penulisnya."))
    test.written_by_id, test.approved_by, test.approved_at = writer_id, actor, timezone.now()
    test.save(update_fields=["written_by", "approved_by", "approved_at"])


def spread_renewal(item: ChecklistItem) -> None:
    """The item's period changed: its documents follow, the periodic ones at least as the city's setting says."""
    rows = Document.objects.filter(checklist_item=item)
    others = Q(info_class=InfoClass.PERIODIC)
    rows.filter(others).update(renewal_months=item.renewal_months or settings.DIP_RENEWAL_MONTHS)
    kept = rows.exclude(others).exclude(info_class=InfoClass.EXEMPT)
    kept.filter(status="published", renewed_on=None).update(renewed_on=local_day(timezone.now()))
    kept.update(renewal_months=item.renewal_months)


def test_of(document: Document) -> ConsequenceTest | None:
    return ConsequenceTest.objects.filter(document=document).first()


def _check_published(document: Document, actor: User) -> None:
    if document.status != Document.Status.PUBLISHED:
        raise DocumentError(_("Hanya dokumen yang sedang terbit yang dapat diubah begitu."))
    if document.is_exempt and not may(actor, "publications.exempt_document", document):
        raise DocumentError(_("Informasi yang dikecualikan hanya diubah oleh PPID Utama."))


def _own_document(document_id: int, actor: User) -> Document:
    """The document, locked; one that the actor may not touch does not exist for them."""
    rows = Document.objects.select_for_update(of=("self",)).select_related("checklist_item").defer("search")
    document: Document | None = rows.filter(pk=document_id).first()
    if document is None or not may(actor, "publications.change_document", document):
        raise DocumentError(_("Dokumen tidak ditemukan."))
    return document
