"""What the harvest remembers: how each channel is read, each visit, and under which names a posting was seen there."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opd.models import Channel

from .items import ERRORS


class ConnectorKind(models.TextChoices):
    WP_REST = "wp_rest", _("WordPress")
    FEED = "feed", _("Umpan (RSS, Atom)")
    SITEMAP = "sitemap", _("Peta situs")
    YOUTUBE = "youtube", _("Umpan YouTube")
    MASTODON = "mastodon", _("Mastodon")
    INSTAGRAM = "instagram", _("Instagram (Business Discovery)")


class ChannelHarvestQuerySet(models.QuerySet["ChannelHarvest"]):
    def due(self, now: datetime) -> ChannelHarvestQuerySet:
        """To be visited: the time has come, the channel is open, and nobody is there."""
        open_now = Q(channel__closed_on=None) | Q(channel__closed_on__gte=now.date())
        return self.free(now).filter(open_now, next_run_at__lte=now)

    def free(self, now: datetime) -> ChannelHarvestQuerySet:
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=now))


class ChannelHarvest(models.Model):
    """How a channel is read. The way was found by a probe and is stored: it is never guessed anew on each visit."""

    class Health(models.TextChoices):
        NEW = "new", _("Belum pernah dikunjungi")
        OK = "ok", _("Sehat")
        FAILING = "failing", _("Gagal dikunjungi")
        BLOCKED = "blocked", _("Ditolak situs")
        NEEDS_TOKEN = "needs_token", _("Perlu token")

    channel = models.OneToOneField(Channel, models.CASCADE, verbose_name=_("kanal"), related_name="harvest")
    connector = models.CharField(_("cara"), max_length=20, choices=ConnectorKind)
    endpoint = models.URLField(_("alamat yang dibaca"), max_length=600)
    external_id = models.CharField(_("nomor di platform"), max_length=100, blank=True)
    zone = models.CharField(_("zona waktu"), max_length=40, default="Asia/Jakarta")
    cursor = models.JSONField(_("posisi"), default=dict, blank=True, editable=False)
    interval_minutes = models.PositiveIntegerField(_("jarak kunjungan (menit)"), default=60)
    next_run_at = models.DateTimeField(_("kunjungan berikutnya"), default=timezone.now)
    #: Whoever visits holds it until then; a worker that died gives it back by itself.
    lease_until = models.DateTimeField(_("sedang dikunjungi sampai"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("kegagalan berturut-turut"), default=0, editable=False)
    last_ok_at = models.DateTimeField(_("terakhir berhasil"), null=True, blank=True, editable=False)
    last_new_at = models.DateTimeField(_("terakhir ada yang baru"), null=True, blank=True, editable=False)
    #: The last visit that did not ask "has it changed?": some caches say no for months.
    last_full_at = models.DateTimeField(_("terakhir dibaca utuh"), null=True, blank=True, editable=False)
    #: From here on everything that appeared was seen; what claims to be later yet came late is held.
    coverage_from = models.DateTimeField(_("tercakup sejak"), null=True, blank=True, editable=False)
    health = models.CharField(_("keadaan"), max_length=12, choices=Health, default=Health.NEW, editable=False)

    objects: ClassVar[Any] = ChannelHarvestQuerySet.as_manager()

    class Meta:
        verbose_name = _("panen kanal")
        verbose_name_plural = _("panen kanal")
        indexes = [models.Index(fields=["next_run_at"], name="harvest_due")]
        constraints = [
            models.CheckConstraint(name="harvest_connector_known", condition=Q(connector__in=ConnectorKind.values)),
            models.CheckConstraint(name="harvest_interval_positive", condition=Q(interval_minutes__gte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.channel} ({ConnectorKind(self.connector).label})"


class HarvestRun(models.Model):
    """One visit. Together the visits are the proof that the harvest was healthy, on which the 48-hour rule rests."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Belum selesai")
        OK = "ok", _("Berhasil")
        UNCHANGED = "unchanged", _("Tidak berubah")
        PARTIAL = "partial", _("Sebagian")
        ERROR = "error", _("Gagal")

    channel = models.ForeignKey(Channel, models.CASCADE, verbose_name=_("kanal"), related_name="harvest_runs")
    started_at = models.DateTimeField(_("mulai"))
    finished_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    trigger = models.CharField(_("pemicu"), max_length=20)
    outcome = models.CharField(_("hasil"), max_length=12, choices=Outcome, default=Outcome.OPEN, blank=True)
    error = models.CharField(_("jenis galat"), max_length=20, blank=True)
    status = models.PositiveIntegerField(_("status HTTP"), default=0)
    note = models.CharField(_("keterangan"), max_length=300, blank=True)
    moved_to = models.URLField(_("pindah ke"), max_length=2048, blank=True)
    seen = models.PositiveIntegerField(_("terlihat"), default=0)
    new = models.PositiveIntegerField(_("baru"), default=0)
    changed = models.PositiveIntegerField(_("berubah"), default=0)
    refused = models.PositiveIntegerField(_("tidak dipakai"), default=0)
    #: Which rule recognised how many: exact, loose, permalink, title.
    recognised = models.JSONField(_("dikenali"), default=dict, blank=True)

    class Meta:
        verbose_name = _("kunjungan")
        verbose_name_plural = _("kunjungan")
        ordering = ("-started_at", "-pk")
        indexes = [models.Index(fields=["channel", "-started_at"], name="harvestrun_of_channel")]
        constraints = [
            models.CheckConstraint(
                name="harvestrun_finished_has_outcome",
                condition=Q(outcome="", finished_at__isnull=True) | (~Q(outcome="") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(name="harvestrun_error_known", condition=Q(error__in=["", *ERRORS])),
            models.CheckConstraint(
                name="harvestrun_span", condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.started_at:%Y-%m-%d %H:%M}"


class Sighting(models.Model):
    """One name under which a posting was seen on a channel. Never pruned: else old posts would come back as new."""

    channel = models.ForeignKey(Channel, models.CASCADE, verbose_name=_("kanal"), related_name="sightings")
    publication = models.ForeignKey(
        "publications.Publication", models.CASCADE, verbose_name=_("publikasi"), related_name="sightings"
    )
    #: SHA-256 of what the source calls it; `loose_key` of the same without scheme, host and `www.`.
    key = models.CharField(_("kunci"), max_length=64)
    loose_key = models.CharField(_("kunci longgar"), max_length=64)
    text_hash = models.CharField(_("sidik teks"), max_length=64, blank=True)
    first_seen_at = models.DateTimeField(_("pertama terlihat"))
    last_seen_at = models.DateTimeField(_("terakhir terlihat"))

    class Meta:
        verbose_name = _("penampakan")
        verbose_name_plural = _("penampakan")
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="sighting_once")]
        indexes = [
            models.Index(fields=["channel", "loose_key"], name="sighting_loose"),
            models.Index(fields=["publication"], name="sighting_of_publication"),
        ]

    def __str__(self) -> str:
        return f"{self.publication} ({self.last_seen_at:%Y-%m-%d})"


class PublicationRevision(models.Model):
    """What changed at the source after the posting was first seen. Its day never moves."""

    publication = models.ForeignKey(
        "publications.Publication", models.CASCADE, verbose_name=_("publikasi"), related_name="revisions"
    )
    seen_at = models.DateTimeField(_("terlihat pada"))
    #: field → [before, after], for people.
    changes = models.JSONField(_("perubahan"))

    class Meta:
        verbose_name = _("perubahan publikasi")
        verbose_name_plural = _("perubahan publikasi")
        ordering = ("-seen_at", "-pk")
        indexes = [models.Index(fields=["publication", "-seen_at"], name="revision_of_publication")]

    def __str__(self) -> str:
        return f"{self.publication} ({self.seen_at:%Y-%m-%d})"
