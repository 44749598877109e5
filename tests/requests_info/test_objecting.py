"""Objections: the story of 2024, each ground once and only when ripe, decided once, the right to a dispute shown."""

import re
import uuid
from datetime import date, timedelta
from io import BytesIO
from threading import Barrier, Thread

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from cilegon_kip.common.jakarta import local_day
from correspondence.models import Letter, Mail
from correspondence.services import letter_pdf
from opd.models import Role
from requests_info import services
from requests_info.models import Objection, ObjectionDecision, ObjectionEvent
from requests_info.services import ObjectionVerdict, Objector, RequestError
from requests_info.services.deciding import Verdict
from tests.builders import make_letter_kinds
from tests.people import make_person

from .worlds import GRANTED, asked, client_of, forward, letter_of, wib

pytestmark = pytest.mark.django_db
TEXT = "Jawaban tidak memuat kanari anggaran."
UPHELD = ObjectionVerdict("upheld", "Rincian diberikan.", "Nama Atasan", "Sekretaris Daerah")


def object_to(case, ground="c", now=None, **fields) -> Objection:
    fields = {"text": TEXT, "form_token": uuid.uuid4(), **fields}
    return services.submit_objection(request_id=case.pk, ground=ground, now=now or wib(2024, 4, 1, 9), **fields)


def decide(objection, actor, verdict=UPHELD, now=None) -> ObjectionDecision:
    return services.decide_objection(objection_id=objection.pk, actor=actor, verdict=verdict, now=now)


def periodic(unit, **fields) -> Objection:
    fields = {"text": TEXT, "form_token": uuid.uuid4(), **fields}
    return services.submit_periodic_objection(objector=Objector("Nama Kanari", "Jalan Kanari 1"), unit=unit, **fields)


# --- the story of 2024 --------------------------------------------------------------------------------------------


def test_silence_of_march_2024_is_no_ground_on_the_last_day_and_is_one_after_it(city):
    case = letter_of(city)
    with pytest.raises(RequestError, match=r"sampai 28 Maret 2024. Terbuka mulai 29 Maret 2024"):
        object_to(case, now=wib(2024, 3, 28, 23, 59))
    assert not Objection.objects.exists()
    objection = object_to(case, now=wib(2024, 4, 1, 9))
    assert (objection.number, objection.ground, objection.status) == ("KB-2024-0001", "c", "received")
    assert list(objection.events.values_list("kind", flat=True)) == ["received"]


def test_an_objection_of_28_march_2024_is_due_on_27_may_and_an_answer_of_24_april_disputed_until_17_may(city):
    case = letter_of(city)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 25, 9))
    objection = object_to(case, "d", wib(2024, 3, 28, 9))
    assert objection.due_on == date(2024, 5, 27)
    decision = decide(objection, city.desk, now=wib(2024, 4, 24, 9))
    objection.refresh_from_db()
    assert services.last_day_of_dispute(objection) == date(2024, 5, 17)
    text = " ".join(pypdf.PdfReader(BytesIO(decision.letter.file.content)).pages[0].extract_text().split())
    for part in ("KB-2024-0001", "Nama Kanari", "17 Mei 2024", "Sekretaris Daerah", "Nama Atasan", "Rincian diberikan"):
        assert part in text
    assert "Kanari" not in decision.letter.subject
    mails = {mail.key.rpartition(":")[2]: mail for mail in Mail.objects.filter(key__startswith="objection:")}
    assert "27 Mei 2024" in mails["received"].text
    assert "17 Mei 2024" in mails["decided"].text
    assert mails["decided"].letter == decision.letter
    assert mails["received"].to == "kanari@contoh.id"


def test_without_a_decision_the_dispute_is_counted_from_the_end_of_the_limit(city):
    objection = object_to(letter_of(city), now=wib(2024, 4, 1, 9))
    assert services.last_day_of_dispute(objection) > objection.due_on
    page = Client().get(objection.get_absolute_url()).content.decode()
    assert "sudah lewat" in page  # 2024 is long past
    fresh = periodic(city.dinkes)
    page = Client().get(fresh.get_absolute_url()).content.decode()
    assert "Belum dapat diajukan: sengketa terbuka sesudah ada keputusan" in page


# --- made once, by a ripe ground ------------------------------------------------------------------------------------


def test_each_ground_once_and_the_same_form_twice_is_one(city):
    case, token = letter_of(city), uuid.uuid4()
    first = object_to(case, form_token=token)
    assert object_to(case, form_token=token, text="Lain sekali isinya") == first
    with pytest.raises(RequestError, match="KB-2024-0001"):
        object_to(case)
    assert object_to(case, "b").number == "KB-2024-0002"
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(
            information_request=case, ground="c", unit=city.dinkes, text="x", number="x", year=2024, sequence=9,
            token_hash="x", received_at=wib(2024, 4, 1), due_on=date(2024, 5, 1),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("ground", "text", "said"),
    [("", "x", "Pilih alasan"), ("z", "x", "Pilih alasan"), ("c", "  ", "Tuliskan"), ("c", "x" * 4001, "4000"),
     ("c", "a\x00b", "Tuliskan"), ("a", "x", "huruf c terbuka")],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_takes_no_number(city, ground, text, said):
    case = letter_of(city)
    with pytest.raises(RequestError, match=said):
        object_to(case, ground, text=text)
    assert object_to(case).number == "KB-2024-0001"


def test_the_superior_is_that_of_the_one_unit_that_was_asked(city):
    alone, joint, returned = (letter_of(city, wib(2024, 3, 14, hour)) for hour in (9, 10, 11))
    forward(alone, city, city.dinkes)
    forward(joint, city, city.dinkes, city.pabean)
    first, _second = forward(returned, city, city.dinkes, city.pabean)
    services.return_part(assignment_id=first.pk, actor=city.operator, reason="Bukan kami", now=wib(2024, 3, 18, 9))
    units = [object_to(case).unit for case in (alone, joint, returned)]
    assert units == [city.dinkes, city.diskominfo, city.pabean]


def test_what_is_typed_is_not_in_clear_in_the_database_nor_in_mails_to_the_superior(city):
    make_person("atasan", city.dinkes, Role.ATASAN_PPID, email="atasan@contoh.invalid")
    periodic(city.dinkes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(o)::text FROM requests_info_objection o")
        row = cursor.fetchone()[0].lower()
    assert "kanari" not in row
    waits = Mail.objects.get(key__endswith=":superior")
    assert waits.to == "atasan@contoh.invalid"
    assert "kanari" not in (waits.text + waits.html + waits.subject).lower()


# --- what the database refuses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    ["number = 'x'", "ground = 'd'", "received_at = now()", "unit_id = unit_id + 1", "token_hash = 'x'",
     "status = 'received', closed_at = NULL", "closed_at = now()"],
)  # fmt: skip
def test_registrations_and_decisions_stay(city, change):
    objection = object_to(letter_of(city))
    decide(objection, city.desk, now=wib(2024, 4, 24, 9))
    for statement in (
        f"UPDATE requests_info_objection SET {change}", "DELETE FROM requests_info_objection",
        "UPDATE requests_info_objectiondecision SET outcome = 'rejected'",
        "DELETE FROM requests_info_objectiondecision",
        "UPDATE requests_info_objectionevent SET at = now()", "DELETE FROM requests_info_objectionevent",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_objects_without_a_name_but_about_a_request(city):
    fields = {"unit": city.dinkes, "text": "x", "number": "x", "year": 2024, "sequence": 9, "token_hash": "x"}
    fields |= {"received_at": wib(2024, 4, 1), "due_on": date(2024, 5, 1)}
    for more in ({"ground": "b"}, {"ground": "c", "name": "a", "address": "b"}):
        with pytest.raises(IntegrityError, match="objection_says_who"), transaction.atomic():
            Objection.objects.create(**fields, **more)


# --- deciding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (ObjectionVerdict("", "x", "N", "J"), "Pilih keputusan"),
        (ObjectionVerdict("granted", "x", "N", "J"), "Pilih keputusan"),
        (ObjectionVerdict("upheld", " ", "N", "J"), "isi keputusan"),
        (ObjectionVerdict("upheld", "x", " ", "J"), "nama dan jabatan"),
        (ObjectionVerdict("upheld", "x", "N", "J" * 151), "nama dan jabatan"),
    ],
)
def test_a_decision_without_what_the_law_asks_is_refused(city, verdict, said):
    objection = object_to(letter_of(city))
    with pytest.raises(RequestError, match=said):
        decide(objection, city.desk, verdict, wib(2024, 4, 24, 9))
    assert not Letter.objects.exists()


def test_what_was_refused_is_not_settled_by_agreement(city):
    settled = ObjectionVerdict("settled", "x", "N", "J")
    case = letter_of(city)
    partial = Verdict("partial", "Sebagian", redaction="Nama warga")
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=partial, now=wib(2024, 3, 25, 9))
    refused, otherwise = (object_to(case, ground, wib(2024, 3, 26, 9)) for ground in "ad")
    with pytest.raises(RequestError, match="musyawarah"):
        decide(refused, city.desk, settled, wib(2024, 4, 1, 9))
    assert decide(otherwise, city.desk, settled, wib(2024, 4, 1, 9)).outcome == "settled"


def test_only_the_units_superior_and_ppid_utama_decide_once(city):
    own = make_person("atasan", city.dinkes, Role.ATASAN_PPID)
    foreign = make_person("atasan-lain", city.pabean, Role.ATASAN_PPID)
    objection = periodic(city.dinkes)
    for actor in (city.operator, city.other, foreign):
        with pytest.raises(RequestError, match="tidak ditemukan"):
            decide(objection, actor)
    decide(objection, own)
    with pytest.raises(RequestError, match="sudah diputuskan"):
        decide(objection, city.desk)
    assert Letter.objects.count() == ObjectionDecision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_numbers_have_no_gap(city):
    make_letter_kinds()
    case, told = letter_of(city), []
    barrier = Barrier(4)

    def attempt(act):
        barrier.wait()
        try:
            act()
            told.append("won")
        except RequestError as error:
            told.append(str(error))
        finally:
            connections.close_all()

    def run(*acts):
        threads = [Thread(target=attempt, args=[act]) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    run(*[lambda: object_to(case)] * 2, *[lambda: periodic(city.dinkes, now=wib(2024, 4, 1, 9))] * 2)
    assert sorted(Objection.objects.values_list("number", flat=True)) == [f"KB-2024-000{n}" for n in (1, 2, 3)]
    assert told.count("won") == 3
    told.clear()
    objection = Objection.objects.first()
    run(*[lambda: decide(objection, city.desk)] * 4)
    assert told.count("won") == 1
    assert ObjectionEvent.objects.filter(objection=objection, kind="decided").count() == 1


# --- the citizen's pages ----------------------------------------------------------------------------------------------


def test_the_page_of_a_request_offers_what_is_ripe_and_dates_what_is_not(city):
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    client, path = Client(), f"{case.get_absolute_url()}keberatan/"
    assert path in client.get(case.get_absolute_url()).content.decode()
    body = client.get(path).content.decode()
    assert re.findall(r'id="alasan_(\w)"', body) == ["b"]
    assert "Terbuka mulai" in body
    assert "Hari ini belum ada alasan yang terbuka" in body
    assert "Pilih satu alasan yang terbuka" in client.post(path, {"alasan": "c", "uraian": TEXT}).content.decode()
    wrong = client.post(path, {"uraian": "pendek"}).content.decode()
    assert "paling sedikit 10 huruf" in wrong
    assert not Objection.objects.exists()


def test_a_late_answer_is_objected_to_on_the_page_and_its_receipt_says_number_and_day(city):
    case = letter_of(city)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED)  # today, long after the limit
    client, path = Client(), f"{case.get_absolute_url()}keberatan/"
    body = client.get(path).content.decode()
    assert re.findall(r'id="alasan_(\w)"', body) == ["b", "d", "e", "g"]
    form = {"alasan": "g", "uraian": "<script>alert(1)</script> Terlambat", "formulir": str(uuid.uuid4())}
    first, second = (client.post(path, form) for _each in range(2))
    objection = Objection.objects.get()
    assert (first.status_code, first["Location"]) == (303, objection.get_absolute_url()) == (303, second["Location"])
    receipt = client.get(first["Location"]).content.decode()
    assert objection.number in receipt
    assert "Batas keputusan" in receipt
    assert "<script>alert" not in receipt
    assert objection.number in client.get(case.get_absolute_url()).content.decode()
    again = client.post(path, {**form, "formulir": str(uuid.uuid4())})
    assert (again.status_code, Objection.objects.count()) == (200, 1)
    assert re.findall(r'id="alasan_(\w)"', again.content.decode()) == ["b", "d", "e"]
    assert client.get(f"{objection.get_absolute_url()}surat.pdf").status_code == 404
    decide(objection, city.desk)
    letter = client.get(f"{objection.get_absolute_url()}surat.pdf")
    assert (letter.status_code, letter["Content-Type"]) == (200, "application/pdf")
    assert "Komisi Informasi paling lambat" in client.get(first["Location"]).content.decode()


def test_an_objection_nobody_decided_in_time_leads_to_a_dispute_with_its_last_day(city):
    received = timezone.now() - timedelta(days=60)  # more than 30 working days, less than 44
    objection = periodic(city.dinkes, now=received)
    assert objection.due_on < local_day(timezone.now()) <= services.last_day_of_dispute(objection)
    page = Client().get(objection.get_absolute_url()).content.decode()
    assert "tidak diputuskan sampai batasnya" in page
    assert date_format(services.last_day_of_dispute(objection), "l, j F Y") in page


@pytest.mark.parametrize("path", ["/permohonan/{}/keberatan/", "/keberatan/{}/", "/keberatan/{}/surat.pdf"])
def test_an_unknown_secret_is_not_found(path):
    assert Client().get(path.format("b" * 32)).status_code == 404


def test_missing_periodic_information_needs_no_request(city):
    client, form = Client(), {"unit": "dinkes", "uraian": TEXT, "nama": "Nama Kanari", "alamat": "Jalan Kanari 1"}
    assert "/keberatan/" in client.get("/permohonan/").content.decode()
    assert client.get("/keberatan/").status_code == 200
    for field in form:
        wrong = client.post("/keberatan/", {**form, field: ""})
        assert wrong.status_code == 200
        assert "Ada yang perlu diperbaiki" in wrong.content.decode()
    token = str(uuid.uuid4())
    answers = [client.post("/keberatan/", {**form, "formulir": token}) for _each in range(2)]
    objection = Objection.objects.get()
    assert [answer["Location"] for answer in answers] == [objection.get_absolute_url()] * 2
    assert (objection.ground, objection.unit, objection.information_request) == ("b", city.dinkes, None)
    assert client.get(objection.get_absolute_url()).status_code == 200
    assert client.post("/keberatan/", {**form, "formulir": "x", "nama": "\x00"}).status_code == 200


# --- the workspace ------------------------------------------------------------------------------------------------


def test_the_superior_sees_and_decides_only_the_own_units_objections(city):
    own = make_person("atasan", city.dinkes, Role.ATASAN_PPID)
    mine, other = periodic(city.dinkes), periodic(city.pabean)
    client, path = client_of(own), f"/admin/permohonan/keberatan/{mine.pk}/"
    listing = client.get("/admin/permohonan/keberatan/").content.decode()
    assert mine.number in listing
    assert other.number not in listing
    assert "Keberatan (1)" in client.get("/admin/").content.decode()
    assert client.get(f"/admin/permohonan/keberatan/{other.pk}/").status_code == 404
    page = client.get(path).content.decode()
    assert TEXT in page
    assert "Nama Kanari" not in page  # who objects is no reason of the decision
    assert "Nama Kanari" in client_of(city.desk).post(path, {"act": "identity"}).content.decode()
    for nobody in (city.operator, city.other):
        assert client_of(nobody).get(path).status_code == 404
        assert client_of(nobody).get("/admin/permohonan/keberatan/").status_code == 404
    assert client.get("/admin/permohonan/keberatan/?tampil=x").status_code == 404
    assert "errorlist" in client.post(path, {"act": "decide", "outcome": "upheld"}).content.decode()
    form = {"explanation": "Diberikan.", "superior_name": "Nama", "superior_position": "Sekda"}
    form |= {"act": "decide", "outcome": "upheld"}
    answer = client.post(path, form, follow=True).content.decode()
    assert "Diputuskan dengan surat" in answer
    assert "tidak tersedia lagi" in client.post(path, form, follow=True).content.decode()
    assert mine.number in client.get("/admin/permohonan/keberatan/?tampil=selesai").content.decode()


def test_the_list_asks_as_often_for_many_as_for_one(city, django_assert_max_num_queries):
    for _each in range(30):
        periodic(city.dinkes)
    client = client_of(city.desk)
    with django_assert_max_num_queries(16):
        page = client.get("/admin/permohonan/keberatan/").content.decode()
    assert "Halaman 1 dari 2" in page


def test_the_check_page_knows_the_decisions_letter_and_refuses_a_changed_one(city):
    letter = decide(periodic(city.dinkes), city.desk).letter
    client, path = Client(), letter.get_absolute_url()
    page = client.get(path).content.decode()
    assert "Surat ini asli" in page
    assert letter.number in page
    assert "Kanari" not in page
    content = letter_pdf(letter)
    for sent, told in ((content, "sama persis"), (content[:-1], "Berkas ini berbeda"), (content + b" ", "berbeda")):
        answer = client.post(path, {"berkas": SimpleUploadedFile("surat.pdf", sent)}).content.decode()
        assert told in answer
        assert ("sama persis" in answer) == (sent == content)
