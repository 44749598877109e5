"""What goes out: numbered letters, their files, who opened them, and the outbox of mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedBinaryField, EncryptedTextField

from . import codes, guards
from .numbering import check_format


class Series(models.Model):
    """Letters that are numbered together, from 1 each year."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("nama"), max_length=100)
    number_format = models.CharField(
        _("format nomor"),
        max_length=100,
        unique=True,
        validators=[check_format],
        help_text=_("Contoh: {klasifikasi}/{urut}/PPID/{tahun}. {bulan} adalah bulan dalam angka Romawi."),
    )

    class Meta:
        verbose_name = _("seri nomor surat")
        verbose_name_plural = _("seri nomor surat")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name


class LetterKind(models.Model):
    """A kind of letter; rooms that issue letters bring theirs by a migration."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("nama"), max_length=100)
    series = models.ForeignKey(Series, models.PROTECT, verbose_name=_("seri nomor"), related_name="kinds")
    classification = models.CharField(
        _("kode klasifikasi arsip"), max_length=20, help_text=_("Mengisi {klasifikasi} pada nomor surat.")
    )

    class Meta:
        verbose_name = _("jenis surat")
        verbose_name_plural = _("jenis surat")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number of a series in a year. Whoever takes the next one holds this row until the letter is there."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    is_sample = models.BooleanField(default=False)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "is_sample"], name="counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.year}: {self.last}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def valid(self) -> LetterQuerySet:
        return self.filter(withdrawn_at=None)

    def with_code(self, typed: str) -> LetterQuerySet:
        code = codes.read_code(typed)
        return self.filter(code=code) if code else self.none()


class Letter(models.Model):
    """A letter as it went out. The database refuses any change but its withdrawal."""

    kind = models.ForeignKey(LetterKind, models.PROTECT, verbose_name=_("jenis"), related_name="letters")
    series = models.ForeignKey(Series, models.PROTECT, verbose_name=_("seri nomor"), related_name="letters")
    year = models.PositiveSmallIntegerField(_("tahun"))
    sequence = models.PositiveIntegerField(_("nomor urut"), validators=[MinValueValidator(1)])
    number = models.CharField(_("nomor"), max_length=150, unique=True)
    issued_on = models.DateField(_("tanggal"))
    unit = models.ForeignKey(
        "opd.Unit", models.PROTECT, verbose_name=_("unit"), null=True, blank=True, related_name="letters"
    )
    subject = models.CharField(_("hal"), max_length=300)
    #: Name and address of a citizen, at times.
    addressee = EncryptedTextField(_("kepada"))
    code = models.CharField(_("kode pemeriksaan"), max_length=codes.LENGTH, unique=True, default=codes.new_code)
    sha256 = models.CharField(_("SHA-256 berkas"), max_length=64)
    is_sample = models.BooleanField(_("data contoh"), default=False)
    created_by = models.ForeignKey(
        "opd.User", models.PROTECT, verbose_name=_("diterbitkan oleh"), related_name="letters_issued"
    )
    created_at = models.DateTimeField(_("dibuat pada"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("ditarik pada"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "opd.User", models.PROTECT, verbose_name=_("ditarik oleh"), null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.CharField(_("alasan penarikan"), max_length=500, blank=True)

    objects: ClassVar[Any] = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("surat")
        verbose_name_plural = _("surat")
        ordering = ("-issued_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "is_sample", "sequence"], name="letter_numbered_once"),
            models.CheckConstraint(name="letter_sequence_from_one", condition=Q(sequence__gte=1)),
            models.CheckConstraint(name="letter_year_of_its_date", condition=Q(issued_on__year=F("year"))),
            models.CheckConstraint(
                name="letter_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_on", "-id"], name="letter_newest"),
            models.Index(fields=["unit", "-issued_on"], name="letter_of_unit"),
            GinIndex(OpClass(Upper("number"), "gin_trgm_ops"), name="letter_number_like"),
        ]
        triggers = [guards.letter_stays()]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Where anyone checks that it is genuine."""
        return reverse("correspondence:check", args=[self.printed_code])

    @property
    def printed_code(self) -> str:
        return codes.grouped(self.code)

    @property
    def file_name(self) -> str:
        return "".join(sign if sign.isalnum() else "-" for sign in self.number) + ".pdf"


class LetterFile(models.Model):
    """The PDF of a letter, encrypted, in a table of its own so that no list reads it. It has no address of its own.

    The hash is that of the clear file, as its reader has it; `services.letter_pdf` compares the two.
    """

    letter = models.OneToOneField(Letter, models.PROTECT, verbose_name=_("surat"), related_name="file")
    content = EncryptedBinaryField(_("isi"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("berkas surat")
        verbose_name_plural = _("berkas surat")
        constraints = [
            models.CheckConstraint(name="letter_file_has_a_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]
        triggers = [guards.rows_stay("letter_file_stays", "Berkas surat tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return str(self.letter_id)


class LetterRead(models.Model):
    """Who opened the file of a letter, and when. Never edited."""

    letter = models.ForeignKey(Letter, models.PROTECT, verbose_name=_("surat"), related_name="reads")
    user = models.ForeignKey("opd.User", models.PROTECT, verbose_name=_("oleh"), related_name="+")
    at = models.DateTimeField(_("pada"), default=timezone.now)

    class Meta:
        verbose_name = _("pembukaan surat")
        verbose_name_plural = _("pembukaan surat")
        ordering = ("-at",)
        indexes = [models.Index(fields=["user", "-at"], name="letter_read_by")]
        triggers = [guards.rows_stay("letter_read_stays", "Catatan pembukaan surat tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.at:%Y-%m-%d %H:%M}"


class MailQuerySet(models.QuerySet["Mail"]):
    def due(self, now: datetime) -> MailQuerySet:
        return self.filter(status=Mail.Status.QUEUED, next_try_at__lte=now)

    def stuck(self, claimed_before: datetime) -> MailQuerySet:
        """Being sent for longer than any sending takes: whoever claimed them is gone."""
        return self.filter(status=Mail.Status.SENDING, claimed_at__lt=claimed_before)


class Mail(models.Model):
    """One mail of the outbox: a row first, then a task. Its key lets it be queued once, however often it is asked.

    To whom and what is encrypted at rest; the subject is not, so it holds no personal data.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Menunggu")
        SENDING = "sending", _("Sedang dikirim")
        SENT = "sent", _("Terkirim")
        FAILED = "failed", _("Gagal")
        BOUNCED = "bounced", _("Terpental")

    key = models.CharField(_("kunci"), max_length=200, unique=True)
    to = EncryptedTextField(_("kepada"))
    subject = models.CharField(_("perihal"), max_length=300)
    text = EncryptedTextField(_("isi"))
    html = EncryptedTextField(_("isi HTML"), blank=True)
    letter = models.ForeignKey(
        Letter, models.PROTECT, verbose_name=_("surat terlampir"), null=True, blank=True, related_name="mails"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("percobaan"), default=0)
    created_at = models.DateTimeField(_("dibuat pada"), default=timezone.now)
    next_try_at = models.DateTimeField(_("percobaan berikutnya"), default=timezone.now)
    claimed_at = models.DateTimeField(_("mulai dikirim"), null=True, blank=True)
    sent_at = models.DateTimeField(_("terkirim pada"), null=True, blank=True)
    error = models.CharField(_("galat terakhir"), max_length=300, blank=True)

    objects: ClassVar[Any] = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("surel")
        verbose_name_plural = _("surel")
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="mail_status_known", condition=Q(status__in=["queued", "sending", "sent", "failed", "bounced"])
            ),
            models.CheckConstraint(
                name="mail_claimed_iff_sending",
                condition=Q(status="sending", claimed_at__isnull=False) | (~Q(status="sending") & Q(claimed_at=None)),
            ),
            models.CheckConstraint(
                name="mail_sent_has_its_moment",
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="mail_newest"),
            models.Index(fields=["status", "-created_at"], name="mail_by_status"),
            GinIndex(OpClass(Upper("subject"), "gin_trgm_ops"), name="mail_subject_like"),
            models.Index(fields=["next_try_at"], name="mail_waiting", condition=Q(status="queued")),
            models.Index(fields=["claimed_at"], name="mail_being_sent", condition=Q(status="sending")),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def recipients(self) -> list[str]:
        addresses: str = self.to
        return addresses.split("\n") if addresses else []

    @property
    def masked_to(self) -> str:
        """For lists: `o…@cilegon.go.id`."""
        return ", ".join(
            f"{name[:1]}…@{domain}" for name, _at, domain in (to.rpartition("@") for to in self.recipients)
        )


class MailRead(models.Model):
    """Who looked at a mail in the workspace, with its text and addresses, and when. Never edited."""

    mail = models.ForeignKey(Mail, models.PROTECT, verbose_name=_("surel"), related_name="reads")
    user = models.ForeignKey("opd.User", models.PROTECT, verbose_name=_("oleh"), related_name="+")
    at = models.DateTimeField(_("pada"), default=timezone.now)

    class Meta:
        verbose_name = _("pembukaan surel")
        verbose_name_plural = _("pembukaan surel")
        ordering = ("-at",)
        indexes = [models.Index(fields=["user", "-at"], name="mail_read_by")]
        triggers = [guards.rows_stay("mail_read_stays", "Catatan pembukaan surel tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.mail_id} {self.at:%Y-%m-%d %H:%M}"
