"""What a month is ranked by: versions of the method, immutable once used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opd.models import User
from rankings import guards
from rankings.score import Weights


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
