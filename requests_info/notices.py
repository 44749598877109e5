"""What goes by mail to requesters and units; the outbox of `correspondence` sends it. No more in it than is needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA
from correspondence.models import Letter
from correspondence.services import queue_mail, recipients_of

from .models import Assignment, InformationRequest


def tell_requester(request: InformationRequest, what: str, letter: Letter | None = None, **more: Any) -> None:
    """One mail per request and occasion, if the requester gave an address."""
    if not request.email:
        return
    subjects = {
        "received": _("Permohonan informasi %(number)s diterima"),
        "incomplete": _("Permohonan informasi %(number)s perlu dilengkapi"),
        "extended": _("Batas jawaban permohonan %(number)s diperpanjang"),
        "decided": _("Jawaban atas permohonan informasi %(number)s"),
    }
    queue_mail(
        key=f"request:{request.pk}:{what}",
        to=request.email,
        subject=subjects[what] % {"number": request.number},
        template=f"requests_info/emails/{what}",
        context={
            "number": request.number,
            "due_on": date_format(request.due_on, "j F Y"),
            "completion_due_on": date_format(request.completion_due_on, "j F Y") if request.completion_due_on else "",
            "path": request.get_absolute_url(),
            **more,
        },
        letter=letter,
    )


def tell_unit(assignment: Assignment) -> None:
    """The unit's people learn that a part waits for them; what is asked stands behind the log-in."""
    addresses = recipients_of(assignment.unit)
    if not addresses:
        return
    queue_mail(
        key=f"assignment:{assignment.pk}:forwarded",
        to=addresses,
        subject=_("Permohonan informasi %(number)s untuk %(unit)s")
        % {"number": assignment.information_request.number, "unit": assignment.unit.name},
        template="requests_info/emails/forwarded",
        context={
            "number": assignment.information_request.number,
            "due_on": date_format(assignment.due_on, "j F Y"),
            "path": assignment.get_absolute_url(),
        },
    )


def send_code(request: InformationRequest, code_id: int, code: str, expires_at: datetime) -> None:
    """The one-time code; its subject tells nothing, and the mail does not repeat the secret address."""
    queue_mail(
        key=f"tracking:{code_id}",
        to=request.email,
        subject=_("Kode untuk melihat permohonan Anda"),
        template="requests_info/emails/code",
        context={
            "number": request.number,
            "code": code,
            "until": f"{expires_at.astimezone(JAKARTA):%H.%M}",
            "path": reverse("requests_info:track"),
        },
    )
