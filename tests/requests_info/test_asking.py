"""Asking: steps without script, a number at once, one request per form, nothing kept before it is sent."""

import re
import uuid
from datetime import datetime
from threading import Thread

import pytest
from django.core import mail
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from cilegon_kip.common.jakarta import JAKARTA
from correspondence.models import Mail
from requests_info.models import InformationRequest, RequestEvent
from requests_info.services import RequestError, enter_request, submit_request, withdraw_request
from tests.builders import make_unit
from tests.people import make_operator, make_ppid_utama

from .worlds import asked

ASK = "/permohonan/"
INFORMATION = {"informasi": "Rencana kerja dan anggaran tahun 2026", "tujuan": "Penelitian", "unit": ""}
REQUESTER = {"jenis": "citizen", "nama": "Nama Kanari", "alamat": "Jalan Kanari 1", "telepon": "0812000"}
DELIVERY = {"cara": "soft_copy", "terima": "email", "surel": "kanari@contoh.id"}
ALL = {**INFORMATION, **REQUESTER, **DELIVERY}

pytestmark = pytest.mark.django_db


def post(client, step, **data):
    return client.post(ASK, {"langkah": step, **data})


def hidden(body: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body))


def test_a_request_goes_through_its_steps_to_a_number():
    client = Client()
    first = client.get(ASK).content.decode()
    assert "10 hari kerja" in first
    second = post(client, "informasi", **INFORMATION).content.decode()
    assert hidden(second)["informasi"] == INFORMATION["informasi"]
    third = post(client, "pemohon", **{**hidden(second), **REQUESTER, "langkah": "pemohon"}).content.decode()
    check = post(client, "penerimaan", **{**hidden(third), **DELIVERY, "langkah": "penerimaan"}).content.decode()
    assert "Nama Kanari" in check
    assert not InformationRequest.objects.exists()
    receipt = client.post(ASK, hidden(check), follow=True)
    case = InformationRequest.objects.get()
    body = receipt.content.decode()
    assert receipt.redirect_chain == [(case.get_absolute_url(), 303)]
    assert case.number in body
    assert case.number == f"PI-{case.year}-0001"
    assert "no-store" in receipt["Cache-Control"]
    assert "noindex" in body
    assert (case.name, case.email, case.source) == ("Nama Kanari", "kanari@contoh.id", "form")
    assert Mail.objects.get().to == "kanari@contoh.id"


@pytest.mark.parametrize(
    ("step", "data", "said"),
    [
        ("informasi", {"informasi": "apa"}, "paling sedikit 10 huruf"),
        ("informasi", {"informasi": "x" * 5001}, "Paling panjang 5.000 huruf"),
        ("informasi", {"unit": "tidak-ada"}, "Pilih unit dari daftar"),
        ("informasi", {"tujuan": "\x00 "}, "Tulis tujuan"),
        ("pemohon", {"jenis": "alien"}, "Pilih salah satu"),
        ("pemohon", {"nama": "​"}, "Tulis nama Anda"),
        ("penerimaan", {"surel": ""}, "Tulis alamat surel, atau pilih cara lain"),
        ("penerimaan", {"surel": "bukan surel"}, "tidak lengkap"),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(step, data, said):
    body = post(Client(), step, **{**ALL, **data}).content.decode()
    assert said in body
    assert "Galat:" in body
    assert 'aria-invalid="true"' in body
    assert "Penelitian" in body or "tujuan" in data
    assert not InformationRequest.objects.exists()


def test_back_and_change_lose_nothing_and_a_fault_in_an_earlier_step_leads_there():
    client = Client()
    back = post(client, "penerimaan", ke="pemohon", **ALL).content.decode()
    assert 'value="Nama Kanari"' in back
    assert "Galat:" not in back
    led = post(client, "periksa", **{**ALL, "nama": ""}).content.decode()
    assert "Tulis nama Anda" in led
    assert not InformationRequest.objects.exists()


def test_hostile_text_is_shown_as_text():
    body = post(Client(), "penerimaan", **{**ALL, "nama": '<script>alert(1)</script>"'}).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


@pytest.mark.parametrize("data", [{}, {"langkah": "x"}, {"langkah": "periksa", "formulir": "x"}, {"ke": "periksa"}])
def test_odd_posts_show_the_form_again(data):
    assert Client().post(ASK, data).status_code == 200


def test_the_same_form_sent_twice_is_one_request():
    data = {**ALL, "langkah": "periksa", "formulir": str(uuid.uuid4())}
    first, second = Client().post(ASK, data), Client().post(ASK, data)
    assert first.url == second.url
    assert InformationRequest.objects.count() == 1
    assert Mail.objects.count() == 1


def test_what_is_typed_is_not_in_clear_in_the_database():
    case = submit_request(asked=asked(wanted="kanari-isi", purpose="kanari-tujuan"), form_token=uuid.uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM requests_info_informationrequest r")
        stored = cursor.fetchone()[0]
    assert "anari" not in stored
    assert case.token not in stored
    case.refresh_from_db()
    assert (case.name, case.wanted) == ("Nama Kanari", "kanari-isi")


def test_an_unknown_secret_is_not_found():
    assert Client().get(f"/permohonan/{'a' * 32}/").status_code == 404


def test_the_requester_withdraws_once():
    case = submit_request(asked=asked(), form_token=uuid.uuid4())
    client = Client()
    assert "Centang dahulu" in client.post(case.get_absolute_url()).content.decode()
    body = client.post(case.get_absolute_url(), {"langkah": "cabut", "yakin": "on"}, follow=True).content.decode()
    assert "Anda mencabut permohonan ini" in body
    with pytest.raises(RequestError, match="sudah selesai"):
        withdraw_request(request_id=case.pk)
    assert list(case.events.values_list("kind", flat=True)) == ["received", "withdrawn"]


def test_the_desk_enters_a_letter_with_its_true_day():
    actor = make_ppid_utama(make_unit("diskominfo"))
    moment = datetime(2024, 3, 14, 9, 0, tzinfo=JAKARTA)
    case = enter_request(asked=asked(email=""), source="letter", received_on=moment, actor=actor)
    assert (str(case.clock_started_on), str(case.due_on)) == ("2024-03-14", "2024-03-28")
    assert case.events.get().actor == actor
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("source", "moment", "said"),
    [
        ("form", datetime(2024, 3, 14, tzinfo=JAKARTA), "Pilih cara masuknya"),
        ("letter", datetime(2099, 1, 1, tzinfo=JAKARTA), "masa depan"),
        ("letter", datetime(1970, 1, 1, tzinfo=JAKARTA), "terlalu lama"),
    ],
)
def test_the_desk_is_refused_what_cannot_be(source, moment, said):
    with pytest.raises(RequestError, match=said):
        enter_request(asked=asked(), source=source, received_on=moment, actor=make_ppid_utama(make_unit("diskominfo")))


def test_only_the_desk_enters():
    with pytest.raises(RequestError, match="tidak berhak"):
        enter_request(
            asked=asked(),
            source="letter",
            received_on=datetime(2024, 3, 14, tzinfo=JAKARTA),
            actor=make_operator(make_unit("pabean")),
        )


def test_registrations_and_steps_stay():
    case = submit_request(asked=asked(), form_token=uuid.uuid4())
    for rows, change in (
        (InformationRequest.objects.filter(pk=case.pk), {"number": "PI-1"}),
        (InformationRequest.objects.filter(pk=case.pk), {"received_at": datetime(2020, 1, 1, tzinfo=JAKARTA)}),
        (RequestEvent.objects.all(), {"kind": "withdrawn"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM requests_info_informationrequest")


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_numbers_without_gap_or_double_and_one_form_makes_one_request():
    same = uuid.uuid4()
    failures: list[Exception] = []

    def send(token):
        try:
            submit_request(asked=asked(email=""), form_token=token)
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=send, args=[same if n % 5 == 0 else uuid.uuid4()]) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    sequences = sorted(InformationRequest.objects.values_list("sequence", flat=True))
    assert sequences == list(range(1, 42))
    assert not mail.outbox
