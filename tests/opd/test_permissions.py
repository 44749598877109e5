"""Who may do what: one table of role × right, for rows of the own unit and of another."""

import pytest
from django.contrib.auth.models import AnonymousUser

from opd.models import Channel, Role, Unit
from opd.permissions import is_citywide, limit_to_units, may, may_manage_account, units_for
from tests.builders import make_activity, make_channel, make_publication, make_unit
from tests.people import make_person, make_superuser

pytestmark = pytest.mark.django_db

#: right → roles that hold it for their own unit. PPID Utama holds each for all units.
UNIT_RIGHTS = {
    "publications.view_activity": {Role.OPERATOR, Role.PPID_PELAKSANA, Role.ATASAN_PPID},
    "publications.add_activity": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "publications.change_activity": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "publications.delete_activity": set(),
    "publications.merge_activity": set(),
    "publications.view_photo": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "publications.delete_photo": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "publications.view_publication": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "publications.add_publication": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "publications.change_publication": set(),
    "publications.review_publication": set(),
    "opd.view_channel": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "opd.add_channel": {Role.OPERATOR, Role.PPID_PELAKSANA},
    "opd.change_channel": set(),
    "opd.delete_channel": set(),
    "opd.view_unit": {Role.OPERATOR, Role.PPID_PELAKSANA, Role.ATASAN_PPID},
    "opd.change_unit": set(),
    "opd.view_user": set(),
    "opd.change_membership": set(),
    "opd.change_calendarday": set(),
    "rankings.compute_ranking": set(),
}
NOBODY = {"publications.delete_activity", "opd.delete_unit", "opd.delete_user", "rankings.change_entry", "tidak.ada"}


@pytest.fixture
def units():
    return make_unit("sendiri"), make_unit("lain")


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PPID_PELAKSANA, Role.ATASAN_PPID])
def test_role_of_a_unit_holds_its_rights_there_and_nowhere_else(units, role):
    own, other = units
    person = make_person("orang", own, role)
    for right, roles in UNIT_RIGHTS.items():
        assert may(person, right) is (role in roles), right
        assert may(person, right, own) is (role in roles), right
        assert may(person, right, other) is False, right


def test_ppid_utama_holds_every_right_for_every_unit(units):
    person = make_person("utama", units[0], Role.PPID_UTAMA)
    for right in UNIT_RIGHTS.keys() - NOBODY:
        assert may(person, right), right
        assert may(person, right, units[1]), right
    assert not any(may(person, right, units[0]) for right in NOBODY)


def test_rights_follow_a_row_to_its_unit(units):
    own, other = units
    person = make_person("orang", own)
    for unit, allowed in ((own, True), (other, False)):
        activity = make_activity(unit)
        assert may(person, "publications.change_activity", activity) is allowed
        assert may(person, "publications.view_publication", make_publication(activity)) is allowed
        assert may(person, "opd.view_channel", make_channel(unit)) is allowed


def test_switched_off_and_unknown_people_may_nothing(units):
    for role in Role.values:
        person = make_person(f"mati-{role}", units[0], role, is_active=False)
        assert not any(may(person, right, units[0]) for right in UNIT_RIGHTS)
        assert not is_citywide(person)
        assert not units_for(person).exists()
    assert not any(may(AnonymousUser(), right) for right in UNIT_RIGHTS)
    assert not units_for(AnonymousUser()).exists()


def test_membership_in_two_units_adds_up_without_mixing(units):
    own, other = units
    person = make_person("orang", own, Role.OPERATOR)
    person.memberships.create(unit=other, role=Role.ATASAN_PPID)
    assert may(person, "publications.change_activity", own)
    assert may(person, "publications.view_activity", other)
    assert not may(person, "publications.change_activity", other)
    assert set(units_for(person)) == {own, other}


def test_rows_are_limited_to_own_units(units):
    own, other = units
    mine, _foreign = make_channel(own), make_channel(other)
    person = make_person("orang", own)
    assert list(limit_to_units(Channel.objects.all(), person)) == [mine]
    assert list(limit_to_units(Unit.objects.all(), person, "")) == [own]
    assert limit_to_units(Channel.objects.all(), make_superuser()).count() == 2
    assert not limit_to_units(Channel.objects.all(), AnonymousUser()).exists()


def test_accounts_are_managed_from_above_only(units):
    superuser = make_superuser()
    utama = make_person("utama", units[0], Role.PPID_UTAMA)
    peer = make_person("utama-lain", units[1], Role.PPID_UTAMA, is_active=False)
    operator = make_person("operator", units[0])
    people = [superuser, utama, peer, operator]
    assert [may_manage_account(superuser, person) for person in people] == [True, True, True, True]
    assert [may_manage_account(utama, person) for person in people] == [False, False, False, True]
    assert [may_manage_account(operator, person) for person in people] == [False, False, False, False]
    assert [may_manage_account(peer, person) for person in people] == [False, False, False, False]
