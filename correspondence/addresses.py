"""Where units and Diskominfo are written to: their office and the active accounts that have an address."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from opd.models import Membership, Role, Unit


def recipients_of(unit: Unit) -> list[str]:
    """Where a unit is written to: its office, and everybody who works for it."""
    return _addresses(unit.email, _reachable().filter(unit=unit))


def handlers_of(unit: Unit) -> list[str]:
    """As `recipients_of`, without the Atasan PPID: who decides about what is late is not asked to do the work."""
    return _addresses(unit.email, _reachable().filter(unit=unit).exclude(role=Role.ATASAN_PPID))


def desk_addresses() -> list[str]:
    """Diskominfo's office and accounts, without its Atasan PPID; every PPID Utama where it has no address."""
    office = Unit.objects.filter(slug=settings.PPID_UNIT).first()
    if office is not None and (addresses := handlers_of(office)):
        return addresses
    return _addresses("", _reachable().filter(role=Role.PPID_UTAMA))


def _reachable() -> QuerySet[Membership]:
    return Membership.objects.filter(user__is_active=True).exclude(user__email="").order_by("pk")


def _addresses(office: str, people: QuerySet[Membership]) -> list[str]:
    found = [office, *people.values_list("user__email", flat=True)]
    return list(dict.fromkeys(address for address in found if address))
