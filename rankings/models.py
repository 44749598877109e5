"""How active they were: the method, the months, the entries and the evidence behind each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from opd.models import Category, Unit, User
from publications.models import Activity, Publication

from . import guards
from .score import Weights


def default_bands() -> list[dict[str, Any]]:
    """Bands of the score, highest first. *Informatif* and its kin are Komisi Informasi's, not ours."""
    return [
        {"from": 80, "label": "Sangat aktif"},
        {"from": 60, "label": "Aktif"},
        {"from": 40, "label": "Cukup aktif"},
        {"from": 20, "label": "Kurang aktif"},
        {"from": 0, "label": "Pasif"},
    ]


def weight(label: Any, percent: str) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=4,
        default=Decimal(percent),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )


class MethodQuerySet(models.QuerySet["Method"]):
    def activated(self) -> MethodQuerySet:
        """Versions that people have put into force; the others are being written and are nobody's business yet."""
        return self.filter(activated_at__isnull=False)

    def in_force(self, month: date) -> Method | None:
        """The version that a month is ranked by, if there is one."""
        return self.activated().filter(effective_from__lte=month).order_by("-effective_from").first()


class Method(models.Model):
    """One version of "Indeks Keaktifan" (0-100): written, activated, and immutable once a month was ranked by it."""

    version = models.PositiveSmallIntegerField(_("versi"), unique=True)
    effective_from = models.DateField(_("berlaku sejak bulan"), unique=True)
    volume_weight = weight(_("bobot volume"), "0.4")
    consistency_weight = weight(_("bobot konsistensi"), "0.3")
    reach_weight = weight(_("bobot jangkauan"), "0.2")
    completeness_weight = weight(_("bobot kelengkapan"), "0.1")
    daily_limit = models.PositiveSmallIntegerField(
        _("batas kegiatan per hari"), default=3, validators=[MinValueValidator(1)]
    )
    text_min_length = models.PositiveSmallIntegerField(_("panjang teks lengkap (karakter)"), default=200)
    late_hours = models.PositiveSmallIntegerField(_("batas terlambat terlihat (jam)"), default=48)
    bands = models.JSONField(_("golongan nilai"), default=default_bands)
    note = models.TextField(_("catatan"), blank=True)
    #: From then on the version is public, cannot be edited, and ranks the months since `effective_from`.
    activated_at = models.DateTimeField(_("diaktifkan pada"), null=True, blank=True)
    #: Empty for version 1, which came with the portal.
    activated_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diaktifkan oleh"), null=True, blank=True, related_name="+"
    )

    objects: ClassVar[Any] = MethodQuerySet.as_manager()

    class Meta:
        verbose_name = _("metode")
        verbose_name_plural = _("metode")
        ordering = ("-version",)
        permissions = [("activate_method", _("Mengaktifkan metode"))]
        constraints = [
            models.CheckConstraint(
                name="method_weights_sum_to_one",
                condition=Q(
                    volume_weight=Decimal(1) - F("consistency_weight") - F("reach_weight") - F("completeness_weight")
                ),
                violation_error_message=_("Jumlah bobot harus 1."),
            ),
            models.CheckConstraint(name="method_effective_on_first", condition=Q(effective_from__day=1)),
            models.CheckConstraint(name="method_daily_limit_positive", condition=Q(daily_limit__gte=1)),
            models.CheckConstraint(
                name="method_weights_in_range",
                condition=Q(
                    volume_weight__range=(0, 1),
                    consistency_weight__range=(0, 1),
                    reach_weight__range=(0, 1),
                    completeness_weight__range=(0, 1),
                ),
            ),
            models.CheckConstraint(
                name="method_activated_by_at", condition=Q(activated_by=None) | Q(activated_at__isnull=False)
            ),
            models.CheckConstraint(
                name="method_activated_is_explained",
                condition=Q(version=1) | Q(activated_at=None) | ~Q(note=""),
            ),
        ]
        triggers = [guards.used_method_stays(), guards.activated_method_stays()]

    def __str__(self) -> str:
        return f"Indeks Keaktifan v{self.version}"

    @property
    def is_activated(self) -> bool:
        return self.activated_at is not None

    def get_absolute_url(self) -> str:
        return reverse("rankings:method_version", args=[self.version])

    @property
    def weights(self) -> Weights:
        return Weights(self.volume_weight, self.consistency_weight, self.reach_weight, self.completeness_weight)

    def band_of(self, score: Decimal) -> str:
        """The band's name for a score of 0-100."""
        labels = (band["label"] for band in self.bands if score >= band["from"])
        return str(next(labels, self.bands[-1]["label"]))


class RankingQuerySet(models.QuerySet["Ranking"]):
    def current(self) -> RankingQuerySet:
        """The newest revision of each month."""
        newer = Ranking.objects.filter(month=models.OuterRef("month"), revision__gt=models.OuterRef("revision"))
        return self.filter(~models.Exists(newer))

    def in_history_of(self, ranking: Ranking) -> RankingQuerySet:
        """The current revision of each month, but of the ranking's own month that ranking itself."""
        return self.filter(pk=ranking.pk) | self.current().exclude(month=ranking.month)

    def ripe(self, today: date) -> RankingQuerySet:
        """Drafts that may become final: the current ones whose objection window is over."""
        return self.current().filter(status="draft", objection_until__lt=today)

    def newest_first(self) -> RankingQuerySet:
        return self.order_by("-month", "-revision")


class Ranking(models.Model):
    """A month's ranking, in one revision."""

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("Sementara")
        DRAFT = "draft", _("Rancangan")
        FINAL = "final", _("Final")

    month = models.DateField(_("bulan"))
    revision = models.PositiveSmallIntegerField(_("revisi"), default=1)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PROVISIONAL)
    method = models.ForeignKey(Method, models.PROTECT, verbose_name=_("metode"), related_name="rankings")
    is_sample = models.BooleanField(_("data contoh"), default=False)
    working_days = models.PositiveSmallIntegerField(_("hari kerja"), default=0)
    #: {"2023-01-23": "Cuti Bersama Tahun Baru Imlek", …}: what was not a working day besides weekends.
    days_off = models.JSONField(_("hari libur"), default=dict)
    computed_at = models.DateTimeField(_("dihitung pada"))
    objection_until = models.DateField(_("sanggahan sampai"), null=True, blank=True)
    #: Of the uncompressed input file (`InputFile`); drafts and final months have one.
    input_sha256 = models.CharField(_("SHA-256 masukan"), max_length=64, blank=True)
    finalised_at = models.DateTimeField(_("difinalkan pada"), null=True, blank=True)
    #: Empty where the portal itself finalised (`FINALISE_AFTER_DAYS`), or a command without a name.
    finalised_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("difinalkan oleh"), null=True, blank=True, related_name="+"
    )
    #: The final ranking that this revision corrects, and why.
    supersedes = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("menggantikan"), null=True, blank=True, related_name="revisions"
    )
    revision_reason = models.CharField(_("alasan revisi"), max_length=500, blank=True)

    objects: ClassVar[Any] = RankingQuerySet.as_manager()

    class Meta:
        verbose_name = _("peringkat")
        verbose_name_plural = _("peringkat")
        permissions = [
            ("compute_ranking", _("Menghitung peringkat")),
            ("finalise_ranking", _("Memfinalkan peringkat")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["month", "revision"], name="ranking_month_once"),
            models.CheckConstraint(name="ranking_month_is_first", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="ranking_status_known", condition=Q(status__in=["provisional", "draft", "final"])
            ),
            models.CheckConstraint(
                name="ranking_final_has_moment",
                condition=Q(status="final", finalised_at__isnull=False)
                | (~Q(status="final") & Q(finalised_at=None, finalised_by=None)),
            ),
            models.CheckConstraint(
                name="ranking_revision_names_the_old",
                condition=Q(revision=1, supersedes=None, revision_reason="")
                | (Q(revision__gt=1, supersedes__isnull=False) & ~Q(revision_reason="")),
            ),
        ]
        triggers = [
            guards.final_ranking_stays(),
            guards.undecided_rebuttals_hold(),
            guards.ranked_by_method_in_force(),
        ]

    #: "?revisi=1" on an earlier revision that was asked for: every address made from it keeps to that revision.
    query = ""

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return self.current_url + self.query

    @property
    def current_url(self) -> str:
        """The month's address, where its current revision stands."""
        return reverse("rankings:month", args=[self.month_text])

    @property
    def window_is_over(self) -> bool:
        """Whether the last day on which units may object has passed."""
        return self.objection_until is not None and local_day(timezone.now()) > self.objection_until

    @property
    def month_text(self) -> str:
        """`2023-01`, as it stands in addresses."""
        return f"{self.month:%Y-%m}"


class Entry(models.Model):
    """One unit's place in one month, with each component and the counts behind it."""

    class State(models.TextChoices):
        RANKED = "ranked", _("Diperingkat")
        SILENT = "silent", _("Tanpa kegiatan")
        NOT_MEASURED = "not_measured", _("Tidak terukur")

    ranking = models.ForeignKey(Ranking, models.CASCADE, verbose_name=_("peringkat"), related_name="entries")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="entries")
    category = models.CharField(_("kategori"), max_length=10, choices=Category)
    state = models.CharField(_("keadaan"), max_length=12, choices=State)
    rank = models.PositiveIntegerField(_("peringkat"), null=True, blank=True)
    previous_rank = models.PositiveIntegerField(_("peringkat sebelumnya"), null=True, blank=True)
    score = models.DecimalField(_("indeks"), max_digits=7, decimal_places=4)
    #: Components, each 0-1.
    volume = models.DecimalField(_("volume"), max_digits=7, decimal_places=6)
    consistency = models.DecimalField(_("konsistensi"), max_digits=7, decimal_places=6)
    reach = models.DecimalField(_("jangkauan"), max_digits=7, decimal_places=6)
    completeness = models.DecimalField(_("kelengkapan"), max_digits=7, decimal_places=6)
    #: n: distinct counted activities; max_n: the largest n of the category.
    activities = models.PositiveIntegerField(_("kegiatan dihitung"))
    max_activities = models.PositiveIntegerField(_("kegiatan terbanyak di kategori"))
    active_days = models.PositiveSmallIntegerField(_("hari aktif"))
    #: How many counted activities meet 0, 1, 2 and 3 of the completeness conditions.
    points = ArrayField(models.PositiveIntegerField(), verbose_name=_("rincian kelengkapan"), size=4)
    with_media = models.PositiveIntegerField(_("dengan foto atau video"), default=0)
    with_text = models.PositiveIntegerField(_("dengan uraian cukup"), default=0)
    with_date = models.PositiveIntegerField(_("dengan tanggal kegiatan"), default=0)
    #: Expected kinds used ("website", "instagram", "other_social") and those left out as not measurable.
    kinds_used = ArrayField(models.CharField(max_length=12), verbose_name=_("kanal dipakai"), default=list)
    kinds_not_measured = ArrayField(models.CharField(max_length=12), verbose_name=_("kanal tak terukur"), default=list)
    has_social_media = models.BooleanField(_("punya media sosial"), default=False)
    publications = models.PositiveIntegerField(_("publikasi diterima"), default=0)
    left_out = models.PositiveIntegerField(_("publikasi tidak dihitung"), default=0)

    class Meta:
        verbose_name = _("entri peringkat")
        verbose_name_plural = _("entri peringkat")
        constraints = [
            models.UniqueConstraint(fields=["ranking", "unit"], name="entry_unit_once"),
            models.CheckConstraint(
                name="entry_ranked_iff_active",
                condition=Q(state="ranked", rank__isnull=False, activities__gt=0)
                | (~Q(state="ranked") & Q(rank=None, activities=0)),
            ),
            models.CheckConstraint(name="entry_score_in_range", condition=Q(score__gte=0, score__lte=100)),
            models.CheckConstraint(
                name="entry_components_in_range",
                condition=Q(
                    volume__range=(0, 1), consistency__range=(0, 1), reach__range=(0, 1), completeness__range=(0, 1)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["ranking", "category", "rank"], name="entry_board"),
            models.Index(fields=["unit", "ranking"], name="entry_history"),
        ]
        triggers = guards.rows_of_final_stay()

    def __str__(self) -> str:
        return f"{self.ranking}: {self.unit}"

    def get_absolute_url(self) -> str:
        return self.current_url + self.ranking.query

    @property
    def current_url(self) -> str:
        return reverse("rankings:entry", args=[self.ranking.month_text, self.category, self.unit.local_slug])


class Evidence(models.Model):
    """One publication in one month's ranking: whether it counted, and by which rule not."""

    class Rule(models.TextChoices):
        COUNTED = "counted", _("Dihitung sebagai kegiatan")
        SAME_ACTIVITY = (
            "same_activity",
            _("Kegiatan yang sama di kanal lain: menambah jangkauan, kegiatannya dihitung sekali"),
        )
        EARLIER_MONTH = "earlier_month", _("Kegiatannya sudah dihitung pada bulan terbit pertamanya")
        DAILY_LIMIT = "daily_limit", _("Melebihi batas kegiatan per hari")
        PENDING = "pending", _("Menunggu verifikasi")
        REJECTED = "rejected", _("Ditolak dalam verifikasi")
        WITHDRAWN = "withdrawn", _("Kegiatannya ditarik oleh unit")
        NOT_SAMPLE = "not_sample", _("Data nyata tidak dihitung dalam bulan contoh")
        SAMPLE = "sample", _("Data contoh tidak dihitung dalam bulan nyata")

    ranking = models.ForeignKey(Ranking, models.CASCADE, verbose_name=_("peringkat"), related_name="evidence")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="+")
    publication = models.ForeignKey(
        Publication, guards.cascade_unless_final, verbose_name=_("publikasi"), related_name="evidence"
    )
    activity = models.ForeignKey(
        Activity, guards.cascade_unless_final, verbose_name=_("kegiatan"), null=True, related_name="+"
    )
    counted_on = models.DateField(_("tanggal hitung"))
    rule = models.CharField(_("aturan"), max_length=14, choices=Rule)
    #: Completeness conditions met by the activity (0-3), where it counted.
    points = models.PositiveSmallIntegerField(_("kelengkapan"), null=True)

    class Meta:
        verbose_name = _("bukti")
        verbose_name_plural = _("bukti")
        constraints = [models.UniqueConstraint(fields=["ranking", "publication"], name="evidence_once")]
        indexes = [models.Index(fields=["ranking", "unit", "counted_on"], name="evidence_of_entry")]
        triggers = guards.rows_of_final_stay()

    def __str__(self) -> str:
        return f"{self.publication}: {self.get_rule_display()}"


class InputFile(models.Model):
    """All that a ranking was computed from, as one file (`rankings.input_file`); apart, for lists never need it."""

    ranking = models.OneToOneField(
        Ranking, models.CASCADE, verbose_name=_("peringkat"), primary_key=True, related_name="input_file"
    )
    #: JSON Lines, gzipped without a time; `Ranking.input_sha256` is of the uncompressed bytes.
    content = models.BinaryField(_("isi"))

    class Meta:
        verbose_name = _("berkas masukan")
        verbose_name_plural = _("berkas masukan")
        triggers = guards.rows_of_final_stay()

    def __str__(self) -> str:
        return str(self.ranking)


from .files.models import RankingFile  # noqa: E402  (they stand on the models above)
from .rebuttals.models import Rebuttal, RebuttalItem  # noqa: E402
from .rewards.models import Proposal, ProposalRun, RewardRule  # noqa: E402

__all__ = [
    "Entry",
    "Evidence",
    "InputFile",
    "Method",
    "Proposal",
    "ProposalRun",
    "Ranking",
    "RankingFile",
    "Rebuttal",
    "RebuttalItem",
    "RewardRule",
]
