"""What goes by mail to requesters and units; the outbox of `correspondence` sends it. No more in it than is needed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA
from correspondence.models import Letter, Mail
from correspondence.services import desk_addresses, handlers_of, queue_mail
from opd.calendar import days_off
from opd.models import Membership, Role, Unit

from .deadlines import working_days_left
from .models import Assignment, InformationRequest, Notice


def tell_requester(request: InformationRequest, what: str, letter: Letter | None = None, **more: Any) -> None:
    """One mail per request and occasion, if the requester gave an address."""
    if not request.email:
        return
    subjects = {
        "received": _("Permohonan informasi %(number)s diterima"),
        "incomplete": _("Permohonan informasi %(number)s perlu dilengkapi"),
        "extended": _("Batas jawaban permohonan %(number)s diperpanjang"),
        "lapsed": _("Permohonan informasi %(number)s gugur"),
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
    addresses = handlers_of(assignment.unit)
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


def tell_of_message(request: InformationRequest, message_id: int) -> None:
    """The desk has written. What it wrote stands behind the secret address only."""
    if not request.email:
        return
    queue_mail(
        key=f"request:{request.pk}:message:{message_id}",
        to=request.email,
        subject=_("Pesan baru tentang permohonan informasi %(number)s") % {"number": request.number},
        template="requests_info/emails/message",
        context={"number": request.number, "path": request.get_absolute_url()},
    )


def tell_desk(request: InformationRequest, what: str, key: str) -> None:
    """The requester did something that somebody here must know of; a withdrawal also the units that still work on it.

    What was written stands behind the log-in.
    """
    subjects = {
        "message": _("Pesan pemohon pada permohonan %(number)s"),
        "completed": _("Permohonan %(number)s dilengkapi pemohon"),
        "withdrawn": _("Permohonan %(number)s dicabut pemohon"),
    }
    addresses = responsible_for(request, with_desk=True) if what == "withdrawn" else desk_addresses()
    if not addresses:
        return
    address = "requests_desk:messages" if what == "message" else "requests_desk:case"
    queue_mail(
        key=f"request:{request.pk}:desk:{key}",
        to=addresses,
        subject=subjects[what] % {"number": request.number},
        template="requests_info/emails/desk_news",
        context={"number": request.number, "what": what, "path": reverse(address, args=[request.pk])},
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


# --- those who handle a request ------------------------------------------------------------------------------------


def responsible_for(request: InformationRequest, with_desk: bool = False) -> list[str]:
    """Units whose part is waited for; Diskominfo where none is or one cannot be reached, and `with_desk` besides them.

    Their Atasan PPID are told of what is late only (`superiors_of`).
    """
    reached = [handlers_of(unit) for unit in _waiting_units(request)]
    if with_desk or not reached or not all(reached):
        reached.append(desk_addresses())
    return list(dict.fromkeys(address for addresses in reached for address in addresses))


def superiors_of(request: InformationRequest) -> list[str]:
    """The Atasan PPID of the units that are waited for and of Diskominfo; where there is none, every one there is."""
    people = Membership.objects.filter(role=Role.ATASAN_PPID, user__is_active=True).exclude(user__email="")
    own = people.filter(Q(unit__in=_waiting_units(request)) | Q(unit__slug=settings.PPID_UNIT))
    return list(dict.fromkeys((own if own.exists() else people).order_by("pk").values_list("user__email", flat=True)))


def _waiting_units(request: InformationRequest) -> list[Unit]:
    rows = request.assignments.filter(state=Assignment.State.WAITING).select_related("unit")
    return [row.unit for row in rows]


def remind(request: InformationRequest, occasion: str, to: list[str], today: date) -> Mail:
    """A limit that comes near or has passed. What is asked stands behind the log-in; who asks stands nowhere."""
    subjects = {
        Notice.Occasion.SOON: _("Pengingat: permohonan %(number)s dijawab paling lambat %(due_on)s"),
        Notice.Occasion.LAST_DAY: _("Pengingat: permohonan %(number)s dijawab paling lambat %(due_on)s"),
        Notice.Occasion.OVERDUE: _("Permohonan %(number)s lewat batas jawaban"),
        Notice.Occasion.ESCALATED: _("Laporan keterlambatan: permohonan %(number)s lewat batas jawaban"),
    }
    due_on = date_format(request.due_on, "j F Y")
    off = set(days_off(min(today, request.due_on), max(today, request.due_on)))
    return queue_mail(
        key=f"request:{request.pk}:{occasion}:{request.due_on}",
        to=to,
        subject=subjects[Notice.Occasion(occasion)] % {"number": request.number, "due_on": due_on},
        template=f"requests_info/emails/{'escalated' if occasion == Notice.Occasion.ESCALATED else 'reminder'}",
        context={
            "number": request.number,
            "about": request.subject,
            "due_on": due_on,
            "days_left": working_days_left(today, request.due_on, off),
            "is_late": today > request.due_on,
            "days_late": (today - request.due_on).days,
            "units": [unit.name for unit in _waiting_units(request)],
            "path": reverse("requests_desk:case", args=[request.pk]),
        },
    )


def tell_redated(request: InformationRequest, event_id: int, moved: list[str], decrees: list[str]) -> None:
    """The calendar changed and with it the limits: to the requester, and to those who handle the request."""
    staff = responsible_for(request, with_desk=True)
    for side, to, path in (
        ("requester", [request.email] if request.email else [], request.get_absolute_url()),
        ("staff", staff, reverse("requests_desk:case", args=[request.pk])),
    ):
        if to:
            queue_mail(
                key=f"request:{request.pk}:redated:{event_id}:{side}",
                to=to,
                subject=_("Batas waktu permohonan %(number)s dihitung ulang") % {"number": request.number},
                template="requests_info/emails/redated",
                context={"number": request.number, "moved": moved, "decrees": decrees, "path": path},
            )
