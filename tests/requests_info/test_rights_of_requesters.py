"""A requester's own data: the desk hands out a copy of all of it, and sets it right; both are written down."""

import json
import uuid
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pypdf
import pytest
from django.db import connection

from correspondence.models import LetterRead
from publications.documents.media import Checked
from requests_info import services
from requests_info.models import FileAccess, IdentityRead, InformationRequest, RequestEvent
from requests_info.services import Objector, RequestError
from requests_info.services.deciding import Verdict
from requests_info.services.purging import purge_expired
from requests_info.services.rights_of_requesters import copy_of, rectify, same_person

from .worlds import asked, client_of, wib

pytestmark = pytest.mark.django_db
VALUES = {
    "act": "rectify", "nama": "Nama Baru", "alamat": "Jalan Kanari 1", "surel": "kanari@contoh.id", "telepon": "",
    "nik": "", "pekerjaan": "", "alasan": "Salah tulis",
}  # fmt: skip


def make_case(**fields) -> InformationRequest:
    return services.submit_request(asked=asked(**fields), form_token=uuid.uuid4())


def address_of(case) -> str:
    return f"/admin/permohonan/{case.pk}/data-pemohon/"


# --- setting right -------------------------------------------------------------------------------------------------


def test_a_wrong_name_is_set_right_and_the_old_one_is_nowhere(city):
    case = make_case(name="Nama Salah Ketik")
    answer = client_of(city.desk).post(address_of(case), VALUES)
    assert answer["Location"] == f"/admin/permohonan/{case.pk}/"
    case.refresh_from_db()
    assert (case.name, case.address) == ("Nama Baru", "Jalan Kanari 1")
    event = case.events.last()
    assert (event.kind, event.actor, event.note) == ("rectified", city.desk, "nama. Alasan: Salah tulis")
    notes = " ".join(RequestEvent.objects.values_list("note", flat=True))
    assert "Salah Ketik" not in notes
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM requests_info_informationrequest")
        assert "Nama" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nama": "Nama Kanari"}, "Tidak ada yang berubah"),
        ({"nama": ""}, "errorlist"),
        ({"surel": "bukan-surel"}, "surel"),
        ({"alasan": ""}, "errorlist"),
        ({"nama": "x" * 201}, "200"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(city, change, words):
    case = make_case()
    answer = client_of(city.desk).post(address_of(case), {**VALUES, **change})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert InformationRequest.objects.get().name == "Nama Kanari"
    assert not case.events.filter(kind="rectified").exists()


def test_only_the_desk_sets_right_and_nothing_that_was_purged(city):
    case = make_case()
    with pytest.raises(RequestError, match="tidak berhak"):
        rectify(subject=case, actor=city.operator, values={"name": "Lain"}, reason="x")
    services.withdraw_request(request_id=case.pk, now=wib(2019, 3, 4))
    purge_expired(wib(2026, 1, 1))
    for act in (lambda: rectify(subject=case, actor=city.desk, values={"name": "Lain"}, reason="x"),
                lambda: copy_of(subjects=[InformationRequest.objects.get()], actor=city.desk)):  # fmt: skip
        with pytest.raises(RequestError, match="sudah dihapus"):
            act()
    body = client_of(city.desk).post(address_of(case), {"act": "open"}).content.decode()
    assert "Data pribadi dihapus pada" in body


def test_an_objection_without_a_request_has_its_own_page(city):
    made = services.submit_periodic_objection(
        objector=Objector("Nama Lama", "Jalan"), unit=city.dinkes, text="Tidak ada", form_token=uuid.uuid4()
    )
    address = f"/admin/permohonan/keberatan/{made.pk}/data-pemohon/"
    assert "Nama Lama" in client_of(city.desk).post(address, {"act": "open"}).content.decode()
    values = {"act": "rectify", "nama": "Nama Baru", "alamat": "Jalan", "alasan": "Salah"}
    assert client_of(city.desk).post(address, values).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.events.last().kind) == ("Nama Baru", "rectified")
    case = make_case()
    about = services.submit_objection(request_id=case.pk, ground="b", text="Tidak ada", form_token=uuid.uuid4())
    assert client_of(city.desk).get(f"/admin/permohonan/keberatan/{about.pk}/data-pemohon/").status_code == 404


# --- looking, and a copy ---------------------------------------------------------------------------------------------


def test_nothing_is_shown_before_it_is_written_down(city):
    case = make_case()
    client = client_of(city.desk)
    assert "Nama Kanari" not in client.get(address_of(case)).content.decode()
    assert not IdentityRead.objects.exists()
    shown = client.post(address_of(case), {"act": "open"})
    assert "Nama Kanari" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert IdentityRead.objects.get().what == "rectification"


def test_cases_of_the_same_person_are_recognised_however_they_were_typed(city):
    case = make_case(phone="0812-3456-789")
    same = [
        make_case(name="Lain", address="Lain", email="KANARI@contoh.id", phone=""),
        make_case(name="Lain", address="Lain", email="", phone="+62 812 3456 789"),
        make_case(name="nama  kanari", address="Jalan Kanari, 1", email=""),
    ]
    make_case(name="Nama Kanari", address="Jalan Lain", email="lain@contoh.id", phone="0812")
    other = services.submit_periodic_objection(
        objector=Objector("Lain", "Lain", "kanari@contoh.id"),
        unit=city.dinkes,
        text="Tidak ada",
        form_token=uuid.uuid4(),
    )
    assert [match.subject for match in same_person(case)] == [*same, other]
    assert [match.why for match in same_person(case)] == ["surel", "telepon", "nama dan alamat", "surel"]
    body = client_of(city.desk).post(address_of(case), {"act": "open"}).content.decode()
    assert f"{same[0].number} (sama: surel)" in body


def test_the_copy_holds_all_of_one_person_and_nothing_of_another(city):
    case, mine, others = (
        make_case(),
        make_case(wanted="Kanari kedua"),
        make_case(name="Orang Lain", email="lain@contoh.id"),
    )
    files = [Checked("csv", b"kanari,1\n")]
    services.write_to_desk(request_id=case.pk, text="Kanari pesan", form_token=uuid.uuid4(), files=files)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=Verdict("granted", "Kanari isi"))
    services.submit_objection(request_id=case.pk, ground="d", text="Kanari keberatan", form_token=uuid.uuid4())
    ticked = {"act": "copy", "perkara": [mine.number, others.number]}  # what is not the same person's is not given
    answer = client_of(city.desk).post(address_of(case), ticked)
    assert (answer["Content-Type"], answer.status_code) == ("application/zip", 200)
    assert "no-store" in answer["Cache-Control"]
    archive = ZipFile(BytesIO(answer.content))
    letter, file = sorted(name for name in archive.namelist() if name != "data.json")[::-1]
    assert archive.read(file) == b"kanari,1\n"
    assert "Nama Kanari" in pypdf.PdfReader(BytesIO(archive.read(letter))).pages[0].extract_text()
    text = archive.read("data.json").decode()
    assert [row["nomor"] for row in json.loads(text)["perkara"]] == [case.number, mine.number]
    for words in ("Nama Kanari", "Jalan Kanari 1", "Kanari pesan", "Kanari isi", "Kanari keberatan", "Kanari kedua"):
        assert words in text
    for secret in (case.token, case.token_hash, str(case.form_token), "Orang Lain", city.desk.username):
        assert secret not in text
    reads = IdentityRead.objects.values_list("information_request", "what")
    assert sorted(reads) == [(case.pk, "export"), (mine.pk, "export")]
    assert LetterRead.objects.get().user == city.desk
    assert FileAccess.objects.get().actor == city.desk


def test_the_copy_tells_when_the_data_was_looked_at_but_not_by_which_account(city):
    case = make_case()
    services.record_identity_read(city.desk, case, IdentityRead.What.CASE)
    content = copy_of(subjects=[case], actor=city.desk)
    (told,) = json.loads(ZipFile(BytesIO(content)).read("data.json"))["perkara"]
    seen = [row["yang dilihat"] for row in told["data ini dilihat petugas"]]
    assert seen == ["Identitas pada halaman permohonan", "Salinan data pemohon"]


def test_a_file_that_is_lost_from_the_disk_keeps_nobody_from_the_rest(city):
    case = make_case()
    services.add_power_of_attorney(request_id=case.pk, files=[Checked("pdf", b"%PDF-1"), Checked("pdf", b"%PDF-2")])
    Path(case.files.first().file.path).unlink()
    answer = client_of(city.desk).post(address_of(case), {"act": "copy"})
    archive = ZipFile(BytesIO(answer.content))
    papers = [archive.read(name) for name in archive.namelist() if name.startswith("berkas/")]
    assert sorted(papers)[0] == b"%PDF-2"
    assert "tidak ada lagi di penyimpanan" in sorted(papers)[1].decode()
