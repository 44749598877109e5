"""How a request is handled inside the city: who answers which part, the one extension, the decision."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cilegon_kip.common.encryption import EncryptedTextField
from correspondence.guards import rows_stay
from correspondence.models import Letter
from opd.models import Unit, User
from publications.documents.models import ConsequenceTest, ExemptionGround
from requests_info import guards

from .requests import InformationRequest


class Assignment(models.Model):
    """*Disposisi*: the part of a request that one unit answers. The requester sees where the case waits."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu jawaban unit")
        ANSWERED = "answered", _("Sudah dijawab unit")
        RETURNED = "returned", _("Dikembalikan")

    information_request = models.ForeignKey(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="assignments"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("unit"), related_name="assignments")
    state = models.CharField(_("keadaan"), max_length=10, choices=State, default=State.WAITING)
    #: What this unit is asked for.
    task = EncryptedTextField(_("yang diminta dari unit"), blank=True)
    created_at = models.DateTimeField(_("diteruskan pada"), default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("diteruskan oleh"), related_name="+")
    #: The city's own limit for the unit, before the requester's.
    due_on = models.DateField(_("batas unit"))
    answer = EncryptedTextField(_("jawaban unit"), blank=True)
    answered_at = models.DateTimeField(_("dijawab pada"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("dijawab oleh"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("disposisi")
        verbose_name_plural = _("disposisi")
        permissions = [("answer_assignment", _("Menjawab bagian permohonan"))]
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["information_request", "unit"], name="assignment_once"),
            models.CheckConstraint(
                name="assignment_answered_says_what",
                condition=Q(state="waiting", answered_at=None, answered_by=None, answer="")
                | Q(state__in=["answered", "returned"], answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(answer=""),
            ),
        ]
        indexes = [models.Index(fields=["unit", "state", "due_on"], name="assignment_of_unit")]

    def __str__(self) -> str:
        return f"{self.information_request}: {self.unit}"

    def get_absolute_url(self) -> str:
        """Where staff work on it."""
        return reverse("requests_desk:case", args=[self.information_request_id])


class Extension(models.Model):
    """*Perpanjangan*: once, before the first limit ends, with a written reason (Pasal 22 ayat (8))."""

    information_request = models.OneToOneField(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="extension"
    )
    reason = models.TextField(_("alasan"))
    old_due_on = models.DateField(_("batas semula"))
    due_on = models.DateField(_("batas baru"))
    at = models.DateTimeField(_("pada"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), related_name="+")

    class Meta:
        verbose_name = _("perpanjangan")
        verbose_name_plural = _("perpanjangan")
        constraints = [
            models.CheckConstraint(name="extension_later", condition=Q(due_on__gt=F("old_due_on"))),
            models.CheckConstraint(name="extension_has_reason", condition=~Q(reason="")),
        ]
        triggers = [rows_stay("extension_stays", "Perpanjangan tidak dapat diubah atau dihapus.")]

    def __str__(self) -> str:
        return f"{self.information_request}: {self.due_on}"


class Decision(models.Model):
    """The written notice (Pasal 22 ayat (7)): what was decided and why, and the letter that says so."""

    class FormHeld(models.TextChoices):
        SOFT = "soft", _("Salinan elektronik (softcopy)")
        HARD = "hard", _("Salinan tercetak (hardcopy)")
        BOTH = "both", _("Salinan elektronik dan tercetak")

    information_request = models.OneToOneField(
        InformationRequest, models.PROTECT, verbose_name=_("permohonan"), related_name="decision"
    )
    outcome = models.CharField(_("hasil"), max_length=14, choices=InformationRequest.Outcome)
    #: What the requester gets, or why not.
    explanation = EncryptedTextField(_("isi pemberitahuan"))
    #: Pasal 17, a letter of the list; only for what is refused, wholly or in part.
    ground = models.CharField(_("dasar pengecualian"), max_length=1, choices=ExemptionGround, blank=True)
    consequence_test = models.ForeignKey(
        ConsequenceTest,
        models.PROTECT,
        verbose_name=_("uji konsekuensi"),
        null=True,
        blank=True,
        related_name="decisions",
    )
    #: What was blackened, and why (Pasal 22 ayat (7) huruf e).
    redaction = EncryptedTextField(_("penghitaman"), blank=True)
    #: In which form the city holds it (Pasal 22 ayat (7) huruf f); empty where it holds nothing.
    form_held = models.CharField(_("bentuk yang dikuasai"), max_length=4, choices=FormHeld, blank=True)
    medium = models.CharField(_("cara penyampaian"), max_length=200, blank=True)
    cost = models.PositiveIntegerField(_("biaya (rupiah)"), default=0)
    referred_to = models.CharField(_("badan publik yang menguasai"), max_length=200, blank=True)
    letter = models.OneToOneField(Letter, models.PROTECT, verbose_name=_("surat"), related_name="decision")
    at = models.DateTimeField(_("pada"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("oleh"), related_name="+")

    class Meta:
        verbose_name = _("keputusan")
        verbose_name_plural = _("keputusan")
        constraints = [
            models.CheckConstraint(
                name="decision_outcome_known",
                condition=Q(outcome__in=["granted", "partial", "refused", "not_held", "not_documented", "referred"]),
            ),
            # Nobody is refused without a ground of Pasal 17 and a test of the consequences on record (Pasal 19).
            models.CheckConstraint(
                name="decision_refusal_is_founded",
                condition=Q(outcome="refused", consequence_test__isnull=False) & ~Q(ground="")
                | Q(outcome="partial")
                | ~Q(outcome__in=["refused", "partial"]) & Q(ground="", consequence_test=None),
            ),
            models.CheckConstraint(
                name="decision_form_held_known", condition=Q(form_held__in=["", "soft", "hard", "both"])
            ),
            models.CheckConstraint(
                name="decision_part_says_what_is_missing", condition=~Q(outcome="partial") | ~Q(redaction="")
            ),
            models.CheckConstraint(
                name="decision_referral_names_the_holder", condition=~Q(outcome="referred") | ~Q(referred_to="")
            ),
        ]
        triggers = [
            rows_stay("decision_stays", "Keputusan tidak dapat diubah atau dihapus."),
            guards.refusal_rests_on_approval(),
        ]

    def __str__(self) -> str:
        return f"{self.information_request}: {self.get_outcome_display()}"
