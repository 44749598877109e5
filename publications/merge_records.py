"""What a merge moved, so that it can be taken back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opd.models import User


class ActivityMerge(models.Model):
    """One activity that went into another: which rows it brought. Taken back at most once, with a reason."""

    kept = models.ForeignKey(
        "publications.Activity", models.PROTECT, verbose_name=_("yang dipertahankan"), related_name="merges"
    )
    other = models.ForeignKey(
        "publications.Activity", models.PROTECT, verbose_name=_("yang digabungkan"), related_name="+"
    )
    publications = ArrayField(models.BigIntegerField(), verbose_name=_("publikasi"), default=list)
    photos = ArrayField(models.BigIntegerField(), verbose_name=_("foto"), default=list)
    #: Activities that had been merged into `other` before.
    followers = ArrayField(models.BigIntegerField(), verbose_name=_("pengikut"), default=list)
    #: Fields of the kept one that were empty and took this one's words.
    filled = ArrayField(models.CharField(max_length=20), verbose_name=_("isian"), default=list)
    merged_by = models.ForeignKey(User, models.SET_NULL, verbose_name=_("oleh"), null=True, related_name="+")
    merged_at = models.DateTimeField(_("digabungkan pada"), default=timezone.now)
    undone_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("dibatalkan oleh"), null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("dibatalkan pada"), null=True, blank=True)
    undone_reason = models.CharField(_("alasan pembatalan"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("penggabungan kegiatan")
        verbose_name_plural = _("penggabungan kegiatan")
        ordering = ("-merged_at", "-pk")
        constraints = [
            models.UniqueConstraint("other", name="activitymerge_once_open", condition=Q(undone_at=None)),
            models.CheckConstraint(
                name="activitymerge_undone_has_reason",
                condition=Q(undone_at=None, undone_reason="") | (Q(undone_at__isnull=False) & ~Q(undone_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} → {self.kept_id}"
