"""The files of a ranking as they were made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opd.models import Category


class RankingFile(models.Model):
    """One file that a month or a category gives out, kept as it was made (`rankings.files`).

    For a ranking that is final it stays the same bytes; before that it is made anew when the ranking has changed.
    """

    class Kind(models.TextChoices):
        CSV = "csv", "CSV"
        JSON = "json", "JSON"
        XLSX = "xlsx", "XLSX"
        PDF = "pdf", "PDF"
        PNG = "png", "PNG"

    ranking = models.ForeignKey("rankings.Ranking", models.CASCADE, verbose_name=_("peringkat"), related_name="files")
    #: Empty: all categories.
    category = models.CharField(_("kategori"), max_length=10, choices=Category, blank=True)
    kind = models.CharField(_("jenis"), max_length=4, choices=Kind)
    #: Which ranking stands in it: its state, time and input (`rankings.files.keeping.version_of`).
    made_of = models.CharField(_("dibuat dari"), max_length=64)
    content = models.BinaryField(_("isi"))
    size = models.PositiveIntegerField(_("ukuran"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("berkas peringkat")
        verbose_name_plural = _("berkas peringkat")
        constraints = [
            models.UniqueConstraint(fields=["ranking", "category", "kind"], name="ranking_file_once"),
            models.CheckConstraint(
                name="ranking_file_kind_known", condition=Q(kind__in=["csv", "json", "xlsx", "pdf", "png"])
            ),
            models.CheckConstraint(
                name="ranking_file_category_known", condition=Q(category__in=["", *Category.values])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ranking}.{self.kind}"
