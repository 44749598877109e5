"""Which officer of the desk has taken a case: one at a time, held by the database."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opd.models import User
from requests_info import guards

from .requests import InformationRequest


class ClaimQuerySet(models.QuerySet["Claim"]):
    def open(self) -> ClaimQuerySet:
        return self.filter(ended_at=None)


class Claim(models.Model):
    """An officer takes a case and gives it back, or another takes it over and says why. Ended rows are the history."""

    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="claims"
    )
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("petugas"), related_name="claims")
    at = models.DateTimeField(_("diambil pada"), default=timezone.now)
    ended_at = models.DateTimeField(_("dilepas pada"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dilepas oleh"), null=True, blank=True, related_name="+"
    )
    #: Why another officer took the case over; empty when it was given back.
    reason = models.CharField(_("alasan"), max_length=500, blank=True)

    objects: ClassVar[Any] = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("penanganan")
        verbose_name_plural = _("penanganan")
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["information_request"], condition=Q(ended_at=None), name="claim_by_one_officer"
            ),
            models.CheckConstraint(
                name="claim_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None, reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_taken_over_with_reason", condition=Q(ended_by=None) | Q(ended_by=F("user")) | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["user"], name="claim_of_officer", condition=Q(ended_at=None))]
        triggers = [guards.claim_stays()]

    def __str__(self) -> str:
        return f"{self.information_request_id}: {self.user_id}"
