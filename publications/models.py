"""What units publish: activities, their photos, and each posting as evidence."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from opd.models import Channel, ChannelKind, Unit, User

from .channels.records import ChannelProbe
from .documents.checklist_models import ChecklistItem, ChecklistLink, InfoClass
from .documents.models import ConsequenceTest, Document, DocumentFile, ExemptionGround
from .harvest.records import (
    AccountToken,
    ChannelHarvest,
    ExistenceCheck,
    HarvestHost,
    HarvestRun,
    PublicationRevision,
    Sighting,
    TokenBudget,
)
from .harvest.token_records import HarvestToken
from .merge_records import ActivityMerge

__all__ = [
    "AccountToken",
    "Activity",
    "ActivityMerge",
    "ChannelHarvest",
    "ChannelProbe",
    "ChecklistItem",
    "ChecklistLink",
    "ConsequenceTest",
    "CoverageGap",
    "Document",
    "DocumentFile",
    "ExemptionGround",
    "ExistenceCheck",
    "HarvestHost",
    "HarvestRun",
    "HarvestToken",
    "InfoClass",
    "Photo",
    "Publication",
    "PublicationKind",
    "PublicationQuerySet",
    "PublicationRevision",
    "Sighting",
    "Theme",
    "TokenBudget",
]


class Theme(models.TextChoices):
    GOVERNMENT = "pemerintahan", _("Pemerintahan")
    HEALTH = "kesehatan", _("Kesehatan")
    EDUCATION = "pendidikan", _("Pendidikan")
    SAFETY = "kebencanaan", _("Kebencanaan dan ketertiban")
    WORKS = "pembangunan", _("Pembangunan dan lingkungan")
    ECONOMY = "ekonomi", _("Ekonomi dan ketenagakerjaan")
    SOCIAL = "sosial", _("Sosial dan kemasyarakatan")
    CULTURE = "budaya", _("Budaya, olahraga, dan pariwisata")


class ActivityQuerySet(models.QuerySet["Activity"]):
    def published(self) -> ActivityQuerySet:
        return self.filter(status=Activity.Status.PUBLISHED)

    def newest_first(self) -> ActivityQuerySet:
        return self.order_by("-published_at", "-pk")


class Activity(models.Model):
    """What a unit did. One activity may be posted on several channels (`Publication`)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draf")
        PUBLISHED = "published", _("Terbit")
        WITHDRAWN = "withdrawn", _("Ditarik")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="activities")
    title = models.CharField(_("judul"), max_length=200)
    text = models.TextField(_("uraian"), blank=True)
    happened_on = models.DateField(_("tanggal kegiatan"), null=True, blank=True)
    place = models.CharField(_("tempat"), max_length=200, blank=True)
    theme = models.CharField(_("tema"), max_length=20, choices=Theme, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("dibuat oleh"), null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("dibuat pada"), default=timezone.now, editable=False)
    #: Set by the database at every change, so that feeds and sitemap can say what is new.
    updated_at = models.DateTimeField(_("diubah pada"), default=timezone.now, editable=False)
    #: Server time of a portal post, else the first accepted posting's time. Set once, by the services.
    published_at = models.DateTimeField(_("terbit pada"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("ditarik pada"), null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(_("alasan penarikan"), max_length=300, blank=True, editable=False)
    #: The activity that took this one's postings and photos (`publications.merging`); old links lead there.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("digabungkan ke"),
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
    )
    is_sample = models.BooleanField(_("data contoh"), default=False, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="indonesian")
        + SearchVector("place", weight="B", config="indonesian")
        + SearchVector("text", weight="C", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("kegiatan")
        verbose_name_plural = _("kegiatan")
        permissions = [("merge_activity", _("Menggabungkan kegiatan"))]
        constraints = [
            models.CheckConstraint(
                name="activity_status_known", condition=Q(status__in=["draft", "published", "withdrawn"])
            ),
            models.CheckConstraint(
                name="activity_published_has_time",
                condition=Q(status="draft", published_at=None) | (~Q(status="draft") & Q(published_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="activity_withdrawn_has_reason",
                condition=(Q(status="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""))
                | (~Q(status="withdrawn") & Q(withdrawn_at=None, withdrawn_reason="")),
            ),
            models.CheckConstraint(
                name="activity_merged_is_withdrawn", condition=Q(merged_into=None) | Q(status="withdrawn")
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="activity_newest", condition=Q(status="published")),
            models.Index(fields=["unit", "-published_at", "-id"], name="activity_unit_newest"),
            models.Index(fields=["-updated_at"], name="activity_changed_last"),
            GinIndex(fields=["search"], name="activity_search"),
            GinIndex(fields=["title"], name="activity_title_trgm", opclasses=["gin_trgm_ops"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="updated_at_by_database",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.updated_at = clock_timestamp(); RETURN NEW;",
            ),
            pgtrigger.Protect(
                name="published_at_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__published_at__isnull=False, old__published_at__df=pgtrigger.F("new__published_at")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slugify(self.title)[:80].strip("-") or "kegiatan"

    def get_absolute_url(self) -> str:
        return reverse("publications:activity", args=[self.pk, self.slug])


def photo_path(photo: Photo, filename: str) -> str:
    """Random, unguessable folder; the name says only the size."""
    return f"photos/{photo.key}/{filename}"


class Photo(models.Model):
    """A re-encoded photo in three WebP sizes; the uploaded file itself is never kept."""

    key = models.UUIDField(_("kunci"), default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, models.CASCADE, verbose_name=_("kegiatan"), related_name="photos")
    alt = models.CharField(
        _("keterangan foto"),
        max_length=250,
        blank=True,
        help_text=_("Apa yang terlihat, untuk orang yang tidak dapat melihat foto. Tanpa ini foto tidak dihitung."),
    )
    small = models.FileField(_("kecil"), upload_to=photo_path, editable=False)
    medium = models.FileField(_("sedang"), upload_to=photo_path, editable=False)
    large = models.FileField(_("besar"), upload_to=photo_path, editable=False)
    #: Pixels of each size as [[width, height], …] in the order small, medium, large.
    sizes = models.JSONField(_("ukuran"), default=list, editable=False)
    created_at = models.DateTimeField(_("diunggah pada"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("foto")
        verbose_name_plural = _("foto")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.alt or str(_("Foto tanpa keterangan"))


class PublicationKind(models.TextChoices):
    PORTAL = "portal", _("Portal")
    WEBSITE = ChannelKind.WEBSITE.value, ChannelKind.WEBSITE.label
    INSTAGRAM = ChannelKind.INSTAGRAM.value, ChannelKind.INSTAGRAM.label
    FACEBOOK = ChannelKind.FACEBOOK.value, ChannelKind.FACEBOOK.label
    YOUTUBE = ChannelKind.YOUTUBE.value, ChannelKind.YOUTUBE.label
    X = ChannelKind.X.value, ChannelKind.X.label
    TIKTOK = ChannelKind.TIKTOK.value, ChannelKind.TIKTOK.label
    THREADS = ChannelKind.THREADS.value, ChannelKind.THREADS.label
    MASTODON = ChannelKind.MASTODON.value, ChannelKind.MASTODON.label
    OTHER = ChannelKind.OTHER.value, ChannelKind.OTHER.label
    NEWS = "news", _("Liputan media")


class PublicationQuerySet(models.QuerySet["Publication"]):
    def accepted(self) -> PublicationQuerySet:
        return self.filter(state=Publication.State.ACCEPTED)

    def public(self) -> PublicationQuerySet:
        """What anybody may see: accepted, and of an activity that stands published (or a press report)."""
        return self.accepted().filter(Q(kind=PublicationKind.NEWS) | Q(activity__status=Activity.Status.PUBLISHED))

    def pending(self) -> PublicationQuerySet:
        return self.filter(state=Publication.State.PENDING)

    def queued(self) -> PublicationQuerySet:
        """What the verification desk has to decide: pending, and not part of a unit's objection (`contesting`)."""
        return self.pending().exclude(flags__contains=["rebuttal"])

    def free_for(self, reviewer: User, now: datetime) -> PublicationQuerySet:
        """Held by nobody else at this moment."""
        return self.filter(Q(held_by=None) | Q(held_by=reviewer) | Q(held_until__lte=now))

    def press(self) -> PublicationQuerySet:
        """Liputan media: shown on the unit's page, never counted."""
        return self.filter(kind=PublicationKind.NEWS)

    def own(self) -> PublicationQuerySet:
        return self.exclude(kind=PublicationKind.NEWS)


class Publication(models.Model):
    """One posting of an activity on one channel, as evidence; or one press report about a unit."""

    class State(models.TextChoices):
        ACCEPTED = "accepted", _("Diterima")
        PENDING = "pending", _("Menunggu verifikasi")
        REJECTED = "rejected", _("Ditolak")

    class Origin(models.TextChoices):
        PORTAL = "portal", _("Ditulis di portal")
        HARVEST = "harvest", _("Dipanen dari kanal")
        LINK = "link", _("Tautan dikirim unit")
        IMPORT = "import", _("Impor")

    class DateBasis(models.TextChoices):
        SERVER = "server", _("Waktu server portal")
        OFFSET = "offset", _("Waktu dengan zona")
        GMT_FIELD = "gmt_field", _("Waktu UTC dari sistem situs")
        CHANNEL_ZONE = "channel_zone", _("Waktu tanpa zona, dibaca sebagai WIB")
        DATE_ONLY = "date_only", _("Hanya tanggal")
        NONE = "none", _("Tanpa tanggal")

    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("unit"), null=True, blank=True, related_name="publications"
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, verbose_name=_("kegiatan"), null=True, blank=True, related_name="publications"
    )
    channel = models.ForeignKey(
        Channel, models.PROTECT, verbose_name=_("kanal"), null=True, blank=True, related_name="publications"
    )
    kind = models.CharField(_("jenis kanal"), max_length=10, choices=PublicationKind)
    permalink = models.URLField(_("tautan"), max_length=600, blank=True)
    #: Canonical address (`publications.permalinks`), or `portal:<activity id>`; once in the whole city.
    permalink_key = models.CharField(_("kunci tautan"), max_length=600, unique=True, editable=False)
    title = models.CharField(_("judul"), max_length=300, blank=True)
    excerpt = models.CharField(_("cuplikan"), max_length=300, blank=True)
    publisher = models.CharField(_("penerbit"), max_length=200, blank=True)
    has_media = models.BooleanField(_("memuat foto atau video"), default=False)
    text_length = models.PositiveIntegerField(_("panjang teks"), default=0)
    happened_on = models.DateField(_("tanggal kegiatan"), null=True, blank=True)
    published_at = models.DateTimeField(_("terbit menurut sumber"), null=True, blank=True)
    claimed_raw = models.CharField(_("tanggal sebagaimana tertulis"), max_length=100, blank=True)
    date_basis = models.CharField(_("dasar tanggal"), max_length=12, choices=DateBasis, default=DateBasis.NONE)
    #: The Jakarta day on which the posting counts; None (no known date) never counts.
    counted_on = models.GeneratedField(
        expression=models.Func(
            F("published_at"),
            template="((%(expressions)s AT TIME ZONE 'Asia/Jakarta')::date)",
            output_field=models.DateField(),
        ),
        output_field=models.DateField(),
        db_persist=True,
    )
    first_seen_at = models.DateTimeField(_("pertama terlihat"), default=timezone.now, editable=False)
    origin = models.CharField(_("asal"), max_length=10, choices=Origin)
    state = models.CharField(_("verifikasi"), max_length=10, choices=State, default=State.PENDING)
    flags = ArrayField(models.CharField(max_length=40), verbose_name=_("tanda"), default=list, blank=True)
    reason = models.CharField(_("alasan"), max_length=500, blank=True)
    submitted_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("dikirim oleh"), null=True, blank=True, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("diperiksa oleh"), null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("diperiksa pada"), null=True, blank=True)
    #: Who looks at it on the verification desk; until then nobody else decides about it.
    held_by = models.ForeignKey(
        User,
        models.SET_NULL,
        verbose_name=_("sedang diperiksa oleh"),
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    held_until = models.DateTimeField(_("dipegang sampai"), null=True, blank=True, editable=False)
    is_sample = models.BooleanField(_("data contoh"), default=False, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="indonesian")
        + SearchVector("excerpt", weight="C", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publikasi")
        verbose_name_plural = _("publikasi")
        permissions = [("review_publication", _("Memverifikasi publikasi"))]
        constraints = [
            models.CheckConstraint(
                name="publication_state_known", condition=Q(state__in=["accepted", "pending", "rejected"])
            ),
            models.CheckConstraint(name="publication_kind_known", condition=Q(kind__in=PublicationKind.values)),
            models.CheckConstraint(
                name="publication_rejected_has_reason",
                condition=~Q(state="rejected") | ~Q(reason=""),
                violation_error_message=_("Penolakan harus disertai alasan."),
            ),
            # What counts has a unit, an activity, a date and a known origin; press reports have no activity.
            models.CheckConstraint(
                name="publication_accepted_is_whole",
                condition=~Q(state="accepted")
                | Q(kind="news", activity=None)
                | Q(unit__isnull=False, activity__isnull=False, published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="publication_news_has_no_activity", condition=~Q(kind="news") | Q(activity=None)
            ),
            models.CheckConstraint(
                name="publication_portal_is_server_time",
                condition=Q(kind="portal", origin="portal", date_basis="server") | ~Q(kind="portal"),
            ),
        ]
        indexes = [
            models.Index(fields=["counted_on", "unit"], name="publication_month"),
            models.Index(fields=["activity"], name="publication_of_activity"),
            models.Index(fields=["unit", "-published_at", "-id"], name="publication_unit_newest"),
            models.Index(
                F("published_at").desc(nulls_last=True),
                F("id").desc(),
                name="publication_newest",
                condition=Q(state="accepted"),
            ),
            models.Index(fields=["first_seen_at"], name="publication_pending", condition=Q(state="pending")),
            GinIndex(fields=["search"], name="publication_search"),
            # The same text elsewhere (`harvest.sharing`).
            models.Index(MD5(Lower("excerpt")), name="publication_same_text", condition=~Q(excerpt="")),
            models.Index(MD5(Lower("title")), name="publication_same_title", condition=~Q(excerpt="")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="first_claim_wins",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__published_at__isnull=False, old__published_at__df=pgtrigger.F("new__published_at")
                ),
            ),
            pgtrigger.ReadOnly(name="first_seen_once", fields=["first_seen_at"]),
        ]

    def __str__(self) -> str:
        return self.title or self.permalink


class CoverageGapQuerySet(models.QuerySet["CoverageGap"]):
    def overlapping(self, first: date, last: date) -> CoverageGapQuerySet:
        """Gaps with at least one day in the span, both ends included."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=first), started_on__lte=last)


class CoverageGap(models.Model):
    """Days on which a verified channel could not be harvested: the unit is not measured there, never punished."""

    channel = models.ForeignKey(Channel, models.CASCADE, verbose_name=_("kanal"), related_name="coverage_gaps")
    started_on = models.DateField(_("mulai"))
    ended_on = models.DateField(_("selesai"), null=True, blank=True)
    reason = models.CharField(_("sebab"), max_length=300)
    #: Found in the record of visits (`harvest.coverage`), and renewed from it until its month is final.
    is_derived = models.BooleanField(_("dari catatan kunjungan"), default=False, editable=False)

    objects: ClassVar[Any] = CoverageGapQuerySet.as_manager()

    class Meta:
        verbose_name = _("kanal tak terukur")
        verbose_name_plural = _("kanal tak terukur")
        ordering = ("-started_on",)
        constraints = [
            models.CheckConstraint(
                name="coveragegap_span",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message=_("Tanggal selesai mendahului tanggal mulai."),
            ),
            models.UniqueConstraint(
                "channel", "started_on", name="coveragegap_derived_once", condition=Q(is_derived=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} ({self.started_on})"
