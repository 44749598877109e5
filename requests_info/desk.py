"""What the desk sees: the queue by what is to be done, and one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from opd.models import Unit, User
from opd.permissions import is_citywide, unit_ids_of, units_for

from .models import (
    Assignment,
    Claim,
    InformationRequest,
    Objection,
    ObjectionQuerySet,
    RequestMessage,
    RequestQuerySet,
)

Status = InformationRequest.Status
#: So many calendar days before its limit a case is due soon.
SOON = timedelta(days=5)
VIEWS = {
    "terbuka": _("Semua yang terbuka"),
    "saya": _("Milik saya"),
    "tanpa": _("Belum ada petugas"),
    "pesan": _("Pesan menunggu tanggapan"),
    "baru": _("Baru diterima"),
    "segera": _("Segera jatuh tempo"),
    "lewat": _("Lewat batas"),
    "pemohon": _("Menunggu pemohon"),
    "selesai": _("Selesai"),
}
#: Officers take cases and read messages at the desk only; what is a unit's people's own is what waits for their unit.
DESK_ONLY = ("tanpa", "pesan")


@dataclass(frozen=True)
class Narrowed:
    """What narrows every view alike: a unit that was asked, and a piece of a registration number."""

    unit: Unit | None = None
    number: str = ""


def views_for(user: User) -> list[str]:
    return [view for view in VIEWS if view not in DESK_ONLY or is_citywide(user)]


def queue(user: User, view: str, today: date, narrowed: Narrowed = Narrowed()) -> RequestQuerySet:
    """The cases of a view that this person may see, the most urgent first, each with the officer who has it."""
    rows = _seen(user, narrowed).filter(_filters(today)[view])
    claims = Prefetch("claims", Claim.objects.open().select_related("user"), to_attr="open_claims")
    rows = rows.prefetch_related("assignments__unit", claims)
    return rows.order_by("-closed_at", "-pk") if view == "selesai" else rows.order_by("due_on", "pk")


def _seen(user: User, narrowed: Narrowed) -> RequestQuerySet:
    rows: RequestQuerySet = InformationRequest.objects.visible_to(user)
    claims = Claim.objects.open().filter(information_request=OuterRef("pk"))
    waiting = Assignment.objects.filter(information_request=OuterRef("pk"), state=Assignment.State.WAITING)
    own = claims.filter(user=user) if is_citywide(user) else waiting.filter(unit__in=unit_ids_of(user))
    if narrowed.unit is not None:
        asked = Assignment.objects.filter(information_request=OuterRef("pk"), unit=narrowed.unit)
        rows = rows.filter(Exists(asked) | Q(unit=narrowed.unit))
    if narrowed.number:
        rows = rows.filter(number__icontains=narrowed.number)
    messages = RequestMessage.objects.waiting().filter(information_request=OuterRef("pk"))
    return rows.annotate(is_claimed=Exists(claims), is_own=Exists(own), has_message=Exists(messages))


def _filters(today: date) -> dict[str, Q]:
    is_open = Q(status__in=InformationRequest.OPEN)
    return {
        "terbuka": is_open,
        "saya": is_open & Q(is_own=True),
        "tanpa": is_open & Q(is_claimed=False),
        # After the answer too: a requester may still ask about it.
        "pesan": Q(has_message=True),
        "baru": Q(status=Status.RECEIVED),
        "segera": is_open & Q(due_on__range=(today, today + SOON)),
        "lewat": is_open & Q(due_on__lt=today),
        "pemohon": Q(status=Status.INCOMPLETE),
        "selesai": ~is_open,
    }


def counts(user: User, today: date, narrowed: Narrowed = Narrowed()) -> dict[str, int]:
    """How many cases each view holds, in one query."""
    rows = _seen(user, narrowed).order_by()
    return rows.aggregate(  # type: ignore[no-any-return]
        **{view: Count("pk", filter=condition, distinct=True) for view, condition in _filters(today).items()}
    )


def units_with_open_cases(user: User) -> list[tuple[str, str, int]]:
    """(slug, name, open cases) of the units that are asked something this person sees, in one query."""
    is_open = Q(assignments__information_request__status__in=InformationRequest.OPEN)
    rows = units_for(user).filter(is_open).annotate(cases=Count("assignments", filter=is_open, distinct=True))
    return list(rows.order_by("name").values_list("slug", "name", "cases"))


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
