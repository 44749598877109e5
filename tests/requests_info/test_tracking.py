"""By number and one-time code: the right person gets in once; who guesses is slowed down and learns nothing."""

import re
import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence.models import Mail
from requests_info import tasks
from requests_info.models import InformationRequest, TrackingCode, TrackingGuess
from requests_info.services import submit_request, tracking
from requests_info.services.tracking import TooManyError, ask_code, enter_code, purge_codes, send_code

from .test_asking import hidden
from .worlds import asked

TRACK = "/permohonan/lacak/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> InformationRequest:
    return submit_request(asked=asked(), form_token=uuid.uuid4())


def code_in_mail() -> str:
    mail = Mail.objects.filter(key__startswith="tracking:").latest("pk")
    return re.search(r"^(\d{6})$", mail.text, re.MULTILINE)[1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask(number: str, address: str = "a", **fields) -> str:
    """Asked for, and the worker has done its part, twice."""
    ticket = ask_code(number=number, address=address, **fields)
    for _each in range(2):
        tasks.send_tracking_code(TrackingCode.objects.latest("pk").pk)
    return ticket


def test_by_number_and_code_to_the_secret_address(case, django_capture_on_commit_callbacks):
    client = Client()
    assert "Kirim kode" in client.get(TRACK).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(TRACK, {"langkah": "nomor", "nomor": f" {case.number.lower()} "})
    assert (page.status_code, page.cookies.keys()) == (200, set())
    mail = Mail.objects.get(key__startswith="tracking:")
    assert mail.to == "kanari@contoh.id"
    assert case.token not in mail.text + mail.html
    assert code_in_mail() not in mail.subject
    assert code_in_mail() in mail.html
    answer = client.post(TRACK, {**hidden(page.content.decode()), "kode": code_in_mail()})
    assert (answer.status_code, answer["Location"]) == (303, case.get_absolute_url())
    again = client.post(TRACK, {**hidden(page.content.decode()), "kode": code_in_mail()})
    assert "tidak berlaku lagi" in again.content.decode()


def test_the_answer_and_the_work_are_the_same_whether_the_number_exists_or_not(case):
    without = submit_request(asked=asked(email="", delivery="collect"), form_token=uuid.uuid4())
    seen, queries = set(), set()
    for number in (case.number, without.number, "PI-1999-9999"):
        with CaptureQueriesContext(connection) as asking:
            page = Client().post(TRACK, {"nomor": number})
        tasks.send_waiting_tracking_codes()
        with CaptureQueriesContext(connection) as guessing:
            told = Client().post(TRACK, {**hidden(page.content.decode()), "kode": "000000"})
        text = page.content.decode() + told.content.decode()
        ticket = hidden(page.content.decode())["kunci"]
        seen.add((page.status_code, told.status_code, text.replace(number, "").replace(ticket, "")))
        queries.add((len(asking), len(guessing)))
    assert len(seen) == 1
    assert len(queries) == 1
    assert Mail.objects.filter(key__startswith="tracking:").count() == 1


def test_only_the_worker_looks_a_number_up(case):
    with CaptureQueriesContext(connection) as queries:
        ask_code(number=case.number, address="a")
        enter_code(ticket="x", code="123456", address="a")
    assert not [query for query in queries if "requests_info_informationrequest" in query["sql"]]


def test_a_code_has_five_tries(case):
    ticket = ask(case.number)
    code = code_in_mail()
    for _each in range(5):
        assert enter_code(ticket=ticket, code=wrong(code), address="a") is None
    assert enter_code(ticket=ticket, code=code, address="a") is None
    with pytest.raises(IntegrityError), transaction.atomic():
        TrackingCode.objects.update(tries=6)


def test_a_code_expires(case):
    ticket = ask(case.number)
    late = timezone.now() + timedelta(minutes=15, seconds=1)
    assert enter_code(ticket=ticket, code=code_in_mail(), address="a", now=late) is None
    assert enter_code(ticket=ticket, code=code_in_mail(), address="a") == case


def test_a_code_is_good_only_on_the_page_that_asked_for_it(case):
    owner = ask(case.number)
    code = code_in_mail()
    stranger = ask(case.number, "b")
    for _each in range(5):
        assert enter_code(ticket=stranger, code=code, address="b") is None
    assert enter_code(ticket=owner, code=code, address="a") == case


def test_a_number_without_a_code_cannot_be_entered_even_with_an_empty_one():
    ticket = ask("PI-1999-9999")
    for code in ("", "000000", TrackingCode.objects.get().code_hash):
        assert enter_code(ticket=ticket, code=code, address="a") is None


@pytest.mark.parametrize("number", ["PI-1999-9999", None])
def test_codes_of_a_number_are_few_from_however_many_addresses(case, number):
    now = timezone.now()
    for turn in range(3):
        ask_code(number=number or case.number, address=f"a{turn}", now=now)
    with pytest.raises(TooManyError) as refused:
        ask_code(number=number or case.number, address="b", now=now + timedelta(minutes=20))
    assert refused.value.retry_after == 40 * 60
    for turn in range(3):
        ask_code(number=number or case.number, address=f"c{turn}", now=now + timedelta(minutes=61))
    with pytest.raises(TooManyError):
        ask_code(number=number or case.number, address="d", now=now + timedelta(hours=23))
    ask_code(number=number or case.number, address="d", now=now + timedelta(hours=24, minutes=1))


def test_ten_thousand_tries_from_one_address_are_slowed_and_learn_nothing(case):
    ticket, now, told = ask(case.number), timezone.now(), []
    for turn in range(10_000):
        try:
            told.append(enter_code(ticket=ticket, code=f"{turn:06d}", address="a", now=now))
        except TooManyError:
            told.append("slow down")
        if len(told) > 200 and set(told[20:]) == {"slow down"}:
            break  # from here on each try meets the same refusal: nothing is compared any more
    assert told[:20] == [None] * 20
    assert TrackingGuess.objects.count() == 20


def test_tries_from_many_addresses_are_slowed_together(case, monkeypatch):
    """Numbers and addresses change with every try: what all of them together may compare in an hour is bounded."""
    compared, refused, now = 0, 0, timezone.now()
    for turn in range(1000):
        try:
            ticket = ask_code(number=f"PI-2026-{turn:04d}", address=f"a{turn}", now=now)
            assert enter_code(ticket=ticket, code="000000", address=f"b{turn}", now=now) is None
            compared += 1
        except TooManyError:
            refused += 1
    assert (compared, refused) == (100, 900)
    assert TrackingCode.objects.count() <= tracking.OVERALL_HOUR


def test_too_many_is_a_plain_page_that_says_how_long(case):
    client = Client()
    for turn in range(10):
        assert client.post(TRACK, {"nomor": f"PI-1999-{turn}"}).status_code == 200
    for number in ("PI-1999-77", case.number):
        answer = client.post(TRACK, {"nomor": number})
        assert answer.status_code == 429
        assert 3500 < int(answer["Retry-After"]) <= 3600
        assert "Tunggu sekitar 60 menit" in answer.content.decode()
        assert number not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert client.get(TRACK).status_code == 200


def test_many_addresses_of_one_ipv6_network_are_one(case):
    for turn in range(10):
        Client(REMOTE_ADDR=f"2001:db8::{turn + 1:x}").post(TRACK, {"nomor": f"PI-1999-{turn}"})
    assert Client(REMOTE_ADDR="2001:db8::ffff").post(TRACK, {"nomor": "PI-1999-88"}).status_code == 429
    assert Client(REMOTE_ADDR="2001:db8:0:1::1").post(TRACK, {"nomor": "PI-1999-88"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_at_once_no_more_get_through_than_the_limit(case):
    barrier, told = Barrier(8), []

    def one(turn):
        barrier.wait()
        try:
            ask_code(number=case.number, address=f"a{turn}")
            told.append("asked")
        except TooManyError:
            told.append("slow down")
        finally:
            connections.close_all()

    threads = [Thread(target=one, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["asked"] * 3 + ["slow down"] * 5


def test_without_redis_a_code_is_sent_later_or_never_and_once(case):
    ticket = ask_code(number=case.number, address="a")  # on commit the task is lost
    assert not Mail.objects.filter(key__startswith="tracking:").exists()
    for _each in range(2):
        tasks.send_waiting_tracking_codes()
    assert Mail.objects.filter(key__startswith="tracking:").count() == 1
    assert enter_code(ticket=ticket, code=code_in_mail(), address="a") == case
    ask_code(number=case.number, address="a")
    row = TrackingCode.objects.latest("pk")
    send_code(code_id=row.pk, now=timezone.now() + timedelta(minutes=16))
    assert Mail.objects.filter(key__startswith="tracking:").count() == 1


def test_the_tables_hold_neither_codes_nor_numbers_in_clear(case):
    ticket = ask(case.number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM requests_info_trackingcode t")
        row = cursor.fetchone()[0]
    for secret in (case.number, code_in_mail(), ticket, "kanari"):
        assert secret not in row


def test_old_rows_are_purged_and_young_ones_stay(case):
    now = timezone.now()
    for age in (25, 1):
        ask_code(number=case.number, address="a", now=now - timedelta(hours=age))
        enter_code(ticket="x", code="123456", address="a", now=now - timedelta(hours=age))
    assert purge_codes(now) == 2
    tasks.purge_tracking_codes()
    assert (TrackingCode.objects.count(), TrackingGuess.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"nomor": ""},
        {"nomor": "x" * 5000},
        {"nomor": "\x00"},
        {"langkah": "kode"},
        {"langkah": "kode", "nomor": "\x00", "kunci": "\x00", "kode": "\x00"},
        {"langkah": "kode", "kunci": "x" * 5000, "kode": "٠١٢٣٤٥"},
        {"nomor": "<script>alert(1)</script>"},
    ],
)
def test_hostile_input_is_a_plain_page(data):
    answer = Client().post(TRACK, data)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert not Mail.objects.exists()
