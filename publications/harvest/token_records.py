"""What is known of the tokens by which platforms are read. The tokens themselves stand in the settings only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class HarvestToken(models.Model):
    """How long the city's token of a platform still holds, as the platform or the settings say."""

    kind = models.CharField(_("platform"), max_length=20, primary_key=True)
    is_valid = models.BooleanField(_("berlaku"), default=True)
    #: None: it never ends, or nobody knows (then `problem` says so).
    expires_at = models.DateTimeField(_("berakhir pada"), null=True)
    checked_at = models.DateTimeField(_("diperiksa pada"))
    #: Why the platform could not be asked, in words; empty if it could.
    problem = models.CharField(_("kendala pemeriksaan"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("token panen")
        verbose_name_plural = _("token panen")
        constraints = [models.CheckConstraint(name="harvesttoken_kind_known", condition=Q(kind__in=["instagram"]))]

    def __str__(self) -> str:
        return self.kind
