"""When the requester got the information, and how its copies were paid: columns 14 and 15 of the register."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opd.models import User

from .requests import InformationRequest


class Handover(models.Model):
    """Recorded by the desk after a decision that gives something; set right as long as nobody closes the books.

    Each recording leaves an event, so what stood here before can be read there.
    """

    class Payment(models.TextChoices):
        FREE = "free", _("Tanpa biaya")
        CASH = "cash", _("Tunai")
        TRANSFER = "transfer", _("Transfer bank")

    information_request = models.OneToOneField(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="handover"
    )
    #: Asia/Jakarta.
    on = models.DateField(_("diserahkan pada"))
    payment = models.CharField(_("cara pembayaran"), max_length=8, choices=Payment)
    at = models.DateTimeField(_("dicatat pada"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")

    class Meta:
        verbose_name = _("penyerahan informasi")
        verbose_name_plural = _("penyerahan informasi")
        constraints = [
            models.CheckConstraint(
                name="handover_payment_known", condition=Q(payment__in=["free", "cash", "transfer"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.information_request}: {self.on}"
