"""*Keberatan* (Pasal 35 and 36): what a citizen objects to, and how the superior of the PPID decides about it."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedTextField
from correspondence.guards import rows_stay
from correspondence.models import Letter
from opd.models import Unit, User
from opd.permissions import is_citywide, unit_ids_with
from requests_info import guards
from requests_info.grounds import Ground

from .requests import InformationRequest, hash_of, new_token


class ObjectionCounter(models.Model):
    """The last number of a year; held until commit by whoever takes the next one, as `RequestCounter`."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def with_token(self, token: str) -> ObjectionQuerySet:
        return self.filter(token_hash=hash_of(token), purged_at=None)

    def open(self) -> ObjectionQuerySet:
        return self.filter(status=Objection.Status.RECEIVED)

    def overdue(self, today: date) -> ObjectionQuerySet:
        return self.open().filter(due_on__lt=today)

    def visible_to(self, user: User) -> ObjectionQuerySet:
        """All for PPID Utama; for the Atasan PPID of a unit those addressed to it. Nobody else handles objections."""
        if is_citywide(user):
            return self
        return self.filter(unit__in=unit_ids_with(user, "requests_info.view_objection"))


class Objection(models.Model):
    """An objection with its own number and clock, about a request, or (ground b) about information not provided."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("Menunggu keputusan Atasan PPID")
        DECIDED = "decided", _("Diputuskan")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Keberatan diterima seluruhnya")
        PARTIAL = "partial", _("Keberatan diterima sebagian")
        REJECTED = "rejected", _("Keberatan ditolak")
        #: By agreement; not where information was refused under Pasal 17 (Pasal 35 ayat (2)).
        SETTLED = "settled", _("Diselesaikan secara musyawarah")

    number = models.CharField(_("nomor keberatan"), max_length=30, unique=True)
    year = models.PositiveSmallIntegerField(_("tahun"))
    sequence = models.PositiveIntegerField(_("nomor urut"))
    token = EncryptedTextField(_("rahasia alamat"), default=new_token, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    form_token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    information_request = models.ForeignKey(
        InformationRequest,
        models.PROTECT,
        verbose_name=_("permohonan"),
        null=True,
        blank=True,
        related_name="objections",
    )
    ground = models.CharField(_("alasan"), max_length=1, choices=Ground)
    #: Whose Atasan PPID decides.
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="objections")
    #: Who objects, where there is no request that says so.
    name = EncryptedTextField(_("nama"), blank=True)
    address = EncryptedTextField(_("alamat"), blank=True)
    email = EncryptedTextField(_("surel"), blank=True)
    phone = EncryptedTextField(_("telepon"), blank=True)
    text = EncryptedTextField(_("uraian keberatan"))
    source = models.CharField(
        _("cara masuk"), max_length=10, choices=InformationRequest.Source, default=InformationRequest.Source.FORM
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RECEIVED)
    #: The true moment of receipt; for letters and visits earlier than `created_at`.
    received_at = models.DateTimeField(_("diterima pada"))
    due_on = models.DateField(_("batas keputusan"))
    closed_at = models.DateTimeField(_("diputuskan pada"), null=True, blank=True)
    entered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dicatat oleh"), null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    purged_at = models.DateTimeField(_("data pribadi dihapus pada"), null=True, blank=True, editable=False)
    is_sample = models.BooleanField(_("data contoh"), default=False, editable=False)

    objects: ClassVar[Any] = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("keberatan")
        verbose_name_plural = _("keberatan")
        permissions = [("decide_objection", _("Memutuskan keberatan"))]
        ordering = ("-received_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="objection_numbered_once"),
            models.UniqueConstraint(fields=["information_request", "ground"], name="objection_once_per_ground"),
            models.CheckConstraint(name="objection_ground_known", condition=Q(ground__in=list("abcdefg"))),
            models.CheckConstraint(
                name="objection_says_who",
                condition=Q(information_request__isnull=False) | (Q(ground="b") & ~Q(name="") & ~Q(address="")),
            ),
            models.CheckConstraint(
                name="objection_purged_is_closed", condition=Q(purged_at=None) | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="objection_closed_iff_decided",
                condition=Q(status="received", closed_at=None) | Q(status="decided", closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="objection_entered_by_desk", condition=Q(source="form") | Q(entered_by__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="objection_newest"),
            models.Index(fields=["due_on"], name="objection_due", condition=Q(status="received")),
            models.Index(fields=["unit", "status", "due_on"], name="objection_of_unit"),
        ]
        triggers = [guards.objection_stays()]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The secret address; it goes to whoever objects, and to nobody else."""
        return reverse("requests_info:objection", args=[self.token])

    @property
    def is_moment_known(self) -> bool:
        """As of a request."""
        return self.source == InformationRequest.Source.FORM

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.RECEIVED

    @property
    def objector(self) -> Objection | InformationRequest:
        """Where name, address and e-mail of whoever objects stand."""
        return self.information_request or self


class ObjectionDecision(models.Model):
    """What the Atasan PPID decided, and the letter that says so."""

    objection = models.OneToOneField(Objection, models.PROTECT, verbose_name=_("keberatan"), related_name="decision")
    outcome = models.CharField(_("keputusan"), max_length=10, choices=Objection.Outcome)
    explanation = EncryptedTextField(_("isi keputusan"))
    #: Who decided, as the register of objections and the letter name it.
    superior_name = models.CharField(_("nama Atasan PPID"), max_length=150)
    superior_position = models.CharField(_("jabatan Atasan PPID"), max_length=150)
    letter = models.OneToOneField(Letter, models.PROTECT, verbose_name=_("surat"), related_name="objection_decision")
    at = models.DateTimeField(_("pada"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")

    class Meta:
        verbose_name = _("keputusan keberatan")
        verbose_name_plural = _("keputusan keberatan")
        constraints = [
            models.CheckConstraint(
                name="objection_outcome_known",
                condition=Q(outcome__in=["upheld", "partial", "rejected", "settled"]),
            ),
            models.CheckConstraint(
                name="objection_decider_named", condition=~Q(superior_name="") & ~Q(superior_position="")
            ),
        ]
        triggers = [rows_stay("objection_decision_stays", "Keputusan keberatan tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.objection}: {self.get_outcome_display()}"


class ObjectionEvent(models.Model):
    """One step of an objection, never edited."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Keberatan diterima dan diberi nomor")
        ENTERED = "entered", _("Keberatan dicatat oleh petugas layanan")
        REDATED = "redated", _("Batas keputusan dihitung ulang karena kalender hari libur berubah")
        ESCALATED = "escalated", _("Batas keputusan lewat; Atasan PPID dan Diskominfo diberi tahu")
        DECIDED = "decided", _("Keputusan Atasan PPID disampaikan")
        ACCEPTED = "accepted", _("Pemohon menerima keputusan")
        NOT_SATISFIED = "not_satisfied", _("Pemohon tidak puas dengan keputusan")
        DISPUTED = "disputed", _("Sengketa didaftarkan di Komisi Informasi")
        DISPUTE_CORRECTED = "dispute_fixed", _("Catatan sengketa dibetulkan")
        DISPUTE_CLOSED = "dispute_closed", _("Sengketa di Komisi Informasi selesai")
        RECTIFIED = "rectified", _("Data pemohon diperbaiki")
        PURGED = "purged", _("Data pribadi dihapus karena masa simpannya berakhir")

    objection = models.ForeignKey(Objection, models.PROTECT, verbose_name=_("keberatan"), related_name="events")
    kind = models.CharField(_("langkah"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("pada"), default=timezone.now)
    #: Empty: whoever objects, or the portal itself.
    actor = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), null=True, blank=True, related_name="+")
    note = EncryptedTextField(_("keterangan"), blank=True)

    class Meta:
        verbose_name = _("langkah keberatan")
        verbose_name_plural = _("langkah keberatan")
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["objection", "at"], name="event_of_objection")]
        triggers = [rows_stay("objection_event_stays", "Langkah keberatan tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
