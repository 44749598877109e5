"""Who on the staff was shown whose identity: hidden until asked for, and written down for good."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence.models import Letter, LetterRead, Mail, MailRead
from requests_info.models import Assignment, IdentityRead, InformationRequest
from requests_info.services import (
    Objector,
    decide_request,
    record_identity_reads,
    submit_objection,
    submit_periodic_objection,
    submit_request,
)
from requests_info.services.breach import people_seen
from requests_info.services.deciding import Verdict
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
    objection = submit_objection(request_id=city.case.pk, ground="b", text="Tidak lengkap", form_token=uuid.uuid4())
    record_identity_reads(city.desk, [city.case, other, objection, city.case], IdentityRead.What.REGISTER)
    rows = IdentityRead.objects.values_list("information_request", "objection")
    assert sorted(rows) == [(city.case.pk, None), (other.pk, None)]  # who objects to a request is who made it


def test_what_was_seen_is_never_unwritten(city):
    record_identity_reads(city.desk, [city.case], IdentityRead.What.REGISTER)
    for change in (lambda rows: rows.update(user=city.operator), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="tidak dapat diubah"), transaction.atomic():
            change(IdentityRead.objects.all())


# --- whose data an account has seen ------------------------------------------------------------------------------

SEEN = "/admin/permohonan/akses-data/"
DAY = {"akun": "ppid-utama", "sejak": "2026-01-01"}


def decided(city) -> None:
    Assignment.objects.update(state="returned", answer="x", answered_at=timezone.now(), answered_by=city.desk)
    InformationRequest.objects.filter(pk=city.case.pk).update(status="in_progress")
    decide_request(request_id=city.case.pk, actor=city.desk, verdict=Verdict("granted", "Terlampir."))


def test_the_list_counts_pages_letters_and_mails_of_a_person_once(city):
    decided(city)
    other = submit_request(asked=asked(name="Nama Kedua"), form_token=uuid.uuid4())
    objection = submit_objection(request_id=city.case.pk, ground="d", text="Lain", form_token=uuid.uuid4())
    client = client_of(city.desk)
    client.post(f"/admin/permohonan/{city.case.pk}/", {"act": "identity"})
    client.get(f"/admin/correspondence/letter/{Letter.objects.get().pk}/unduh/")
    for key in (f"request:{city.case.pk}:received", f"objection:{objection.pk}:received"):
        client.get(f"/admin/correspondence/mail/{Mail.objects.get(key=key).pk}/change/")
    (row,) = people_seen(city.desk, timezone.now() - timedelta(days=1))
    assert (row.person, row.seen.times, len(row.seen.what)) == (city.case, 4, 3)
    assert people_seen(city.desk, timezone.now() + timedelta(days=1)) == []
    assert people_seen(city.operator, timezone.now() - timedelta(days=1)) == []
    page = client.get(SEEN, DAY).content.decode()
    assert "Data 1 orang" in page
    assert city.case.number in page
    assert other.number not in page
    assert not any(word in page for word in IDENTITY)


def test_the_file_with_contacts_is_written_down_too(city):
    client = client_of(city.desk)
    client.post(f"/admin/permohonan/{city.case.pk}/", {"act": "identity"})
    file = client.post(SEEN, DAY)
    assert file["Content-Type"].startswith("text/csv")
    assert "no-store" in file["Cache-Control"]
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert all(word in lines[1] for word in IDENTITY[:3])
    assert list(IdentityRead.objects.values_list("what", flat=True)) == ["breach_list", "case"]


@pytest.mark.parametrize("asked_for", [{}, {"akun": "ppid-utama"}, {"akun": "tidak-ada", **DAY, "sejak": "x"}])
def test_a_list_of_nobody_in_particular_is_refused_in_words(city, asked_for):
    for answer in (client_of(city.desk).get(SEEN, asked_for), client_of(city.desk).post(SEEN, asked_for)):
        assert answer.status_code == 200
        assert "Unduh CSV" not in answer.content.decode()
    assert not IdentityRead.objects.exists()


def test_the_number_of_queries_does_not_follow_the_number_of_people(city):
    since = timezone.now() - timedelta(days=1)
    counts = []
    for _each in range(2):
        record_identity_reads(city.desk, [city.case], IdentityRead.What.REGISTER)
        with CaptureQueriesContext(connection) as queries:
            people_seen(city.desk, since)
        counts.append(len(queries))
        others = [submit_request(asked=asked(), form_token=uuid.uuid4()) for _each in range(3)]
        record_identity_reads(city.desk, others, IdentityRead.What.REGISTER)
    assert counts[0] == counts[1]


def test_the_outbox_shows_neither_secret_addresses_nor_codes_and_says_who_looked(city):
    mail = Mail.objects.get(key=f"request:{city.case.pk}:received")
    Mail.objects.filter(pk=mail.pk).update(text=f"{mail.text}\n123456\n")
    body = client_of(city.desk).get(f"/admin/correspondence/mail/{mail.pk}/change/").content.decode()
    assert city.case.token not in body
    assert "123456" not in body
    assert "[rahasia]" in body
    assert MailRead.objects.get().user == city.desk
    with pytest.raises(IntegrityError, match="tidak dapat diubah"), transaction.atomic():
        MailRead.objects.all().delete()


def test_a_letter_to_a_citizen_names_its_addressee_in_the_file_only(city):
    decided(city)
    client, letter = client_of(city.desk), Letter.objects.get()
    assert "Nama Kanari" not in client.get(f"/admin/correspondence/letter/{letter.pk}/change/").content.decode()
    assert client.get(f"/admin/correspondence/letter/{letter.pk}/unduh/").status_code == 200
    assert LetterRead.objects.get().user == city.desk
