"""Where units and Diskominfo are written to: everybody, or those who do the work."""

import pytest

from correspondence.services import desk_addresses, handlers_of, recipients_of
from opd.models import Role
from tests.builders import make_unit
from tests.people import make_person

from .worlds import make_mail

pytestmark = pytest.mark.django_db


def test_unit_is_written_to_at_its_office_and_its_people():
    unit = make_unit("satu", email="kantor@contoh.invalid")
    make_person("a", unit, email="a@contoh.invalid")
    make_person("b", unit, email="kantor@contoh.invalid")
    make_person("c", unit)
    make_person("d", unit, email="d@contoh.invalid", is_active=False)
    make_person("e", make_unit(), email="e@contoh.invalid")
    assert recipients_of(unit) == ["kantor@contoh.invalid", "a@contoh.invalid"]
    assert make_mail(to="\n".join(recipients_of(unit))).masked_to == "k…@contoh.invalid, a…@contoh.invalid"


def test_the_superior_is_not_among_those_who_do_the_work():
    unit = make_unit("satu")
    make_person("a", unit, email="a@contoh.invalid")
    make_person("b", unit, Role.ATASAN_PPID, email="atasan@contoh.invalid")
    assert recipients_of(unit) == ["a@contoh.invalid", "atasan@contoh.invalid"]
    assert handlers_of(unit) == ["a@contoh.invalid"]


@pytest.mark.parametrize(
    ("office", "person", "expected"),
    [
        ("dinas@contoh.invalid", "", ["dinas@contoh.invalid"]),
        ("", "meja@contoh.invalid", ["meja@contoh.invalid"]),
        ("", "", ["utama@contoh.invalid"]),
    ],
)
def test_the_desk_is_diskominfo_without_its_superior_or_else_ppid_utama(settings, office, person, expected):
    diskominfo = make_unit(settings.PPID_UNIT, email=office)
    make_person("meja", diskominfo, email=person)
    make_person("sekda", diskominfo, Role.ATASAN_PPID, email="sekda@contoh.invalid")
    make_person("utama", make_unit("lain"), Role.PPID_UTAMA, email="utama@contoh.invalid")
    assert desk_addresses() == expected
