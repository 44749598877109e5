"""A unit's objection against its entry in a draft, and what exactly it contests."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opd.models import Channel, Unit, User
from publications.models import Publication
from rankings import guards

REASON_LENGTH, ANSWER_LENGTH = 2000, 1000


class RebuttalQuerySet(models.QuerySet["Rebuttal"]):
    def undecided(self) -> RebuttalQuerySet:
        return self.filter(status=Rebuttal.Status.OPEN)

    def decided(self) -> RebuttalQuerySet:
        return self.filter(status=Rebuttal.Status.DECIDED)

    def oldest_first(self) -> RebuttalQuerySet:
        return self.order_by("made_at", "pk")

    def with_items(self) -> RebuttalQuerySet:
        items = RebuttalItem.objects.select_related("publication", "channel").defer("publication__search")
        return self.prefetch_related(models.Prefetch("items", items.order_by("pk")))


class Rebuttal(models.Model):
    """One objection of a unit against one ranking. It is decided once, as a whole, item by item."""

    class Status(models.TextChoices):
        OPEN = "open", _("Menunggu putusan")
        DECIDED = "decided", _("Diputuskan")

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Diterima")
        PARTIAL = "partial", _("Diterima sebagian")
        REJECTED = "rejected", _("Ditolak")

    ranking = models.ForeignKey(
        "rankings.Ranking", models.PROTECT, verbose_name=_("peringkat"), related_name="rebuttals"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="rebuttals")
    reason = models.TextField(_("alasan sanggahan"), max_length=REASON_LENGTH)
    made_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("diajukan oleh"), related_name="+")
    made_at = models.DateTimeField(_("diajukan pada"), default=timezone.now)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    outcome = models.CharField(_("putusan"), max_length=8, choices=Outcome, blank=True)
    answer = models.TextField(_("pertimbangan"), max_length=ANSWER_LENGTH, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diputuskan oleh"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("diputuskan pada"), null=True, blank=True)

    objects: ClassVar[Any] = RebuttalQuerySet.as_manager()

    class Meta:
        verbose_name = _("sanggahan")
        verbose_name_plural = _("sanggahan")
        permissions = [("decide_rebuttal", _("Memutuskan sanggahan"))]
        constraints = [
            models.UniqueConstraint(fields=["ranking", "unit"], name="rebuttal_one_open", condition=Q(status="open")),
            models.CheckConstraint(
                name="rebuttal_decided_iff_by_whom_when_and_why",
                condition=Q(status="open", outcome="", answer="", decided_by=None, decided_at=None)
                | Q(
                    status="decided",
                    outcome__in=["accepted", "partial", "rejected"],
                    decided_by__isnull=False,
                    decided_at__gte=F("made_at"),
                )
                & ~Q(answer=""),
            ),
            models.CheckConstraint(name="rebuttal_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="rebuttal_nobody_decides_own", condition=Q(decided_by=None) | ~Q(decided_by=F("made_by"))
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], name="rebuttal_waiting", condition=Q(status="open")),
            models.Index(fields=["unit", "-made_at"], name="rebuttal_of_unit"),
        ]
        triggers = [
            *guards.rows_of_final_stay(),
            pgtrigger.Trigger(
                name="decided_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="decided"),
                func="""RAISE EXCEPTION 'Sanggahan nomor % sudah diputuskan dan tidak dapat diubah.', OLD.id
                    USING ERRCODE = 'restrict_violation';""",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.ranking}"

    def get_absolute_url(self) -> str:
        place = [self.ranking.month_text, self.unit.category, self.unit.local_slug]
        return f"{reverse('rankings:entry', args=place)}{self.ranking.query}#sanggahan"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class RebuttalItem(models.Model):
    """One thing that the unit contests, and what was decided about it."""

    class Kind(models.TextChoices):
        LINK = "link", _("Unggahan yang belum tercatat")
        LEFT_OUT = "left_out", _("Publikasi yang tidak dihitung")
        OWNER = "owner", _("Unggahan unit ini yang tercatat bukan miliknya")
        GAP = "gap", _("Kanal yang tidak terbaca portal")

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("Diterima")
        REJECTED = "rejected", _("Ditolak")

    rebuttal = models.ForeignKey(Rebuttal, models.CASCADE, verbose_name=_("sanggahan"), related_name="items")
    kind = models.CharField(_("pokok"), max_length=8, choices=Kind)
    publication = models.ForeignKey(
        Publication, models.PROTECT, verbose_name=_("publikasi"), null=True, blank=True, related_name="+"
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, verbose_name=_("kanal"), null=True, blank=True, related_name="+"
    )
    #: The day a link was posted, as the unit says; of a channel, the first day on which it could not be read.
    claimed_on = models.DateField(_("tanggal menurut unit"), null=True, blank=True)
    claimed_until = models.DateField(_("sampai tanggal"), null=True, blank=True)
    verdict = models.CharField(_("putusan"), max_length=8, choices=Verdict, blank=True)
    answer = models.CharField(_("alasan putusan"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("pokok sanggahan")
        verbose_name_plural = _("pokok sanggahan")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["rebuttal", "publication"], name="rebuttalitem_publication_once"),
            models.CheckConstraint(
                name="rebuttalitem_names_what_it_contests",
                condition=Q(
                    kind="gap",
                    publication=None,
                    channel__isnull=False,
                    claimed_on__isnull=False,
                    claimed_until__gte=F("claimed_on"),
                )
                | Q(
                    kind__in=["link", "left_out", "owner"],
                    publication__isnull=False,
                    channel=None,
                    claimed_until=None,
                ),
            ),
            models.CheckConstraint(
                name="rebuttalitem_verdict_has_reason",
                condition=Q(verdict="", answer="") | Q(verdict__in=["accepted", "rejected"]) & ~Q(answer=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decided_items_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("found", "rankings_rebuttal")],
                func="""
                    FOR found IN SELECT r.* FROM rankings_rebuttal r
                        WHERE (TG_OP <> 'INSERT' AND r.id = OLD.rebuttal_id)
                            OR (TG_OP <> 'DELETE' AND r.id = NEW.rebuttal_id) FOR SHARE
                    LOOP
                        IF found.status = 'decided' THEN
                            RAISE EXCEPTION 'Sanggahan nomor % sudah diputuskan dan tidak dapat diubah.', found.id
                                USING ERRCODE = 'restrict_violation';
                        END IF;
                    END LOOP;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.publication or self.channel)
