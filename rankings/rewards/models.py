"""Rules, and what was proposed, decided and issued under them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from correspondence.models import Letter, LetterKind
from opd.models import Unit, User

from . import words
from .wording import unknown_names


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


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def issued(self) -> ProposalQuerySet:
        return self.filter(status=Proposal.Status.ISSUED)

    def sent_out(self) -> ProposalQuerySet:
        """What became a letter, also those withdrawn since."""
        return self.filter(status__in=[Proposal.Status.ISSUED, Proposal.Status.WITHDRAWN])

    def waiting(self) -> ProposalQuerySet:
        return self.filter(status=Proposal.Status.PROPOSED)

    def public(self, *, with_warnings: bool) -> ProposalQuerySet:
        """Letters that everybody may see: rewards; warnings and guidance only by the city's setting."""
        found = self.sent_out()
        return found if with_warnings else found.filter(rule__kind=RewardRule.Kind.REWARD)


class Proposal(models.Model):
    """What a rule asks for one unit after one final month, and what a person made of it.

    The portal only ever proposes. Nothing is issued without a named person: the database refuses such a row.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Menunggu keputusan")
        ISSUED = "issued", _("Terbit")
        REJECTED = "rejected", _("Ditolak")
        WITHDRAWN = "withdrawn", _("Ditarik")
        DROPPED = "dropped", _("Gugur")

    month = models.DateField(_("bulan"))
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="proposals")
    rule = models.ForeignKey(RewardRule, models.PROTECT, verbose_name=_("aturan"), related_name="proposals")
    #: The revision of the month that these facts were read from.
    ranking = models.ForeignKey(
        "rankings.Ranking", models.PROTECT, verbose_name=_("peringkat"), related_name="proposals"
    )
    is_sample = models.BooleanField(_("data contoh"), default=False)
    #: What the letter cites (`rankings.rewards.conditions`).
    facts = models.JSONField(_("fakta"), default=dict)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_at = models.DateTimeField(_("diusulkan pada"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diputuskan oleh"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("diputuskan pada"), null=True, blank=True)
    decision_reason = models.CharField(_("alasan keputusan"), max_length=500, blank=True)
    letter = models.OneToOneField(
        Letter, models.PROTECT, verbose_name=_("surat"), null=True, blank=True, related_name="proposal"
    )
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("ditarik oleh"), null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("ditarik pada"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("alasan penarikan"), max_length=500, blank=True)
    #: A later revision of the month no longer bears out the letter: since when, and what is different.
    doubted_at = models.DateTimeField(_("diragukan sejak"), null=True, blank=True)
    doubt = models.CharField(_("yang berbeda"), max_length=500, blank=True)
    #: Guidance only: until when, and since when the unit has what was asked for.
    due_on = models.DateField(_("tenggat"), null=True, blank=True)
    met_on = models.DateField(_("dipenuhi pada"), null=True, blank=True)

    objects: ClassVar[Any] = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("usulan penghargaan atau teguran")
        verbose_name_plural = _("penghargaan dan teguran")
        permissions = [("decide_proposal", _("Memutuskan penghargaan dan teguran"))]
        constraints = [
            # A letter that was withdrawn may be followed by a corrected one.
            models.UniqueConstraint(
                fields=["month", "unit", "rule"], name="proposal_once", condition=~Q(status="withdrawn")
            ),
            models.CheckConstraint(name="proposal_month_is_first", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="proposal_decided_by_a_person",
                condition=Q(
                    status__in=["proposed", "dropped"],
                    decided_by=None,
                    decided_at=None,
                    decision_reason="",
                    letter=None,
                )
                | (
                    Q(status="rejected", decided_by__isnull=False, decided_at__isnull=False, letter=None)
                    & ~Q(decision_reason="")
                )
                | Q(
                    status__in=["issued", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    letter__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="proposal_withdrawn_by_a_person",
                condition=(
                    Q(status="withdrawn", withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                    & ~Q(withdrawn_reason="")
                )
                | (~Q(status="withdrawn") & Q(withdrawn_by=None, withdrawn_at=None, withdrawn_reason="")),
            ),
            models.CheckConstraint(
                name="proposal_doubt_has_words",
                condition=Q(doubted_at=None, doubt="") | (Q(doubted_at__isnull=False) & ~Q(doubt="")),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-month"], name="proposal_desk"),
            models.Index(fields=["unit", "-month"], name="proposal_of_unit"),
            models.Index(fields=["-month", "rule"], name="proposal_of_month"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decision_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__status__in=["issued", "rejected", "withdrawn"]),
                # What was decided keeps its facts and its person; an issued letter can only be withdrawn, doubted
                # or met. A rejected proposal and a withdrawn letter are the end.
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.status = 'issued' AND NEW.status IN ('issued', 'withdrawn')
                        AND (OLD.month, OLD.unit_id, OLD.rule_id, OLD.ranking_id, OLD.is_sample, OLD.facts,
                             OLD.proposed_at, OLD.decided_by_id, OLD.decided_at, OLD.decision_reason, OLD.letter_id,
                             OLD.due_on)
                        IS NOT DISTINCT FROM
                            (NEW.month, NEW.unit_id, NEW.rule_id, NEW.ranking_id, NEW.is_sample, NEW.facts,
                             NEW.proposed_at, NEW.decided_by_id, NEW.decided_at, NEW.decision_reason, NEW.letter_id,
                             NEW.due_on)
                    THEN RETURN NEW; END IF;
                    RAISE EXCEPTION 'Keputusan atas usulan % sudah tetap dan tidak dapat diubah.', OLD.id
                        USING ERRCODE = 'restrict_violation';
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule}, {self.unit}, {self.month:%Y-%m}"

    @property
    def month_text(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def reason(self) -> str:
        return words.reason_of(self.facts, self.month_text)

    @property
    def is_withdrawn(self) -> bool:
        """Also where the letter was withdrawn at the desk of letters a moment ago."""
        return self.status == self.Status.WITHDRAWN or (
            self.letter is not None and self.letter.withdrawn_at is not None
        )

    @property
    def withdrawal(self) -> str:
        return self.letter.withdrawn_reason if self.letter is not None else ""

    @property
    def standing(self) -> str:
        """How a guidance letter stands today; empty for all others."""
        if self.due_on is None or self.is_withdrawn or self.status != self.Status.ISSUED:
            return ""
        if self.met_on is not None:
            return _("Terpenuhi sejak %(day)s") % {"day": date_format(self.met_on, "j F Y")}
        day = {"day": date_format(self.due_on, "j F Y")}
        if local_day(timezone.now()) > self.due_on:
            return _("Melewati tenggat %(day)s") % day
        return _("Tenggat %(day)s") % day


class ProposalRun(models.Model):
    """That a final ranking was gone through, and when: what is due is what has no run after the last change."""

    ranking = models.OneToOneField(
        "rankings.Ranking", models.CASCADE, verbose_name=_("peringkat"), primary_key=True, related_name="proposal_run"
    )
    ran_at = models.DateTimeField(_("disusun pada"))

    class Meta:
        verbose_name = _("penyusunan usulan")
        verbose_name_plural = _("penyusunan usulan")

    def __str__(self) -> str:
        return str(self.ranking)
