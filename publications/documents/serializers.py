"""Documents as records for programs: the columns of the DIP, no persons, nothing of what is exempt but its name."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from opd.serializers import UnitNameSerializer

from .media import KINDS
from .models import Document, DocumentFile


class DocumentFileSerializer(serializers.ModelSerializer[DocumentFile]):
    url = serializers.SerializerMethodField(help_text="alamat unduhan")
    media_type = serializers.SerializerMethodField(help_text="jenis isi menurut isinya")

    class Meta:
        model = DocumentFile
        fields = ("version", "url", "media_type", "size", "sha256", "note", "uploaded_at")
        read_only_fields = fields
        extra_kwargs = {"size": {"help_text": "ukuran dalam bita"}}

    def get_url(self, file: DocumentFile) -> str:
        return settings.SITE_URL + file.get_absolute_url()

    def get_media_type(self, file: DocumentFile) -> str:
        return KINDS[file.kind].content_type.partition(";")[0]


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """One published entry of the DIP."""

    unit = UnitNameSerializer()
    checklist_item = serializers.SlugRelatedField(  # type: ignore[var-annotated]
        slug_field="code", read_only=True, help_text="kode butir informasi wajib yang dipenuhinya"
    )
    legal_basis = serializers.CharField(help_text="huruf Pasal 17 UU 14/2008, hanya yang dikecualikan")
    files = DocumentFileSerializer(
        many=True, source="public_files", help_text="versi berkas, terbaru dahulu; yang dikecualikan tidak punya"
    )
    url = serializers.SerializerMethodField(help_text="halaman dokumen")

    class Meta:
        model = Document
        fields = (
            "id",
            "unit",
            "title",
            "summary",
            "info_class",
            "checklist_item",
            "year",
            "producer",
            "made_on",
            "made_at_place",
            "form",
            "retention",
            "link",
            "files",
            "active_from",
            "active_until",
            "renewal_months",
            "renewed_on",
            "renew_by",
            "legal_basis",
            "exempt_until",
            "published_at",
            "is_sample",
            "url",
        )
        read_only_fields = fields

    def get_url(self, document: Document) -> str:
        return settings.SITE_URL + document.get_absolute_url()
