"""The cast, named by role. Password of all: `PASSWORD`."""

from opd.models import Membership, Role, Unit, User

PASSWORD = "uji-coba-2026-panjang"


def make_person(username: str, unit: Unit | None = None, role: str = Role.OPERATOR, **fields) -> User:
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True, **fields)
    if unit is not None:
        Membership.objects.create(user=user, unit=unit, role=role)
    return user


def make_operator(unit: Unit) -> User:
    return make_person(f"operator-{unit.slug}", unit)


def make_ppid_utama(unit: Unit) -> User:
    return make_person("ppid-utama", unit, Role.PPID_UTAMA)


def make_superuser() -> User:
    return User.objects.create_superuser("admin", password=PASSWORD)
