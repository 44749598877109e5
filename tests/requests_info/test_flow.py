"""Inside the city: completeness, forwarding, parts, the one extension, the decision with its letter."""

import uuid
from datetime import date
from io import BytesIO
from threading import Barrier, Thread

import pypdf
import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from correspondence.models import Letter, Mail
from requests_info import services
from requests_info.models import Decision, Extension, InformationRequest
from requests_info.services import RequestError
from requests_info.services.deciding import Verdict
from tests.builders import make_document, make_letter_kinds

from .worlds import GRANTED, asked, client_of, forward, kinds, letter_of, wib

pytestmark = pytest.mark.django_db


def test_the_letter_of_march_2024_is_answered_in_time_by_two_units(city):
    """What failed in 2024: forwarded to both units in one system, joined, answered from an official address."""
    case = letter_of(city)
    first, second = forward(case, city, city.dinkes, city.pabean)
    services.answer_part(assignment_id=first.pk, actor=city.operator, answer="Bagian kami", now=wib(2024, 3, 20, 9))
    with pytest.raises(RequestError, match="masih ditunggu dari"):
        services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 21, 9))
    services.answer_part(assignment_id=second.pk, actor=city.other, answer="Bagian lain", now=wib(2024, 3, 22, 9))
    decision = services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 25, 9))
    case.refresh_from_db()
    assert (case.status, case.outcome, case.due_on) == ("answered", "granted", date(2024, 3, 28))
    assert decision.letter.issued_on == date(2024, 3, 25)
    assert kinds(case) == ["entered", "forwarded", "part_answered", "part_answered", "decided"]
    mails = {mail.key.rpartition(":")[2]: mail for mail in Mail.objects.filter(key__startswith="request:")}
    assert {mail.to for mail in mails.values()} == {"kanari@contoh.id"}
    assert set(mails) == {"received", "decided"}
    assert mails["decided"].letter == decision.letter


def test_the_letter_names_requester_outcome_and_right_to_object_and_the_subject_names_nobody(city):
    case = letter_of(city)
    decision = services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 25, 9))
    text = pypdf.PdfReader(BytesIO(bytes(decision.letter.file.content))).pages[0].extract_text()
    assert "Nama Kanari" in text
    assert "Dikabulkan seluruhnya" in text
    assert "keberatan" in text
    assert "Kanari" not in decision.letter.subject
    answer = Client().get(f"{case.get_absolute_url()}surat.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert Client().get(f"/permohonan/{'b' * 32}/surat.pdf").status_code == 404


def test_a_request_is_completed_once_by_its_requester(city):
    case = letter_of(city)
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Tahun berapa?", now=wib(2024, 3, 18, 9))
    case.refresh_from_db()
    assert (case.status, case.completion_due_on) == ("incomplete", date(2024, 3, 21))
    client = Client()
    assert "Tahun berapa?" in client.get(case.get_absolute_url()).content.decode()
    assert "Tuliskan kelengkapannya" in client.post(case.get_absolute_url(), {"langkah": "lengkapi"}).content.decode()
    client.post(case.get_absolute_url(), {"langkah": "lengkapi", "kelengkapan": "Tahun 2026"})
    case.refresh_from_db()
    assert case.status == "received"
    assert case.wanted.endswith("Tahun 2026")
    with pytest.raises(RequestError, match="satu kali"):
        services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Lagi", now=wib(2024, 3, 19, 9))


def test_completeness_is_asked_only_within_its_days(city):
    case = letter_of(city)
    with pytest.raises(RequestError, match="19 Maret 2024"):
        services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 20, 9))


def test_the_limit_is_extended_once_and_only_before_it_ends(city):
    case = letter_of(city)
    late = wib(2024, 3, 29, 0, 1)
    with pytest.raises(RequestError, match="sudah lewat"):
        services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Arsip lama", now=late)
    extension = services.extend_deadline(
        request_id=case.pk, actor=city.desk, reason="Arsip lama", now=wib(2024, 3, 28, 23, 59)
    )
    case.refresh_from_db()
    assert (extension.due_on, case.due_on) == (date(2024, 4, 17), date(2024, 4, 17))
    with pytest.raises(RequestError, match="satu kali"):
        services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Lagi", now=wib(2024, 4, 1, 9))
    assert "Arsip lama" in Client().get(case.get_absolute_url()).content.decode()


def test_a_returned_part_goes_to_another_unit_and_the_clock_goes_on(city):
    case = letter_of(city)
    (part,) = forward(case, city, city.dinkes)
    services.return_part(
        assignment_id=part.pk, actor=city.operator, reason="Bukan kewenangan kami", now=wib(2024, 3, 18, 9)
    )
    (again,) = forward(case, city, city.dinkes, city.pabean, now=wib(2024, 3, 18, 10))
    case.refresh_from_db()
    assert again.unit == city.pabean
    assert case.due_on == date(2024, 3, 28)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict("", "x"), "Pilih hasil"),
        (Verdict("withdrawn", "x"), "Pilih hasil"),
        (Verdict("granted", "  "), "isi pemberitahuan"),
        (Verdict("refused", "Rahasia"), "Pasal 17"),
        (Verdict("partial", "Sebagian"), "bagian mana yang tidak diberikan"),
        (Verdict("referred", "Ke provinsi"), "badan publik yang menguasai"),
    ],
)
def test_a_decision_without_what_the_law_asks_is_refused(city, verdict, said):
    case = letter_of(city)
    with pytest.raises(RequestError, match=said):
        services.decide_request(request_id=case.pk, actor=city.desk, verdict=verdict, now=wib(2024, 3, 25, 9))
    assert not Letter.objects.exists()


def test_the_database_refuses_a_refusal_without_ground(city):
    case = letter_of(city)
    decision = services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 25, 9))
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(outcome="refused")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            information_request=letter_of(city, wib(2024, 3, 26, 9)), outcome="refused", explanation="x",
            letter=Letter.objects.get(), by=city.desk,
        )  # fmt: skip


def test_who_has_no_right_takes_no_step(city):
    case = letter_of(city)
    (part,) = forward(case, city, city.dinkes)
    with pytest.raises(RequestError, match="tidak berhak"):
        services.decide_request(request_id=case.pk, actor=city.operator, verdict=GRANTED)
    with pytest.raises(RequestError, match="tidak berhak"):
        services.extend_deadline(request_id=case.pk, actor=city.operator, reason="x")
    with pytest.raises(RequestError, match="tidak ditemukan"):
        services.answer_part(assignment_id=part.pk, actor=city.other, answer="x")
    with pytest.raises(RequestError, match="tidak ditemukan"):
        services.answer_part(assignment_id=part.pk, actor=city.desk, answer="x")


# --- the desk's pages ----------------------------------------------------------------------------------------


def test_an_empty_queue_says_so_without_a_number(city):
    body = client_of(city.desk).get("/admin/permohonan/").content.decode()
    assert "<p>Tidak ada permohonan di sini.</p>" in body
    assert "<ol" not in body


def test_a_unit_sees_only_its_own_case_and_not_who_asks(city):
    case = letter_of(city)
    forward(case, city, city.dinkes)
    path = f"/admin/permohonan/{case.pk}/"
    own = client_of(city.operator).get(path).content.decode()
    assert "Rencana kerja 2026" in own
    assert "Nama Kanari" not in own
    assert "Jalan Kanari" not in own
    assert client_of(city.other).get(path).status_code == 404
    assert case.number not in client_of(city.other).get("/admin/permohonan/").content.decode()
    assert client_of(city.other).get("/admin/permohonan/catat/").status_code == 404
    assert "Nama Kanari" in client_of(city.desk).post(path, {"act": "identity"}).content.decode()
    assert Client().get(path).status_code == 302


def test_the_whole_flow_on_the_desks_pages(city):
    desk, operator = client_of(city.desk), client_of(city.operator)
    entry = {
        "sumber": "letter", "diterima": local_day(timezone.now()).isoformat(), "informasi": "Rencana kerja 2026",
        "tujuan": "Riset",
        "jenis": "citizen", "nama": "Nama Kanari", "alamat": "Jalan Kanari 1", "cara": "hard_copy", "terima": "collect",
    }  # fmt: skip
    assert "errorlist" in desk.post("/admin/permohonan/catat/", {**entry, "diterima": "1970-01-01"}).content.decode()
    desk.post("/admin/permohonan/catat/", entry)
    case = InformationRequest.objects.get()
    path = f"/admin/permohonan/{case.pk}/"
    assert case.number in desk.get("/admin/permohonan/?tampil=baru").content.decode()
    assert desk.get("/admin/permohonan/?tampil=x").status_code == 404
    assert "errorlist" in desk.post(path, {"act": "forward", "subject": "Rencana kerja"}).content.decode()
    desk.post(path, {
        "act": "forward", "subject": "Rencana kerja", "units": [city.dinkes.pk], "due_on": case.due_on.isoformat(),
    })  # fmt: skip
    part = case.assignments.get()
    operator.post(path, {"act": "answer", "bagian": part.pk, "answer": "Terlampir"})
    desk.post(path, {"act": "decide", "outcome": "granted", "explanation": "Terlampir."})
    case.refresh_from_db()
    assert case.outcome == "granted"
    gone = desk.post(
        path, {"act": "decide", "outcome": "granted", "explanation": "Lagi."}, follow=True
    ).content.decode()
    assert "tidak tersedia lagi" in gone
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    "data", [{"act": "x"}, {"act": "answer", "bagian": "9" * 30, "answer": "x"}, {"act": "forward"}]
)
def test_odd_steps_change_nothing(city, data):
    case = letter_of(city)
    assert client_of(city.desk).post(f"/admin/permohonan/{case.pk}/", data).status_code in (200, 302)
    assert kinds(case) == ["entered"]


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_decide_at_once_one_wins(city):
    make_letter_kinds()
    case = letter_of(city)
    barrier, told = Barrier(2), []

    def decide():
        barrier.wait()
        try:
            services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED)
            told.append("won")
        except RequestError as error:
            told.append(str(error))
        finally:
            connections.close_all()

    threads = [Thread(target=decide) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told)[1] == "won"
    assert "sudah selesai" in sorted(told)[0]
    assert Letter.objects.count() == 1


def test_withdrawn_by_its_requester_nothing_more_is_done(city):
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    services.withdraw_request(request_id=case.pk)
    with pytest.raises(RequestError, match="sudah selesai"):
        services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED)
    with pytest.raises(RequestError, match="sudah selesai"):
        services.extend_deadline(request_id=case.pk, actor=city.desk, reason="x")
    assert not Extension.objects.exists()


# --- a refusal rests on a test that stands -------------------------------------------------------------------------


def test_nothing_is_refused_by_an_exemption_that_is_over_or_not_approved(city):
    over = make_document(city.dinkes, info_class="exempt", exempt_until=date(2024, 3, 24), title="Rencana lama")
    draft = make_document(city.dinkes, None, info_class="exempt", title="Rencana baru")
    case = letter_of(city)
    for exempt in (over, draft):
        verdict = Verdict("refused", "Dikecualikan", exempt=exempt)
        with pytest.raises(RequestError, match="belum disetujui, atau jangka waktu"):
            services.decide_request(request_id=case.pk, actor=city.desk, verdict=verdict, now=wib(2024, 3, 25, 9))
    page = client_of(city.desk).get(f"/admin/permohonan/{case.pk}/").content.decode()
    assert "Rencana lama" not in page
    assert "Rencana baru" not in page
    verdict = Verdict("refused", "Dikecualikan", exempt=over)
    decision = services.decide_request(request_id=case.pk, actor=city.desk, verdict=verdict, now=wib(2024, 3, 24, 9))
    with pytest.raises(IntegrityError, match="masih berlaku"), transaction.atomic():
        Decision.objects.create(
            information_request=letter_of(city), outcome="refused", explanation="x", ground="a",
            consequence_test=over.consequence_test, letter=decision.letter, by=city.desk, at=wib(2024, 3, 25),
        )  # fmt: skip
