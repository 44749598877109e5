"""What citizens ask: requests and their append-only events. Whatever a requester typed is encrypted in the database."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedTextField
from correspondence.guards import rows_stay
from opd.models import Unit, User
from opd.permissions import limit_to_units
from requests_info import guards

#: States of an `Assignment` that its unit did not give back.
PARTS_KEPT = ("waiting", "answered")


def new_token() -> str:
    """192 bits: the secret of a request's address."""
    return secrets.token_urlsafe(24)


def hash_of(token: str) -> str:
    """What the database finds a request by; the secret itself is encrypted."""
    return hashlib.sha256(token.encode()).hexdigest()


class RequestQuerySet(models.QuerySet["InformationRequest"]):
    def with_token(self, token: str) -> RequestQuerySet:
        """Behind a secret that still opens something: after the purge none does."""
        return self.filter(token_hash=hash_of(token), purged_at=None)

    def open(self) -> RequestQuerySet:
        return self.filter(status__in=InformationRequest.OPEN)

    def on_register(self) -> RequestQuerySet:
        """What the public register and the figures are made of: everything that was registered, but no sample data."""
        return self.filter(is_sample=False)

    def asked_of(self, unit: Unit) -> RequestQuerySet:
        """What a unit was asked to answer, wholly or in part. A part that it gave back is not its own."""
        return self.filter(assignments__unit=unit, assignments__state__in=PARTS_KEPT)

    def overdue(self, today: date) -> RequestQuerySet:
        return self.open().filter(due_on__lt=today)

    def visible_to(self, user: User) -> RequestQuerySet:
        """Diskominfo sees all; a unit's people what was forwarded to their unit."""
        return limit_to_units(self, user, "assignments__unit").distinct()  # type: ignore[return-value]


class RequestCounter(models.Model):
    """The last registration number of a year. Whoever takes the next one holds this row until commit: no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class InformationRequest(models.Model):
    """A request for public information (Pasal 22 UU 14/2008), from its registration to the written notice."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("Diterima")
        INCOMPLETE = "incomplete", _("Menunggu pelengkapan")
        IN_PROGRESS = "in_progress", _("Diproses")
        ANSWERED = "answered", _("Dijawab")
        WITHDRAWN = "withdrawn", _("Dicabut pemohon")
        LAPSED = "lapsed", _("Gugur")

    OPEN = ("received", "incomplete", "in_progress")

    class Source(models.TextChoices):
        FORM = "form", _("Formulir portal")
        WALK_IN = "walk_in", _("Datang langsung")
        LETTER = "letter", _("Surat")
        EMAIL = "email", _("Surel")

    class Outcome(models.TextChoices):
        """What became of it (Pasal 22 ayat (7)); empty while it is open."""

        GRANTED = "granted", _("Dikabulkan seluruhnya")
        PARTIAL = "partial", _("Dikabulkan sebagian")
        REFUSED = "refused", _("Ditolak: informasi dikecualikan")
        NOT_HELD = "not_held", _("Tidak dikuasai")
        NOT_DOCUMENTED = "not_documented", _("Belum didokumentasikan")
        REFERRED = "referred", _("Diteruskan ke badan publik lain")
        WITHDRAWN = "withdrawn", _("Dicabut pemohon")
        LAPSED = "lapsed", _("Gugur karena tidak dilengkapi")

    class RequesterKind(models.TextChoices):
        CITIZEN = "citizen", _("Warga negara Indonesia")
        LEGAL_ENTITY = "legal_entity", _("Badan hukum Indonesia")
        GROUP = "group", _("Kelompok orang dengan kuasa")

    class Manner(models.TextChoices):
        """How the requester wants to obtain the information."""

        READ = "read", _("Melihat, membaca, mendengarkan atau mencatat")
        SOFT_COPY = "soft_copy", _("Salinan elektronik")
        HARD_COPY = "hard_copy", _("Salinan tercetak")

    class Delivery(models.TextChoices):
        EMAIL = "email", _("Surel")
        COLLECT = "collect", _("Diambil sendiri")
        POST = "post", _("Pos")
        COURIER = "courier", _("Kurir")

    number = models.CharField(_("nomor pendaftaran"), max_length=30, unique=True)
    year = models.PositiveSmallIntegerField(_("tahun"))
    sequence = models.PositiveIntegerField(_("nomor urut"))
    token = EncryptedTextField(_("rahasia alamat"), default=new_token, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    #: One per form that was opened: sending it twice makes one request.
    form_token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    source = models.CharField(_("cara masuk"), max_length=10, choices=Source, default=Source.FORM)
    requester_kind = models.CharField(_("pemohon"), max_length=12, choices=RequesterKind, default=RequesterKind.CITIZEN)
    name = EncryptedTextField(_("nama"))
    identity_number = EncryptedTextField(_("nomor identitas"), blank=True)
    address = EncryptedTextField(_("alamat"))
    email = EncryptedTextField(_("surel"), blank=True)
    phone = EncryptedTextField(_("telepon"), blank=True)
    occupation = EncryptedTextField(_("pekerjaan"), blank=True)
    wanted = EncryptedTextField(_("informasi yang diminta"))
    purpose = EncryptedTextField(_("tujuan penggunaan"))
    #: What the public register shows; written by the desk, without personal data.
    subject = models.CharField(_("pokok permohonan"), max_length=200, blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("ditujukan kepada"),
        null=True,
        blank=True,
        related_name="requests_addressed",
    )
    manner = models.CharField(_("cara memperoleh"), max_length=10, choices=Manner, default=Manner.SOFT_COPY)
    delivery = models.CharField(_("cara menerima"), max_length=10, choices=Delivery, default=Delivery.EMAIL)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RECEIVED)
    outcome = models.CharField(_("hasil"), max_length=14, choices=Outcome, blank=True)
    #: The true moment of receipt; for letters and walk-ins earlier than `created_at`.
    received_at = models.DateTimeField(_("diterima pada"))
    declared_incomplete_at = models.DateTimeField(_("dinyatakan belum lengkap pada"), null=True, blank=True)
    completed_at = models.DateTimeField(_("dilengkapi pada"), null=True, blank=True)
    #: Day 0 of the notice period.
    clock_started_on = models.DateField(_("hari nol"))
    due_on = models.DateField(_("batas jawaban"))
    #: What is missing, told to the requester, while the request waits for it; and until when.
    missing = EncryptedTextField(_("yang perlu dilengkapi"), blank=True)
    completion_due_on = models.DateField(_("batas melengkapi"), null=True, blank=True)
    closed_at = models.DateTimeField(_("selesai pada"), null=True, blank=True)
    #: Working days from the day of receipt (day 0) to the day it was closed; what Pasal 12 calls the time needed.
    days_used = models.PositiveSmallIntegerField(_("hari kerja terpakai"), null=True, blank=True)
    entered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dicatat oleh"), null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    #: Retention has ended: personal data is gone, the row of the register stays.
    purged_at = models.DateTimeField(_("data pribadi dihapus pada"), null=True, blank=True, editable=False)
    is_sample = models.BooleanField(_("data contoh"), default=False, editable=False)

    objects: ClassVar[Any] = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("permohonan")
        verbose_name_plural = _("permohonan")
        permissions = [
            ("handle_informationrequest", _("Memproses permohonan")),
            ("decide_informationrequest", _("Memutuskan permohonan")),
            ("export_informationrequest", _("Mengunduh register dengan nama")),
        ]
        ordering = ("-received_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="request_numbered_once"),
            models.CheckConstraint(
                name="request_status_known",
                condition=Q(status__in=["received", "incomplete", "in_progress", "answered", "withdrawn", "lapsed"]),
            ),
            models.CheckConstraint(
                name="request_closed_has_moment",
                condition=Q(status__in=["received", "incomplete", "in_progress"], closed_at=None, days_used=None)
                | Q(status__in=["answered", "withdrawn", "lapsed"], closed_at__isnull=False, days_used__isnull=False),
            ),
            models.CheckConstraint(
                name="request_outcome_iff_closed",
                condition=Q(status__in=["received", "incomplete", "in_progress"], outcome="")
                | Q(status="withdrawn", outcome="withdrawn")
                | Q(status="lapsed", outcome="lapsed")
                | Q(
                    status="answered",
                    outcome__in=["granted", "partial", "refused", "not_held", "not_documented", "referred"],
                ),
            ),
            models.CheckConstraint(
                name="request_incomplete_says_what",
                condition=Q(status="incomplete", declared_incomplete_at__isnull=False, completion_due_on__isnull=False)
                & ~Q(missing="")
                | ~Q(status="incomplete"),
            ),
            models.CheckConstraint(
                name="request_purged_is_closed", condition=Q(purged_at=None) | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(name="request_due_after_start", condition=Q(due_on__gt=F("clock_started_on"))),
            models.CheckConstraint(
                name="request_entered_by_desk",
                condition=Q(source="form") | Q(entered_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="request_newest"),
            models.Index(fields=["year", "-sequence"], name="request_register"),
            models.Index(fields=["closed_at"], name="request_to_purge", condition=Q(purged_at=None)),
            models.Index(
                fields=["due_on"], name="request_due", condition=Q(status__in=["received", "incomplete", "in_progress"])
            ),
        ]
        triggers = [guards.registration_stays()]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The secret address: whoever has it reads the case. It goes to the requester only."""
        return reverse("requests_info:detail", args=[self.token])

    @property
    def is_moment_known(self) -> bool:
        """The form knows the moment of receipt; of a letter or visit only the day is known."""
        return self.source == self.Source.FORM

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class RequestEvent(models.Model):
    """One step of a case, never edited: the requester's timeline and the audit both read it."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("Permohonan diterima dan diberi nomor")
        ENTERED = "entered", _("Permohonan dicatat oleh petugas layanan")
        INCOMPLETE = "incomplete", _("Permohonan perlu dilengkapi")
        COMPLETED = "completed", _("Permohonan dilengkapi oleh pemohon")
        FORWARDED = "forwarded", _("Permohonan diteruskan kepada unit")
        PART_ANSWERED = "part_answered", _("Unit menyerahkan jawaban bagiannya")
        PART_RETURNED = "part_returned", _("Bagian dikembalikan untuk unit lain")
        EXTENDED = "extended", _("Batas waktu diperpanjang")
        REDATED = "redated", _("Batas waktu dihitung ulang karena kalender hari libur berubah")
        ESCALATED = "escalated", _("Keterlambatan dilaporkan kepada Atasan PPID")
        DECIDED = "decided", _("Pemberitahuan tertulis disampaikan")
        WITHDRAWN = "withdrawn", _("Permohonan dicabut oleh pemohon")
        RECTIFIED = "rectified", _("Data pemohon diperbaiki")
        PURGED = "purged", _("Data pribadi dihapus karena masa simpannya berakhir")
        LAPSED = "lapsed", _("Permohonan gugur karena tidak dilengkapi")
        HANDED_OVER = "handed_over", _("Informasi diserahkan kepada pemohon")
        ASKED_DESK = "asked_desk", _("Pemohon mengirim pesan")
        WROTE_REQUESTER = "wrote_requester", _("Petugas layanan mengirim pesan")
        FILE_ADDED = "file_added", _("Pemohon mengirim berkas")
        FILE_FORWARDED = "file_forwarded", _("Berkas diteruskan kepada unit")
        RATED = "rated", _("Pemohon menilai layanan")

    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="events"
    )
    kind = models.CharField(_("langkah"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("pada"), default=timezone.now)
    #: Empty: the requester, or the portal itself.
    actor = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), null=True, blank=True, related_name="+")
    #: What the requester reads besides the kind's words.
    note = EncryptedTextField(_("keterangan"), blank=True)

    class Meta:
        verbose_name = _("langkah permohonan")
        verbose_name_plural = _("langkah permohonan")
        ordering = ("at", "pk")
        indexes = [models.Index(fields=["information_request", "at"], name="event_of_request")]
        triggers = [rows_stay("request_event_stays", "Langkah permohonan tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
