"""A form sent twice, or ten times at once, is one request with one number, also at the desk."""

import re
import uuid
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client

from correspondence.models import Mail
from requests_info import services
from requests_info.models import InformationRequest, Objection, RequestCounter

from .worlds import City, asked, client_of, letter_of, wib

DESK = "/admin/permohonan/catat/"
ENTRY = {
    "sumber": "letter", "diterima": "2024-03-14", "informasi": "Rencana kerja 2026", "tujuan": "Penelitian",
    "jenis": "citizen", "nama": "Nama Kanari", "alamat": "Jalan Kanari 1", "cara": "soft_copy", "terima": "collect",
}  # fmt: skip


def at_once(count: int, act) -> list:
    """What each of so many threads got, each with a connection of its own."""
    barrier, found = Barrier(count), []

    def run() -> None:
        barrier.wait(60)
        try:
            found.append(act())
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _each in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(found) == count
    return found


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_of_one_public_form_are_one_request():
    token = uuid.uuid4()
    found = at_once(10, lambda: services.submit_request(asked=asked(), form_token=token).pk)
    case = InformationRequest.objects.get()
    assert found == [case.pk] * 10
    assert RequestCounter.objects.get().last == case.sequence == 1
    assert Mail.objects.count() == case.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_of_one_form_of_the_desk_are_one_request():
    city, token, day = City(), uuid.uuid4(), wib(2024, 3, 14)

    def enter() -> int:
        return services.enter_request(
            asked=asked(), source="letter", received_on=day, actor=city.desk, form_token=token
        ).pk

    found = at_once(10, enter)
    case = InformationRequest.objects.get()
    assert found == [case.pk] * 10
    assert RequestCounter.objects.get().last == case.sequence == 1
    assert Mail.objects.filter(key__endswith=":received").count() == case.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_through_the_page_lead_to_one_address():
    data = {
        "informasi": "Rencana kerja 2026", "tujuan": "Penelitian", "unit": "", "jenis": "citizen", "nama": "Kanari",
        "alamat": "Jalan 1", "cara": "soft_copy", "terima": "email", "surel": "kanari@contoh.invalid",
        "langkah": "periksa", "formulir": str(uuid.uuid4()),
    }  # fmt: skip
    addresses = at_once(10, lambda: Client().post("/permohonan/", data)["Location"])
    assert set(addresses) == {InformationRequest.objects.get().get_absolute_url()}


def token_of(body: str) -> str:
    return re.search(r'name="formulir" value="([0-9a-f-]{36})"', body)[1]


def test_two_clicks_at_the_desk_are_one_request_and_two_pages_are_two(city):
    client = client_of(city.desk)
    first, second = (token_of(client.get(DESK).content.decode()) for _each in range(2))
    answers = [client.post(DESK, {**ENTRY, "formulir": token}) for token in (first, first, second)]
    assert [answer.status_code for answer in answers] == [302] * 3
    assert answers[0]["Location"] == answers[1]["Location"] != answers[2]["Location"]
    assert InformationRequest.objects.count() == 2


def test_two_clicks_at_the_desk_are_one_objection(city):
    case, path, client = letter_of(city), "/admin/permohonan/keberatan/catat/", client_of(city.desk)
    form = {
        "sumber": "letter",
        "diterima": "2024-04-01",
        "nomor": case.number,
        "alasan": "c",
        "uraian": "Tidak dijawab",
    }
    token = token_of(client.get(path).content.decode())
    answers = [client.post(path, {**form, "formulir": token}) for _each in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Objection.objects.count() == 1


PUBLIC = {
    "informasi": "Rencana kerja 2026", "tujuan": "Penelitian", "unit": "", "jenis": "citizen", "nama": "Kanari",
    "alamat": "Jalan 1", "cara": "soft_copy", "terima": "email", "surel": "kanari@contoh.invalid",
    "langkah": "periksa", "formulir": str(uuid.uuid4()),
}  # fmt: skip
PERIODIC = {
    "unit": "dinkes", "uraian": "Laporan berkala tidak diumumkan", "nama": "Kanari", "alamat": "Jalan 1",
    "formulir": str(uuid.uuid4()),
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "form"), [("/permohonan/", PUBLIC), ("/keberatan/", PERIODIC)], ids=["request", "objection"]
)
def test_a_token_planted_in_the_page_leads_a_stranger_to_nobody_elses_address(city, path, form):
    """Another site may open the form in somebody's browser with a token of its own choice, and send it again later."""
    page = Client().post(path, {"formulir": form["formulir"], "langkah": "informasi"}).content.decode()
    assert form["formulir"] in page  # the token is planted
    own, again, strangers = (
        Client().post(path, data)["Location"] for data in (form, form, {**form, "nama": "Orang lain"})
    )
    assert own == again != strangers
