"""Documents of the Daftar Informasi Publik (DIP), their files, and the test behind each exemption.

A row of `Document` holds nothing that may not be read by everybody once it is published: of an exempt one the database
keeps title, basis and period there, while what it is about and why it is closed stand in `ConsequenceTest`.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from opd.models import Unit, User

from .checklist_models import ChecklistItem, InfoClass
from .storage import private_storage

FIRST_YEAR, LAST_YEAR = 1945, 2100


class ExemptionGround(models.TextChoices):
    """UU 14/2008 Pasal 17, letter by letter."""

    A = "a", _("Pasal 17 huruf a: menghambat proses penegakan hukum")
    B = "b", _("Pasal 17 huruf b: hak atas kekayaan intelektual dan persaingan usaha")
    C = "c", _("Pasal 17 huruf c: pertahanan dan keamanan negara")
    D = "d", _("Pasal 17 huruf d: kekayaan alam Indonesia")
    E = "e", _("Pasal 17 huruf e: ketahanan ekonomi nasional")
    F = "f", _("Pasal 17 huruf f: kepentingan hubungan luar negeri")
    G = "g", _("Pasal 17 huruf g: akta otentik yang bersifat pribadi, kemauan terakhir, atau wasiat")
    H = "h", _("Pasal 17 huruf h: rahasia pribadi")
    I = "i", _("Pasal 17 huruf i: memorandum atau surat badan publik yang menurut sifatnya dirahasiakan")  # noqa: E741
    J = "j", _("Pasal 17 huruf j: tidak boleh diungkapkan berdasarkan undang-undang")


#: Pasal 20 ayat (1): an exemption on these grounds is not permanent.
NEVER_PERMANENT = ("a", "b", "c", "d", "e", "f")


class DocumentQuerySet(models.QuerySet["Document"]):
    def published(self) -> DocumentQuerySet:
        return self.filter(status=Document.Status.PUBLISHED)

    def newest_first(self) -> DocumentQuerySet:
        return self.order_by("-published_at", "-pk")

    def urgent_on(self, day: date) -> DocumentQuerySet:
        """Serta-merta (Pasal 10) that stands on top of every page on that day, newest first."""
        urgent = self.published().filter(info_class="immediate", active_from__lte=day, active_until__gte=day)
        return urgent.newest_first()

    def overdue_on(self, day: date) -> DocumentQuerySet:
        """Published, and to be renewed before that day (Pasal 9: at least every six months)."""
        return self.published().filter(renew_by__lt=day)

    def in_force_on(self, day: date) -> DocumentQuerySet:
        """Exemptions by which a request may be refused on that day: `ConsequenceTest.stands_on`."""
        closed = self.published().filter(info_class="exempt", consequence_test__approved_at__isnull=False)
        return closed.filter(Q(exempt_until=None) | Q(exempt_until__gte=day))

    def with_public_files(self) -> DocumentQuerySet:
        """With unit, `public_files`, newest version first (an exempt document has none for anybody), and of the test of
        an exempt one what the public may know: `decided_by` and `decided_on`."""
        files = DocumentFile.objects.exclude(document__info_class="exempt").order_by("-version")
        rows = self.select_related("unit").defer("search")
        rows = rows.annotate(decided_by=F("consequence_test__decided_by"), decided_on=F("consequence_test__decided_on"))
        return rows.prefetch_related(Prefetch("files", files, to_attr="public_files"))


class Document(models.Model):
    """One entry of the DIP, with the columns that the law asks for."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draf")
        PUBLISHED = "published", _("Terbit")
        WITHDRAWN = "withdrawn", _("Ditarik")

    class Form(models.TextChoices):
        ELECTRONIC = "electronic", _("Elektronik")
        PRINT = "print", _("Cetak")
        BOTH = "both", _("Cetak dan elektronik")

    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit yang menguasai"), related_name="documents")
    title = models.CharField(_("judul"), max_length=250)
    summary = models.TextField(_("ringkasan isi"), max_length=4000, blank=True)
    info_class = models.CharField(_("kelas informasi"), max_length=10, choices=InfoClass)
    checklist_item = models.ForeignKey(
        ChecklistItem,
        models.PROTECT,
        verbose_name=_("memenuhi butir wajib"),
        null=True,
        blank=True,
        related_name="documents",
    )
    year = models.PositiveSmallIntegerField(
        _("tahun"), validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    link = models.URLField(_("tautan"), max_length=600, blank=True)
    producer = models.CharField(_("pembuat informasi"), max_length=200, blank=True)
    made_on = models.DateField(_("dibuat pada"), null=True, blank=True)
    made_at_place = models.CharField(_("dibuat di"), max_length=120, blank=True)
    form = models.CharField(_("bentuk"), max_length=10, choices=Form, default=Form.ELECTRONIC)
    retention = models.CharField(_("jangka waktu penyimpanan"), max_length=120, blank=True)
    # Serta-merta: the first and the last day on top of every page.
    active_from = models.DateField(_("tampil sejak"), null=True, blank=True)
    active_until = models.DateField(_("tampil sampai"), null=True, blank=True)
    # Berkala: how often it must be renewed, and when it last was.
    renewal_months = models.PositiveSmallIntegerField(_("diperbarui tiap (bulan)"), null=True, blank=True)
    renewed_on = models.DateField(_("terakhir diperbarui"), null=True, blank=True, editable=False)
    renew_by = models.GeneratedField(
        expression=models.Func(
            F("renewed_on"),
            F("renewal_months"),
            template="((%(expressions)s))::date)",
            arg_joiner=" + make_interval(months => ",
            output_field=models.DateField(),
        ),
        output_field=models.DateField(),
        db_persist=True,
    )
    # Dikecualikan: what everybody may know of it.
    legal_basis = models.CharField(_("dasar pengecualian"), max_length=1, choices=ExemptionGround, blank=True)
    exempt_until = models.DateField(_("dikecualikan sampai"), null=True, blank=True)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("dibuat oleh"), null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    #: Set by the database at every change.
    updated_at = models.DateTimeField(_("diubah pada"), default=timezone.now, editable=False)
    #: Server time, set once by the services.
    published_at = models.DateTimeField(_("terbit pada"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("ditarik pada"), null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(_("alasan penarikan"), max_length=300, blank=True, editable=False)
    is_sample = models.BooleanField(_("data contoh"), default=False, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="indonesian")
        + SearchVector("summary", weight="C", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("dokumen DIP")
        verbose_name_plural = _("daftar informasi publik")
        permissions = [("exempt_document", _("Menetapkan informasi yang dikecualikan"))]
        constraints = [
            models.CheckConstraint(
                name="document_status_known", condition=Q(status__in=["draft", "published", "withdrawn"])
            ),
            models.CheckConstraint(name="document_class_known", condition=Q(info_class__in=InfoClass.values)),
            models.CheckConstraint(name="document_form_known", condition=Q(form__in=["electronic", "print", "both"])),
            models.CheckConstraint(name="document_year_sane", condition=Q(year__range=(FIRST_YEAR, LAST_YEAR))),
            models.CheckConstraint(
                name="document_published_has_time",
                condition=Q(status="draft", published_at=None) | (~Q(status="draft") & Q(published_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="document_withdrawn_has_reason",
                condition=(Q(status="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""))
                | (~Q(status="withdrawn") & Q(withdrawn_at=None, withdrawn_reason="")),
            ),
            models.CheckConstraint(
                name="document_published_has_columns",
                condition=Q(status="draft") | ~(Q(title="") | Q(producer="") | Q(retention="")),
            ),
            models.CheckConstraint(
                name="document_open_has_summary",
                condition=Q(status="draft") | Q(info_class="exempt") | ~Q(summary=""),
            ),
            # What is exempt has no text here that a page, feed or search could let out.
            models.CheckConstraint(
                name="document_exempt_has_no_text", condition=~Q(info_class="exempt") | Q(summary="", link="")
            ),
            models.CheckConstraint(
                name="document_exempt_has_basis",
                condition=Q(status="draft", info_class="exempt")
                | (Q(info_class="exempt", legal_basis__in=ExemptionGround.values))
                | (~Q(info_class="exempt") & Q(legal_basis="", exempt_until=None)),
            ),
            models.CheckConstraint(
                name="document_a_to_f_not_permanent",
                condition=Q(status="draft") | ~Q(legal_basis__in=NEVER_PERMANENT) | Q(exempt_until__isnull=False),
            ),
            models.CheckConstraint(
                name="document_immediate_has_span",
                condition=Q(status="draft", info_class="immediate")
                | Q(info_class="immediate", active_from__isnull=False, active_until__isnull=False)
                | (~Q(info_class="immediate") & Q(active_from=None, active_until=None)),
            ),
            models.CheckConstraint(
                name="document_span",
                condition=Q(active_from=None) | Q(active_until=None) | Q(active_until__gte=F("active_from")),
                violation_error_message=_("Tanggal akhir mendahului tanggal awal."),
            ),
            models.CheckConstraint(
                name="document_periodic_is_renewed",
                condition=~Q(info_class="periodic") | Q(renewal_months__isnull=False),
            ),
            models.CheckConstraint(
                name="document_renewal",
                condition=Q(renewal_months=None)
                | (Q(renewal_months__range=(1, 120)) & (Q(status="draft") | Q(renewed_on__isnull=False))),
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="document_newest", condition=Q(status="published")),
            models.Index(fields=["unit", "-published_at", "-id"], name="document_unit_newest"),
            models.Index(
                fields=["info_class", "-published_at", "-id"],
                name="document_class_newest",
                condition=Q(status="published"),
            ),
            models.Index(
                fields=["active_until"],
                name="document_urgent",
                condition=Q(status="published", info_class="immediate"),
            ),
            models.Index(fields=["renew_by"], name="document_renew_by", condition=Q(status="published")),
            models.Index(fields=["-updated_at"], name="document_changed_last"),
            GinIndex(fields=["search"], name="document_search"),
            GinIndex(fields=["title"], name="document_title_trgm", opclasses=["gin_trgm_ops"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="document_updated_at",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.updated_at = clock_timestamp(); RETURN NEW;",
            ),
            pgtrigger.Protect(
                name="document_published_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__published_at__isnull=False, old__published_at__df=pgtrigger.F("new__published_at")
                ),
            ),
            pgtrigger.Trigger(
                name="exempt_rests_on_a_test",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__status="published", new__info_class="exempt"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM publications_consequencetest t WHERE t.document_id = NEW.id
                        AND t.explanation <> '' AND t.if_opened <> '' AND t.if_closed <> '' AND t.decided_by <> ''
                        AND t.decided_on IS NOT NULL AND (t.approved_at IS NOT NULL OR NEW.is_sample
                            OR TG_OP = 'UPDATE' AND OLD.status = 'published') FOR SHARE)
                    THEN RAISE EXCEPTION 'Informasi dikecualikan memerlukan uji konsekuensi yang lengkap dan disetujui.'
                        USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Basis and period are part of what was approved.
            pgtrigger.Trigger(
                name="exempt_keeps_what_was_approved",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__info_class="exempt", new__info_class="exempt"),
                func="""
                    IF (OLD.legal_basis, OLD.exempt_until) IS NOT DISTINCT FROM (NEW.legal_basis, NEW.exempt_until) THEN
                        RETURN NEW;
                    END IF;
                    IF OLD.status = 'published' AND NEW.status = 'published' THEN
                        RAISE EXCEPTION 'Dasar dan jangka waktu informasi dikecualikan yang terbit tidak dapat diubah.'
                            USING ERRCODE = 'restrict_violation';
                    END IF;
                    UPDATE publications_consequencetest SET approved_at = NULL, approved_by_id = NULL
                        WHERE document_id = NEW.id AND approved_at IS NOT NULL;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slugify(self.title)[:80].strip("-") or "dokumen"

    @property
    def is_exempt(self) -> bool:
        return self.info_class == InfoClass.EXEMPT

    def is_overdue_on(self, day: date) -> bool:
        return self.renew_by is not None and self.renew_by < day

    def get_absolute_url(self) -> str:
        return reverse("documents:document", args=[self.pk, self.slug])


class ConsequenceTest(models.Model):
    """Uji konsekuensi (Pasal 19): why a document is closed. Read by its unit and Diskominfo; the public learns who
    decided and when, nothing else.

    A second person approves what the first wrote. Whoever changes it afterwards takes the approval away.
    """

    document = models.OneToOneField(
        Document, models.CASCADE, verbose_name=_("dokumen"), related_name="consequence_test"
    )
    explanation = models.TextField(_("informasi yang dikecualikan"), max_length=4000, blank=True)
    if_opened = models.TextField(_("akibat bila dibuka"), max_length=4000, blank=True)
    if_closed = models.TextField(_("akibat bila ditutup"), max_length=4000, blank=True)
    decided_by = models.CharField(_("ditetapkan oleh"), max_length=200, blank=True)
    decided_on = models.DateField(_("ditetapkan pada"), null=True, blank=True)
    #: The account that wrote it last; who approves is somebody else.
    written_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("ditulis oleh"), null=True, blank=True, editable=False, related_name="+"
    )
    approved_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("disetujui oleh"), null=True, blank=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(_("disetujui pada"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("uji konsekuensi")
        verbose_name_plural = _("uji konsekuensi")
        permissions = [("approve_consequencetest", _("Menyetujui uji konsekuensi"))]
        constraints = [
            models.CheckConstraint(
                name="test_approved_by_another",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_at__isnull=False, written_by__isnull=False, approved_by__isnull=False)
                & ~Q(approved_by=F("written_by")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="approval_falls_with_a_change",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.approved_at IS NOT NULL
                       AND (OLD.explanation, OLD.if_opened, OLD.if_closed, OLD.decided_by, OLD.decided_on)
                       IS DISTINCT FROM (NEW.explanation, NEW.if_opened, NEW.if_closed, NEW.decided_by, NEW.decided_on)
                    THEN NEW.approved_at = NULL; NEW.approved_by_id = NULL;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="test_stays_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("is_needed", "boolean")],
                func="""
                    SELECT status = 'published' AND info_class = 'exempt' INTO is_needed
                        FROM publications_document WHERE id = OLD.document_id FOR SHARE;
                    IF is_needed AND (TG_OP = 'DELETE' OR NEW.document_id <> OLD.document_id OR NEW.explanation = ''
                        OR NEW.if_opened = '' OR NEW.if_closed = '' OR NEW.decided_by = '' OR NEW.decided_on IS NULL
                        OR (OLD.approved_at IS NOT NULL AND NEW.approved_at IS NULL))
                    THEN RAISE EXCEPTION 'Uji konsekuensi dokumen yang terbit harus tetap lengkap.'
                        USING ERRCODE = 'restrict_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(_("Uji konsekuensi"))

    @property
    def is_whole(self) -> bool:
        texts = (self.explanation, self.if_opened, self.if_closed, self.decided_by)
        return all(text.strip() for text in texts) and self.decided_on is not None

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    def stands_on(self, day: date) -> bool:
        """Whether a request may be refused by it on that day: approved, in the public list, its period not over."""
        document = self.document
        is_listed = document.is_exempt and document.status == Document.Status.PUBLISHED
        return self.is_approved and is_listed and (document.exempt_until is None or document.exempt_until >= day)


def file_path(file: DocumentFile, filename: str) -> str:
    """Random and without an extension: the name says nothing, and no web server would run it."""
    return f"documents/{file.key.hex[:2]}/{file.key.hex}"


class DocumentFile(models.Model):
    """One version of a document's file. Versions are added, never exchanged."""

    key = models.UUIDField(_("kunci"), default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, verbose_name=_("dokumen"), related_name="files")
    version = models.PositiveSmallIntegerField(_("versi"), editable=False)
    file = models.FileField(_("berkas"), upload_to=file_path, storage=private_storage, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("ukuran"), editable=False)
    #: A name of `publications.documents.media.KINDS`, found in the content.
    kind = models.CharField(_("format"), max_length=10, editable=False)
    note = models.CharField(_("catatan versi"), max_length=200, blank=True)
    uploaded_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("diunggah oleh"), null=True, blank=True, editable=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("diunggah pada"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("berkas")
        verbose_name_plural = _("berkas")
        ordering = ("-version",)
        constraints = [
            models.UniqueConstraint(fields=["document", "version"], name="documentfile_version_once"),
            models.CheckConstraint(name="documentfile_version_counts", condition=Q(version__gte=1)),
            models.CheckConstraint(name="documentfile_not_empty", condition=Q(size__gte=1)),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="version_stays", exclude=["uploaded_by"]),
            pgtrigger.Trigger(
                name="no_file_on_exempt",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM publications_document d WHERE d.id = NEW.document_id
                        AND (d.info_class = 'exempt' OR d.status = 'withdrawn') FOR SHARE)
                    THEN RAISE EXCEPTION 'Dokumen yang dikecualikan atau ditarik tidak menerima berkas.'
                        USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="published_versions_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM publications_document d WHERE d.id = OLD.document_id
                        AND d.status <> 'draft')
                    THEN RAISE EXCEPTION 'Versi dokumen yang pernah terbit tidak dihapus.'
                        USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("documents:file", args=[self.document_id, self.version])
