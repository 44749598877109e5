"""What goes by mail about objections: to whoever objects, and to the superior who decides."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from correspondence.models import Letter, Mail
from correspondence.services import desk_addresses, queue_mail
from opd.calendar import days_off
from opd.models import Membership, Role, Unit

from .deadlines import working_days_left
from .models import Objection


def tell_objector(
    objection: Objection, what: str, letter: Letter | None = None, dispute_until: date | None = None
) -> None:
    """One mail per objection and occasion, if there is an address."""
    if not objection.objector.email:
        return
    subjects = {
        "received": _("Keberatan %(number)s diterima"),
        "decided": _("Keputusan atas keberatan %(number)s"),
    }
    queue_mail(
        key=f"objection:{objection.pk}:{what}",
        to=objection.objector.email,
        subject=subjects[what] % {"number": objection.number},
        template=f"requests_info/emails/objection_{what}",
        context={
            "number": objection.number,
            "due_on": date_format(objection.due_on, "j F Y"),
            "dispute_until": date_format(dispute_until, "j F Y") if dispute_until else "",
            "path": objection.get_absolute_url(),
        },
        letter=letter,
    )


def tell_superior(objection: Objection) -> None:
    """The Atasan PPID of the unit learns that an objection waits; where there is none, Diskominfo does."""
    if addresses := responsible_for(objection):
        queue_mail(
            key=f"objection:{objection.pk}:superior",
            to=addresses,
            subject=_("Keberatan %(number)s menunggu keputusan") % {"number": objection.number},
            template="requests_info/emails/objection_waits",
            context={
                "number": objection.number,
                "due_on": date_format(objection.due_on, "j F Y"),
                "path": reverse("requests_desk:objection", args=[objection.pk]),
            },
        )


def responsible_for(objection: Objection, is_late: bool = False) -> list[str]:
    """The Atasan PPID of the unit, else Diskominfo; once it is late also the Atasan of Diskominfo, and Diskominfo."""
    addresses = superiors_of(objection.unit)
    if is_late and (office := Unit.objects.filter(slug=settings.PPID_UNIT).first()):
        addresses += superiors_of(office)
    if is_late or not addresses:
        addresses += desk_addresses()
    return list(dict.fromkeys(addresses))


def superiors_of(unit: Unit) -> list[str]:
    rows = Membership.objects.filter(unit=unit, role=Role.ATASAN_PPID, user__is_active=True).exclude(user__email="")
    return list(rows.order_by("pk").values_list("user__email", flat=True).distinct())


def remind(objection: Objection, occasion: str, to: list[str], today: date) -> Mail:
    """A limit that comes near or has passed. What is objected to stands behind the log-in; who objects, nowhere."""
    is_late, due_on = today > objection.due_on, date_format(objection.due_on, "j F Y")
    subject = (
        _("Keberatan %(number)s lewat batas keputusan")
        if is_late
        else _("Pengingat: keberatan %(number)s diputuskan paling lambat %(due_on)s")
    )
    off = set(days_off(min(today, objection.due_on), max(today, objection.due_on)))
    return queue_mail(
        key=f"objection:{objection.pk}:{occasion}:{objection.due_on}",
        to=to,
        subject=subject % {"number": objection.number, "due_on": due_on},
        template="requests_info/emails/objection_reminder",
        context={
            "number": objection.number,
            "due_on": due_on,
            "days_left": working_days_left(today, objection.due_on, off),
            "is_late": is_late,
            "path": reverse("requests_desk:objection", args=[objection.pk]),
        },
    )


def tell_silent(objection: Objection, dispute_until: date) -> int:
    """Nobody decided in time: whoever objected learns of the right to a dispute and its last day. 0 without address."""
    if not objection.objector.email:
        return 0
    queue_mail(
        key=f"objection:{objection.pk}:silent:{objection.due_on}",
        to=objection.objector.email,
        subject=_("Keberatan %(number)s tidak diputuskan sampai batasnya") % {"number": objection.number},
        template="requests_info/emails/objection_silent",
        context={
            "number": objection.number,
            "due_on": date_format(objection.due_on, "j F Y"),
            "dispute_until": date_format(dispute_until, "j F Y"),
            "path": objection.get_absolute_url(),
        },
    )
    return 1


def tell_redated(objection: Objection, event_id: int, moved: list[str], decrees: list[str]) -> None:
    """The calendar changed and with it the limit: to whoever objected, and to those who decide."""
    email = objection.objector.email
    for side, to, path in (
        ("objector", [email] if email else [], objection.get_absolute_url()),
        ("staff", responsible_for(objection), reverse("requests_desk:objection", args=[objection.pk])),
    ):
        if to:
            queue_mail(
                key=f"objection:{objection.pk}:redated:{event_id}:{side}",
                to=to,
                subject=_("Batas keputusan keberatan %(number)s dihitung ulang") % {"number": objection.number},
                template="requests_info/emails/objection_redated",
                context={"number": objection.number, "moved": moved, "decrees": decrees, "path": path},
            )
