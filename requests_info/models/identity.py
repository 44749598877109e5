"""Who on the staff has seen whose identity. Rows that stay: after a breach they say who must be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from correspondence.guards import rows_stay
from opd.models import User

from .objections import Objection
from .requests import InformationRequest


class IdentityReadQuerySet(models.QuerySet["IdentityRead"]):
    def by(self, user: User, since: datetime) -> IdentityReadQuerySet:
        """What an account has seen from a moment on, the newest first."""
        return self.filter(user=user, at__gte=since).order_by("-at", "-pk")


class IdentityRead(models.Model):
    """An account was shown identity data (name, address, contact, identity number or files) of one person."""

    class What(models.TextChoices):
        CASE = "case", _("Identitas pada halaman permohonan")
        OBJECTION = "objection", _("Identitas pada halaman keberatan")
        REGISTER = "register", _("Register dengan nama (XLSX)")
        FILE = "file", _("Berkas dari pemohon")
        BUNDLE = "bundle", _("Berkas untuk Komisi Informasi")
        EXPORT = "export", _("Salinan data pemohon")
        RECTIFICATION = "rectification", _("Perbaikan data pemohon")
        BREACH_LIST = "breach_list", _("Daftar orang yang datanya dilihat")

    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("akun"), related_name="+")
    information_request = models.ForeignKey(
        InformationRequest,
        models.PROTECT,
        verbose_name=_("permohonan"),
        null=True,
        blank=True,
        related_name="identity_reads",
    )
    #: Where there is no request: an objection about periodic information.
    objection = models.ForeignKey(
        Objection, models.PROTECT, verbose_name=_("keberatan"), null=True, blank=True, related_name="identity_reads"
    )
    what = models.CharField(_("yang dilihat"), max_length=20, choices=What)
    at = models.DateTimeField(_("pada"), default=timezone.now)
    #: Keyed hash of the network address: two readings from one place can be told, the place itself is not kept.
    place_hash = models.CharField(_("sidik asal"), max_length=64, blank=True)

    objects: ClassVar[Any] = IdentityReadQuerySet.as_manager()

    class Meta:
        verbose_name = _("pembukaan identitas")
        verbose_name_plural = _("pembukaan identitas")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="identity_read_of_one_person",
                condition=Q(information_request__isnull=False, objection=None)
                | Q(information_request=None, objection__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-at"], name="identity_read_by"),
            models.Index(fields=["at"], name="identity_read_age"),
        ]
        triggers = [rows_stay("identity_read_stays", "Catatan pembukaan identitas tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.get_what_display()}"
