"""Objections that came by letter, what their objectors say to the decision, and the dispute at Komisi Informasi."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from opd.models import Role
from requests_info import services
from requests_info.models import Dispute, Objection, ObjectionDecision, ObjectionResponse
from requests_info.services import DeskEntry, Registered, RequestError
from tests.builders import make_letter_kinds
from tests.people import make_person

from .test_objecting import TEXT, decide, object_to, periodic
from .worlds import GRANTED, client_of, letter_of, wib

pytestmark = pytest.mark.django_db
ENTER = "/admin/permohonan/keberatan/catat/"


def by_letter(city, day, actor=None, source="letter") -> DeskEntry:
    return DeskEntry(source, wib(*day), actor or city.desk)


def decided(city) -> Objection:
    """The story of 2024: silence, the objection of 1 April, the decision of 24 April."""
    objection = object_to(letter_of(city), now=wib(2024, 4, 1, 9))
    decide(objection, city.desk, now=wib(2024, 4, 24, 9))
    objection.refresh_from_db()
    return objection


def dispute_of(objection, city, number="015/KI-BTN/2024", on=date(2024, 5, 13), now=None) -> Dispute:
    return services.register_dispute(
        objection_id=objection.pk, actor=city.desk, registered=Registered(number, on), now=now or wib(2024, 5, 20, 9)
    )


# --- entry at the desk -------------------------------------------------------------------------------------------


def test_a_letter_of_1_april_counts_from_its_own_day_though_it_is_entered_after_the_late_answer(city):
    case = letter_of(city)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 4, 24, 9))
    entry = by_letter(city, (2024, 4, 1))
    objection = object_to(case, "c", now=wib(2024, 4, 29, 9), entry=entry)
    assert (objection.source, objection.entered_by) == ("letter", city.desk)
    assert (objection.received_at, objection.created_at) == (wib(2024, 4, 1), wib(2024, 4, 29, 9))
    assert objection.due_on == date(2024, 5, 28)
    (step,) = objection.events.all()
    assert (step.kind, step.actor) == ("entered", city.desk)
    with pytest.raises(RequestError, match="sudah ditanggapi pada 24 April 2024"):
        object_to(case, "c", now=wib(2024, 4, 29, 9), entry=by_letter(city, (2024, 4, 25)))


@pytest.mark.parametrize(
    ("day", "source", "said"),
    [
        ((2024, 3, 28), "letter", "Terbuka mulai 29 Maret 2024"),
        ((2024, 3, 13), "letter", "sebelum permohonannya"),
        ((2024, 4, 3), "letter", "masa depan"),
        ((2018, 4, 1), "letter", "periksa tahunnya"),
        ((2024, 4, 1), "form", "Pilih cara masuknya"),
    ],
)
def test_what_the_desk_cannot_enter_takes_no_number(city, day, source, said):
    case = letter_of(city)
    with pytest.raises(RequestError, match=said):
        object_to(case, now=wib(2024, 4, 2, 9), entry=by_letter(city, day, source=source))
    assert not Objection.objects.exists()


def test_only_the_desk_enters_and_the_database_wants_to_know_who(city):
    superior = make_person("atasan", city.dinkes, Role.ATASAN_PPID)
    for actor in (city.operator, superior):
        with pytest.raises(RequestError, match="tidak berhak"):
            object_to(letter_of(city), now=wib(2024, 4, 2, 9), entry=by_letter(city, (2024, 4, 1), actor))
    with pytest.raises(IntegrityError, match="objection_entered_by_desk"), transaction.atomic():
        Objection.objects.create(
            ground="b", unit=city.dinkes, name="a", address="b", text="x", number="x", year=2024, sequence=9,
            token_hash="x", source="letter", received_at=wib(2024, 4, 1), due_on=date(2024, 5, 1),
        )  # fmt: skip


def test_the_form_enters_a_letter_about_a_request_and_one_about_periodic_information(city):
    case, client = letter_of(city), client_of(city.desk)
    listing = client.get("/admin/permohonan/keberatan/").content.decode()
    assert ENTER in listing
    assert f"{ENTER}?nomor={case.number}" in client.get(f"/admin/permohonan/{case.pk}/").content.decode()
    form = {"sumber": "walk_in", "diterima": "2024-04-01", "nomor": case.number.lower(), "alasan": "c", "uraian": TEXT}
    page = client.post(ENTER, form, follow=True).content.decode()
    first = Objection.objects.get()
    assert f"dicatat dengan nomor {first.number}" in page
    assert (first.information_request, local_day(first.received_at)) == (case, date(2024, 4, 1))
    periodic_form = {**form, "nomor": "", "alasan": "b", "unit": "pabean", "nama": "Nama Kanari", "alamat": "Jalan"}
    client.post(ENTER, periodic_form)
    second = Objection.objects.exclude(pk=first.pk).get()
    assert (second.unit, second.name, second.source) == (city.pabean, "Nama Kanari", "walk_in")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"nomor": "PI-1999-0001"}, "Tidak ada permohonan dengan nomor ini"),
        ({"nomor": ""}, "hanya huruf b tidak membutuhkannya"),
        ({"nomor": "", "alasan": "b"}, "Wajib diisi bila tidak ada nomor"),
        ({"diterima": "2024-03-28"}, "Terbuka mulai 29 Maret 2024"),
        ({"diterima": "1024-03-28"}, "Periksa tahunnya"),
        ({"diterima": "x"}, "errorlist"),
        ({"alasan": "z"}, "errorlist"),
        ({"uraian": "\x00"}, "errorlist"),
    ],
)
def test_a_form_with_a_mistake_says_which_and_keeps_the_rest(city, fields, said):
    case = letter_of(city)
    form = {"sumber": "letter", "diterima": "2024-04-01", "nomor": case.number, "alasan": "c", "uraian": TEXT}
    answer = client_of(city.desk).post(ENTER, {**form, **fields})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Objection.objects.exists()


# --- the response ----------------------------------------------------------------------------------------------------


def test_whoever_objected_says_once_on_the_secret_page_whether_the_decision_is_accepted(city):
    objection, client = periodic(city.dinkes), Client()
    path = objection.get_absolute_url()
    assert "Tanggapan Anda" not in client.get(path).content.decode()
    assert "belum diputuskan" in client.post(path, {"tanggapan": "accepted"}).content.decode()
    decide(objection, city.desk)
    assert "Tanggapan Anda" in client.get(path).content.decode()
    assert "Pilih salah satu" in client.post(path, {"tanggapan": "x"}).content.decode()
    answer = client.post(path, {"tanggapan": "not_satisfied", "keterangan": "Kanari <b>kurang</b>"})
    assert (answer.status_code, answer["Location"]) == (303, path)
    page = client.get(path).content.decode()
    assert "tidak puas dengan keputusan" in page
    assert "&lt;b&gt;kurang" in page
    assert "sudah tercatat" in client.post(path, {"tanggapan": "accepted"}).content.decode()
    response = ObjectionResponse.objects.get()
    assert (response.answer, response.by, local_day(response.at)) == ("not_satisfied", None, local_day(timezone.now()))
    assert list(objection.events.values_list("kind", flat=True)) == ["received", "decided", "not_satisfied"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM requests_info_objectionresponse r")
        assert "kanari" not in cursor.fetchone()[0].lower()


def test_the_desk_records_a_response_that_came_by_letter(city):
    objection = decided(city)
    client, path = client_of(city.desk), f"/admin/permohonan/keberatan/{objection.pk}/"
    assert "errorlist" in client.post(path, {"act": "respond", "answer": ""}).content.decode()
    page = client.post(path, {"act": "respond", "answer": "accepted"}, follow=True).content.decode()
    assert "Tanggapan pemohon dicatat" in page
    assert "Menerima keputusan" in page
    assert ObjectionResponse.objects.get().by == city.desk
    assert (
        "tidak tersedia lagi"
        in client.post(path, {"act": "respond", "answer": "accepted"}, follow=True).content.decode()
    )
    with pytest.raises(RequestError, match="tidak berhak"):
        services.respond_to_decision(objection_id=objection.pk, answer="accepted", actor=city.operator)


# --- the dispute ---------------------------------------------------------------------------------------------------


def test_the_dispute_of_2024_is_recorded_with_number_day_and_outcome(city):
    objection = decided(city)
    client, path = client_of(city.desk), f"/admin/permohonan/keberatan/{objection.pk}/"
    assert "17 Mei 2024" in client.get(path).content.decode()
    form = {"act": "dispute", "number": "015/KI-BTN/2024", "registered_on": "2024-05-13", "note": "Sidang pertama"}
    assert "Sengketa 015/KI-BTN/2024 dicatat" in client.post(path, form, follow=True).content.decode()
    public = Client().get(objection.get_absolute_url()).content.decode()
    assert "Nomor 015/KI-BTN/2024, didaftarkan pada 13 Mei 2024" in public
    assert "Sidang pertama" not in public
    client.post(path, {**form, "number": "015/KI-BTN-PS/2024"})  # a slip of the pen, while it is open
    client.post(path, {"act": "outcome", "outcome": "granted", "decided_on": "2024-07-01", "note": ""})
    dispute = Dispute.objects.get()
    assert (dispute.number, dispute.outcome, dispute.decided_on) == ("015/KI-BTN-PS/2024", "granted", date(2024, 7, 1))
    assert dispute.note == "Sidang pertama"
    kinds = list(objection.events.values_list("kind", flat=True))
    assert kinds == ["received", "decided", "disputed", "dispute_fixed", "dispute_closed"]
    assert (
        "Selesai pada 1 Juli 2024: dikabulkan seluruhnya" in Client().get(objection.get_absolute_url()).content.decode()
    )
    assert "tidak tersedia lagi" in client.post(path, form, follow=True).content.decode()


def test_a_dispute_after_the_last_day_is_recorded_and_marked(city):
    objection = decided(city)
    dispute_of(objection, city, on=date(2024, 5, 20))
    page = client_of(city.desk).get(f"/admin/permohonan/keberatan/{objection.pk}/").content.decode()
    assert "Sesudah batas 14 hari kerja" in page


@pytest.mark.parametrize(
    ("number", "on", "said"),
    [
        (" ", date(2024, 5, 13), "nomor register"),
        ("x" * 101, date(2024, 5, 13), "nomor register"),
        ("1", date(2024, 5, 21), "masa depan"),
        ("1", date(2024, 4, 23), "sesudah keberatan diputuskan"),
    ],
)
def test_a_dispute_that_cannot_be_is_refused(city, number, on, said):
    objection = decided(city)
    with pytest.raises(RequestError, match=said):
        dispute_of(objection, city, number, on)
    assert not Dispute.objects.exists()


def test_without_a_decision_a_dispute_is_open_only_after_the_superiors_days(city):
    objection = object_to(letter_of(city), now=wib(2024, 4, 1, 9))
    with pytest.raises(RequestError, match="28 Mei 2024"):
        dispute_of(objection, city, on=date(2024, 5, 28), now=wib(2024, 6, 10, 9))
    assert dispute_of(objection, city, on=date(2024, 5, 29), now=wib(2024, 6, 10, 9)).registered_on == date(2024, 5, 29)


def test_who_may_not_records_no_dispute_and_one_number_is_one_dispute(city):
    first, second = decided(city), periodic(city.dinkes, now=wib(2024, 3, 1, 9))
    decide(second, city.desk, now=wib(2024, 4, 25, 9))
    dispute_of(first, city)
    with pytest.raises(RequestError, match="keberatan lain"):
        dispute_of(second, city)
    superior = make_person("atasan", city.diskominfo, Role.ATASAN_PPID)
    for actor in (superior, city.operator):
        with pytest.raises(RequestError, match="tidak berhak"):
            services.register_dispute(
                objection_id=second.pk, actor=actor, registered=Registered("2", date(2024, 5, 13))
            )
        with pytest.raises(RequestError, match="tidak berhak"):
            services.close_dispute(objection_id=first.pk, actor=actor, outcome="granted", decided_on=date(2024, 6, 1))
    page = client_of(superior).get(f"/admin/permohonan/keberatan/{first.pk}/").content.decode()
    assert "Sengketa 015/KI-BTN/2024" in page
    assert 'value="outcome"' not in page


@pytest.mark.parametrize(
    ("outcome", "on", "said"),
    [("", date(2024, 6, 1), "Pilih hasil"), ("granted", date(2024, 5, 12), "sesudah pendaftaran"),
     ("granted", date(2124, 6, 1), "masa depan")],
)  # fmt: skip
def test_an_outcome_that_cannot_be_is_refused(city, outcome, on, said):
    objection = decided(city)
    with pytest.raises(RequestError, match="Belum ada sengketa"):
        services.close_dispute(objection_id=objection.pk, actor=city.desk, outcome="granted", decided_on=on)
    dispute_of(objection, city)
    with pytest.raises(RequestError, match=said):
        services.close_dispute(objection_id=objection.pk, actor=city.desk, outcome=outcome, decided_on=on)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE requests_info_dispute SET registered_on = '2024-04-23'",
        "UPDATE requests_info_dispute SET number = ''",
        "UPDATE requests_info_dispute SET outcome = 'granted'",
        "UPDATE requests_info_dispute SET outcome = 'x', decided_on = '2024-06-01'",
        "UPDATE requests_info_dispute SET outcome = 'granted', decided_on = '2024-05-12'",
        "DELETE FROM requests_info_dispute",
        "UPDATE requests_info_objectionresponse SET answer = 'not_satisfied'",
        "DELETE FROM requests_info_objectionresponse",
    ],
)
def test_the_database_refuses_what_the_services_would_not_do(city, statement):
    objection = decided(city)
    services.respond_to_decision(objection_id=objection.pk, answer="accepted")
    dispute_of(objection, city)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_dispute_with_its_outcome_never_changes(city):
    objection = decided(city)
    dispute_of(objection, city)
    ended = {"objection_id": objection.pk, "actor": city.desk, "decided_on": date(2024, 6, 3)}
    services.close_dispute(**ended, outcome="mediated")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE requests_info_dispute SET note = note")
    with pytest.raises(RequestError, match="sudah tercatat"):
        services.close_dispute(
            objection_id=objection.pk, actor=city.desk, outcome="granted", decided_on=date(2024, 6, 4)
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_responses_at_once_one_is_recorded(city):
    make_letter_kinds()
    objection, told, barrier = periodic(city.dinkes), [], Barrier(2)
    decide(objection, city.desk)

    def respond(answer):
        barrier.wait()
        try:
            services.respond_to_decision(objection_id=objection.pk, answer=answer)
            told.append("won")
        except RequestError as error:
            told.append(str(error))
        finally:
            connections.close_all()

    threads = [Thread(target=respond, args=[answer]) for answer in ("accepted", "not_satisfied")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["Tanggapan atas keputusan ini sudah tercatat.", "won"]
    assert ObjectionResponse.objects.count() == ObjectionDecision.objects.count() == 1
