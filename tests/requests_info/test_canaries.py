"""What a requester types appears nowhere but before the people it is meant for.

The flow is walked with a canary in every field; a column, page, mail, log or key that holds one fails. A new encrypted
table fails until the flow makes a row of it, a new clear text column until it stands in CLEAR with a reason.
"""

import re
import uuid
from datetime import timedelta

import pgtrigger
import pytest
from django.apps import apps
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone

from cilegon_kip.common.encryption import EncryptedTextField
from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.key_rotation import ENCRYPTED, encrypted_tables, triggers_of
from correspondence.models import Letter
from requests_info import services, views
from requests_info.models import Assignment, InformationRequest, Objection, RequestFile, TrackingCode
from requests_info.services import ObjectionVerdict
from requests_info.services.deciding import Verdict
from requests_info.services.disputes import Registered
from tests.builders import make_document, make_unit
from tests.people import make_operator, make_person, make_ppid_utama
from tests.test_public_pages import ADDRESSES, address_of, world  # noqa: F401  (a fixture, asked for by its name)

from . import canaries
from .worlds import client_of

pytestmark = pytest.mark.django_db
MAIL, OTHER_MAIL = "kanari01surel@contoh.id", "kanari02surel@contoh.id"
ASKED = {
    "informasi": "kanari03informasi tahun 2026", "tujuan": "kanari04tujuan", "unit": "", "jenis": "citizen",
    "nama": "kanari05nama", "alamat": "kanari06alamat", "nik": "kanari07nik", "telepon": "kanari08telepon",
    "pekerjaan": "kanari09pekerjaan", "cara": "soft_copy", "terima": "email", "surel": MAIL,
}  # fmt: skip
OBJECTED = {
    "uraian": "kanari10uraian keberatan", "nama": "kanari11nama", "alamat": "kanari12alamat", "surel": OTHER_MAIL,
    "telepon": "kanari13telepon",
}  # fmt: skip
#: Text columns that hold no personal data, and why.
CLEAR = {
    "correspondence.Series": "names of number series",
    "correspondence.LetterKind": "names of kinds of letters",
    "correspondence.Letter": "number, public subject, code, and the reason of a withdrawal, which the check page shows",
    "correspondence.Mail": "key and subject, which no service puts personal data in; short names of errors",
    "requests_info.InformationRequest": "number, and the subject that the desk writes for the public register",
    "requests_info.Objection": "number",
    "requests_info.Extension": "the desk's reason",
    "requests_info.Decision": "medium, and the public body that holds the information",
    "requests_info.Claim": "why a colleague took a case over",
    "requests_info.Dispute": "the number that Komisi Informasi gave",
    "requests_info.PublishedAnswer": "written for everybody; what looks like an identity is refused, in a draft too",
    "requests_info.ServicePageRevision": "pages about the service, which Diskominfo writes for everybody",
    "requests_info.RequestFile": "the format, as found in the content",
    "requests_info.ObjectionDecision": "name and position of the official who decided",
}
#: Digests and file names that say nothing of what they were made from.
MEANINGLESS = re.compile(r"_hash$|^sha256$|^file$")


#: The rooms that hold what requesters type.
OF_REQUESTERS = ("requests_info", "correspondence")
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def clear_columns() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    ours = [model for name in OF_REQUESTERS for model in apps.get_app_config(name).get_models()]
    for model in ours:
        for field in model._meta.concrete_fields:
            says = isinstance(field, TEXTS) and not field.choices and not MEANINGLESS.search(field.name)
            if says and not isinstance(field, ENCRYPTED):
                found.setdefault(model._meta.label, []).append(field.name)
    return found


def test_every_text_column_is_encrypted_or_known_to_hold_no_personal_data():
    unknown = {label: names for label, names in clear_columns().items() if label not in CLEAR}
    assert not unknown, "encrypt these, or say in CLEAR why they hold no personal data"


def walk(city, settings, commits) -> InformationRequest:
    """From the form to the decision about an objection, and every way in which a page can fail."""
    settings.REQUEST_FIELDS_ASKED = ["identity_number", "phone", "occupation"]
    visitor, desk = Client(raise_request_exception=False), client_of(city.desk)
    for step in ("informasi", "pemohon", "penerimaan"):
        assert visitor.post("/permohonan/", {**ASKED, "langkah": step}).status_code == 200
    with commits(execute=True):
        answer = visitor.post("/permohonan/", {**ASKED, "langkah": "periksa", "formulir": str(uuid.uuid4())})
    case = InformationRequest.objects.get()
    assert answer["Location"] == case.get_absolute_url()
    with commits(execute=True):
        handle(visitor, city, case)
    track(visitor, case, commits)
    with commits(execute=True):
        converse(visitor, city, case)
        object_to(visitor, city, case)
    for address in (f"/admin/permohonan/{case.pk}/", f"/admin/permohonan/keberatan/{Objection.objects.last().pk}/"):
        assert "kanari05nama" in desk.post(address, {"act": "identity"}).content.decode()
    for address in ("", "surat.pdf", "tanda-bukti.pdf", "kalender.ics"):
        assert visitor.get(f"{case.get_absolute_url()}{address}").status_code == 200
    return case


def handle(visitor, city, case) -> None:
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="kanari14kurang")
    visitor.post(case.get_absolute_url(), {"langkah": "lengkapi", "kelengkapan": "kanari15lengkap"})
    due_on = local_day(timezone.now()) + timedelta(days=1)
    (part,) = services.forward_request(
        request_id=case.pk,
        units=[city.dinkes],
        actor=city.desk,
        due_on=due_on,
        task="kanari16tugas",
        subject="Anggaran",
    )
    services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Berkasnya banyak")
    services.answer_part(assignment_id=part.pk, actor=city.operator, answer="kanari17jawaban")
    verdict = Verdict("partial", "kanari18isi", redaction="kanari19hitam", exempt=None)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=verdict)


def converse(visitor, city, case) -> None:
    """Messages both ways with a file, and the rating."""
    file = SimpleUploadedFile("kanari33berkas.csv", b"nama,nilai\nkanari34lampiran,1\n", "text/csv")
    wrote = visitor.post(case.get_absolute_url(), {"langkah": "pesan", "pesan": "kanari35pesan", "berkas": file})
    rated = visitor.post(case.get_absolute_url(), {"langkah": "nilai", "nilai": "2", "komentar": "kanari36komentar"})
    assert (wrote.status_code, rated.status_code) == (303, 303)
    services.write_to_requester(request_id=case.pk, actor=city.desk, text="kanari37pesan", form_token=uuid.uuid4())
    kept = RequestFile.objects.get()
    own, desks = f"{case.get_absolute_url()}berkas/{kept.key.hex}/", f"/admin/permohonan/{case.pk}/berkas/{kept.key}/"
    for given in (visitor.get(own), client_of(city.desk).get(desks)):
        assert b"kanari34lampiran" in b"".join(given)
        assert "kanari" not in str(given.headers)


def track(visitor, case, commits) -> None:
    for typed in ("kanari20nomor", case.number):
        with commits(execute=True):
            asked = visitor.post("/permohonan/lacak/", {"nomor": typed}).content.decode()
    ticket = re.search(r'name="kunci" value="([^"]+)"', asked)[1]
    code = re.search(r"^(\d{6})$", mail.outbox[-1].body, re.MULTILINE)[1]
    for typed in ("kanari21kode", code):
        entered = visitor.post("/permohonan/lacak/", {"langkah": "kode", "kunci": ticket, "kode": typed, "nomor": "x"})
    assert entered["Location"] == case.get_absolute_url()


def object_to(visitor, city, case) -> None:
    about = {"alasan": "e", "uraian": "kanari22uraian keberatan", "formulir": str(uuid.uuid4())}
    made = visitor.post(f"{case.get_absolute_url()}keberatan/", about)
    assert made.status_code == 303
    verdict = ObjectionVerdict("upheld", "kanari23keputusan", "Nama Atasan", "Sekretaris Daerah")
    services.decide_objection(objection_id=Objection.objects.get().pk, actor=city.desk, verdict=verdict)
    dispute(city, Objection.objects.get())
    sent = visitor.post("/keberatan/", {**OBJECTED, "unit": "dinkes", "formulir": str(uuid.uuid4())})
    assert sent.status_code == 303
    for address in (made["Location"], f"{made['Location']}surat.pdf", sent["Location"]):
        assert visitor.get(address).status_code == 200


def dispute(city, objection) -> None:
    services.respond_to_decision(objection_id=objection.pk, answer="not_satisfied", note="kanari31tanggapan")
    registered = Registered("001/KI/2026", local_day(timezone.now()), "kanari32catatan")
    services.register_dispute(objection_id=objection.pk, actor=city.desk, registered=registered)


def fail(monkeypatch, case) -> None:
    """Refusals and failures while canaries are on their way in."""
    visitor = Client(raise_request_exception=False)
    visitor.put(case.get_absolute_url(), "kanari24tubuh")
    visitor.post("/permohonan/", {**ASKED, "langkah": "periksa", "formulir": "kanari25formulir"})
    visitor.post("/permohonan/", {"langkah": "kanari26langkah", "ke": "kanari26ke"})
    visitor.post("/keberatan/", {**OBJECTED, "unit": "kanari27unit"})
    visitor.post("/admin/login/", {"username": "kanari28akun", "password": "kanari28sandi"})
    visitor.post("/permohonan/", {**ASKED, "informasi": "kanari29\x00nul", "langkah": "periksa"})

    def refuse(**values):
        with transaction.atomic(), connection.cursor() as cursor:  # quoted by PostgreSQL in what it answers
            cursor.execute("INSERT INTO requests_info_requestevent (kind, note) VALUES ('x', %s)", [ASKED["nama"]])

    monkeypatch.setattr(views, "submit_request", refuse)
    monkeypatch.setattr(services, "write_to_desk", refuse)
    asked = visitor.post("/permohonan/", {**ASKED, "langkah": "periksa", "formulir": str(uuid.uuid4())})
    written = visitor.post(case.get_absolute_url(), {"langkah": "pesan", "pesan": "kanari30pesan"})
    for answer in (asked, written):
        assert answer.status_code == 500
        assert not canaries.found(answer.content.decode())


def mark_all() -> None:
    """A canary of its own into every encrypted column, whatever the flow has put there."""
    empty = []
    for table in encrypted_tables():
        fields = [row for row in table.model._meta.concrete_fields if isinstance(row, EncryptedTextField)]
        values = {row.name: f"kanari99{row.column}" for row in fields if row.name != "token"}
        rows = table.model._base_manager.all()
        if not rows.exists() and table.model._meta.app_label in OF_REQUESTERS:
            empty.append(table.model._meta.label)
        elif values:
            with pgtrigger.ignore(*triggers_of(table.model)):
                rows.update(**values)
    assert not empty, "let the flow make a row of these"


def pages_of(activity) -> dict[str, str]:
    letters = [letter.get_absolute_url() for letter in Letter.objects.all()]
    words = ("kanari05nama", "anggaran")
    searches = [f"/{path}?q={word}" for path in ("cari/", "permohonan/register/") for word in words]
    starts = [address_of(name, activity) for name in ADDRESSES]
    api = [f"/api/v1/{name}/" for name in ("units", "activities", "publications", "documents", "requests/stats")]
    return canaries.public_pages([*starts, "/api/schema/", *api, *letters, *searches, "/permohonan/lacak/"])


class Office:
    """Without the units of the public pages' world."""

    def __init__(self) -> None:
        self.diskominfo = make_unit("diskominfo", email="unit@contoh.invalid")
        self.dinkes = make_unit("dinkes", email="unit@contoh.invalid")
        self.desk, self.operator = make_ppid_utama(self.diskominfo), make_operator(self.dinkes)


def test_what_a_requester_types_stays_with_those_it_is_meant_for(
    request, settings, monkeypatch, django_capture_on_commit_callbacks
):
    activity, city = request.getfixturevalue("world"), Office()
    make_person("atasan", city.dinkes, "atasan_ppid", email="atasan@contoh.invalid")
    make_document(city.dinkes, info_class="exempt")
    with canaries.logged() as log, canaries.payloads() as sent:
        case = walk(city, settings, django_capture_on_commit_callbacks)
        fail(monkeypatch, case)
    secrets = [case.token, *(row.token for row in Objection.objects.all())]
    assert not canaries.in_database()
    assert not canaries.in_redis()
    assert not canaries.in_files()
    assert not canaries.in_mails(allowed={MAIL, OTHER_MAIL})
    written_to = {address for message in mail.outbox for address in message.to}
    assert written_to == {MAIL, OTHER_MAIL, "unit@contoh.invalid", "atasan@contoh.invalid"}
    assert sent
    texts = {"log": log.getvalue(), "tasks": " ".join(sent)}
    assert "violates not-null constraint" in texts["log"]
    assert TrackingCode.objects.count() == 2
    assert Assignment.objects.get().answer == "kanari17jawaban"
    mark_all()
    assert not canaries.in_database()
    pages = pages_of(activity)
    assert len(pages) > 60
    for address, text in {**texts, **pages}.items():
        typed = re.findall(r"q=(\w+)", address)  # what is searched for is shown again
        assert not [word for word in canaries.found(text) if word not in typed], address
        assert not [secret for secret in secrets if secret in text], address
