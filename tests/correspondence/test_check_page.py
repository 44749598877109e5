"""Anyone checks a letter: genuine, withdrawn, or unknown, and never a person's name."""

import re

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from correspondence import codes, views
from correspondence.services import letter_pdf, withdraw_letter
from tests.builders import make_unit
from tests.people import make_person

from .worlds import issue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_guesses():
    cache.clear()


@pytest.fixture
def letter():
    return issue()


def send(client, letter, content: bytes):
    return client.post(letter.get_absolute_url(), {"berkas": SimpleUploadedFile("surat.pdf", content)})


def test_genuine_letter_is_told_with_its_hash(client, letter):
    response = client.get(letter.get_absolute_url())
    text = response.content.decode()
    assert response.status_code == 200
    for words in ("Surat ini asli", letter.number, letter.sha256, letter.subject, letter.unit.name, "15 Februari 2023"):
        assert words in text
    assert '<meta name="robots" content="noindex">' in text
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_page_names_no_person(client):
    actor = make_person("penerbit", make_unit("diskominfo"), "ppid_utama", first_name="Rahasia", last_name="Namaku")
    letter = issue(actor, addressee="Sdr. Rahasia Warga\nJalan Rahasia 1")
    withdraw_letter(letter_id=letter.pk, actor=actor, reason="Salah tanggal")
    text = client.get(letter.get_absolute_url()).content.decode()
    assert "Salah tanggal" in text
    assert "Rahasia" not in text
    assert "penerbit" not in text


def test_withdrawn_letter_is_told_with_its_reason(client, letter):
    withdraw_letter(letter_id=letter.pk, actor=letter.created_by, reason="Salah <b>unit</b>")
    text = client.get(letter.get_absolute_url()).content.decode()
    assert "Surat ini sudah ditarik" in text
    assert "Surat ini asli" not in text
    assert "Salah &lt;b&gt;unit&lt;/b&gt;" in text


def test_sample_letter_says_that_it_is_one(client):
    assert "data contoh" in client.get(issue(is_sample=True).get_absolute_url()).content.decode()


def test_code_is_read_as_people_write_it(client, letter):
    for typed in (letter.code, letter.code.lower(), letter.printed_code.lower(), f" {letter.printed_code} "):
        response = client.get(f"/surat/{typed}/")
        assert (response.status_code, response["Location"]) == (302, letter.get_absolute_url())
    mistaken = letter.printed_code.replace("0", "o").replace("1", "l").replace("V", "u")
    assert client.get(f"/surat/{mistaken}/", follow=True).status_code == 200


def test_number_and_code_lead_to_the_letter(client, letter):
    response = client.get("/surat/", {"nomor": letter.number, "kode": letter.printed_code.lower()})
    assert response["Location"] == letter.get_absolute_url()


def test_unknown_letter_is_told_the_same_whatever_is_wrong(client, letter):
    other = issue()
    answers = set()
    for number, code in (
        (letter.number, codes.new_code()),
        (letter.number, other.printed_code),
        ("488/999/PPID/2023", letter.printed_code),
        ("x", "y"),
    ):
        response = client.get("/surat/", {"nomor": number, "kode": code})
        assert response.status_code == 404
        assert response["Cache-Control"] == "no-store"
        answers.add(re.sub(r'value="[^"]*"', "", response.content.decode()))
    assert len(answers) == 1
    assert "Surat tidak ditemukan" in answers.pop()
    response = client.get(f"/surat/{codes.new_code()}/")
    assert response.status_code == 404
    assert "Surat tidak ditemukan" in response.content.decode()


@pytest.mark.parametrize("query", [{"nomor": "", "kode": ""}, {"nomor": "x" * 200, "kode": "y"}, {"nomor": "\x00"}])
def test_form_says_what_is_missing(client, query):
    response = client.get("/surat/", query)
    assert response.status_code == 200
    assert 'class="error"' in response.content.decode()


@pytest.mark.parametrize("code", ["%00", "%FF", "x" * 3000, "0000", "…", "K7QM-3XZP-9T4D-AB2C", "'; DROP TABLE--"])
def test_hostile_code_is_unknown(client, code):
    assert client.get(f"/surat/{code}/").status_code == 404


def test_same_file_is_recognised_and_a_changed_one_refused(client, letter):
    content = letter_pdf(letter)
    assert "sama persis" in send(client, letter, content).content.decode()
    for changed in (content[:-1], content + b"\n", content.replace(b"2023", b"2024", 1), b"lain", letter_pdf(issue())):
        text = send(client, letter, changed).content.decode()
        assert "Berkas ini berbeda" in text
        assert "sama persis" not in text


def test_missing_empty_and_huge_files_are_told(client, letter, monkeypatch):
    assert 'class="error"' in client.post(letter.get_absolute_url()).content.decode()
    assert 'class="error"' in send(client, letter, b"").content.decode()
    monkeypatch.setattr("correspondence.forms.FILE_LIMIT", 10)
    assert "lebih besar dari 10 MB" in send(client, letter, b"x" * 11).content.decode()


def test_many_wrong_guesses_are_slowed_down(client, letter):
    for _ in range(views.GUESSES.limit):
        assert client.get(f"/surat/{codes.new_code()}/").status_code == 404
    for answer in (
        client.get(f"/surat/{codes.new_code()}/"),
        client.get(letter.get_absolute_url()),
        client.get("/surat/", {"nomor": letter.number, "kode": letter.code}),
    ):
        assert answer.status_code == 429
        assert answer["Retry-After"] == "60"
    assert client.get("/surat/").status_code == 200
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get(letter.get_absolute_url(), **other).status_code == 200


def test_right_guesses_are_not_counted(client, letter):
    for _ in range(views.GUESSES.limit + 5):
        assert client.get(letter.get_absolute_url()).status_code == 200


def test_page_answers_without_redis(client, letter, settings):
    location = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
    assert client.get(letter.get_absolute_url()).status_code == 200
    assert client.get(f"/surat/{codes.new_code()}/").status_code == 404


def test_page_asks_for_the_letter_once(client, letter, django_assert_max_num_queries):
    with django_assert_max_num_queries(4) as asked:
        client.get(letter.get_absolute_url())
    assert len([query for query in asked.captured_queries if "correspondence_" in query["sql"]]) == 1


def test_codes_are_long_and_differ():
    made = {codes.new_code() for _ in range(500)}
    assert len(made) == 500
    assert all(codes.read_code(codes.grouped(code)) == code for code in made)
    assert len(codes.ALPHABET) ** codes.LENGTH == 2**80
