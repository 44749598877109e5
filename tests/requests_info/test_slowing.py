"""Who floods the register is slowed, and keeps what was typed; others are not shut out by it."""

import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from requests_info.models import InformationRequest, Objection, SentForm
from requests_info.services import submit_request
from requests_info.services.slowing import TooManyError
from requests_info.services.tracking import purge_codes
from tests.builders import make_unit

from .test_asking import ALL
from .worlds import asked

pytestmark = pytest.mark.django_db
OBJECTED = {"uraian": "Laporan keuangan tidak ada", "nama": "Nama", "alamat": "Jalan", "unit": "dinkes"}


@pytest.fixture(autouse=True)
def _few(settings):
    settings.REQUEST_FORMS_PER_HOUR = 3


def ask(address: str = "192.0.2.1", **fields):
    form = {**ALL, "langkah": "periksa", "formulir": str(uuid.uuid4()), **fields}
    return Client(REMOTE_ADDR=address).post("/permohonan/", form)


def test_too_many_requests_keep_what_was_typed_and_say_how_long(settings):
    assert [ask().status_code for _each in range(3)] == [303] * 3
    refused = ask(informasi="Laporan kinerja yang panjang sekali")
    body = refused.content.decode()
    assert refused.status_code == 429
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert "tunggu sekitar 60 menit" in body
    assert 'value="Laporan kinerja yang panjang sekali"' in body
    assert "Kirim permohonan" in body
    assert "no-store" in refused["Cache-Control"]
    assert ask("198.51.100.1").status_code == 303
    assert InformationRequest.objects.count() == 4


def test_requests_and_objections_count_together():
    make_unit("dinkes")
    client = Client(REMOTE_ADDR="192.0.2.1")
    for _each in range(2):
        ask()
    answers = [client.post("/keberatan/", {**OBJECTED, "formulir": str(uuid.uuid4())}) for _each in range(2)]
    assert [answer.status_code for answer in answers] == [303, 429]
    assert "Laporan keuangan tidak ada" in answers[1].content.decode()
    assert Objection.objects.count() == 1


def test_the_same_form_and_a_wrong_one_are_not_counted():
    token = str(uuid.uuid4())
    for _each in range(5):
        assert ask(formulir=token).status_code == 303
        assert ask(nama="").status_code == 200
    assert SentForm.objects.count() == InformationRequest.objects.count() == 1


def test_after_an_hour_it_goes_on_and_after_a_day_nothing_is_kept():
    now = timezone.now()
    for _each in range(3):
        submit_request(asked=asked(), form_token=uuid.uuid4(), address="a", now=now)
    with pytest.raises(TooManyError) as refused:
        submit_request(asked=asked(), form_token=uuid.uuid4(), address="a", now=now + timedelta(minutes=20))
    assert refused.value.retry_after == 40 * 60
    submit_request(asked=asked(), form_token=uuid.uuid4(), address="a", now=now + timedelta(minutes=61))
    assert purge_codes(now + timedelta(hours=24, minutes=30)) == 3
    assert SentForm.objects.count() == 1


def test_numbers_have_no_gaps_where_some_were_refused():
    for turn in range(12):
        ask(f"192.0.2.{turn % 3}")
    assert sorted(InformationRequest.objects.values_list("sequence", flat=True)) == list(range(1, 10))


@pytest.mark.django_db(transaction=True)
def test_at_once_no_more_are_taken_than_the_limit():
    barrier, told = Barrier(6), []

    def one() -> None:
        barrier.wait()
        try:
            submit_request(asked=asked(), form_token=uuid.uuid4(), address="a")
            told.append("taken")
        except TooManyError:
            told.append("slow down")
        finally:
            connections.close_all()

    threads = [Thread(target=one) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["slow down"] * 3 + ["taken"] * 3
