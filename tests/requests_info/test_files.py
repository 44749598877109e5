"""Files of a request: judged by content, encrypted on the disk, given out only to whom they are meant for."""

import uuid
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory

from cilegon_kip.common import encryption
from publications.documents.media import Checked
from requests_info import notices, services
from requests_info.models import FileAccess, FileForward, IdentityRead, InformationRequest, RequestFile
from requests_info.services import RequestError
from requests_info.services.files import give_out, purge_file, renew_encryption
from requests_info.views import UPLOADS
from tests.publications.pictures import png_bomb, with_gps

from .test_asking import ALL, ASK, hidden, post
from .uploads import PDF, bomb, upload
from .worlds import asked, client_of, forward, letter_of

pytestmark = pytest.mark.django_db
CHECKED = Checked("pdf", PDF)


def request_with_paper(**fields) -> InformationRequest:
    return services.submit_request(asked=asked(**fields), form_token=uuid.uuid4(), power_of_attorney=[CHECKED])


def message_with_file(case) -> RequestFile:
    services.write_to_desk(request_id=case.pk, text="Terlampir", form_token=uuid.uuid4(), files=[CHECKED])
    return case.files.filter(kind="attachment").latest("pk")


def stored() -> list[Path]:
    return [path for path in Path(settings.PRIVATE_ROOT).rglob("*") if path.is_file()]


# --- sending -------------------------------------------------------------------------------------------------------


def test_the_power_of_attorney_goes_with_the_request_and_is_kept_nowhere_before():
    client = Client()
    group = {**ALL, "jenis": "group"}
    check = post(client, "penerimaan", **group).content.decode()
    assert "Surat kuasa kelompok" in check
    assert 'enctype="multipart/form-data"' in check
    wrong = client.post(ASK, {**hidden(check), **group, "langkah": "periksa", "kuasa": upload(b"<html>")})
    body = wrong.content.decode()
    assert "kanari-nama.pdf” bukan PDF, JPEG, atau PNG" in body
    assert "Berkas perlu dipilih lagi" in body
    assert not stored()
    assert not InformationRequest.objects.exists()
    data = {**hidden(check), **group, "langkah": "periksa"}
    first = client.post(ASK, {**data, "kuasa": upload()})
    again = client.post(ASK, {**data, "kuasa": upload()})
    assert first.url == again.url
    (file,) = RequestFile.objects.all()
    assert (file.kind, file.format, file.event.kind) == ("power_of_attorney", "pdf", "received")
    assert len(stored()) == 1


def test_without_the_paper_the_number_is_given_all_the_same_and_the_page_asks_for_it():
    case = services.submit_request(asked=asked(requester_kind="group"), form_token=uuid.uuid4())
    client = Client()
    body = client.get(case.get_absolute_url()).content.decode()
    assert "<details open><summary>Kirim surat kuasa" in body
    said = client.post(case.get_absolute_url(), {"langkah": "kuasa"})
    assert said.status_code == 400
    assert "Pilih berkas surat kuasanya" in said.content.decode()
    sent = client.post(case.get_absolute_url(), {"langkah": "kuasa", "kuasa": upload()}, follow=True).content.decode()
    assert "Surat kuasa Anda sudah kami terima" in sent
    assert "1 berkas surat kuasa sudah kami terima" in sent
    services.withdraw_request(request_id=case.pk)
    assert client.post(case.get_absolute_url(), {"langkah": "kuasa", "kuasa": upload()}).status_code == 409
    assert case.files.count() == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([b""], "Berkas kosong"),
        ([b"MZ\x90\x00 program"], "apa pun nama berkasnya"),
        ([b"<svg onload=alert(1)>"], "apa pun nama berkasnya"),
        ([PDF[:-6]], "PDF ini tidak lengkap"),
        ([bomb()], "membengkak luar biasa"),
        ([png_bomb()], "juta piksel"),
        ([PDF] * 6, "Paling banyak 5 berkas"),
        ([PDF + b" " * 2000], "paling besar"),
    ],
    ids=["empty", "program", "script", "half a PDF", "zip bomb", "picture bomb", "too many", "too big"],
)
def test_what_is_not_taken_is_told_and_nothing_is_kept(settings, files, said):
    if said == "paling besar":
        settings.REQUEST_FILE_MAX_BYTES = 1000
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    data = {"langkah": "pesan", "pesan": "Ini berkasnya", "berkas": [upload(content) for content in files]}
    answer = Client().post(case.get_absolute_url(), data)
    body = answer.content.decode()
    assert answer.status_code == 400
    assert said in body
    assert "Ini berkasnya</textarea>" in body
    assert "Galat:" in body
    assert not stored()
    assert not case.messages.exists()


def test_a_paper_must_be_a_picture_or_a_pdf():
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    answer = Client().post(case.get_absolute_url(), {"langkah": "kuasa", "kuasa": upload(b"a,b\n1,2\n")})
    assert answer.status_code == 400
    assert "bukan PDF, JPEG, atau PNG" in answer.content.decode()


def test_three_hundred_megabytes_are_refused_before_they_are_read():
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    for path in (ASK, case.get_absolute_url()):
        answer = Client().post(path, {"langkah": "pesan"}, CONTENT_LENGTH=str(300 * 1024 * 1024))
        assert answer.status_code == 413


def test_a_request_holds_so_many_files_and_no_more(settings):
    settings.REQUEST_FILES_MOST = 2
    case = request_with_paper()
    message_with_file(case)
    with pytest.raises(RequestError, match="paling banyak 2 berkas"):
        message_with_file(case)
    assert case.messages.count() == 1
    assert len(stored()) == 2


def test_an_address_that_sends_many_files_waits(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    client = Client(REMOTE_ADDR="203.0.113.77")
    for _each in range(UPLOADS.limit):
        UPLOADS.count_one(RequestFactory().get("/", REMOTE_ADDR="203.0.113.77"))
    data = {"langkah": "pesan", "pesan": "Ini", "berkas": upload()}
    assert client.post(case.get_absolute_url(), data).status_code == 429
    assert client.post(case.get_absolute_url(), {"langkah": "pesan", "pesan": "Ini"}).status_code == 303
    other = Client(REMOTE_ADDR="203.0.113.78")
    assert other.post(case.get_absolute_url(), {**data, "berkas": upload()}).status_code == 303


def test_a_photo_loses_where_it_was_taken_and_no_file_keeps_its_name():
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    data = {"langkah": "pesan", "pesan": "Foto", "berkas": upload(with_gps(), "Ibu Kanari KTP.jpg")}
    Client().post(case.get_absolute_url(), data)
    (file,) = case.files.all()
    assert b"Exif" not in give_out(file, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(f)::text FROM requests_info_requestfile f")
        assert "anari" not in cursor.fetchone()[0]
    assert "anari" not in str(stored())


# --- at rest -------------------------------------------------------------------------------------------------------


def test_on_the_disk_a_file_is_encrypted_and_for_the_portal_alone():
    request_with_paper()
    (path,) = stored()
    assert b"PDF" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_a_failure_leaves_neither_row_nor_file(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(notices, "tell_requester", fail)
    with pytest.raises(RuntimeError):
        request_with_paper()
    assert not stored()
    assert not InformationRequest.objects.exists()


def test_files_follow_a_change_of_keys(settings):
    case = request_with_paper()
    old, new = settings.PERSONAL_DATA_KEYS[0], Fernet.generate_key().decode()
    settings.PERSONAL_DATA_KEYS = [new, old]
    file = case.files.get()
    assert renew_encryption(file)
    assert not renew_encryption(file)
    settings.PERSONAL_DATA_KEYS = [new]
    (path,) = stored()
    assert encryption.decrypt_bytes(path.read_bytes()) == PDF
    assert path.stat().st_mode & 0o077 == 0


def test_a_purge_takes_the_content_and_leaves_row_and_log(django_capture_on_commit_callbacks):
    case = request_with_paper()
    file = case.files.get()
    give_out(file, None)
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_file(file_id=file.pk)
    assert not purge_file(file_id=file.pk)
    assert not stored()
    assert FileAccess.objects.count() == 1
    client = Client()
    assert client.get(f"{case.get_absolute_url()}berkas/{file.key.hex}/").status_code == 404
    assert "isinya dihapus" in client.get(case.get_absolute_url()).content.decode()


def test_rows_and_log_stay(city):
    case = request_with_paper()
    file = case.files.get()
    give_out(file, None)
    for rows, change in (
        (RequestFile.objects.all(), {"size": 1}),
        (FileAccess.objects.all(), {"actor": city.desk}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")


# --- who gets what -------------------------------------------------------------------------------------------------


def test_who_has_the_secret_address_gets_the_files_of_that_request_and_each_time_is_noted():
    case, other = request_with_paper(), request_with_paper()
    file = case.files.get()
    client = Client()
    answer = client.get(f"{case.get_absolute_url()}berkas/{file.key.hex}/")
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{case.number}-surat-kuasa')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert (FileAccess.objects.get().file, FileAccess.objects.get().actor) == (file, None)
    for path in (
        f"{other.get_absolute_url()}berkas/{file.key.hex}/",
        f"/permohonan/{'a' * 32}/berkas/{file.key.hex}/",
        f"{case.get_absolute_url()}berkas/{uuid.uuid4().hex}/",
        f"{case.get_absolute_url()}berkas/x/",
    ):
        assert client.get(path).status_code == 404, path
    assert FileAccess.objects.count() == 1


def test_the_desk_gets_all_a_unit_what_was_handed_on_and_never_the_paper(city):
    case = letter_of(city)
    services.add_power_of_attorney(request_id=case.pk, files=[CHECKED])
    services.write_to_desk(request_id=case.pk, text="Terlampir", form_token=uuid.uuid4(), files=[CHECKED])
    paper, attachment = case.files.get(kind="power_of_attorney"), case.files.get(kind="attachment")
    (part,) = forward(case, city, city.dinkes)
    desk, unit, other = client_of(city.desk), client_of(city.operator), client_of(city.other)

    def seen(client) -> list[int]:
        paths = [f"/admin/permohonan/{case.pk}/berkas/{file.key}/" for file in (paper, attachment)]
        return [client.get(path).status_code for path in paths]

    assert seen(desk) == [200, 200]
    assert seen(unit) == [404, 404]
    path = f"/admin/permohonan/{case.pk}/pesan/"
    assert desk.post(path, {"act": "forward", "berkas": paper.pk, "bagian": part.pk}).status_code == 400
    assert desk.post(path, {"act": "forward", "berkas": attachment.pk, "bagian": part.pk}).status_code == 302
    assert desk.post(path, {"act": "forward", "berkas": attachment.pk, "bagian": part.pk}).status_code == 302
    assert FileForward.objects.count() == 1
    assert (seen(unit), seen(other), seen(Client())) == ([404, 200], [404, 404], [302, 302])
    assert str(attachment.key) in unit.get(f"/admin/permohonan/{case.pk}/").content.decode()
    assert str(paper.key) not in unit.get(f"/admin/permohonan/{case.pk}/").content.decode()
    assert list(FileAccess.objects.order_by("pk").values_list("actor__username", flat=True)) == [
        "ppid-utama", "ppid-utama", "operator-dinkes",
    ]  # fmt: skip
    assert IdentityRead.objects.filter(what="file", information_request=case).count() == 3
    assert "Lampiran Anda diteruskan kepada" in Client().get(case.get_absolute_url()).content.decode()


def test_the_desk_keeps_a_paper_that_came_with_a_letter(city):
    case = letter_of(city)
    desk, path = client_of(city.desk), f"/admin/permohonan/{case.pk}/pesan/"
    wrong = desk.post(path, {"act": "paper", "kuasa": upload(b"a,b\n1,2\n")})
    assert wrong.status_code == 400
    assert "bukan PDF, JPEG, atau PNG" in wrong.content.decode()
    assert desk.post(path, {"act": "paper", "kuasa": upload()}).status_code == 302
    file = case.files.get()
    assert (file.kind, file.uploaded_by, file.event.actor) == ("power_of_attorney", city.desk, city.desk)
    assert (
        "Petugas layanan menyimpan berkas Anda: Surat kuasa" in Client().get(case.get_absolute_url()).content.decode()
    )
    with pytest.raises(RequestError, match="tidak berhak"):
        services.add_power_of_attorney(request_id=case.pk, files=[CHECKED], actor=city.operator)


def test_the_database_refuses_to_hand_on_a_paper_or_a_file_of_another_request(city):
    case, other = letter_of(city), letter_of(city)
    services.add_power_of_attorney(request_id=case.pk, files=[CHECKED])
    services.write_to_desk(request_id=case.pk, text="Terlampir", form_token=uuid.uuid4(), files=[CHECKED])
    (own,), (foreign,) = forward(case, city, city.dinkes), forward(other, city, city.dinkes)
    for kind, part in (("power_of_attorney", own), ("attachment", foreign)):
        with pytest.raises(IntegrityError), transaction.atomic():
            FileForward.objects.create(file=case.files.get(kind=kind), assignment=part, by=city.desk)
    with pytest.raises(RequestError, match="tidak berhak"):
        services.forward_file(file_id=case.files.get(kind="attachment").pk, assignment_id=own.pk, actor=city.operator)


def test_a_file_that_is_lost_from_the_disk_is_not_found():
    case = request_with_paper()
    file = case.files.get()
    for path in stored():
        path.unlink()
    assert Client().get(f"{case.get_absolute_url()}berkas/{file.key.hex}/").status_code == 404
    assert not FileAccess.objects.exists()
