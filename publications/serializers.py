"""Activities and publications as records for programs: what the pages show, no persons, no inner states."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from opd.serializers import UnitNameSerializer

from .models import Activity, Photo, Publication, PublicationKind

PHOTO_SIZES = ("small", "medium", "large")


class PhotoSizeSerializer(serializers.Serializer[Any]):
    size = serializers.ChoiceField(choices=PHOTO_SIZES, help_text="ukuran")
    url = serializers.URLField()
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    files = serializers.SerializerMethodField(help_text="berkas WebP dalam tiga ukuran")

    class Meta:
        model = Photo
        fields = ("alt", "files")
        read_only_fields = fields

    @extend_schema_field(PhotoSizeSerializer(many=True))
    def get_files(self, photo: Photo) -> list[dict[str, Any]]:
        return [photo_file(photo, number) for number in range(len(PHOTO_SIZES))]


def photo_file(photo: Photo, number: int) -> dict[str, Any]:
    width, height = photo.sizes[number] if number < len(photo.sizes) else (None, None)
    path = reverse("publications:photo", args=[photo.key, PHOTO_SIZES[number]])
    return {"size": PHOTO_SIZES[number], "url": settings.SITE_URL + path, "width": width, "height": height}


class PostingSerializer(serializers.ModelSerializer[Publication]):
    """One posting of an activity."""

    url = serializers.SerializerMethodField(help_text="tautan asli; untuk portal, halaman kegiatan")

    class Meta:
        model = Publication
        fields = ("id", "kind", "url", "published_at")
        read_only_fields = fields

    def get_url(self, publication: Publication) -> str:
        return address_of(publication)


def address_of(publication: Publication) -> str:
    """Where it can be seen: its permalink, or the activity's page for a post of the portal."""
    if publication.kind == PublicationKind.PORTAL and publication.activity:
        return settings.SITE_URL + publication.activity.get_absolute_url()
    return publication.permalink


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    """What a unit did, with its accepted postings."""

    unit = UnitNameSerializer()
    photos = PhotoSerializer(many=True)
    publications = PostingSerializer(many=True, source="public_publications", help_text="publikasi yang diterima")
    url = serializers.SerializerMethodField(help_text="halaman kegiatan")

    class Meta:
        model = Activity
        fields = (
            "id",
            "unit",
            "title",
            "text",
            "happened_on",
            "place",
            "theme",
            "published_at",
            "is_sample",
            "photos",
            "publications",
            "url",
        )
        read_only_fields = fields

    def get_url(self, activity: Activity) -> str:
        return settings.SITE_URL + activity.get_absolute_url()


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    """One accepted posting, or one press report (`is_press`), which never counts."""

    unit = UnitNameSerializer(allow_null=True)
    activity = serializers.PrimaryKeyRelatedField[Activity](read_only=True, help_text="id kegiatan")
    is_press = serializers.SerializerMethodField(help_text="liputan media tentang unit, tidak dihitung")
    counted_on = serializers.DateField(allow_null=True, help_text="tanggal hitung menurut waktu Jakarta")
    url = serializers.SerializerMethodField(help_text="tautan asli; untuk portal, halaman kegiatan")

    class Meta:
        model = Publication
        fields = (
            "id",
            "unit",
            "activity",
            "kind",
            "is_press",
            "title",
            "excerpt",
            "publisher",
            "url",
            "published_at",
            "date_basis",
            "counted_on",
            "happened_on",
            "first_seen_at",
            "origin",
            "has_media",
            "text_length",
            "is_sample",
        )
        read_only_fields = fields

    def get_is_press(self, publication: Publication) -> bool:
        return publication.kind == PublicationKind.NEWS

    def get_url(self, publication: Publication) -> str:
        return address_of(publication)
