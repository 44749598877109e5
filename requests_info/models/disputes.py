"""After the superior's decision: what its objector says to it, and the dispute at Komisi Informasi (Pasal 37)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedTextField
from correspondence.guards import rows_stay
from opd.models import User
from requests_info import guards

from .objections import Objection, ObjectionDecision


class ObjectionResponse(models.Model):
    """What whoever objected says to the decision, once; the register of objections shows it (column k).

    It hangs on the decision, so nobody can answer to what was not decided. The right to a dispute does not hang on it.
    """

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("Menerima keputusan")
        NOT_SATISFIED = "not_satisfied", _("Tidak puas dengan keputusan")

    decision = models.OneToOneField(
        ObjectionDecision, models.PROTECT, verbose_name=_("keputusan keberatan"), related_name="response"
    )
    answer = models.CharField(_("tanggapan pemohon"), max_length=13, choices=Answer)
    note = EncryptedTextField(_("keterangan"), blank=True)
    at = models.DateTimeField(_("pada"), default=timezone.now)
    #: Empty: on the secret page. Else who recorded what came by letter or was said at the desk.
    by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dicatat oleh"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("tanggapan atas keputusan keberatan")
        verbose_name_plural = _("tanggapan atas keputusan keberatan")
        constraints = [
            models.CheckConstraint(name="response_known", condition=Q(answer__in=["accepted", "not_satisfied"])),
        ]
        triggers = [rows_stay("objection_response_stays", "Tanggapan pemohon tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.decision.objection}: {self.get_answer_display()}"


class Dispute(models.Model):
    """A dispute at Komisi Informasi about an objection, as the desk records it from the commission's letters.

    Number and day may be corrected until the outcome is recorded; from then on the row never changes.
    """

    class Outcome(models.TextChoices):
        MEDIATED = "mediated", _("Selesai dengan kesepakatan mediasi")
        GRANTED = "granted", _("Dikabulkan seluruhnya")
        PARTIAL = "partial", _("Dikabulkan sebagian")
        REJECTED = "rejected", _("Ditolak")
        INADMISSIBLE = "inadmissible", _("Tidak dapat diterima")
        WITHDRAWN = "withdrawn", _("Dicabut pemohon atau gugur")

    objection = models.OneToOneField(Objection, models.PROTECT, verbose_name=_("keberatan"), related_name="dispute")
    #: As Komisi Informasi wrote it.
    number = models.CharField(_("nomor register Komisi Informasi"), max_length=100, unique=True)
    registered_on = models.DateField(_("didaftarkan pada"))
    outcome = models.CharField(_("hasil sengketa"), max_length=12, choices=Outcome, blank=True)
    decided_on = models.DateField(_("diputus pada"), null=True, blank=True)
    note = EncryptedTextField(_("catatan"), blank=True)
    created_at = models.DateTimeField(_("dicatat pada"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("dicatat oleh"), related_name="+")

    class Meta:
        verbose_name = _("sengketa informasi")
        verbose_name_plural = _("sengketa informasi")
        ordering = ("-registered_on", "-pk")
        constraints = [
            models.CheckConstraint(name="dispute_has_number", condition=~Q(number="")),
            models.CheckConstraint(
                name="dispute_outcome_iff_decided",
                condition=Q(outcome="", decided_on=None)
                | Q(
                    outcome__in=["mediated", "granted", "partial", "rejected", "inadmissible", "withdrawn"],
                    decided_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="dispute_decided_after_registered",
                condition=Q(decided_on=None) | Q(decided_on__gte=F("registered_on")),
            ),
        ]
        triggers = [guards.dispute_is_ripe(), guards.dispute_stays()]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return not self.outcome
