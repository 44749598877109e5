"""Messages both ways: append-only, encrypted, limited, and told to the other side without what they say."""

import uuid
from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from correspondence.models import Mail
from requests_info import services, statistics
from requests_info.models import InformationRequest, Rating, RequestEvent, RequestMessage
from requests_info.services import RequestError, TooManyMessagesError
from tests.builders import make_letter_kinds

from .uploads import upload
from .worlds import GRANTED, City, asked, client_of, forward, kinds, letter_of, wib

pytestmark = pytest.mark.django_db


def submitted(**fields) -> InformationRequest:
    return services.submit_request(asked=asked(**fields), form_token=uuid.uuid4())


def write(case, text="Apakah sudah lengkap?", **fields) -> RequestMessage:
    return services.write_to_desk(
        request_id=case.pk, text=text, form_token=fields.pop("form_token", uuid.uuid4()), **fields
    )


def answer(case, city, text="Sudah lengkap.", **fields) -> RequestMessage:
    return services.write_to_requester(
        request_id=case.pk, actor=city.desk, text=text, form_token=uuid.uuid4(), **fields
    )


def decided(city, on=(2024, 3, 25, 9), **fields) -> InformationRequest:
    case = letter_of(city, **fields)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(*on))
    case.refresh_from_db()
    return case


def page(case) -> str:
    return Client().get(case.get_absolute_url()).content.decode()


def mails(part: str) -> list[Mail]:
    return list(Mail.objects.filter(key__contains=part))


# --- both ways -----------------------------------------------------------------------------------------------------


def test_a_message_and_its_answer_stand_on_both_sides(city):
    case = submitted()
    data = {"langkah": "pesan", "pesan": "Kanari bertanya", "berkas": upload()}
    sent = Client().post(case.get_absolute_url(), data, follow=True).content.decode()
    assert "Pesan Anda sudah terkirim" in sent
    assert "Kanari bertanya" in sent
    assert "Lampiran pesan, PDF" in sent
    desk = client_of(city.desk)
    path = f"/admin/permohonan/{case.pk}/pesan/"
    assert "1 pesan pemohon menunggu tanggapan" in desk.get(f"/admin/permohonan/{case.pk}/").content.decode()
    queue = "/admin/permohonan/?tampil=pesan"
    assert case.number in desk.get(queue).content.decode()
    assert "Kanari bertanya" in desk.get(path).content.decode()
    desk.post(path, {"act": "write", "pesan": "Kanari dijawab", "berkas": upload()})
    assert "Kanari dijawab" in page(case)
    assert "menunggu tanggapan" not in desk.get(f"/admin/permohonan/{case.pk}/").content.decode()
    assert case.number not in desk.get(queue).content.decode()
    assert client_of(city.operator).get(queue).status_code == 404
    assert [(event.kind, event.actor) for event in case.events.all()] == [
        ("received", None), ("asked_desk", None), ("wrote_requester", city.desk),
    ]  # fmt: skip
    assert case.messages.first().handled_by == city.desk


def test_the_other_side_is_told_by_mail_and_the_mail_says_nothing_of_it(city):
    city.diskominfo.email = "ppid@contoh.invalid"
    city.diskominfo.save()
    case = submitted()
    write(case, "kanari-isi-pesan")
    answer(case, city, "kanari-isi-jawaban")
    (to_desk,), (to_requester,) = mails(":desk:message:"), mails(f"request:{case.pk}:message:")
    assert "ppid@contoh.invalid" in to_desk.recipients
    assert to_requester.recipients == ["kanari@contoh.id"]
    assert case.get_absolute_url() in to_requester.text
    assert case.token not in to_desk.text
    for mail in (to_desk, to_requester):
        assert "kanari-isi" not in mail.subject + mail.text + mail.html
    case = submitted(email="")
    answer(case, city)
    assert not mails(f"request:{case.pk}:message:")


def test_what_is_written_is_encrypted_and_stays(city):
    case = submitted()
    write(case, "kanari-isi-pesan")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM requests_info_requestmessage m")
        assert "kanari" not in cursor.fetchone()[0]
    for change in ({"text": "lain"}, {"is_from_requester": False}, {"handled_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestMessage.objects.update(**change)
    services.lay_aside(message_id=case.messages.get().pk, actor=city.desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestMessage.objects.update(handled_at=None, handled_by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestMessage.objects.all()._raw_delete("default")


def test_hostile_text_is_shown_as_text(city):
    case = submitted()
    write(case, "<script>alert(1)</script>")
    desk = client_of(city.desk).get(f"/admin/permohonan/{case.pk}/pesan/").content.decode()
    for body in (page(case), desk):
        assert "<script>alert" not in body
        assert "&lt;script&gt;" in body


@pytest.mark.parametrize(
    ("text", "said"), [("", "Tuliskan pesannya"), ("\x00", "Tuliskan pesannya"), ("x" * 4001, "4.000")]
)
def test_a_fault_is_told_and_changes_nothing(text, said):
    case = submitted()
    response = Client().post(case.get_absolute_url(), {"langkah": "pesan", "pesan": text})
    assert response.status_code == 400
    assert said in response.content.decode()
    assert kinds(case) == ["received"]


@pytest.mark.parametrize(
    "data", [{"langkah": "x"}, {"langkah": "nilai", "nilai": "9"}, {"langkah": "pesan", "pesan": "x", "formulir": "x"}]
)
def test_odd_posts_change_nothing(data):
    case = submitted()
    assert Client().post(case.get_absolute_url(), data).status_code == 400
    assert Client().post(f"/permohonan/{'a' * 32}/", {"langkah": "pesan", "pesan": "Halo"}).status_code == 404
    assert kinds(case) == ["received"]


def test_the_same_form_sent_twice_is_one_message_and_serves_no_other_request():
    case, other = submitted(), submitted()
    data = {"langkah": "pesan", "pesan": "Satu kali", "formulir": str(uuid.uuid4())}
    assert [Client().post(case.get_absolute_url(), data).status_code for _each in range(2)] == [303, 303]
    refused = Client().post(other.get_absolute_url(), data)
    assert refused.status_code == 409
    assert "Satu kali</textarea>" in refused.content.decode()
    assert RequestMessage.objects.count() == 1


def test_a_requester_writes_so_often_a_day_and_the_desk_as_often_as_it_must(settings, city):
    settings.REQUEST_MESSAGES_PER_DAY = 2
    case, moment = submitted(), timezone.now()
    write(case, now=moment)
    write(case, now=moment)
    answer(case, city, now=moment)
    refused = Client().post(case.get_absolute_url(), {"langkah": "pesan", "pesan": "Ketiga"})
    assert refused.status_code == 429
    assert "Ketiga</textarea>" in refused.content.decode()
    with pytest.raises(TooManyMessagesError):
        write(case, now=moment + timedelta(hours=23))
    write(case, now=moment + timedelta(hours=25))
    assert case.messages.count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_than_the_limit_arrives_and_one_rating_counts(settings):
    settings.REQUEST_MESSAGES_PER_DAY = 3
    make_letter_kinds()
    case, done = submitted(), decided(City())
    failures: list[Exception] = []

    def run(act):
        try:
            act()
        except RequestError:
            pass
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    acts = [lambda: write(case)] * 8 + [lambda: services.rate_request(request_id=done.pk, score=4)] * 4
    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert case.messages.count() == 3
    assert Rating.objects.count() == 1


# --- the desk's acts -----------------------------------------------------------------------------------------------


def test_a_message_completes_a_request_only_by_an_officers_act(city):
    case = letter_of(city)
    write(case, "Sebelumnya", now=wib(2024, 3, 15, 9))
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Tahun berapa?", now=wib(2024, 3, 18, 9))
    message = write(case, "Tahun 2026", now=wib(2024, 3, 19, 9))
    case.refresh_from_db()
    assert case.status == "incomplete"
    desk, path = client_of(city.desk), f"/admin/permohonan/{case.pk}/pesan/"
    before = case.messages.first()
    assert desk.post(path, {"act": "accept", "pesan": before.pk}).status_code == 400
    assert desk.get(path).content.decode().count("Terima sebagai kelengkapan") == 1
    assert desk.post(path, {"act": "accept", "pesan": message.pk}).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.wanted.splitlines()[-1]) == ("received", "Tahun 2026")
    assert case.events.get(kind="completed").actor == city.desk
    assert "Petugas layanan mencatat pesan Anda sebagai kelengkapan" in page(case)
    assert desk.post(path, {"act": "accept", "pesan": message.pk}).status_code == 400
    assert kinds(case).count("completed") == 1


def test_the_requester_completes_with_a_file_and_the_desk_is_told(city):
    case = submitted()
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Surat kuasa")
    city.diskominfo.email = "ppid@contoh.invalid"
    city.diskominfo.save()
    data = {"langkah": "lengkapi", "kelengkapan": "Terlampir", "berkas": upload()}
    body = Client().post(case.get_absolute_url(), data, follow=True).content.decode()
    assert "Kelengkapan Anda sudah kami terima" in body
    assert "Berkas kelengkapan, PDF" in body
    assert len(mails(":desk:completed")) == 1
    again = {"langkah": "lengkapi", "kelengkapan": "Terlampir"}
    assert Client().post(case.get_absolute_url(), again).status_code == 409


def test_a_message_is_laid_aside_once_and_only_by_the_desk(city):
    case = submitted()
    message = write(case)
    for act in (services.lay_aside, services.accept_as_completion):
        with pytest.raises(RequestError, match="tidak berhak"):
            act(message_id=message.pk, actor=city.operator)
    with pytest.raises(RequestError, match="tidak berhak"):
        services.write_to_requester(request_id=case.pk, actor=city.operator, text="x", form_token=uuid.uuid4())
    services.lay_aside(message_id=message.pk, actor=city.desk)
    with pytest.raises(RequestError, match="sudah ditanggapi"):
        services.lay_aside(message_id=message.pk, actor=city.desk)


@pytest.mark.parametrize("data", [
    {"act": "x"}, {"act": "aside"}, {"act": "aside", "pesan": "9" * 30}, {"act": "accept", "pesan": "x"},
    {"act": "forward", "berkas": "1", "bagian": "1"}, {"act": "write"}, {"act": "write", "pesan": "x", "berkas": "x"},
])  # fmt: skip
def test_odd_acts_of_the_desk_change_nothing(city, data):
    case, other = submitted(), submitted()
    foreign = write(other)
    path = f"/admin/permohonan/{case.pk}/pesan/"
    assert client_of(city.desk).post(path, data).status_code in (302, 400)
    assert client_of(city.desk).post(path, {"act": "aside", "pesan": foreign.pk}).status_code == 400
    assert not RequestMessage.objects.exclude(handled_at=None).exists()


def test_units_do_not_read_the_messages(city):
    case = letter_of(city)
    forward(case, city, city.dinkes)
    write(case, "kanari-isi-pesan")
    unit = client_of(city.operator)
    assert unit.get(f"/admin/permohonan/{case.pk}/pesan/").status_code == 404
    assert "kanari-isi-pesan" not in unit.get(f"/admin/permohonan/{case.pk}/").content.decode()


# --- after the end -------------------------------------------------------------------------------------------------


def test_after_the_answer_both_write_until_the_objection_window_ends(city):
    case = decided(city)
    until = services.messages_until(case)
    assert until == date(2024, 5, 20)  # thirty working days after 25 March 2024
    write(case, now=wib(2024, 5, 20, 23))
    answer(case, city, now=wib(2024, 5, 20, 23))
    for act in (lambda now: write(case, now=now), lambda now: answer(case, city, now=now)):
        with pytest.raises(RequestError, match="pesan diterima sampai 20 Mei 2024"):
            act(wib(2024, 5, 21, 0))
    body = page(case)
    assert "Pesan tentang permohonan ini diterima sampai 20 Mei 2024" in body
    assert "Kirim pesan" not in body


def test_a_request_taken_back_takes_no_message_and_whoever_works_on_it_is_told(city):
    city.dinkes.email = "dinkes@contoh.invalid"
    city.dinkes.save()
    case = letter_of(city, wib(2024, 3, 14, 9))
    forward(case, city, city.dinkes)
    services.withdraw_request(request_id=case.pk)
    assert "dinkes@contoh.invalid" in mails(":desk:withdrawn")[0].recipients
    with pytest.raises(RequestError, match="tidak menerima pesan lagi"):
        write(case)
    body = page(case)
    assert "Ajukan permohonan baru" in body
    assert "Cabut permohonan" not in body


def test_the_one_question_at_the_end(city):
    case, still_open = decided(city), submitted()
    assert "Seberapa puas Anda" not in page(still_open)
    assert Client().post(still_open.get_absolute_url(), {"langkah": "nilai", "nilai": "5"}).status_code == 409
    assert "Seberapa puas Anda" in page(case)
    data = {"langkah": "nilai", "nilai": "2", "komentar": "kanari <script>"}
    body = Client().post(case.get_absolute_url(), data, follow=True).content.decode()
    assert "Terima kasih atas penilaian Anda" in body
    assert "Seberapa puas Anda" not in body
    assert Client().post(case.get_absolute_url(), data).status_code == 409
    desk = client_of(city.desk).get(f"/admin/permohonan/{case.pk}/pesan/").content.decode()
    assert "kanari &lt;script&gt;" in desk
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM requests_info_rating r")
        assert "kanari" not in cursor.fetchone()[0]
    for refused in (
        lambda: Rating.objects.create(information_request=case, score=3),
        lambda: Rating.objects.update(score=5),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            refused()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(information_request=still_open, score=6)


def test_the_mean_of_five_is_told_and_of_fewer_only_their_number(city):
    for score in (5, 4, 4, 2):
        services.rate_request(request_id=decided(city).pk, score=score)
    case = decided(city)
    few = statistics.year_figures(case.year)
    assert (few.ratings, few.rating_mean) == (4, None)
    services.rate_request(request_id=case.pk, score=4)
    enough = statistics.year_figures(case.year)
    assert (enough.ratings, enough.rating_mean) == (5, 3.8)
    assert Client().get("/api/v1/requests/stats/").json()["years"][0]["rating_mean"] == 3.8
    shown = Client().get(f"/permohonan/statistik/{case.year}/").content.decode()
    assert "Rata-rata penilaian" in shown
    assert "3,8" in shown


# --- what comes next -----------------------------------------------------------------------------------------------


def test_the_page_says_what_comes_next_and_until_when_at_each_stage(city):
    case = submitted()
    due = "Anda menerima jawaban tertulis"
    assert "memeriksa apakah permohonan Anda lengkap" in page(case)
    assert due in page(case)
    assert "Boleh diperpanjang satu kali, paling lama sampai" in page(case)
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Tahun berapa?")
    assert "giliran Anda" in page(case)
    assert "permohonan gugur" in page(case)
    services.complete_request(request_id=case.pk, added="2026")
    assert "meneruskan permohonan Anda kepada unit" in page(case)
    case.refresh_from_db()
    (part,) = services.forward_request(
        request_id=case.pk, units=[city.dinkes], due_on=case.due_on, actor=city.desk, subject="Rencana kerja"
    )
    assert "Dinkes menyiapkan jawabannya" in page(case)
    services.answer_part(assignment_id=part.pk, actor=city.operator, answer="Ini")
    assert "Diskominfo menyusun surat jawabannya" in page(case)
    services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Berkasnya banyak")
    assert "Boleh diperpanjang" not in page(case)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED)
    assert "Belum jelas, atau berkasnya tidak dapat dibuka?" in page(case)


def test_a_late_request_says_how_late_and_what_may_be_done(city):
    body = page(letter_of(city))
    assert "belum dijawab, padahal batasnya 28 Maret 2024" in body
    assert "seharusnya sudah Anda terima" in body
    assert "Anda boleh berkeberatan sampai" in body


def test_each_kind_of_step_has_words_for_its_requester(city):
    case = submitted()
    for kind in RequestEvent.Kind.values:
        RequestEvent.objects.create(information_request=case, kind=kind, note="100% catatan")
    body = page(case)
    assert body.count("100% catatan") >= len(RequestEvent.Kind.values)


def test_queries_of_the_page_do_not_grow_with_its_messages(city):
    case, counts = submitted(), []
    for _each in range(2):
        write(case, files=[])
        answer(case, city)
        with CaptureQueriesContext(connection) as queries:
            page(case)
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            client_of(city.desk).get(f"/admin/permohonan/{case.pk}/pesan/")
        counts.append(len(queries))
    assert counts[:2] == counts[2:]
