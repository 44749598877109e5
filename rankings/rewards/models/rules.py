"""When which letter is proposed: the city's rules, as data."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from correspondence.models import LetterKind
from rankings.rewards.wording import unknown_names


class RewardRuleQuerySet(models.QuerySet["RewardRule"]):
    def in_force(self, month: date) -> RewardRuleQuerySet:
        """Rules under which something may be proposed for a month."""
        return self.filter(
            Q(effective_until=None) | Q(effective_until__gte=month), is_active=True, effective_from__lte=month
        )


class RewardRule(models.Model):
    """When which letter is proposed. What it asks is fixed once it was used; its words may be improved."""

    class Kind(models.TextChoices):
        REWARD = "reward", _("Penghargaan")
        WARNING = "warning", _("Teguran")
        GUIDANCE = "guidance", _("Pembinaan")

    class Condition(models.TextChoices):
        TOP_PLACES = "top_places", _("Peringkat di kategori paling rendah …")
        SCORE_AT_LEAST = "score_at_least", _("Indeks sekurang-kurangnya …, di luar penerima piagam")
        PLACES_RISEN = "places_risen", _("Naik sekurang-kurangnya … peringkat sejak bulan sebelumnya")
        SILENT_MONTHS = "silent_months", _("Tanpa kegiatan … bulan berturut-turut")
        NO_SOCIAL_MEDIA = "no_social_media", _("Tanpa media sosial; diusulkan lagi paling cepat sesudah … bulan")

    KIND_OF_CONDITION: ClassVar[dict[str, str]] = {
        "top_places": "reward",
        "score_at_least": "reward",
        "places_risen": "reward",
        "silent_months": "warning",
        "no_social_media": "guidance",
    }

    slug = models.SlugField(_("kode"), max_length=40, unique=True)
    name = models.CharField(_("nama"), max_length=80, help_text=_("Hal surat, contoh: Teguran Tertulis 1"))
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind, editable=False)
    condition = models.CharField(_("syarat"), max_length=16, choices=Condition)
    threshold = models.PositiveSmallIntegerField(
        _("batas"), validators=[MinValueValidator(1), MaxValueValidator(100)], help_text=_("Angka pada “…” di syarat")
    )
    letter_kind = models.ForeignKey(LetterKind, models.PROTECT, verbose_name=_("jenis surat"), related_name="+")
    is_certificate = models.BooleanField(_("berbentuk piagam"), default=False)
    due_working_days = models.PositiveSmallIntegerField(
        _("tenggat (hari kerja)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(250)]
    )
    wording = models.TextField(_("isi surat"), max_length=4000)
    is_active = models.BooleanField(_("aktif"), default=True)
    effective_from = models.DateField(_("berlaku sejak bulan"))
    effective_until = models.DateField(_("berlaku sampai bulan"), null=True, blank=True)

    objects: ClassVar[Any] = RewardRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("aturan penghargaan dan teguran")
        verbose_name_plural = _("aturan penghargaan dan teguran")
        ordering = ("kind", "condition", "threshold", "slug")
        constraints = [
            models.CheckConstraint(name="reward_rule_threshold_positive", condition=Q(threshold__gte=1)),
            models.CheckConstraint(
                name="reward_rule_months_are_first",
                condition=Q(effective_from__day=1) & (Q(effective_until=None) | Q(effective_until__day=1)),
                violation_error_message=_("Tuliskan tanggal 1 bulan itu."),
            ),
            models.CheckConstraint(
                name="reward_rule_span",
                condition=Q(effective_until=None) | Q(effective_until__gte=F("effective_from")),
                violation_error_message=_("Bulan akhir mendahului bulan awal."),
            ),
            models.CheckConstraint(
                name="reward_rule_kind_fits",
                condition=Q(kind="reward", condition__in=["top_places", "score_at_least", "places_risen"])
                | Q(kind="warning", condition="silent_months")
                | Q(kind="guidance", condition="no_social_media"),
            ),
            models.CheckConstraint(
                name="reward_rule_guidance_is_due",
                condition=~Q(kind="guidance") | Q(due_working_days__isnull=False, due_working_days__gte=1),
                violation_error_message=_("Surat pembinaan memerlukan tenggat."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="fixed_once_used",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__condition__df=pgtrigger.F("new__condition"))
                | pgtrigger.Q(old__threshold__df=pgtrigger.F("new__threshold"))
                | pgtrigger.Q(old__kind__df=pgtrigger.F("new__kind"))
                | pgtrigger.Q(old__letter_kind_id__df=pgtrigger.F("new__letter_kind_id"))
                | pgtrigger.Q(old__due_working_days__df=pgtrigger.F("new__due_working_days"))
                | pgtrigger.Q(old__effective_from__df=pgtrigger.F("new__effective_from")),
                func="""
                    IF EXISTS (SELECT 1 FROM rankings_proposal WHERE rule_id = OLD.id) THEN
                        RAISE EXCEPTION 'aturan % sudah dipakai; akhiri dan buat aturan baru', OLD.slug
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.kind = self.KIND_OF_CONDITION.get(self.condition, "")
        if self.kind == self.Kind.GUIDANCE and not self.due_working_days:
            raise ValidationError({"due_working_days": _("Surat pembinaan memerlukan tenggat.")})
        if self.condition == self.Condition.SILENT_MONTHS and self.effective_from and self._rivals().exists():
            raise ValidationError({"threshold": _("Untuk jumlah bulan ini sudah ada aturan yang aktif pada masa itu.")})
        if wrong := unknown_names(self.wording):
            raise ValidationError({"wording": _("Isian ini tidak dikenal: %(names)s") % {"names": ", ".join(wrong)}})

    def _rivals(self) -> RewardRuleQuerySet:
        """Active rules of the ladder with the same step in a month of this one's span: which letter would it be?"""
        rules: RewardRuleQuerySet = RewardRule.objects.filter(
            Q(effective_until=None) | Q(effective_until__gte=self.effective_from),
            condition=self.condition,
            threshold=self.threshold,
            is_active=True,
        ).exclude(pk=self.pk)
        if self.effective_until:
            rules = rules.filter(effective_from__lte=self.effective_until)
        return rules if self.is_active else rules.none()

    @property
    def is_reward(self) -> bool:
        return self.kind == self.Kind.REWARD
