"""Answers for everybody: what one requester was told, without who asked, so that the next need not ask."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from opd.models import Unit, User
from requests_info.answer_guards import answer_stays

from .requests import InformationRequest


class PublishedAnswerQuerySet(models.QuerySet["PublishedAnswer"]):
    def published(self) -> PublishedAnswerQuerySet:
        return self.filter(status=PublishedAnswer.Status.PUBLISHED)

    def newest_first(self) -> PublishedAnswerQuerySet:
        return self.order_by("-published_at", "-pk")


class PublishedAnswer(models.Model):
    """Written by one officer, approved by another one; once it is out its words stay, and it can only be withdrawn."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Menunggu persetujuan orang kedua")
        PUBLISHED = "published", _("Terbit")
        WITHDRAWN = "withdrawn", _("Ditarik")

    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="published_answers"
    )
    #: Which unit holds the information.
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="published_answers")
    question = models.CharField(_("pertanyaan"), max_length=200)
    text = models.TextField(_("jawaban"), max_length=8000)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    #: Raised by each change: who approves approves what they have read.
    revision = models.PositiveSmallIntegerField(_("versi naskah"), default=1)
    written_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("ditulis oleh"), related_name="+")
    written_at = models.DateTimeField(_("ditulis pada"), default=timezone.now)
    approved_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("disetujui oleh"), null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("terbit pada"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("ditarik oleh"), null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("ditarik pada"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("alasan penarikan"), max_length=300, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("question", weight="A", config="indonesian")
        + SearchVector("text", weight="C", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = PublishedAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("jawaban terbit")
        verbose_name_plural = _("jawaban terbit")
        permissions = [("approve_publishedanswer", _("Menyetujui dan menarik jawaban terbit"))]
        ordering = ("-written_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="answer_approved_by_a_second_person",
                condition=Q(approved_by=None) | ~Q(approved_by=F("written_by")),
            ),
            models.CheckConstraint(
                name="answer_state_is_whole",
                condition=Q(status="draft", approved_by=None, published_at=None, withdrawn_at=None, withdrawn_reason="")
                | Q(status="published", approved_by__isnull=False, published_at__isnull=False, withdrawn_at=None)
                | Q(status="withdrawn", approved_by__isnull=False, published_at__isnull=False)
                & Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_reason=""),
            ),
            models.CheckConstraint(name="answer_says_something", condition=~Q(question="") & ~Q(text="")),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="answer_newest", condition=Q(status="published")),
            GinIndex(fields=["search"], name="answer_search"),
        ]
        triggers = [answer_stays()]

    def __str__(self) -> str:
        return self.question

    @property
    def slug(self) -> str:
        return slugify(self.question)[:80].strip("-") or "jawaban"

    def get_absolute_url(self) -> str:
        return reverse("requests_info:answer", args=[self.pk, self.slug])
