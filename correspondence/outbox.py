"""The outbox: a row first, then a task. A row is claimed before it is sent, so a repeated task does nothing.

A worker that dies between claim and `sent` leaves the row in SENDING; after LEASE the sweeper queues it again. Had the
mail server taken the mail just before, it goes out twice, under the same Message-ID: no outbox can do better.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from opd.models import User
from opd.permissions import may

from .models import Letter, LetterFile, Mail

logger = logging.getLogger(__name__)
RIGHT = "correspondence.change_mail"
LEASE = timedelta(minutes=10)  # longer than EMAIL_TIMEOUT by far
MAX_ATTEMPTS = 20  # over three days: a weekend without a mail server loses nothing
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LOST = "Lost"
MARKED = "Marked"
WITHDRAWN = "Withdrawn"
SUBJECT_LENGTH = 300
UNREACHABLE = frozenset(
    {"BrokenPipeError", "ConnectionRefusedError", "ConnectionResetError", "OSError", "TimeoutError", "gaierror"}
)


class MailError(Exception):
    """A mail that cannot be queued or changed; the message is for people."""


def queue_mail(
    *,
    key: str,
    to: list[str] | str,
    subject: str,
    template: str,
    context: dict[str, Any],
    letter: Letter | None = None,
) -> Mail:
    """Put a mail in the outbox, once per key; it is sent after commit.

    The subject and the key are kept in clear: no personal data in them. `template` has two files, `<template>.txt` and
    `<template>.html`, which extend `correspondence/emails/base.*`.
    """
    addresses = _addresses([to] if isinstance(to, str) else to)
    subject = Truncator(" ".join(subject.split())).chars(SUBJECT_LENGTH)
    context = {**context, "subject": subject, "site_url": settings.SITE_URL, "portal": settings.PORTAL_NAME}
    values = {
        "to": "\n".join(addresses),
        "subject": subject,
        "text": render_to_string(f"{template}.txt", context).strip() + "\n",
        "html": render_to_string(f"{template}.html", context),
        "letter": letter,
    }
    mail, is_new = Mail.objects.get_or_create(key=key, defaults=values)
    if is_new:
        _send_after_commit(mail.pk)
    return mail


def _addresses(given: list[str]) -> list[str]:
    """Each address once, in order; the message of a refusal does not repeat the address."""
    addresses = list(dict.fromkeys(address.strip() for address in given if address.strip()))
    if not addresses:
        raise MailError(_("Surel ini tidak mempunyai alamat tujuan."))
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError as error:
            raise MailError(_("Alamat surel tujuan tidak sah.")) from error
    return addresses


def _send_after_commit(mail_id: int) -> None:
    from .tasks import send_mail

    # robust: without Redis the row waits for the sweeper, and nobody's page fails.
    transaction.on_commit(lambda: send_mail.delay(mail_id), robust=True)


# --- sending ---------------------------------------------------------------------------------------------------


def deliver_mail(mail_id: int, now: datetime | None = None) -> None:
    """Send one mail if it is due and nobody else is sending it. A letter withdrawn meanwhile is not sent any more."""
    claimed_at = now or timezone.now()
    mine = Mail.objects.filter(pk=mail_id, status=Mail.Status.SENDING, claimed_at=claimed_at)
    if not Mail.objects.due(claimed_at).filter(pk=mail_id).update(status=Mail.Status.SENDING, claimed_at=claimed_at):
        return  # gone, sent, not yet due, or being sent by another worker
    mail = Mail.objects.select_related("letter").get(pk=mail_id)
    if mail.letter is not None and mail.letter.withdrawn_at is not None:
        mine.update(status=Mail.Status.FAILED, claimed_at=None, error=WITHDRAWN)
        return
    try:
        message_for(mail).send()
    except Exception as error:  # whatever it is, the row must not stay claimed
        _put_back(mail, error, claimed_at)
        return
    mine.update(status=Mail.Status.SENT, sent_at=timezone.now(), claimed_at=None, attempts=mail.attempts + 1, error="")


def message_for(mail: Mail) -> EmailMultiAlternatives:
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        to=mail.recipients,
        reply_to=settings.REPLY_TO,
        headers={
            "Message-ID": f"<{mail.pk}.{mail.created_at:%Y%m%d%H%M%S}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.letter is not None:
        content = bytes(LetterFile.objects.values_list("content", flat=True).get(letter=mail.letter))
        message.attach(mail.letter.file_name, content, "application/pdf")
    return message


def _put_back(mail: Mail, error: Exception, claimed_at: datetime) -> None:
    """After a failure: again later, or never. What is kept and logged names no address."""
    attempts = mail.attempts + 1
    status = _status_after(error, attempts)
    words = _words(error)
    logger.warning("mail %s not sent (try %s, %s): %s", mail.pk, attempts, status, words)
    Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING, claimed_at=claimed_at).update(
        status=status, claimed_at=None, attempts=attempts, next_try_at=claimed_at + wait_after(attempts), error=words
    )


def _status_after(error: Exception, attempts: int) -> str:
    """A server that knows no such recipient means it for good; everything else may pass."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [answer[0] for answer in error.recipients.values()]
        if codes and all(code >= 500 for code in codes):
            return Mail.Status.BOUNCED
    return Mail.Status.FAILED if attempts >= MAX_ATTEMPTS else Mail.Status.QUEUED


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({answer[0] for answer in error.recipients.values()})
        return f"SMTPRecipientsRefused {', '.join(map(str, codes))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__


def in_words(error: str) -> str:
    """For people: what the short name of an error means."""
    if error == LOST:
        return _("Pengirim berhenti di tengah jalan")
    if error == WITHDRAWN:
        return _("Surat terlampir ditarik sebelum surel ini terkirim")
    if error == MARKED:
        return _("Ditandai terpental oleh petugas")
    if error.startswith("SMTPRecipientsRefused"):
        return _("Server surel menolak alamat tujuan")
    if error.startswith("SMTPAuthenticationError"):
        return _("Server surel menolak nama pengguna atau sandi portal")
    if error.startswith("SMTP") and error[-3:].isdecimal():
        return _("Server surel menolak surel ini")
    if error.startswith("SMTP") or error in UNREACHABLE:
        return _("Server surel tidak dapat dihubungi")
    return _("Kesalahan lain")


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4, … minutes, at most 6 hours."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


def sweep(now: datetime | None = None) -> list[int]:
    """Queue again what a dead worker left behind, and return all that is due."""
    now = now or timezone.now()
    for mail in Mail.objects.stuck(now - LEASE):
        attempts = mail.attempts + 1
        status = Mail.Status.FAILED if attempts >= MAX_ATTEMPTS else Mail.Status.QUEUED
        Mail.objects.filter(pk=mail.pk, status=Mail.Status.SENDING, claimed_at=mail.claimed_at).update(
            status=status, claimed_at=None, attempts=attempts, next_try_at=now, error=LOST
        )
    return list(Mail.objects.due(now).order_by("next_try_at").values_list("pk", flat=True)[:500])


# --- what a person decides ---------------------------------------------------------------------------------------


def requeue_mail(*, mail_id: int, actor: User) -> None:
    """Send again what failed or bounced, with its tries counted anew."""
    _check_right(actor)
    given_up = Mail.objects.filter(pk=mail_id, status__in=[Mail.Status.FAILED, Mail.Status.BOUNCED]).exclude(to="")
    if not given_up.update(status=Mail.Status.QUEUED, attempts=0, next_try_at=timezone.now(), error=""):
        raise MailError(_("Hanya surel yang gagal atau terpental yang dapat dikirim ulang."))
    _send_after_commit(mail_id)


def mark_bounced(*, mail_id: int, actor: User) -> None:
    """What the mail server took but could not deliver: its answer came to the official mailbox."""
    _check_right(actor)
    done = Mail.objects.filter(pk=mail_id, status__in=[Mail.Status.SENT, Mail.Status.FAILED])
    if not done.update(status=Mail.Status.BOUNCED, error=MARKED):
        raise MailError(_("Hanya surel yang sudah terkirim atau gagal yang dapat ditandai terpental."))


def _check_right(actor: User) -> None:
    if not may(actor, RIGHT):
        raise MailError(_("Anda tidak berhak mengubah kotak keluar."))
