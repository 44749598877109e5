"""A look at an address, asked for by a person and done by the worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opd.models import Channel, ChannelKind, Unit, User
from publications.harvest.items import ERRORS
from publications.harvest.records import ConnectorKind

#: A worker has answered by then, or there is none.
PATIENCE = timedelta(minutes=3)


class ChannelProbe(models.Model):
    """What was found at an address. Nothing is believed yet: a person looks, then saves the channel or leaves it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Sedang diperiksa")
        FOUND = "found", _("Dapat dibaca")
        FAILED = "failed", _("Tidak dapat dibaca")

    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name=_("unit"), related_name="+")
    #: Set when the channel is saved, or from the start where a known channel is looked at again.
    channel = models.ForeignKey(
        Channel, models.CASCADE, verbose_name=_("kanal"), null=True, blank=True, related_name="probes"
    )
    asked_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("diminta oleh"), null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("diminta pada"), default=timezone.now)
    kind = models.CharField(_("jenis"), max_length=10, choices=ChannelKind)
    url = models.URLField(_("alamat"), max_length=300)
    handle = models.CharField(_("nama akun"), max_length=100, blank=True)
    key = models.CharField(_("kunci"), max_length=300)
    state = models.CharField(_("keadaan"), max_length=10, choices=State, default=State.WAITING)
    done_at = models.DateTimeField(_("selesai pada"), null=True, blank=True)
    connector = models.CharField(_("cara"), max_length=20, choices=ConnectorKind, blank=True)
    endpoint = models.URLField(_("alamat yang dibaca"), max_length=600, blank=True)
    external_id = models.CharField(_("nomor di platform"), max_length=100, blank=True)
    #: The newest entries for a person to recognise: [{"title", "permalink", "claimed_at"}, …].
    entries = models.JSONField(_("kiriman terbaru"), default=list, blank=True)
    seen = models.PositiveIntegerField(_("kiriman terlihat"), default=0)
    oldest_at = models.DateTimeField(_("terlama terlihat"), null=True, blank=True)
    error = models.CharField(_("jenis galat"), max_length=20, blank=True)
    status = models.PositiveIntegerField(_("status HTTP"), default=0)
    note = models.CharField(_("keterangan"), max_length=300, blank=True)
    #: The page of the unit's own verified site that links to this account: the proposal to verify it.
    linked_from = models.URLField(_("ditautkan dari"), max_length=600, blank=True)

    class Meta:
        verbose_name = _("pemeriksaan kanal")
        verbose_name_plural = _("pemeriksaan kanal")
        ordering = ("-asked_at", "-pk")
        indexes = [
            models.Index(fields=["channel", "-asked_at"], name="probe_of_channel"),
            models.Index(fields=["asked_by", "asked_at"], name="probe_of_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="probe_done_has_time",
                condition=Q(state="waiting", done_at=None) | (~Q(state="waiting") & Q(done_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="probe_found_has_way", condition=~Q(state="found") | (~Q(connector="") & ~Q(endpoint=""))
            ),
            models.CheckConstraint(
                name="probe_failed_has_error",
                condition=Q(state="failed", error__in=ERRORS) | (~Q(state="failed") & Q(error="")),
            ),
        ]

    def __str__(self) -> str:
        return self.handle or self.url

    def is_overdue(self, now: datetime) -> bool:
        """Still waiting though a worker would have answered."""
        return self.state == self.State.WAITING and now - self.asked_at > PATIENCE

    @property
    def newest(self) -> list[tuple[str, str, datetime | None]]:
        """(title, address, time) of the newest entries."""
        return [
            (row["title"], row["permalink"], datetime.fromisoformat(row["claimed_at"]) if row["claimed_at"] else None)
            for row in self.entries
        ]
