"""What was proposed, decided and issued under the rules."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.jakarta import local_day
from correspondence.models import Letter
from opd.models import Unit, User
from rankings.rewards import words

from .rules import RewardRule


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
