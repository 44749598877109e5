"""Who on the staff was shown whose identity: hidden until asked for, and written down for good."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from requests_info.models import Assignment, IdentityRead
from requests_info.services import (
    Objector,
    record_identity_reads,
    submit_objection,
    submit_periodic_objection,
    submit_request,
)
from tests.builders import make_unit
from tests.people import make_operator, make_ppid_utama

from .test_asking import asked

pytestmark = pytest.mark.django_db
BACKEND = "opd.permissions.MembershipBackend"
IDENTITY = ("Nama Kanari", "Jalan Kanari 1", "kanari@contoh.id", "0812-kanari")


class City:
    def __init__(self) -> None:
        self.diskominfo, self.dinkes = make_unit("diskominfo"), make_unit("dinkes")
        self.desk, self.operator = make_ppid_utama(self.diskominfo), make_operator(self.dinkes)
        self.case = submit_request(asked=asked(phone="0812-kanari"), form_token=uuid.uuid4())
        Assignment.objects.create(
            information_request=self.case, unit=self.dinkes, created_by=self.desk, due_on=self.case.due_on
        )


@pytest.fixture
def city() -> City:
    return City()


def client_of(person) -> Client:
    client = Client()
    client.force_login(person, BACKEND)
    return client


def test_the_desk_sees_who_asks_when_it_asks_and_each_time_is_written_down(city):
    client, address = client_of(city.desk), f"/admin/permohonan/{city.case.pk}/"
    hidden = client.get(address).content.decode()
    assert not any(word in hidden for word in IDENTITY)
    assert "Tampilkan identitas" in hidden
    assert not IdentityRead.objects.exists()
    shown = client.post(address, {"act": "identity"}, REMOTE_ADDR="192.0.2.7")
    assert all(word in shown.content.decode() for word in IDENTITY)
    assert "no-store" in shown["Cache-Control"]
    row = IdentityRead.objects.get()
    assert (row.user, row.information_request, row.what) == (city.desk, city.case, "case")
    assert "192.0.2.7" not in row.place_hash
    assert len(row.place_hash) == 40
    client.post(address, {"act": "identity"})
    assert IdentityRead.objects.count() == 2


def test_a_unit_is_not_shown_who_asks_and_nothing_is_written(city):
    answer = client_of(city.operator).post(f"/admin/permohonan/{city.case.pk}/", {"act": "identity"}, follow=True)
    body = answer.content.decode()
    assert not any(word in body for word in IDENTITY)
    assert "Tampilkan identitas" not in body
    assert not IdentityRead.objects.exists()


def test_an_objection_without_a_request_is_a_person_of_its_own(city):
    made = submit_periodic_objection(
        objector=Objector("Nama Kenari", "Jalan Kenari 2", "kenari@contoh.id"),
        unit=city.dinkes, text="Laporan berkala tidak ada", form_token=uuid.uuid4(),
    )  # fmt: skip
    client, address = client_of(city.desk), f"/admin/permohonan/keberatan/{made.pk}/"
    assert "Nama Kenari" not in client.get(address).content.decode()
    assert "Nama Kenari" in client.post(address, {"act": "identity"}).content.decode()
    row = IdentityRead.objects.get()
    assert (row.information_request, row.objection, row.what) == (None, made, "objection")


def test_a_file_with_many_people_notes_each_once(city):
    other = submit_request(asked=asked(), form_token=uuid.uuid4())
    objection = submit_objection(
        request_id=city.case.pk, ground="b", text="Tidak lengkap", form_token=uuid.uuid4()
    )  # fmt: skip
    record_identity_reads(city.desk, [city.case, other, objection, city.case], IdentityRead.What.REGISTER)
    rows = IdentityRead.objects.values_list("information_request", "objection")
    assert sorted(rows) == [(city.case.pk, None), (other.pk, None)]  # who objects to a request is who made it


def test_what_was_seen_is_never_unwritten(city):
    record_identity_reads(city.desk, [city.case], IdentityRead.What.REGISTER)
    for change in (lambda rows: rows.update(user=city.operator), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="tidak dapat diubah"), transaction.atomic():
            change(IdentityRead.objects.all())
