"""While asking: what is published already is shown before the next step, and never stands in the way of it."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from publications.related import question_of, telling_words
from requests_info.models import InformationRequest
from requests_info.suggestions import suggestions
from tests.builders import make_activity, make_document, make_unit

from .test_asking import ALL, ASK, hidden, post

pytestmark = pytest.mark.django_db
WANTED = "Saya mohon salinan laporan realisasi anggaran Dinas Kesehatan tahun 2023, lengkap dengan lampirannya."


@pytest.fixture
def published():
    unit = make_unit("dinkes", name="Dinas Kesehatan")
    return {
        "document": make_document(unit, title="Laporan Realisasi Anggaran 2023"),
        "activity": make_activity(unit, title="Pembahasan realisasi anggaran bersama warga"),
        "draft": make_document(unit, None, title="Laporan realisasi anggaran rancangan"),
        "other": make_document(unit, title="Jadwal vaksinasi posyandu"),
    }


def test_documents_come_before_activities_and_nothing_unpublished_comes(published):
    found = suggestions(WANTED)
    assert [row.title for row in found] == [published["document"].title, published["activity"].title]
    assert found[0].url == published["document"].get_absolute_url()
    assert (found[1].source, found[1].unit) == ("Kegiatan", "Dinas Kesehatan")


@pytest.mark.parametrize(
    "text",
    ["", "mohon salinan data tahun 2023", "' | ) & !:* \\ \x00", "zzz qqq", "anggaran " * 900, "☂ ” --", "a" * 9000],
)
def test_odd_texts_find_nothing_or_something_and_never_fail(published, text):
    assert isinstance(suggestions(text), list)


def test_words_of_every_request_tell_nothing():
    assert telling_words("Saya mohon salinan dokumen informasi tahun 2023 dari Dinas Pasar") == ["pasar"]
    assert question_of("mohon data tahun 2023") is None


def test_one_word_is_enough_only_where_there_is_no_other(published):
    assert [row.title for row in suggestions("posyandu")] == ["Jadwal vaksinasi posyandu"]
    assert suggestions("posyandu di stadion") == []


def test_they_are_shown_once_and_the_way_on_loses_nothing(published):
    client, token = Client(), str(uuid.uuid4())
    typed = {**ALL, "informasi": WANTED, "formulir": token}
    shown = post(client, "informasi", **typed).content.decode()
    assert published["document"].get_absolute_url() in shown
    assert 'target="_blank" rel="noopener"' in shown
    carried = hidden(shown)
    assert (carried["langkah"], carried["informasi"], carried["formulir"]) == ("saran", WANTED, token)
    assert carried["nama"] == ALL["nama"]
    onward = client.post(ASK, carried).content.decode()
    assert hidden(onward)["langkah"] == "pemohon"
    back = client.post(ASK, {**carried, "ke": "informasi"}).content.decode()
    assert WANTED in back
    assert not InformationRequest.objects.exists()


def test_without_a_fit_the_next_step_comes_at_once_and_a_fault_comes_first(published):
    assert hidden(post(Client(), "informasi", **ALL).content.decode())["langkah"] == "pemohon"
    wrong = post(Client(), "informasi", **{**ALL, "informasi": WANTED, "tujuan": ""}).content.decode()
    assert "Galat:" in wrong
    wrong = post(Client(), "saran", **{**ALL, "informasi": ""}).content.decode()
    assert "Galat:" in wrong


def test_what_was_found_is_shown_as_text(published):
    make_activity(published["document"].unit, title="Realisasi anggaran <script>alert(1)</script>")
    body = post(Client(), "informasi", **{**ALL, "informasi": WANTED}).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_who_names_a_unit_sees_that_units_papers_alone(published):
    other = make_unit("dindik", name="Dinas Pendidikan")
    foreign = make_document(other, title="Laporan Realisasi Anggaran 2022")
    assert foreign.title not in [row.title for row in suggestions(WANTED)]
    assert {row.unit for row in suggestions("laporan realisasi anggaran")} == {"Dinas Kesehatan", "Dinas Pendidikan"}
    assert {row.unit for row in suggestions("laporan realisasi anggaran, dindik")} >= {"Dinas Pendidikan"}
    chosen = suggestions("laporan realisasi anggaran", other)
    assert chosen[0].title == foreign.title
    body = post(Client(), "informasi", **{**ALL, "informasi": "Laporan realisasi anggaran", "unit": "dindik"})
    assert foreign.get_absolute_url() in body.content.decode()


def test_five_queries_for_any_number_of_rows(published):
    for _each in range(2):
        with CaptureQueriesContext(connection) as queries:
            suggestions(WANTED)
        assert len(queries) == 5
        for n in range(5):
            make_activity(make_unit(), title=f"Realisasi anggaran {n}")
    found = suggestions("realisasi anggaran")
    assert len(found) == 4  # one document, and no more than three activities
