"""What the law obliges each category of unit to publish, as data, and pages that fulfil it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from opd.models import Category, Unit, User


class InfoClass(models.TextChoices):
    """The four classes of UU 14/2008: Pasal 9, 10, 11, 17."""

    PERIODIC = "periodic", _("Berkala")
    IMMEDIATE = "immediate", _("Serta-merta")
    ON_DEMAND = "on_demand", _("Setiap saat")
    EXEMPT = "exempt", _("Dikecualikan")


class ChecklistItemQuerySet(models.QuerySet["ChecklistItem"]):
    def active_on(self, day: date) -> ChecklistItemQuerySet:
        return self.filter(
            Q(active_from=None) | Q(active_from__lte=day), Q(active_until=None) | Q(active_until__gte=day)
        )

    def asked_of(self, category: str, day: date) -> ChecklistItemQuerySet:
        """What a unit of the category must publish on that day, in the list's order."""
        return self.active_on(day).filter(categories__contains=[category]).order_by("order", "pk")


class ChecklistItem(models.Model):
    """One thing that units of some categories must publish. What is no longer asked gets an end, and stays."""

    code = models.SlugField(_("kode"), max_length=40, unique=True, help_text=_("Tetap; dipakai saat memuat daftar."))
    categories = ArrayField(models.CharField(max_length=10, choices=Category), verbose_name=_("wajib bagi"))
    info_class = models.CharField(_("kelas informasi"), max_length=10, choices=InfoClass)
    title = models.CharField(_("butir"), max_length=250)
    legal_basis = models.CharField(_("dasar hukum"), max_length=200)
    renewal_months = models.PositiveSmallIntegerField(
        _("diperbarui paling lambat tiap (bulan)"),
        null=True,
        blank=True,
        help_text=_("Kosong: sekali terbit tetap berlaku."),
    )
    order = models.PositiveSmallIntegerField(_("urutan"), default=100)
    active_from = models.DateField(_("berlaku sejak"), null=True, blank=True)
    active_until = models.DateField(_("berlaku sampai"), null=True, blank=True)

    objects: ClassVar[Any] = ChecklistItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("butir informasi wajib")
        verbose_name_plural = _("butir informasi wajib")
        ordering = ("order", "pk")
        constraints = [
            models.CheckConstraint(
                name="checklistitem_class_open", condition=Q(info_class__in=["periodic", "immediate", "on_demand"])
            ),
            models.CheckConstraint(
                name="checklistitem_categories_known",
                condition=Q(categories__contained_by=Category.values) & Q(categories__len__gte=1),
            ),
            models.CheckConstraint(
                name="checklistitem_renewal_positive",
                condition=Q(renewal_months=None) | Q(renewal_months__range=(1, 120)),
                violation_error_message=_("Tulis 1 sampai 120 bulan."),
            ),
            models.CheckConstraint(
                name="checklistitem_span",
                condition=Q(active_from=None) | Q(active_until=None) | Q(active_until__gte=F("active_from")),
                violation_error_message=_("Tanggal akhir mendahului tanggal awal."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ChecklistLink(models.Model):
    """A page elsewhere, such as the unit's own website, that holds what an item asks for."""

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="checklist_links")
    item = models.ForeignKey(
        ChecklistItem, models.PROTECT, verbose_name=_("butir informasi wajib"), related_name="links"
    )
    url = models.URLField(_("alamat halaman"), max_length=600)
    dated_on = models.DateField(
        _("isi per tanggal"),
        help_text=_("Kapan isi halaman itu terakhir diperbarui, bukan kapan Anda mencatatnya."),
    )
    created_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("dicatat oleh"), null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    is_sample = models.BooleanField(_("data contoh"), default=False, editable=False)

    class Meta:
        verbose_name = _("tautan informasi wajib")
        verbose_name_plural = _("tautan informasi wajib")
        ordering = ("unit", "item")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "item"],
                name="checklistlink_once",
                violation_error_message=_("Butir ini sudah punya tautan; ubah tautan yang ada."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.item}"

    def clean(self) -> None:
        if self.unit_id and self.item_id and self.unit.category not in self.item.categories:
            raise ValidationError({"item": _("Butir ini tidak diwajibkan bagi kategori unit ini.")})
