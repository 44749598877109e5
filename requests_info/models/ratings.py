"""How satisfied a requester was, asked once, at the end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedTextField
from correspondence.guards import rows_stay

from .requests import InformationRequest


class Rating(models.Model):
    """One per request. The words are read by the desk only; the public sees the mean of five or more."""

    class Score(models.IntegerChoices):
        VERY_BAD = 1, _("1: sangat tidak puas")
        BAD = 2, _("2: tidak puas")
        FAIR = 3, _("3: cukup")
        GOOD = 4, _("4: puas")
        VERY_GOOD = 5, _("5: sangat puas")

    information_request = models.OneToOneField(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="rating"
    )
    score = models.PositiveSmallIntegerField(_("penilaian"), choices=Score)
    comment = EncryptedTextField(_("komentar"), blank=True)
    at = models.DateTimeField(_("pada"), default=timezone.now)

    class Meta:
        verbose_name = _("penilaian pemohon")
        verbose_name_plural = _("penilaian pemohon")
        constraints = [models.CheckConstraint(name="rating_from_one_to_five", condition=Q(score__range=(1, 5)))]
        triggers = [rows_stay("rating_stays", "Penilaian pemohon tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.information_request_id}: {self.score}"
