"""The end of retention: personal data goes and the register's row stays, once, and not while anything is open."""

import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from cilegon_kip.common.jakarta import JAKARTA
from cilegon_kip.common.key_rotation import encrypted_tables
from correspondence.models import Letter, LetterFile, Mail
from correspondence.services import LetterError, letter_pdf
from publications.documents.media import Checked
from requests_info import services, tasks
from requests_info.models import InformationRequest, Objection, RequestEvent, RequestFile, TrackingCode
from requests_info.personal_data import LETTER_FILES, LETTERS, PARTS
from requests_info.services import ObjectionVerdict, Objector
from requests_info.services.deciding import Verdict
from requests_info.services.disputes import Registered
from requests_info.services.purging import due_for_purge, expires_before, purge, purge_expired

from .worlds import asked, client_of, wib

pytestmark = pytest.mark.django_db
#: Asked, answered and objected to in 2019; six years later.
THEN, LATER = wib(2019, 3, 4, 9), wib(2025, 7, 1, 9)
UPHELD = ObjectionVerdict("upheld", "kanari putusan", "Nama Atasan", "Sekretaris Daerah")
KEPT = ("number", "received_at", "subject", "unit_id", "status", "outcome", "days_used", "closed_at", "token_hash")


def make_case(city) -> InformationRequest:
    """A whole case of 2019 with files, messages, letters, mails and an objection; `kanari` in every text."""
    case = services.submit_request(
        asked=asked(wanted="kanari isi", purpose="kanari tujuan", phone="kanari 08"), form_token=uuid.uuid4(), now=THEN
    )
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="kanari kurang", now=THEN)
    services.complete_request(request_id=case.pk, added="kanari lengkap", now=THEN)
    to = {"units": [city.dinkes], "due_on": THEN.date(), "task": "kanari tugas", "subject": "Anggaran"}
    (part,) = services.forward_request(request_id=case.pk, actor=city.desk, now=THEN, **to)
    services.answer_part(assignment_id=part.pk, actor=city.operator, answer="kanari jawaban", now=THEN)
    files = [Checked("csv", b"kanari,1\n")]
    services.write_to_desk(request_id=case.pk, text="kanari pesan", form_token=uuid.uuid4(), files=files, now=THEN)
    verdict = Verdict("partial", "kanari keputusan", redaction="kanari hitam")
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=verdict, now=THEN)
    services.rate_request(request_id=case.pk, score=2, comment="kanari komentar", now=THEN)
    return case


def objected(case) -> Objection:
    return services.submit_objection(
        request_id=case.pk, ground="d", text="kanari keberatan", form_token=uuid.uuid4(), now=THEN + timedelta(days=1)
    )


def decided(city, objection) -> Objection:
    now = THEN + timedelta(days=2)
    services.decide_objection(objection_id=objection.pk, actor=city.desk, verdict=UPHELD, now=now)
    services.respond_to_decision(objection_id=objection.pk, answer="accepted", note="kanari tanggapan", now=now)
    return objection


def clear_text() -> str:
    """All personal data there is, decrypted."""
    return " ".join(
        str(value)
        for table in encrypted_tables()
        for row in table.model._base_manager.all()
        for value in (getattr(row, column) for column in table.columns)
    )


def sent() -> None:
    Mail.objects.update(status="sent", sent_at=THEN)


def run(*options: str) -> str:
    out = StringIO()
    call_command("purge_personal_data", *options, stdout=out)
    return out.getvalue()


def test_every_encrypted_table_is_purged_or_known_to_be_elsewhere():
    purged = {part.model for part in (*PARTS, LETTERS, LETTER_FILES)}
    rooms = ("requests_info", "correspondence")  # others encrypt too: tokens of the harvest are nobody's personal data
    tables = {table.model for table in encrypted_tables() if table.model._meta.app_label in rooms}
    assert tables - purged == {Mail, TrackingCode}  # by key; after a day


def test_personal_data_goes_and_the_row_of_the_register_stays(city, django_capture_on_commit_callbacks):
    case = make_case(city)
    decided(city, objected(case))
    sent()
    before = {name: getattr(InformationRequest.objects.get(), name) for name in KEPT}
    (file,) = RequestFile.objects.all()
    letters = list(Letter.objects.values_list("number", "sha256", "subject"))
    assert "kanari" in clear_text().lower()
    assert Path(file.file.path).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_expired(LATER) == 1
    assert "kanari" not in clear_text().lower()
    assert not Path(file.file.path).exists()
    case.refresh_from_db()
    assert {name: getattr(case, name) for name in KEPT} == before
    assert (case.name, case.email, case.phone, case.purged_at) == ("[dihapus]", "", "[dihapus]", LATER)
    assert list(Letter.objects.values_list("number", "sha256", "subject")) == letters
    assert case.events.last().kind == RequestEvent.Kind.PURGED
    assert Objection.objects.get().events.last().kind == "purged"


def test_a_second_run_does_nothing(city):
    case = make_case(city)
    sent()
    assert purge_expired(LATER) == 1
    rows = list(InformationRequest.objects.values())
    assert purge_expired(LATER) == 0
    assert not purge(case, LATER)
    tasks.purge_personal_data()
    assert list(InformationRequest.objects.values()) == rows
    assert case.events.filter(kind="purged").count() == 1


@pytest.mark.parametrize("state", ["open request", "open objection", "open dispute", "late dispute", "too young"])
def test_what_is_open_or_young_is_held(city, state):
    now = LATER
    if state == "open request":
        services.submit_request(asked=asked(), form_token=uuid.uuid4(), now=THEN)
    else:
        case = make_case(city)
        if state == "too young":
            now = wib(2024, 3, 4, 8)
        elif state == "open objection":
            objected(case)
        else:
            objection = decided(city, objected(case))
            registered = Registered("001/KI/2019", THEN.date() + timedelta(days=3))
            services.register_dispute(objection_id=objection.pk, actor=city.desk, registered=registered)
            if state == "late dispute":
                day = wib(2023, 1, 10).date()
                services.close_dispute(objection_id=objection.pk, actor=city.desk, outcome="rejected", decided_on=day)
    due = due_for_purge(now)
    assert due.subjects == []
    assert due.held == (1 if "objection" in state or "dispute" in state else 0)
    assert purge_expired(now) == 0
    assert "kanari" in clear_text().lower()


def test_a_dispute_that_ended_long_ago_holds_nothing(city):
    objection = decided(city, objected(make_case(city)))
    registered = Registered("001/KI/2019", THEN.date() + timedelta(days=3), "kanari catatan")
    services.register_dispute(objection_id=objection.pk, actor=city.desk, registered=registered)
    day = wib(2019, 9, 2).date()
    services.close_dispute(objection_id=objection.pk, actor=city.desk, outcome="rejected", decided_on=day)
    sent()
    assert purge_expired(LATER) == 1
    assert "kanari" not in clear_text().lower()


def test_an_objection_without_a_request_goes_by_itself(city):
    objection = services.submit_periodic_objection(
        objector=Objector("Nama Kanari", "Jalan Kanari"), unit=city.dinkes, text="kanari", form_token=uuid.uuid4(),
        now=THEN,
    )  # fmt: skip
    assert purge_expired(LATER) == 0
    decided(city, objection)
    sent()
    assert purge_expired(LATER) == 1
    assert "kanari" not in clear_text().lower()
    objection.refresh_from_db()
    assert (objection.name, objection.purged_at) == ("[dihapus]", LATER)


def test_the_old_secret_opens_nothing_and_the_desk_is_told_why(city):
    case = make_case(city)
    sent()
    address = case.get_absolute_url()
    assert Client().get(address).status_code == 200
    purge_expired(LATER)
    for path in ("", "surat.pdf", "tanda-bukti.pdf", "keberatan/"):
        assert Client().get(f"{address}{path}").status_code == 404
    case.refresh_from_db()
    assert Client().get(case.get_absolute_url()).status_code == 404  # nor does the new one
    body = client_of(city.desk).get(f"/admin/permohonan/{case.pk}/").content.decode()
    assert "Data pribadi dihapus pada 1 Juli 2025" in body
    assert "Tampilkan identitas" not in body
    letter = Letter.objects.get()
    with pytest.raises(LetterError, match="sudah dihapus"):
        letter_pdf(letter)
    assert Client().get(letter.get_absolute_url()).status_code == 200  # a letter in hand is still checked
    assert case.number in Client().get("/permohonan/register/").content.decode()


def test_the_command_only_counts_until_it_is_told_to_delete(city, settings):
    make_case(city)
    sent()
    for options in ((), ("--dry-run",)):
        out = run(*options)
        assert "PI-2019-0001: akan dihapus" in out
        assert "1 perkara ditutup lebih dari 5 tahun lalu; 0 ditahan" in out
        assert "kanari" in clear_text().lower()
    settings.PERSONAL_DATA_YEARS = 50
    assert "0 perkara" in run("--delete")
    settings.PERSONAL_DATA_YEARS = 5
    assert "PI-2019-0001: dihapus" in run("--delete")
    assert "kanari" not in clear_text().lower()
    assert "0 perkara" in run("--delete")


def test_what_a_killed_run_left_on_the_disk_is_swept(city):
    """The row says purged, and the process died before the content was deleted (here: its transaction never ends)."""
    make_case(city)
    sent()
    purge_expired(LATER)
    path = Path(RequestFile.objects.get().file.path)
    assert path.exists()
    assert "1 sisa berkas dihapus" in run("--delete")
    assert not path.exists()


def test_guards_refuse_as_before_and_an_open_case_cannot_be_purged_by_sql(city):
    make_case(city)
    sent()
    purge_expired(LATER)
    for model in (Letter, LetterFile, RequestEvent):
        with pytest.raises(IntegrityError, match="tidak dapat"), transaction.atomic():
            model.objects.update(id=F("id") + 1)
    opened = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    with pytest.raises(IntegrityError, match="request_purged_is_closed"), transaction.atomic():
        InformationRequest.objects.filter(pk=opened.pk).update(purged_at=LATER)


@pytest.mark.parametrize(("today", "before"), [((2024, 2, 29), (2019, 2, 28)), ((2025, 7, 1), (2020, 7, 1))])
def test_years_are_counted_by_the_calendar_of_jakarta(today, before):
    assert expires_before(wib(*today).date()) == wib(*before)
    assert expires_before(wib(*today).date()).tzinfo is JAKARTA


def test_mails_with_one_time_codes_lose_them_after_a_day(city):
    case = services.submit_request(asked=asked(), form_token=uuid.uuid4())
    services.tracking.ask_code(number=case.number, address="a")
    tasks.send_waiting_tracking_codes()
    mail = Mail.objects.get(key__startswith="tracking:")
    Mail.objects.update(status="sent", sent_at=timezone.now())
    purge_expired()
    mail.refresh_from_db()
    assert mail.text
    purge_expired(timezone.now() + timedelta(days=2))
    mail.refresh_from_db()
    assert (mail.to, mail.text, mail.html, mail.masked_to) == ("", "", "", "")


def test_the_number_of_queries_for_what_is_due_does_not_follow_the_cases(city, django_assert_num_queries):
    for _each in range(3):
        make_case(city)
    with django_assert_num_queries(4):
        assert len(due_for_purge(LATER).requests) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'request_to_purge'")
        assert cursor.fetchone() == (1,)
