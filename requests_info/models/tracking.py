"""One-time codes for following a request by its number. Neither table says which numbers exist."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cilegon_kip.common.encryption import EncryptedTextField

#: Wrong tries of one code.
MOST_TRIES = 5


class TrackingCodeQuerySet(models.QuerySet["TrackingCode"]):
    def waiting(self, now: datetime) -> TrackingCodeQuerySet:
        """Asked for, and the worker has not yet looked whether there is such a request."""
        return self.filter(handled_at=None, expires_at__gt=now)

    def usable(self, now: datetime) -> TrackingCodeQuerySet:
        return self.filter(used_at=None, tries__lt=MOST_TRIES, expires_at__gt=now)


class TrackingCode(models.Model):
    """Somebody asked for a code. There is a row for every number that is asked for, whether it exists or not.

    The code belongs to the page on which it was asked for (`ticket`): others cannot use up its tries.
    """

    number_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    ticket_hash = models.CharField(max_length=64, unique=True)
    #: What was typed, for the worker to look up; encrypted, for people type other things too.
    number = EncryptedTextField()
    #: Empty until the worker sent one; for a number that does not exist it stays so.
    code_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[Any] = TrackingCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="tracking_code_tries", condition=Q(tries__lte=MOST_TRIES)),
            models.CheckConstraint(name="tracking_code_used_was_sent", condition=Q(used_at=None) | ~Q(code_hash="")),
        ]
        indexes = [
            models.Index(fields=["number_hash", "created_at"], name="tracking_code_of_number"),
            models.Index(fields=["address_hash", "created_at"], name="tracking_code_of_address"),
            models.Index(fields=["created_at"], name="tracking_code_age"),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"


class TrackingGuess(models.Model):
    """A wrong code, to slow down who guesses. Kept in PostgreSQL: the limit holds without Redis too."""

    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["address_hash", "at"], name="tracking_guess_of_address"),
            models.Index(fields=["at"], name="tracking_guess_age"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class SentForm(models.Model):
    """A request or an objection came from this network, to slow down who floods the register. Gone after a day."""

    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["address_hash", "at"], name="sent_form_of_address"),
            models.Index(fields=["at"], name="sent_form_age"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
