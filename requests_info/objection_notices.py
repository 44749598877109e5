"""What goes by mail about objections: to whoever objects, and to the superior who decides."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from correspondence.models import Letter
from correspondence.services import queue_mail, recipients_of
from opd.models import Membership, Role, Unit

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
    addresses = superiors_of(objection.unit)
    if not addresses:
        office = Unit.objects.filter(slug=settings.PPID_UNIT).first()
        addresses = recipients_of(office) if office else []
    if not addresses:
        return
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


def superiors_of(unit: Unit) -> list[str]:
    rows = Membership.objects.filter(unit=unit, role=Role.ATASAN_PPID, user__is_active=True).exclude(user__email="")
    return list(rows.order_by("pk").values_list("user__email", flat=True).distinct())
