"""A month's ranking in its revisions, and the file of all that it was computed from."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from opd.models import User
from rankings import guards
from rankings.states import state_words

from .methods import Method


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
    def state_words(self) -> str:
        return state_words(self)

    @property
    def month_text(self) -> str:
        """`2023-01`, as it stands in addresses."""
        return f"{self.month:%Y-%m}"


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
