"""Who: units, their channels, the people and the city's calendar of days off."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    OPD = "opd", _("OPD")
    BUMD = "bumd", _("BUMD")
    KECAMATAN = "kecamatan", _("Kecamatan")
    KELURAHAN = "kelurahan", _("Kelurahan")

    @property
    def long_label(self) -> str:
        return str(CATEGORY_LONG_LABELS[self])


CATEGORY_LONG_LABELS = {
    Category.OPD: _("Organisasi Perangkat Daerah"),
    Category.BUMD: _("Badan Usaha Milik Daerah"),
    Category.KECAMATAN: _("Kecamatan"),
    Category.KELURAHAN: _("Kelurahan"),
}


class UnitQuerySet(models.QuerySet["Unit"]):
    def active_on(self, day: date) -> UnitQuerySet:
        return self.active_between(day, day)

    def active_between(self, first: date, last: date) -> UnitQuerySet:
        """Units that existed on at least one day of the span, both ends included."""
        return self.filter(
            Q(active_from=None) | Q(active_from__lte=last), Q(active_until=None) | Q(active_until__gte=first)
        )

    def with_social_media(self, day: date) -> UnitQuerySet:
        """Adds `has_social_media`: a verified real social-media channel that is open on the day."""
        channels = Channel.objects.verified().social().open_between(day, day).filter(is_sample=False)
        return self.annotate(has_social_media=models.Exists(channels.filter(unit=models.OuterRef("pk"))))

    def named_like(self, text: str) -> UnitQuerySet:
        """Units with the text in their name, short name or one of their other names."""
        other_names = models.Func(
            F("aliases"), models.Value("\n"), function="array_to_string", output_field=models.TextField()
        )
        return self.alias(other_names=other_names).filter(
            Q(name__icontains=text) | Q(short_name__icontains=text) | Q(other_names__icontains=text)
        )

    def in_order(self) -> UnitQuerySet:
        """By category (as in `Category`), then by name."""
        whens = [models.When(category=value, then=number) for number, value in enumerate(Category.values)]
        return self.order_by(models.Case(*whens), "name")


class Unit(models.Model):
    """One of the city's bodies that must publish: OPD, BUMD, kecamatan or kelurahan."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    name = models.CharField(_("nama"), max_length=200)
    short_name = models.CharField(_("nama singkat"), max_length=60)
    aliases = ArrayField(models.CharField(max_length=200), verbose_name=_("nama lain"), default=list, blank=True)
    category = models.CharField(_("kategori"), max_length=10, choices=Category)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("kecamatan induk"), null=True, blank=True, related_name="children"
    )
    kemendagri_code = models.CharField(_("kode Kemendagri"), max_length=13, blank=True)
    bps_code = models.CharField(_("kode BPS"), max_length=10, blank=True)
    latitude = models.DecimalField(_("lintang"), max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("bujur"), max_digits=9, decimal_places=6, null=True, blank=True)
    address = models.CharField(_("alamat kantor"), max_length=300, blank=True)
    phone = models.CharField(_("telepon kantor"), max_length=40, blank=True)
    email = models.EmailField(_("surel kantor"), blank=True)
    active_from = models.DateField(_("aktif sejak"), null=True, blank=True)
    active_until = models.DateField(_("aktif sampai"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("unit penerus"), null=True, blank=True, related_name="predecessors"
    )
    source = models.CharField(_("sumber"), max_length=300, blank=True)
    confidence = models.CharField(_("keyakinan"), max_length=20, blank=True)

    objects: ClassVar[Any] = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("unit")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(name="unit_category_known", condition=Q(category__in=Category.values)),
            models.CheckConstraint(
                name="unit_kelurahan_has_parent",
                condition=Q(category=Category.KELURAHAN, parent__isnull=False)
                | (~Q(category=Category.KELURAHAN) & Q(parent=None)),
                violation_error_message=_("Kelurahan, dan hanya kelurahan, mempunyai kecamatan induk."),
            ),
            models.CheckConstraint(
                name="unit_active_span",
                condition=Q(active_from=None) | Q(active_until=None) | Q(active_until__gte=F("active_from")),
                violation_error_message=_("Tanggal akhir mendahului tanggal awal."),
            ),
            models.UniqueConstraint(
                "kemendagri_code", name="unit_kemendagri_code_once", condition=~Q(kemendagri_code="")
            ),
        ]
        indexes = [
            models.Index(fields=["category", "name"]),
            GinIndex(fields=["name"], name="unit_name_trgm", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A kelurahan stands under a kecamatan, and a kecamatan with kelurahan stays one."""
        if self.parent is not None and self.parent.category != Category.KECAMATAN:
            raise ValidationError({"parent": _("Unit induk harus sebuah kecamatan.")})
        if self.pk and self.category != Category.KECAMATAN and self.children.exists():
            raise ValidationError({"category": _("Kecamatan ini masih mempunyai kelurahan.")})

    def get_absolute_url(self) -> str:
        return reverse("opd:unit", args=[self.slug])

    @property
    def local_slug(self) -> str:
        """The slug where the category stands before it already: `pabean` in `/peringkat/2023-01/kelurahan/pabean/`."""
        return self.slug.removeprefix(f"{self.category}-")


class Boundary(models.Model):
    """A unit's outline as an SVG path, on one integer grid for the whole city (see `opd.boundaries`)."""

    unit = models.OneToOneField(Unit, models.CASCADE, verbose_name=_("unit"), related_name="boundary")
    path = models.TextField(_("jalur SVG"))
    width = models.PositiveSmallIntegerField(_("lebar peta"))
    height = models.PositiveSmallIntegerField(_("tinggi peta"))

    class Meta:
        verbose_name = _("batas wilayah")
        verbose_name_plural = _("batas wilayah")

    def __str__(self) -> str:
        return str(self.unit)


class ChannelKind(models.TextChoices):
    WEBSITE = "website", _("Situs web")
    INSTAGRAM = "instagram", _("Instagram")
    FACEBOOK = "facebook", _("Facebook")
    YOUTUBE = "youtube", _("YouTube")
    X = "x", _("X")
    TIKTOK = "tiktok", _("TikTok")
    THREADS = "threads", _("Threads")
    MASTODON = "mastodon", _("Mastodon")
    OTHER = "other", _("Lainnya")


#: What counts as "having social media": everything but the website.
SOCIAL_KINDS = tuple(kind for kind in ChannelKind.values if kind != ChannelKind.WEBSITE)


#: What was verified is this account of this unit: another handle or owner has to be verified anew, whoever changes it.
OTHER_ACCOUNT = pgtrigger.Trigger(
    name="other_account_unverified",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__status="verified", new__status="verified")
    & (
        pgtrigger.Q(old__kind__df=pgtrigger.F("new__kind"))
        | pgtrigger.Q(old__key__df=pgtrigger.F("new__key"))
        | pgtrigger.Q(old__unit_id__df=pgtrigger.F("new__unit_id"))
    ),
    func="""
        NEW.status = 'unverified'; NEW.verified_by_id = NULL; NEW.verified_at = NULL;
        NEW.verified_via = ''; NEW.verified_how = ''; RETURN NEW;
    """,
)


class ChannelQuerySet(models.QuerySet["Channel"]):
    def verified(self) -> ChannelQuerySet:
        return self.filter(status=Channel.Status.VERIFIED)

    def social(self) -> ChannelQuerySet:
        return self.filter(kind__in=SOCIAL_KINDS)

    def open_between(self, first: date, last: date) -> ChannelQuerySet:
        """Channels that were open on at least one day of the span, both ends included."""
        return self.filter(Q(opened_on=None) | Q(opened_on__lte=last), Q(closed_on=None) | Q(closed_on__gte=first))


class Channel(models.Model):
    """Where a unit publishes. Only a verified channel counts, and an address belongs to one unit."""

    class Status(models.TextChoices):
        UNVERIFIED = "unverified", _("Belum diverifikasi")
        VERIFIED = "verified", _("Terverifikasi")
        REJECTED = "rejected", _("Ditolak")

    class Proof(models.TextChoices):
        LINK = "link", _("Tautan di situs resmi unit")
        LETTER = "letter", _("Surat unit")
        TOKEN = "token", _("Kode yang dipasang di kanal")
        OTHER = "other", _("Cara lain")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="channels")
    kind = models.CharField(_("jenis"), max_length=10, choices=ChannelKind)
    url = models.URLField(_("alamat"), max_length=300, blank=True)
    handle = models.CharField(_("nama akun"), max_length=100, blank=True)
    key = models.CharField(_("kunci"), max_length=300, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UNVERIFIED)
    verified_by = models.ForeignKey(
        "opd.User", models.SET_NULL, verbose_name=_("diputuskan oleh"), null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(_("diputuskan pada"), null=True, blank=True)
    verified_via = models.CharField(_("bukti kepemilikan"), max_length=10, choices=Proof, blank=True)
    verified_how = models.CharField(_("cara verifikasi"), max_length=300, blank=True)
    rejected_reason = models.CharField(_("alasan penolakan"), max_length=300, blank=True)
    opened_on = models.DateField(_("dibuka pada"), null=True, blank=True)
    closed_on = models.DateField(_("ditutup pada"), null=True, blank=True)
    source = models.CharField(_("sumber"), max_length=300, blank=True)
    remark = models.CharField(_("catatan"), max_length=500, blank=True)
    is_sample = models.BooleanField(_("data contoh"), default=False, editable=False)
    created_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("kanal")
        verbose_name_plural = _("kanal")
        ordering = ("unit__name", "kind")
        constraints = [
            models.UniqueConstraint(
                "kind",
                "key",
                name="channel_address_once",
                condition=~Q(key=""),
                violation_error_message=_("Alamat ini sudah terdaftar sebagai kanal sebuah unit."),
            ),
            models.CheckConstraint(name="channel_kind_known", condition=Q(kind__in=ChannelKind.values)),
            models.CheckConstraint(
                name="channel_verified_has_time",
                condition=~Q(status="verified") | Q(verified_at__isnull=False),
                violation_error_message=_("Kanal terverifikasi harus mencatat waktu verifikasi."),
            ),
            models.CheckConstraint(
                name="channel_open_span",
                condition=Q(opened_on=None) | Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message=_("Tanggal tutup mendahului tanggal buka."),
            ),
            models.CheckConstraint(
                name="channel_rejected_has_reason",
                condition=Q(status="rejected") | Q(rejected_reason=""),
                violation_error_message=_("Hanya kanal yang ditolak mempunyai alasan penolakan."),
            ),
        ]
        indexes = [models.Index(fields=["unit", "kind"])]
        triggers = [OTHER_ACCOUNT]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.handle or self.url or _('alamat belum diketahui')}"


class User(AbstractUser):
    """A person who works with the portal; rights follow from memberships (`opd.permissions`)."""

    #: Since when log-in asks for a code besides the password; here, for every page of the workspace asks.
    second_factor_since = models.DateTimeField(_("langkah kedua sejak"), null=True, blank=True, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = _("pengguna")  # type: ignore[assignment]
        verbose_name_plural = _("pengguna")  # type: ignore[assignment]


class Role(models.TextChoices):
    OPERATOR = "operator", _("Operator")
    PPID_PELAKSANA = "ppid_pelaksana", _("PPID Pelaksana")
    ATASAN_PPID = "atasan_ppid", _("Atasan PPID")
    PPID_UTAMA = "ppid_utama", _("PPID Utama")


class Membership(models.Model):
    """A user's role in a unit. PPID Utama works for the whole city; all others only for the unit."""

    user = models.ForeignKey(User, models.CASCADE, verbose_name=_("pengguna"), related_name="memberships")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="memberships")
    role = models.CharField(_("peran"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("keanggotaan")
        verbose_name_plural = _("keanggotaan")
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role"], name="membership_once"),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.unit}"


class CalendarDay(models.Model):
    """A decree's change to the national calendar: a day off added, or one taken back."""

    day = models.DateField(_("tanggal"), unique=True)
    is_off = models.BooleanField(_("hari libur"), default=True)
    name = models.CharField(_("nama"), max_length=200)
    decree = models.CharField(_("nomor keputusan"), max_length=200)

    class Meta:
        verbose_name = _("perubahan kalender")
        verbose_name_plural = _("perubahan kalender")
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
