"""The units' places in a month, and the evidence behind each."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opd.models import Category, Unit
from publications.models import Activity, Publication
from rankings import guards

from .months import Ranking


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
