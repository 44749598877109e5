"""What the portal has told of limits of requests and objections, so that nothing is told twice or not at all."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from correspondence.models import Mail

from .objections import Objection
from .requests import InformationRequest


class Notice(models.Model):
    """One occasion of one limit: there is a row as soon as it is handled. A limit that moves has occasions of its own.

    What several missed nights left behind goes into one mail, which then stands in the rows of all its occasions.
    """

    class Occasion(models.TextChoices):
        SOON = "soon", _("Tiga hari kerja sebelum batas")
        LAST_DAY = "last_day", _("Satu hari kerja sebelum batas")
        OVERDUE = "overdue", _("Lewat batas")
        ESCALATED = "escalated", _("Lewat batas, kepada Atasan PPID")

    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    objection = models.ForeignKey(Objection, models.PROTECT, null=True, blank=True, related_name="notices")
    occasion = models.CharField(max_length=10, choices=Occasion)
    due_on = models.DateField()
    mail = models.ForeignKey(Mail, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["information_request", "occasion", "due_on"], name="notice_once"),
            models.UniqueConstraint(fields=["objection", "occasion", "due_on"], name="notice_once_of_objection"),
            models.CheckConstraint(
                name="notice_of_one_thing",
                condition=models.Q(information_request=None, objection__isnull=False)
                | models.Q(information_request__isnull=False, objection=None),
            ),
            models.CheckConstraint(
                name="notice_occasion_known",
                condition=models.Q(occasion__in=["soon", "last_day", "overdue", "escalated"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.information_request or self.objection}: {self.get_occasion_display()}"
