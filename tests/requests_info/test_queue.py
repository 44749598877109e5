"""The desk's queue: who has a case, what is due, by unit and by number, in a fixed number of queries."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction

from opd.models import Membership, Role
from requests_info import desk, services
from requests_info.claim_forms import CLAIM_FORMS
from requests_info.desk_views import DONE, FORMS
from requests_info.models import Claim
from requests_info.services import RequestError
from tests.people import make_person

from .worlds import GRANTED, client_of, forward, letter_of, wib

pytestmark = pytest.mark.django_db
QUEUE = "/admin/permohonan/"
TODAY = date(2024, 3, 25)


@pytest.fixture
def colleague(city):
    return make_person("rekan", city.diskominfo, Role.PPID_UTAMA, first_name="Rekan", last_name="Kerja")


def claim(case, actor, **fields) -> Claim:
    return services.claim_request(request_id=case.pk, actor=actor, **fields)


# --- one officer takes a case ----------------------------------------------------------------------------------------


def test_a_case_is_taken_given_back_and_taken_again(city, colleague):
    case = letter_of(city)
    claim(case, city.desk)
    with pytest.raises(RequestError, match="sudah Anda tangani"):
        claim(case, city.desk)
    with pytest.raises(RequestError, match="ditangani oleh ppid-utama"):
        claim(case, colleague)
    with pytest.raises(RequestError, match="tidak sedang Anda tangani"):
        services.release_request(request_id=case.pk, actor=colleague)
    services.release_request(request_id=case.pk, actor=city.desk)
    claim(case, colleague)
    assert list(Claim.objects.open().values_list("user", flat=True)) == [colleague.pk]
    assert Claim.objects.count() == 2


def test_a_case_is_taken_over_only_with_a_reason_which_stays(city, colleague):
    case = letter_of(city)
    with pytest.raises(RequestError, match="tidak sedang ditangani petugas lain"):
        services.take_over_request(request_id=case.pk, actor=colleague, reason="Sakit")
    first = claim(case, city.desk)
    for reason in (" ", "x" * 501):
        with pytest.raises(RequestError, match="alasan mengambil alih"):
            services.take_over_request(request_id=case.pk, actor=colleague, reason=reason)
    services.take_over_request(request_id=case.pk, actor=colleague, reason="Petugas sakit")
    first.refresh_from_db()
    assert (first.ended_by, first.reason) == (colleague, "Petugas sakit")
    assert Claim.objects.open().get().user == colleague
    assert "Petugas sakit" not in client_of(city.operator).get(case.get_absolute_url()).content.decode()


def test_only_the_desk_takes_cases_and_only_open_ones(city):
    case = letter_of(city)
    forward(case, city, city.dinkes)
    with pytest.raises(RequestError, match="tidak berhak"):
        claim(case, city.operator)
    done = letter_of(city)
    services.withdraw_request(request_id=done.pk)
    with pytest.raises(RequestError, match="sudah selesai"):
        claim(done, city.desk)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO requests_info_claim (information_request_id, user_id, at, reason)"
        " SELECT information_request_id, user_id, now(), '' FROM requests_info_claim WHERE ended_at IS NULL",
        "UPDATE requests_info_claim SET user_id = user_id + 1",
        "UPDATE requests_info_claim SET ended_at = now()",
        "UPDATE requests_info_claim SET reason = reason WHERE ended_at IS NOT NULL",
        "DELETE FROM requests_info_claim",
    ],
)
def test_the_database_holds_one_officer_per_case_and_the_history(city, statement):
    case = letter_of(city)
    claim(case, city.desk)
    services.release_request(request_id=case.pk, actor=city.desk)
    claim(case, city.desk)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_takes_over_without_a_reason_in_the_database_either(city, colleague):
    held = claim(letter_of(city), city.desk)
    with pytest.raises(IntegrityError, match="claim_taken_over_with_reason"), transaction.atomic():
        Claim.objects.filter(pk=held.pk).update(ended_at=wib(2024, 3, 20), ended_by=colleague)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_takes_the_case_and_the_other_gets_a_sentence(city, colleague):
    case, told, barrier = letter_of(city), [], Barrier(2)

    def attempt(actor):
        barrier.wait()
        try:
            claim(case, actor)
            told.append("won")
        except RequestError as error:
            told.append(str(error))
        finally:
            connections.close_all()

    threads = [Thread(target=attempt, args=[actor]) for actor in (city.desk, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told)[1] == "won"
    assert "sudah ditangani oleh" in sorted(told)[0]
    assert Claim.objects.open().count() == 1


def test_the_page_of_a_case_says_who_has_it_and_offers_the_one_step_that_fits(city, colleague):
    case = letter_of(city)
    forward(case, city, city.dinkes)
    path, mine, other = f"{QUEUE}{case.pk}/", client_of(city.desk), client_of(colleague)
    assert "Ambil permohonan ini" in mine.get(path).content.decode()
    mine.post(path, {"act": "claim"})
    assert "Lepaskan" in mine.get(path).content.decode()
    page = other.get(path).content.decode()
    assert "Ditangani oleh ppid-utama" in page
    assert "Ambil alih" in page
    assert "tidak tersedia lagi" in other.post(path, {"act": "claim"}, follow=True).content.decode()
    assert "errorlist" in other.post(path, {"act": "take_over", "reason": ""}).content.decode()
    other.post(path, {"act": "take_over", "reason": "Petugas cuti"})
    assert "Ditangani oleh Rekan Kerja" in mine.get(path).content.decode()
    other.post(path, {"act": "release"})
    assert not Claim.objects.open().exists()
    unit_page = client_of(city.operator).get(path).content.decode()
    assert "Ambil permohonan ini" not in unit_page
    client_of(city.operator).post(path, {"act": "claim"})
    assert not Claim.objects.open().exists()


# --- views and counts ----------------------------------------------------------------------------------------------


def numbers(user, view, **narrowed) -> list[str]:
    rows = desk.queue(user, view, TODAY, desk.Narrowed(**narrowed))
    assert desk.counts(user, TODAY, desk.Narrowed(**narrowed))[view] == len(rows)
    return [row.number for row in rows]


def test_each_view_holds_what_its_name_says_and_its_count_is_that_of_its_rows(city, colleague):
    late, soon, fresh, waiting, done = (letter_of(city, wib(2024, 3, day, 9)) for day in (5, 14, 22, 21, 12))
    forward(soon, city, city.dinkes, now=wib(2024, 3, 15, 9))
    forward(late, city, city.pabean, due_on=date(2024, 3, 19), now=wib(2024, 3, 15, 9))
    services.declare_incomplete(request_id=waiting.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 22, 9))
    services.decide_request(request_id=done.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 20, 9))
    claim(soon, city.desk)
    claim(late, colleague)
    for view, expected in {
        "terbuka": [late, soon, waiting, fresh],
        "saya": [soon],
        "tanpa": [waiting, fresh],
        "baru": [fresh],
        "segera": [soon],
        "lewat": [late],
        "pemohon": [waiting],
        "selesai": [done],
    }.items():
        assert numbers(city.desk, view) == [case.number for case in expected], view
    assert numbers(colleague, "saya") == [late.number]
    assert numbers(city.desk, "terbuka", unit=city.dinkes) == [soon.number]
    assert numbers(city.desk, "terbuka", number=fresh.number[-4:]) == [fresh.number]
    assert numbers(city.desk, "lewat", unit=city.dinkes) == []
    assert desk.units_with_open_cases(city.desk) == [("dinkes", "Dinkes", 1), ("pabean", "Pabean", 1)]


def test_for_a_units_people_what_is_theirs_is_what_waits_for_their_unit(city):
    answered, waiting = letter_of(city), letter_of(city)
    (part,) = forward(answered, city, city.dinkes)
    forward(waiting, city, city.dinkes, city.pabean)
    services.answer_part(assignment_id=part.pk, actor=city.operator, answer="Ya", now=wib(2024, 3, 18, 9))
    assert numbers(city.operator, "saya") == [waiting.number]
    assert len(numbers(city.operator, "terbuka")) == 2
    Membership.objects.create(user=city.operator, unit=city.pabean, role=Role.OPERATOR)  # two units, one row
    assert len(numbers(type(city.operator).objects.get(pk=city.operator.pk), "terbuka")) == 2
    assert client_of(city.operator).get(f"{QUEUE}?tampil=tanpa").status_code == 404
    assert "Belum ada petugas" not in client_of(city.operator).get(QUEUE).content.decode()


def test_the_page_narrows_by_unit_and_number_and_keeps_both(city):
    for _each in range(30):
        forward(letter_of(city), city, city.dinkes)
    single = letter_of(city)
    client = client_of(city.desk)
    page = client.get(f"{QUEUE}?tampil=terbuka&unit=dinkes").content.decode()
    assert "Dinkes (30)" in page
    assert "Semua yang terbuka: 30" in page
    assert "tampil=terbuka&amp;unit=dinkes&amp;halaman=2" in page
    assert "?tampil=saya&amp;unit=dinkes" in page
    assert single.number not in page
    page = client.get(f"{QUEUE}?nomor={single.number.lower()}").content.decode()
    assert "Semua yang terbuka: 1" in page
    assert single.number in page


@pytest.mark.parametrize(
    ("query", "status"),
    [("tampil=x", 404), ("unit=x", 404), ("unit=%00", 400), ("nomor=%00", 400), ("nomor=%25", 200),
     ("nomor=" + "9" * 99, 200), ("halaman=x", 200)],
)  # fmt: skip
def test_whatever_stands_in_the_address_is_no_error_of_ours(city, query, status):
    assert client_of(city.desk).get(f"{QUEUE}?{query}").status_code == status


def test_the_queue_asks_as_often_for_many_as_for_one(city, colleague, django_assert_num_queries):
    for many in (1, 12):
        for _each in range(many):
            case = letter_of(city)
            forward(case, city, city.dinkes, city.pabean)
            claim(case, colleague)
        client = client_of(city.desk)
        with django_assert_num_queries(10):
            client.get(QUEUE)


def test_the_desk_reads_what_is_asked_until_there_is_a_subject(city):
    case = letter_of(city, wanted="Jadwal vaksinasi rabies di kelurahan")
    assert "Jadwal vaksinasi rabies" in client_of(city.desk).get(QUEUE).content.decode()
    forward(case, city, city.dinkes)
    for reader in (city.desk, city.operator):
        text = client_of(reader).get(QUEUE).content.decode()
        assert "Rencana kerja 2026" in text
        assert "Jadwal vaksinasi rabies" not in text


@pytest.mark.parametrize(
    ("steps", "words"), [(["claim"], "sekarang Anda tangani"), (["claim", "release"], "dilepaskan")]
)
def test_each_step_says_what_it_did(city, steps, words):
    case, client = letter_of(city), client_of(city.desk)
    for step in steps:
        shown = client.post(f"{QUEUE}{case.pk}/", {"act": step}, follow=True).content.decode()
    assert words in shown


def test_there_are_words_for_every_step():
    assert set(DONE) == {*FORMS, *CLAIM_FORMS, "answer", "return"}
