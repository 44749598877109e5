"""What Diskominfo tells about the service: pages with all their revisions, who wrote them, when and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from correspondence.guards import rows_stay
from opd.models import User


class ServicePage(models.TextChoices):
    """The pages there are; the value stands in the address."""

    PLEDGE = "maklumat", _("Maklumat pelayanan")
    PROCEDURE = "prosedur", _("Tata cara memperoleh informasi")
    COSTS = "biaya", _("Biaya")
    HOURS = "jam-layanan", _("Jam dan tempat layanan")
    RIGHTS = "hak", _("Hak dan kewajiban Anda")


class ServicePageRevision(models.Model):
    """One text of a page; the one with the highest number is shown. Before the first stands `service_texts`."""

    page = models.CharField(_("halaman"), max_length=12, choices=ServicePage)
    number = models.PositiveIntegerField(_("versi"))
    text = models.TextField(_("isi"), max_length=20_000)
    #: Whether the city has settled what stands there; else the page says that it has not.
    is_confirmed = models.BooleanField(_("sudah ditetapkan"), default=False)
    note = models.CharField(_("apa yang diubah"), max_length=200)
    at = models.DateTimeField(_("pada"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), related_name="+")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("versi halaman layanan")
        verbose_name_plural = _("versi halaman layanan")
        ordering = ("page", "-number")
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="service_page_numbered_once"),
            models.CheckConstraint(
                name="service_page_known", condition=Q(page__in=["maklumat", "prosedur", "biaya", "jam-layanan", "hak"])
            ),
            models.CheckConstraint(name="service_page_says_something", condition=~Q(text="") & ~Q(note="")),
        ]
        triggers = [rows_stay("service_page_stays", "Versi halaman layanan tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.page} {self.number}"
