"""Who may do what: the only place that says so. Admin, views and API all ask here.

A right is written as Django writes it (`publications.change_activity`). Roles of a unit hold their
rights for rows of that unit only; PPID Utama holds them for every unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model, Q, QuerySet

from .models import Role, Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .models import User

    Person = User | AnonymousUser

Rows = TypeVar("Rows", bound=Model)


def _rights(app: str, model: str, *acts: str) -> frozenset[str]:
    return frozenset(f"{app}.{act}_{model}" for act in acts)


UNIT_RIGHTS = (
    _rights("publications", "activity", "view", "add", "change")
    | _rights("publications", "photo", "view", "add", "change", "delete")
    | _rights("publications", "publication", "view", "add")
    | _rights("publications", "document", "view", "add", "change")
    | _rights("publications", "checklistlink", "view", "add", "change", "delete")
    | _rights("opd", "channel", "view", "add")
    | _rights("opd", "unit", "view")
    | _rights("correspondence", "letter", "view")
)
#: Objecting is the unit's own act; deciding about it is the city's.
REBUTTAL_RIGHTS = _rights("rankings", "rebuttal", "view", "add")
#: Letters that were issued to the own unit; what is only proposed is seen by those who decide.
REWARD_RIGHTS = _rights("rankings", "proposal", "view")
#: A unit answers its own part of a request; Diskominfo joins the parts and decides.
ANSWER_RIGHTS = _rights("requests_info", "assignment", "answer") | _rights(
    "requests_info", "informationrequest", "view"
)
CITY_RIGHTS = (
    UNIT_RIGHTS
    | _rights("opd", "unit", "add", "change")
    | _rights("opd", "channel", "change", "delete")
    | _rights("opd", "calendarday", "view", "add", "change", "delete")
    | _rights("opd", "user", "view", "add", "change")
    | _rights("opd", "membership", "view", "add", "change", "delete")
    | _rights("publications", "activity", "merge")
    | _rights("publications", "publication", "change", "review")
    | _rights("publications", "document", "exempt")
    | _rights("publications", "consequencetest", "approve")
    | _rights("publications", "checklistitem", "view", "add", "change")
    | _rights("publications", "coveragegap", "view", "add", "change", "delete")
    | _rights("correspondence", "letter", "withdraw")
    | _rights("correspondence", "mail", "view", "change")
    | _rights("correspondence", "series", "view", "change")
    | _rights("correspondence", "letterkind", "view", "change")
    | _rights("requests_info", "informationrequest", "view", "add", "handle", "decide", "export")
    | _rights("requests_info", "identityread", "view")
    | _rights("requests_info", "objection", "view", "add", "decide")
    | _rights("requests_info", "dispute", "view", "add", "change")
    | _rights("requests_info", "publishedanswer", "view", "change", "approve")
    | _rights("requests_info", "servicepagerevision", "view", "add")
    | _rights("rankings", "ranking", "view", "compute", "finalise")
    | _rights("rankings", "method", "view", "add", "change", "delete", "activate")
    | _rights("rankings", "entry", "view")
    | _rights("rankings", "evidence", "view")
    | _rights("rankings", "rebuttal", "view", "decide")
    | _rights("rankings", "proposal", "view", "decide")
    | _rights("rankings", "rewardrule", "view", "add", "change")
)
STAFF_RIGHTS = UNIT_RIGHTS | REBUTTAL_RIGHTS | REWARD_RIGHTS | ANSWER_RIGHTS
RIGHTS: dict[str, frozenset[str]] = {
    Role.OPERATOR: STAFF_RIGHTS,
    Role.PPID_PELAKSANA: STAFF_RIGHTS,
    Role.ATASAN_PPID: _rights("publications", "activity", "view")
    | _rights("publications", "document", "view")
    | _rights("publications", "consequencetest", "approve")
    | _rights("opd", "unit", "view")
    | _rights("requests_info", "objection", "view", "decide"),
    Role.PPID_UTAMA: CITY_RIGHTS,
}


def memberships_of(user: Person) -> list[tuple[int, str]]:
    """(unit id, role) of an active user; read once per user object."""
    if not user.is_authenticated or not user.is_active:
        return []
    cached: list[tuple[int, str]] | None = getattr(user, "_membership_rows", None)
    if cached is None:
        cached = list(user.memberships.values_list("unit_id", "role"))
        setattr(user, "_membership_rows", cached)  # noqa: B010
    return cached


def is_citywide(user: Person) -> bool:
    """True for PPID Utama and superusers: they work for every unit."""
    return bool(user.is_active and user.is_superuser) or any(
        role == Role.PPID_UTAMA for _, role in memberships_of(user)
    )


def unit_ids_of(user: Person) -> set[int]:
    return {unit_id for unit_id, _ in memberships_of(user)}


def unit_ids_with(user: Person, right: str) -> set[int]:
    """The units for which one of the user's own roles there holds the right."""
    return {unit_id for unit_id, role in memberships_of(user) if right in RIGHTS[role]}


def units_for(user: Person) -> QuerySet[Unit]:
    """The units a user works for."""
    units: QuerySet[Unit] = Unit.objects.all()
    return units if is_citywide(user) else units.filter(pk__in=unit_ids_of(user))


def only_unit_of(user: Person) -> Unit | None:
    """The unit of somebody who works for one alone; None where there is a choice to make."""
    if is_citywide(user):
        return None
    units = list(units_for(user)[:2])
    return units[0] if len(units) == 1 else None


def limit_to_units(rows: QuerySet[Rows], user: Person, path: str = "unit") -> QuerySet[Rows]:
    """Only the rows whose unit (found by `path`) the user works for; the others do not exist for them."""
    if is_citywide(user):
        return rows
    lookup = "pk__in" if path == "" else f"{path}__in"
    return rows.filter(Q(**{lookup: unit_ids_of(user)}))


def unit_id_of(row: Model) -> int | None:
    """The unit a row belongs to: itself, its `unit`, or its activity's unit."""
    if isinstance(row, Unit):
        return row.pk
    unit_id: int | None = getattr(row, "unit_id", None)
    if unit_id is not None:
        return unit_id
    activity = getattr(row, "activity", None)
    return activity.unit_id if activity is not None else None


def may(user: Person, right: str, row: Model | None = None) -> bool:
    """Whether the user holds a right, for one row if it is given."""
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    unit_id = unit_id_of(row) if row is not None else None
    return any(
        right in RIGHTS[role] and (row is None or role == Role.PPID_UTAMA or held_unit == unit_id)
        for held_unit, role in memberships_of(user)
    )


def may_manage_account(user: Person, account: User) -> bool:
    """A superuser manages every account; PPID Utama only those below: no superuser, no PPID Utama."""
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    return may(user, "opd.change_user") and not account.is_superuser and not is_citywide_account(account)


def is_citywide_account(account: User) -> bool:
    """As `is_citywide`, also for an account that is switched off."""
    return account.is_superuser or account.memberships.filter(role=Role.PPID_UTAMA).exists()


class MembershipBackend(ModelBackend):
    """Password log-in as Django's; rights by membership instead of by group."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return may(user_obj, perm, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        prefix = f"{app_label}."
        return any(right.startswith(prefix) for _, role in memberships_of(user_obj) for right in RIGHTS[role])

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return {right for _, role in memberships_of(user_obj) for right in RIGHTS[role] if may(user_obj, right, obj)}
