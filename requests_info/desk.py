"""What the desk sees: the queue by what is to be done, and one case."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from opd.models import User
from opd.permissions import is_citywide

from .models import Assignment, InformationRequest, Objection, ObjectionQuerySet, RequestQuerySet

Status = InformationRequest.Status
#: So many calendar days before its limit a case is due soon.
SOON = timedelta(days=5)
VIEWS = {
    "terbuka": _("Semua yang terbuka"),
    "baru": _("Baru diterima"),
    "segera": _("Segera jatuh tempo"),
    "lewat": _("Lewat batas"),
    "pemohon": _("Menunggu pemohon"),
    "selesai": _("Selesai"),
}


def queue(user: User, view: str, today: date) -> RequestQuerySet:
    """The cases of a view that this person may see, the most urgent first."""
    rows: RequestQuerySet = InformationRequest.objects.visible_to(user)
    rows = rows.filter(_filters(today)[view]).prefetch_related("assignments__unit")
    return rows.order_by("-closed_at", "-pk") if view == "selesai" else rows.order_by("due_on", "pk")


def _filters(today: date) -> dict[str, Q]:
    return {
        "terbuka": Q(status__in=InformationRequest.OPEN),
        "baru": Q(status=Status.RECEIVED),
        "segera": Q(status__in=InformationRequest.OPEN, due_on__range=(today, today + SOON)),
        "lewat": Q(status__in=InformationRequest.OPEN, due_on__lt=today),
        "pemohon": Q(status=Status.INCOMPLETE),
        "selesai": ~Q(status__in=InformationRequest.OPEN),
    }


def counts(user: User, today: date) -> dict[str, int]:
    """How many cases each view holds, in one query."""
    rows = InformationRequest.objects.visible_to(user).order_by()
    return rows.aggregate(  # type: ignore[no-any-return]
        **{view: Count("pk", filter=condition, distinct=True) for view, condition in _filters(today).items()}
    )


def parts_of(case: InformationRequest, user: User) -> list[Assignment]:
    """All parts for Diskominfo; a unit's people see only their own."""
    rows = case.assignments.select_related("unit", "created_by", "answered_by")
    if not is_citywide(user):
        rows = rows.filter(unit__memberships__user=user).distinct()
    return list(rows)


OBJECTION_VIEWS = {"terbuka": _("Menunggu keputusan"), "lewat": _("Lewat batas"), "selesai": _("Diputuskan")}


def objections(user: User, view: str, today: date) -> ObjectionQuerySet:
    """The objections of a view that this person may see, the most urgent first."""
    rows: ObjectionQuerySet = Objection.objects.visible_to(user)
    if view == "selesai":
        return rows.filter(status=Objection.Status.DECIDED).order_by("-closed_at", "-pk")
    return (rows.overdue(today) if view == "lewat" else rows.open()).order_by("due_on", "pk")
