"""What the harvest remembers: how each channel is read, each visit, and under which names a posting was seen there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedTextField
from cilegon_kip.common.jakarta import local_day
from opd.models import Channel

from .items import ERRORS
from .schedule import is_swept, month_start


class ConnectorKind(models.TextChoices):
    #: Until the first visit has found the way; it is stored then, and never guessed anew.
    AUTO = "auto", _("Belum diketahui: dicari pada kunjungan pertama")
    WP_REST = "wp_rest", _("WordPress")
    FEED = "feed", _("Umpan (RSS, Atom)")
    SITEMAP = "sitemap", _("Peta situs")
    YOUTUBE = "youtube", _("Umpan YouTube")
    MASTODON = "mastodon", _("Mastodon")
    INSTAGRAM = "instagram", _("Instagram (Business Discovery)")
    FACEBOOK = "facebook", _("Facebook (Page Public Content Access)")
    X = "x", _("X (API berbayar)")
    TIKTOK = "tiktok", _("TikTok (Display API)")
    THREADS = "threads", _("Threads (profile discovery)")


class ChannelHarvestQuerySet(models.QuerySet["ChannelHarvest"]):
    def due(self, now: datetime) -> ChannelHarvestQuerySet:
        """To be visited by the schedule: the time has come, or the month-end sweep has, and nobody is there."""
        is_time = Q(next_run_at__lte=now)
        if is_swept(now):
            is_time |= ~Q(Exists(HarvestRun.objects.since(month_start(now)).filter(channel=OuterRef("channel"))))
        return self.free(now).read_by_schedule(local_day(now)).filter(is_time)

    def read_by_schedule(self, day: date) -> ChannelHarvestQuerySet:
        """Verified real channels that are open on the day; sample channels and unverified ones only by hand."""
        channels = Channel.objects.verified().open_between(day, day).filter(is_sample=False)
        return self.filter(channel__in=channels)

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
    connector = models.CharField(_("cara"), max_length=20, choices=ConnectorKind, default=ConnectorKind.AUTO)
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
    created_at = models.DateTimeField(_("dipanen sejak"), default=timezone.now, editable=False)

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


class HarvestRunQuerySet(models.QuerySet["HarvestRun"]):
    def open(self) -> HarvestRunQuerySet:
        return self.filter(outcome=HarvestRun.Outcome.OPEN)

    def since(self, moment: datetime) -> HarvestRunQuerySet:
        return self.filter(started_at__gte=moment)

    def read_whole(self) -> HarvestRunQuerySet:
        """Visits after which nothing that the channel shows was left unread."""
        whole = (HarvestRun.Outcome.OK, HarvestRun.Outcome.UNCHANGED, HarvestRun.Outcome.GAP)
        return self.filter(outcome__in=whole)


class HarvestRun(models.Model):
    """One visit. Together the visits are the proof that the harvest was healthy, on which the 48-hour rule rests."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Belum selesai")
        OK = "ok", _("Berhasil")
        UNCHANGED = "unchanged", _("Tidak berubah")
        #: Nothing of the visit before was there any more: between the two something may have come and gone.
        GAP = "gap", _("Berhasil, ada yang mungkin terlewat")
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

    objects: ClassVar[Any] = HarvestRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("kunjungan")
        verbose_name_plural = _("kunjungan")
        ordering = ("-started_at", "-pk")
        indexes = [models.Index(fields=["channel", "-started_at"], name="harvestrun_of_channel")]
        constraints = [
            models.UniqueConstraint("channel", name="harvestrun_one_open", condition=Q(outcome="")),
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


class HarvestHost(models.Model):
    """Whose turn it is at a host, over all workers: one request at a time, and a pause after each (`turns`)."""

    host = models.CharField(_("alamat situs"), max_length=255, primary_key=True)
    holder = models.UUIDField(_("pemegang giliran"), null=True, editable=False)
    #: Who holds the turn has it until then; a worker that died gives it back by itself.
    held_until = models.DateTimeField(_("giliran sampai"), null=True, editable=False)
    #: Not before then: the pause after a request, or what the server asked for (Retry-After).
    free_at = models.DateTimeField(_("boleh ditanya lagi pada"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("giliran di situs")
        verbose_name_plural = _("giliran di situs")

    def __str__(self) -> str:
        return self.host


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


class ExistenceCheck(models.Model):
    """What a posting's own address answered. Only "no" three times over two days means that it was deleted."""

    class Answer(models.TextChoices):
        YES = "yes", _("Ada")
        NO = "no", _("Tidak ada")
        UNKNOWN = "unknown", _("Tidak dapat dipastikan")

    publication = models.ForeignKey(
        "publications.Publication", models.CASCADE, verbose_name=_("publikasi"), related_name="existence_checks"
    )
    checked_at = models.DateTimeField(_("diperiksa pada"))
    answer = models.CharField(_("jawaban"), max_length=10, choices=Answer)

    class Meta:
        verbose_name = _("pemeriksaan keberadaan")
        verbose_name_plural = _("pemeriksaan keberadaan")
        ordering = ("-checked_at", "-pk")
        indexes = [models.Index(fields=["publication", "-checked_at"], name="existence_of_publication")]
        constraints = [
            models.CheckConstraint(name="existence_answer_known", condition=Q(answer__in=["yes", "no", "unknown"]))
        ]

    def __str__(self) -> str:
        return f"{self.publication} ({self.answer})"


class TokenBudget(models.Model):
    """What an interface may be asked, and may cost, in one day or month; counted before each call (`budgets`)."""

    #: The connector's kind; a limit holds for all accounts that are read with one token.
    token = models.CharField(_("antarmuka"), max_length=20)
    starts_on = models.DateField(_("mulai"))
    resets_at = models.DateTimeField(_("dihitung ulang pada"))
    calls = models.PositiveIntegerField(_("panggilan"), default=0)
    #: US$ that were spent or are set aside for a call that is being made.
    cost = models.DecimalField(_("biaya (US$)"), max_digits=10, decimal_places=4, default=0)

    class Meta:
        verbose_name = _("anggaran antarmuka")
        verbose_name_plural = _("anggaran antarmuka")
        ordering = ("-starts_on", "token")
        constraints = [
            models.UniqueConstraint(fields=["token", "starts_on"], name="tokenbudget_once"),
            models.CheckConstraint(name="tokenbudget_cost_not_negative", condition=Q(cost__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.token} {self.starts_on}"


class AccountToken(models.Model):
    """The consent of one account (TikTok): tokens that change as they are used. Encrypted, shown nowhere."""

    channel = models.OneToOneField(Channel, models.CASCADE, verbose_name=_("kanal"), related_name="account_token")
    access = EncryptedTextField(_("token akses"), blank=True, editable=False)
    access_until = models.DateTimeField(_("token akses berlaku sampai"), null=True, blank=True, editable=False)
    refresh = EncryptedTextField(_("token pembaruan"), editable=False)
    refresh_until = models.DateTimeField(_("izin berlaku sampai"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("izin akun")
        verbose_name_plural = _("izin akun")

    def __str__(self) -> str:
        return str(self.channel)
