"""Log-ins of a machine for trying the portal: made once, with passwords of its own, kept in one private file."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from .models import Membership, Role, Unit, User

#: User name, role (empty: superuser), unit.
ACCOUNTS = (
    ("admin", "", ""),
    ("ppid-utama", Role.PPID_UTAMA, "diskominfo"),
    ("operator-dinkes", Role.OPERATOR, "dinkes"),
    ("operator-pabean", Role.OPERATOR, "kelurahan-pabean"),
    ("operator-gerem", Role.OPERATOR, "kelurahan-gerem"),
)


class StaffError(Exception):
    """The log-ins cannot be made; the text says why."""


@dataclass(frozen=True)
class Login:
    username: str
    password: str
    role: str
    unit: str


def create_staff(path: Path) -> list[Login]:
    """Make the accounts that are missing and add their passwords to the file; the others stay untouched."""
    slugs = {slug for _username, _role, slug in ACCOUNTS if slug}
    units = {unit.slug: unit for unit in Unit.objects.filter(slug__in=slugs)}
    if missing := sorted(slugs - units.keys()):
        raise StaffError(_("Unit %(slugs)s belum ada; jalankan load_register dulu.") % {"slugs": ", ".join(missing)})
    with transaction.atomic():
        taken = set(User.objects.values_list("username", flat=True))
        logins = [
            _create(username, role, units.get(slug)) for username, role, slug in ACCOUNTS if username not in taken
        ]
        if logins:
            _append(path, table(logins))
    return logins


def _create(username: str, role: str, unit: Unit | None) -> Login:
    password = secrets.token_urlsafe(12)
    user = User(username=username, is_staff=True, is_superuser=unit is None)
    user.set_password(password)
    user.save()
    if unit is not None:
        Membership.objects.create(user=user, unit=unit, role=role)
    label = str(Role(role).label) if role else _("Superuser")
    return Login(username, password, label, unit.name if unit else _("semua unit"))


def table(logins: list[Login]) -> str:
    """One line a log-in, in columns."""
    rows = [(login.username, login.password, f"{login.role}, {login.unit}") for login in logins]
    return "".join(f"{username:<16}  {password:<16}  {what}\n" for username, password, what in rows)


def _append(path: Path, text: str) -> None:
    """Written before the accounts are committed: a password is never lost. Readable by the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(descriptor, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(text)
