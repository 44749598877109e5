"""Giving out a document's file: the only place that opens one for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.text import slugify

from opd.permissions import may

from .media import KINDS
from .models import Document, DocumentFile

if TYPE_CHECKING:
    from opd.permissions import Person


def is_public(document: Document) -> bool:
    """What anybody may download: of a published document that is not exempt."""
    return document.status == Document.Status.PUBLISHED and not document.is_exempt


def file_for(document_id: int, version: int, user: Person) -> DocumentFile | None:
    """The version if this person may have it: public ones everybody, the others only those who may see the document."""
    found = DocumentFile.objects.select_related("document").filter(document=document_id, version=version).first()
    if found is None or not (is_public(found.document) or may(user, "publications.view_document", found.document)):
        return None
    return found


def download_name(file: DocumentFile) -> str:
    """From the title, never from what the uploader's computer called it."""
    return f"{slugify(file.document.title)[:60].strip('-') or 'dokumen'}-v{file.version}.{file.kind}"


def content_type(file: DocumentFile) -> str:
    return KINDS[file.kind].content_type


def forget_file(instance: Any, **kwargs: Any) -> None:
    """The file goes with its row, once that is certain."""
    storage, name = instance.file.storage, instance.file.name
    transaction.on_commit(lambda: storage.delete(name))
