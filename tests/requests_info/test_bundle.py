"""The bundle for Komisi Informasi: the story of 2024 in one ZIP, the same bytes each time, for who may have it."""

import csv
import hashlib
import uuid
from datetime import date
from io import BytesIO, StringIO
from zipfile import ZipFile

import pypdf
import pytest
from django.test import Client

from correspondence.services import letter_pdf
from opd.models import Role
from requests_info import services
from requests_info.bundle import bundle_zip
from requests_info.models import IdentityRead, Objection
from requests_info.services import DeskEntry, Registered
from tests.people import make_person

from .test_objecting import decide, object_to, periodic
from .worlds import GRANTED, client_of, forward, letter_of, wib

pytestmark = pytest.mark.django_db


def story_of_2024(city) -> Objection:
    """14 March asked, forwarded to two units, silence; objection by letter on 1 April; answer 24 April; dispute."""
    case = letter_of(city)
    first, second = forward(case, city, city.dinkes, city.pabean, task="Rincian anggaran")
    services.write_to_desk(
        request_id=case.pk, text="Mohon kabar surat kami.", form_token=uuid.uuid4(), now=wib(2024, 3, 25, 9)
    )
    services.answer_part(assignment_id=first.pk, actor=city.operator, answer="Jawaban-unit", now=wib(2024, 4, 2, 9))
    services.return_part(assignment_id=second.pk, actor=city.other, reason="Bukan kami", now=wib(2024, 4, 3, 9))
    entry = DeskEntry("letter", wib(2024, 4, 1), city.desk)
    objection = object_to(case, "c", now=wib(2024, 4, 4, 9), entry=entry, text="Surat kami tidak ditanggapi.")
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 4, 24, 9))
    decide(objection, city.desk, now=wib(2024, 4, 24, 10))
    services.respond_to_decision(objection_id=objection.pk, answer="not_satisfied", now=wib(2024, 4, 25, 9))
    registered = Registered("015/KI-BTN/2024", date(2024, 5, 13), "Catatan-sidang")
    services.register_dispute(
        objection_id=objection.pk, actor=city.desk, registered=registered, now=wib(2024, 5, 14, 9)
    )
    objection.refresh_from_db()
    return objection


def opened(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def test_the_bundle_holds_timeline_receipt_all_letters_and_their_sums(city):
    objection = story_of_2024(city)
    files = opened(bundle_zip(objection, is_internal=False))
    request_letter, objection_letter = objection.information_request.decision.letter, objection.decision.letter
    assert list(files) == [
        "00-lini-masa.pdf",
        f"01-tanda-bukti-{objection.information_request}.pdf",
        f"02-{request_letter.file_name}",
        f"03-{objection_letter.file_name}",
        "DAFTAR-ISI.csv",
        "SHA256SUMS",
    ]
    assert files[f"03-{objection_letter.file_name}"] == letter_pdf(objection_letter)
    rows = list(csv.DictReader(StringIO(files["DAFTAR-ISI.csv"].decode("utf-8-sig"))))
    assert [row["Nomor"] for row in rows][2:] == [request_letter.number, objection_letter.number]
    for row in rows:
        content = files[row["Berkas"]]
        assert row["SHA-256"] == hashlib.sha256(content).hexdigest()
        assert int(row["Ukuran (byte)"]) == len(content)
        assert f"{row['SHA-256']}  {row['Berkas']}\n" in files["SHA256SUMS"].decode()


def test_the_timeline_tells_parties_numbers_every_limit_and_every_step(city):
    objection = story_of_2024(city)
    words = words_of(opened(bundle_zip(objection, is_internal=False))["00-lini-masa.pdf"])
    for part in (
        "Nama Kanari", "Jalan Kanari 1", "Dinkes", "PI-2024-0001", "KB-2024-0001", "015/KI-BTN/2024",
        objection.decision.letter.number, "Rencana kerja 2026", "Surat kami tidak ditanggapi.",
        "Mohon kabar surat kami.",
        "Hari nol 14 Maret 2024; hari terakhir Kamis, 28 Maret 2024; 10 hari kerja.", "15 Mar, 18 Mar",
        "Hari nol 1 April 2024; hari terakhir Selasa, 28 Mei 2024; 30 hari kerja.", "Hari Raya Idul Fitri",
        "Hari nol 24 April 2024; hari terakhir Jumat, 17 Mei 2024; 14 hari kerja.",
        "Keberatan dicatat oleh petugas layanan", "Pemohon tidak puas dengan keputusan",
        "14 Maret 2024; batas 28 Maret 2024; dijawab 24 April 2024 (22 hari kerja)", "Nama Atasan, Sekretaris Daerah",
    ):  # fmt: skip
        assert part in words, part
    for part in ("Jawaban-unit", "Bukan kami", "Catatan-sidang", "ppid-utama", "operator-dinkes"):
        assert part not in words, part


def test_the_citys_own_copy_adds_the_units_answers_and_who_acted(city):
    words = words_of(opened(bundle_zip(story_of_2024(city), is_internal=True))["00-lini-masa.pdf"])
    for part in (
        "penggunaan internal",
        "Jawaban-unit",
        "Bukan kami",
        "Catatan-sidang",
        "(ppid-utama)",
        "(operator-",
    ):
        assert part in words, part


def test_the_same_rows_give_the_same_bytes_and_a_further_step_others(city):
    objection = story_of_2024(city)
    first, second = (bundle_zip(objection, is_internal=False) for _each in range(2))
    assert first == second
    services.close_dispute(objection_id=objection.pk, actor=city.desk, outcome="granted", decided_on=date(2024, 7, 1))
    assert bundle_zip(objection, is_internal=False) != first


def test_an_objection_without_request_and_decision_has_a_bundle_too(city):
    files = opened(bundle_zip(periodic(city.dinkes, now=wib(2024, 4, 1, 9)), is_internal=True))
    assert list(files) == ["00-lini-masa.pdf", "DAFTAR-ISI.csv", "SHA256SUMS"]
    words = words_of(files["00-lini-masa.pdf"])
    assert "belum ada" in words
    assert "Hari nol 28 Mei 2024" in words  # no decision: counted from the end of the superior's days


def test_the_desk_downloads_it_and_each_download_is_written_down(city):
    objection = story_of_2024(city)
    path = f"/admin/permohonan/keberatan/{objection.pk}/"
    assert f"{path}berkas.zip" in client_of(city.desk).get(path).content.decode()
    answer = client_of(city.desk).get(f"{path}berkas.zip")
    assert answer["Content-Disposition"] == f'attachment; filename="berkas-{objection.number}.zip"'
    assert answer.content == bundle_zip(objection, is_internal=True)
    assert list(IdentityRead.objects.values_list("user", "what", "information_request")) == [
        (city.desk.pk, "bundle", objection.information_request_id)
    ]
    superior = make_person("atasan", objection.unit, Role.ATASAN_PPID)
    for nobody in (superior, city.operator, city.other):
        assert client_of(nobody).get(f"{path}berkas.zip").status_code == 404
    assert IdentityRead.objects.count() == 1


def test_who_objected_downloads_it_from_the_secret_address(city):
    objection = story_of_2024(city)
    path = f"{objection.get_absolute_url()}berkas.zip"
    assert path in Client().get(objection.get_absolute_url()).content.decode()
    answer = Client().get(path)
    assert answer["Content-Type"] == "application/zip"
    assert answer.content == bundle_zip(objection, is_internal=False)
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(f"/keberatan/{'b' * 32}/berkas.zip").status_code == 404
