"""Units as records for programs."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from .models import Channel, Unit


class UnitNameSerializer(serializers.ModelSerializer[Unit]):
    """A unit by name; the rest stands under `units/<slug>/`."""

    parent = serializers.SlugRelatedField[Unit](  # type: ignore[assignment]
        slug_field="slug", read_only=True, help_text="slug kecamatan induk"
    )
    url = serializers.SerializerMethodField(help_text="halaman unit")

    class Meta:
        model = Unit
        fields = ("slug", "name", "short_name", "category", "parent", "url")
        read_only_fields = fields

    def get_url(self, unit: Unit) -> str:
        return settings.SITE_URL + unit.get_absolute_url()


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """A verified channel."""

    class Meta:
        model = Channel
        fields = ("kind", "handle", "url", "verified_at", "opened_on", "closed_on", "is_sample")
        read_only_fields = fields


class UnitSerializer(UnitNameSerializer):
    """A unit with its office and its verified channels; no persons."""

    successor = serializers.SlugRelatedField[Unit](slug_field="slug", read_only=True, help_text="slug unit penerus")
    has_social_media = serializers.BooleanField(help_text="punya akun media sosial terverifikasi yang masih dibuka")
    channels = ChannelSerializer(many=True, source="verified_channels", help_text="kanal terverifikasi")
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)

    class Meta:
        model = Unit
        fields = (
            *UnitNameSerializer.Meta.fields,
            "aliases",
            "kemendagri_code",
            "bps_code",
            "latitude",
            "longitude",
            "address",
            "phone",
            "email",
            "active_from",
            "active_until",
            "successor",
            "has_social_media",
            "channels",
        )
        read_only_fields = fields
