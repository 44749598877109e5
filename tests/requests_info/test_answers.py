"""Published answers: one writes, another approves, nobody is named, and everybody finds them."""

import xml.etree.ElementTree as ElementTree

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opd.models import Role
from requests_info import services
from requests_info.answers import answers_like
from requests_info.models import PublishedAnswer
from requests_info.services import RequestError
from requests_info.suggestions import suggestions
from tests.people import make_person

from .worlds import GRANTED, client_of, letter_of, wib

pytestmark = pytest.mark.django_db
LIST = "/permohonan/jawaban/"
QUESTION, TEXT = "Jadwal posyandu 2026", "Posyandu buka setiap Selasa di semua kelurahan."


@pytest.fixture
def second(city):
    return make_person("ppid-kedua", city.diskominfo, Role.PPID_UTAMA)


@pytest.fixture
def case(city):
    made = letter_of(city)
    services.decide_request(request_id=made.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 20, 9))
    made.refresh_from_db()
    return made


def draft(city, case, **fields) -> PublishedAnswer:
    values = {"question": QUESTION, "text": TEXT, "unit": city.dinkes, **fields}
    return services.write_answer(request_id=case.pk, actor=city.desk, **values)


def publish(city, case, second, **fields) -> PublishedAnswer:
    made = draft(city, case, **fields)
    return services.approve_answer(answer_id=made.pk, revision=made.revision, actor=second)


def test_a_draft_is_public_nowhere(city, case):
    made = draft(city, case)
    client = Client()
    assert client.get(made.get_absolute_url()).status_code == 404
    for address in (LIST, f"{LIST}?q=posyandu", f"{LIST}atom.xml", "/cari/?q=posyandu", "/sitemap-jawaban.xml"):
        assert QUESTION not in client.get(address).content.decode()
    assert answers_like("Kapan jadwal posyandu tahun ini?") == []


def test_who_wrote_cannot_approve_nor_who_changed_it_last(city, case, second):
    made = draft(city, case)
    with pytest.raises(RequestError, match="orang lain"):
        services.approve_answer(answer_id=made.pk, revision=1, actor=city.desk)
    services.write_answer(
        request_id=case.pk, actor=second, unit=city.dinkes, question=QUESTION, text=TEXT, answer_id=made.pk
    )
    with pytest.raises(RequestError, match="orang lain"):
        services.approve_answer(answer_id=made.pk, revision=2, actor=second)
    assert services.approve_answer(answer_id=made.pk, revision=2, actor=city.desk).status == "published"


def test_who_approves_approves_what_they_have_read(city, case, second):
    made = draft(city, case)
    draft(city, case, answer_id=made.pk, text="Sudah lain.")
    with pytest.raises(RequestError, match="sudah diubah"):
        services.approve_answer(answer_id=made.pk, revision=1, actor=second)


NAMING = [
    "Kepada Nama Kanari: ada.",
    "Di Jalan Kanari 1 ada.",
    "kanari@contoh.id",
    "NIK 3672010101010001",
    "0812 3456 7890",
]


@pytest.mark.parametrize("text", NAMING)
def test_what_names_somebody_is_not_even_kept_as_a_draft(city, case, text):
    with pytest.raises(RequestError, match="seperti data pribadi"):
        draft(city, case, text=text)
    assert not PublishedAnswer.objects.exists()


@pytest.mark.parametrize("text", NAMING)
def test_what_names_somebody_is_said_and_does_not_go_out(city, case, second, text):
    """As when the requester's name was corrected after the draft was written."""
    made = draft(city, case)
    PublishedAnswer.objects.filter(pk=made.pk).update(text=text)
    page = client_of(second).get(f"/admin/permohonan/jawaban/{made.pk}/").content.decode()
    assert "Belum dapat terbit" in page
    assert "Setujui dan terbitkan" not in page
    with pytest.raises(RequestError, match="seperti data pribadi"):
        services.approve_answer(answer_id=made.pk, revision=1, actor=second)
    made.refresh_from_db()
    assert made.status == "draft"


def test_only_answers_of_answered_requests_and_only_by_the_desk(city, case, second):
    with pytest.raises(RequestError, match="sudah dijawab"):
        draft(city, letter_of(city))
    with pytest.raises(RequestError, match="tidak berhak"):
        services.write_answer(request_id=case.pk, actor=city.operator, unit=city.dinkes, question=QUESTION, text=TEXT)
    made = draft(city, case)
    with pytest.raises(RequestError, match="tidak berhak"):
        services.approve_answer(answer_id=made.pk, revision=1, actor=city.operator)
    for fields in ({"question": " "}, {"text": "\x00"}, {"question": "x" * 201}, {"text": "x" * 8001}):
        with pytest.raises(RequestError):
            draft(city, case, **fields)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Lain"},
        {"question": "Lain"},
        {"published_at": timezone.now()},
        {"status": "draft", "approved_by": None, "published_at": None},
    ],
)
def test_the_database_keeps_what_is_out(city, case, second, change):
    made = publish(city, case, second)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedAnswer.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedAnswer.objects.filter(pk=made.pk).delete()


def test_the_database_knows_no_answer_without_a_second_person(city, case, second):
    made = draft(city, case)
    now = timezone.now()
    for change in (
        {"status": "published", "approved_by": city.desk, "published_at": now},
        {"status": "published", "published_at": now},
        {"status": "published", "approved_by": second, "published_at": now, "text": "Lain"},
        {"status": "withdrawn", "approved_by": second, "published_at": now, "withdrawn_at": now,
         "withdrawn_by": second, "withdrawn_reason": "x"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            PublishedAnswer.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishedAnswer.objects.create(
            information_request=case, unit=city.dinkes, question="x", text="y", status="published",
            written_by=city.desk, approved_by=second, published_at=now,
        )  # fmt: skip


def test_a_published_answer_is_found_everywhere_without_a_person(city, case, second):
    made = publish(city, case, second)
    client = Client()
    for address in (LIST, f"{LIST}?q=posyandu", f"{LIST}?unit=dinkes", f"{LIST}atom.xml", "/cari/?q=posyandu",
                    made.get_absolute_url(), "/sitemap-jawaban.xml"):  # fmt: skip
        body = client.get(address).content.decode()
        assert (QUESTION in body) or (made.get_absolute_url() in body), address
        assert "anari" not in body
        assert case.number not in body
    assert "Tidak ada jawaban yang cocok" in client.get(f"{LIST}?q=zzz").content.decode()
    assert client.get(f"{LIST}?unit=pabean").content.decode().count(QUESTION) == 0
    assert client.get(f"{LIST}?unit=x").status_code == 400
    assert client.get(f"{LIST}?q=%00&halaman=99").status_code == 200
    assert client.get(f"{LIST}{made.pk}/salah/").url == made.get_absolute_url()
    assert ElementTree.fromstring(client.get(f"{LIST}atom.xml").content) is not None


def test_the_search_of_the_site_does_not_say_nothing_where_an_answer_fits(city, case, second):
    assert "Tidak ada yang cocok" in Client().get("/cari/?q=posyandu").content.decode()
    publish(city, case, second)
    text = Client().get("/cari/?q=posyandu").content.decode()
    assert "Pernah ditanyakan" in text
    assert "Tidak ada yang cocok" not in text


def test_it_is_suggested_before_documents_to_who_asks_the_same(city, case, second):
    made = publish(city, case, second)
    text = "Saya ingin tahu jadwal posyandu tahun 2026 di kelurahan saya"
    assert answers_like(text) == [made]
    assert suggestions(text)[0].url == made.get_absolute_url()
    assert answers_like("Berapa anggaran jembatan?") == []


def test_a_withdrawn_answer_says_why_and_no_more(city, case, second):
    made = publish(city, case, second)
    with pytest.raises(RequestError, match="seperti data pribadi"):
        services.withdraw_answer(answer_id=made.pk, actor=city.desk, reason="Diminta Nama Kanari")
    services.withdraw_answer(answer_id=made.pk, actor=city.desk, reason="Jadwalnya berubah")
    client = Client()
    gone = client.get(made.get_absolute_url())
    assert gone.status_code == 410
    assert "Jadwalnya berubah" in gone.content.decode()
    assert TEXT not in gone.content.decode()
    for address in (LIST, f"{LIST}atom.xml", "/cari/?q=posyandu", "/sitemap-jawaban.xml"):
        body = client.get(address).content.decode()
        assert QUESTION not in body
        assert made.get_absolute_url() not in body
    assert answers_like("jadwal posyandu") == []
    with pytest.raises(RequestError, match="keadaannya sudah berubah"):
        services.withdraw_answer(answer_id=made.pk, actor=city.desk, reason="Lagi")


def test_two_officers_publish_and_withdraw_at_the_desk(city, case, second):
    writer, approver = client_of(city.desk), client_of(second)
    form = writer.get(f"/admin/permohonan/{case.pk}/jawaban/").content.decode()
    assert "Salinan rencana kerja 2026 terlampir." in form  # the decision's words to begin with
    response = writer.post(
        f"/admin/permohonan/{case.pk}/jawaban/", {"question": QUESTION, "text": TEXT, "unit": city.dinkes.pk}
    )
    here = response.url
    assert "Setujui dan terbitkan" not in writer.get(here).content.decode()
    writer.post(here, {"act": "approve", "revision": "1"})
    assert not PublishedAnswer.objects.published().exists()
    assert "Setujui dan terbitkan" in approver.get(here).content.decode()
    for revision in ("", "x", "²", "9" * 30, "2"):
        approver.post(here, {"act": "approve", "revision": revision})
    assert not PublishedAnswer.objects.published().exists()
    approver.post(here, {"act": "approve", "revision": "1"})
    assert PublishedAnswer.objects.published().get().approved_by == second
    assert "errorlist" in writer.post(here, {"act": "withdraw", "reason": ""}).content.decode()
    writer.post(here, {"act": "withdraw", "reason": "Keliru"})
    assert PublishedAnswer.objects.get().status == "withdrawn"
    for view, count in (("naskah", 0), ("terbit", 0), ("ditarik", 1)):
        assert writer.get(f"/admin/permohonan/jawaban/?tampil={view}").content.decode().count(QUESTION) == count
    assert writer.get("/admin/permohonan/jawaban/?tampil=x").status_code == 404


def test_a_draft_can_be_changed_and_dropped_at_the_desk(city, case, second):
    made, client = draft(city, case), client_of(second)
    here = f"/admin/permohonan/jawaban/{made.pk}/"
    assert "errorlist" in client.post(here, {"act": "write", "question": "", "text": ""}).content.decode()
    client.post(here, {"act": "write", "question": "Baru", "text": TEXT, "unit": city.pabean.pk})
    made.refresh_from_db()
    assert (made.question, made.revision, made.written_by, made.unit) == ("Baru", 2, second, city.pabean)
    assert client.post(here, {"act": "drop"}).url == "/admin/permohonan/jawaban/"
    assert not PublishedAnswer.objects.exists()


def test_queries_do_not_grow_with_the_answers(city, case, second):
    counts = []
    for number in range(2):
        publish(city, case, second, question=f"Pertanyaan {number}")
        with CaptureQueriesContext(connection) as queries:
            Client().get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
