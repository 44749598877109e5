"""What requester and desk write to each other about a request, and the files that belong to it. Nothing is redone."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedTextField
from correspondence.guards import rows_stay
from opd.models import User
from publications.documents.storage import private_storage
from requests_info import message_guards as guards

from .handling import Assignment
from .requests import InformationRequest, RequestEvent


class MessageQuerySet(models.QuerySet["RequestMessage"]):
    def waiting(self) -> MessageQuerySet:
        """Of requesters, and nobody at the desk has answered or laid them aside."""
        return self.filter(is_from_requester=True, handled_at=None)


class RequestMessage(models.Model):
    """One message of either side. When and by whom it was sent stands in its event; only `handled_*` is set later."""

    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="messages"
    )
    event = models.OneToOneField(RequestEvent, models.PROTECT, verbose_name=_("langkah"), related_name="message")
    is_from_requester = models.BooleanField(_("dari pemohon"))
    text = EncryptedTextField(_("pesan"))
    #: One per form that was opened: sending it twice makes one message.
    form_token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    handled_at = models.DateTimeField(_("ditanggapi pada"), null=True, blank=True)
    handled_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("ditanggapi oleh"), null=True, blank=True, related_name="+"
    )

    objects: ClassVar[Any] = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("pesan")
        verbose_name_plural = _("pesan")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(name="message_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="message_handled_by_somebody",
                condition=Q(handled_at=None, handled_by=None)
                | Q(is_from_requester=True, handled_at__isnull=False, handled_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["information_request", "id"], name="message_of_request"),
            models.Index(
                fields=["information_request"],
                name="message_waiting",
                condition=Q(is_from_requester=True, handled_at=None),
            ),
        ]
        triggers = [guards.message_stays()]

    def __str__(self) -> str:
        return f"{self.information_request_id}: {self.event_id}"


def file_path(file: RequestFile, filename: str) -> str:
    """Random and without an extension; what the sender's computer called it is not kept."""
    return f"requests/{file.key.hex[:2]}/{file.key.hex}"


class RequestFileQuerySet(models.QuerySet["RequestFile"]):
    def kept(self) -> RequestFileQuerySet:
        """Those whose content is still there."""
        return self.filter(purged_at=None)


class RequestFile(models.Model):
    """A file of a request. Its content is encrypted on the disk; a purge takes the content and leaves the row."""

    class Kind(models.TextChoices):
        POWER_OF_ATTORNEY = "power_of_attorney", _("Surat kuasa")
        COMPLETION = "completion", _("Berkas kelengkapan")
        ATTACHMENT = "attachment", _("Lampiran pesan")

    key = models.UUIDField(_("kunci"), default=uuid.uuid4, unique=True, editable=False)
    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="files"
    )
    #: The step with which it came.
    event = models.ForeignKey(RequestEvent, models.PROTECT, verbose_name=_("langkah"), related_name="files")
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind)
    file = models.FileField(_("berkas"), upload_to=file_path, storage=private_storage, editable=False)
    #: A name of `publications.documents.media.KINDS`, found in the content; and its bytes in clear.
    format = models.CharField(_("format"), max_length=10, editable=False)
    size = models.PositiveBigIntegerField(_("ukuran"), editable=False)
    #: Empty: the requester.
    uploaded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("diunggah oleh"), null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("diunggah pada"), default=timezone.now, editable=False)
    purged_at = models.DateTimeField(_("isi dihapus pada"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = RequestFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("berkas permohonan")
        verbose_name_plural = _("berkas permohonan")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="requestfile_kind_known", condition=Q(kind__in=["power_of_attorney", "completion", "attachment"])
            ),
            models.CheckConstraint(name="requestfile_not_empty", condition=Q(size__gte=1)),
        ]
        triggers = [guards.file_stays()]

    def __str__(self) -> str:
        return f"{self.information_request_id}: {self.get_kind_display()}"

    @property
    def is_secret(self) -> bool:
        """Tells who the requester is: for the desk alone, whatever a unit is asked."""
        return self.kind == self.Kind.POWER_OF_ATTORNEY


class FileForward(models.Model):
    """A file that the desk has handed on to a unit with its part. Without such a row no unit sees a file."""

    file = models.ForeignKey(RequestFile, models.PROTECT, verbose_name=_("berkas"), related_name="forwards")
    assignment = models.ForeignKey(Assignment, models.PROTECT, verbose_name=_("disposisi"), related_name="files")
    at = models.DateTimeField(_("pada"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), related_name="+")

    class Meta:
        verbose_name = _("berkas yang diteruskan")
        verbose_name_plural = _("berkas yang diteruskan")
        constraints = [models.UniqueConstraint(fields=["file", "assignment"], name="file_forwarded_once")]
        triggers = [
            guards.forward_is_allowed(),
            rows_stay("file_forward_stays", "Penerusan berkas tidak dapat diubah atau dihapus."),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.assignment_id}"


class FileAccess(models.Model):
    """Somebody was given a file of a request. Without actor: whoever has the secret address."""

    file = models.ForeignKey(RequestFile, models.PROTECT, verbose_name=_("berkas"), related_name="accesses")
    actor = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("pada"), default=timezone.now)

    class Meta:
        verbose_name = _("pengambilan berkas")
        verbose_name_plural = _("pengambilan berkas")
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["file", "at"], name="file_access_of_file"),
            models.Index(fields=["actor", "at"], name="file_access_of_actor"),
        ]
        triggers = [rows_stay("file_access_stays", "Catatan pengambilan berkas tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.at:%Y-%m-%d %H:%M}"
