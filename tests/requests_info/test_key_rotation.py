"""A change of keys: everything found, killed half-way, run twice, and edits made meanwhile kept."""

import uuid
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from cilegon_kip.common import key_rotation
from cilegon_kip.common.encryption import EncryptedBinaryField, EncryptedTextField, is_current
from correspondence.models import Letter, LetterFile, Mail
from correspondence.services import letter_pdf
from publications.documents.media import Checked
from requests_info.models import Decision, InformationRequest, RequestEvent, RequestFile
from requests_info.services import decide_request, submit_objection, submit_request, write_to_desk
from requests_info.services.deciding import Verdict
from requests_info.services.files import give_out
from tests.builders import make_unit
from tests.people import make_ppid_utama

from .test_asking import asked

pytestmark = pytest.mark.django_db


def run(*options: str) -> str:
    out = StringIO()
    call_command("rotate_personal_data_keys", *options, stdout=out)
    return out.getvalue()


def stored() -> list[tuple[str, bytes]]:
    """Every encrypted value there is, as the database holds it."""
    found = []
    for table in key_rotation.encrypted_tables():
        for _key, *values in key_rotation._rows(table):
            found += [(table.name, key_rotation._bytes(value)) for value in values if value]
    return found


@pytest.fixture
def case() -> InformationRequest:
    """A case with decision, letter, mails, events and an objection."""
    desk = make_ppid_utama(make_unit("diskominfo"))
    case = submit_request(asked=asked(), form_token=uuid.uuid4())
    decide_request(request_id=case.pk, actor=desk, verdict=Verdict("granted", "Terlampir."))
    submit_objection(request_id=case.pk, ground="d", text="Bukan yang diminta", form_token=uuid.uuid4())
    return case


@pytest.fixture
def new_key(settings, case) -> str:
    """A second key, put in front after the rows were written."""
    key = Fernet.generate_key().decode()
    settings.PERSONAL_DATA_KEYS = [key, *settings.PERSONAL_DATA_KEYS]
    return key


def test_every_encrypted_column_of_every_model_is_found():
    found = {(table.model, column) for table in key_rotation.encrypted_tables() for column in table.columns}
    expected = {
        (model, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField | EncryptedBinaryField)
    }
    assert found == expected
    assert (LetterFile, "content") in found
    assert (InformationRequest, "name") in found


def test_after_the_change_the_old_key_is_needed_for_nothing(settings, case, new_key):
    pdf = letter_pdf(Letter.objects.get())
    assert not any(is_current(value) for _table, value in stored())
    with pytest.raises(CommandError, match="masih memerlukan kunci lama"):
        run("--check")
    report = run()
    assert "requests_info_informationrequest: 0 memakai kunci pertama, 6 ditulis ulang" in report
    assert all(is_current(value) for _table, value in stored())
    assert "kunci lain boleh dihapus" in run("--check")
    settings.PERSONAL_DATA_KEYS = [new_key]
    assert InformationRequest.objects.get().name == "Nama Kanari"
    assert "Kanari" in Letter.objects.get().addressee
    assert letter_pdf(Letter.objects.get()) == pdf
    assert Mail.objects.filter(key__endswith=":received").first().to == "kanari@contoh.id"


def test_a_dry_run_counts_and_writes_nothing(case, new_key):
    before = stored()
    assert "6 memerlukan kunci lama" in run("--dry-run")
    assert stored() == before


def test_a_second_run_writes_nothing(case, new_key):
    run()
    before = stored()
    assert "6 memakai kunci pertama, 0 ditulis ulang" in run()
    assert stored() == before


def test_rows_that_stay_stay_guarded(case, new_key):
    """Passed over were the triggers of a refused row in its own transaction: afterwards they refuse as before."""
    run()
    for model in (Letter, LetterFile, Decision, RequestEvent):
        with pytest.raises(IntegrityError, match="tidak dapat"), transaction.atomic():
            model.objects.update(id=F("id") + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        InformationRequest.objects.update(number="PI-0")


def test_what_no_key_opens_is_left_alone_and_said(settings, case):
    before = stored()
    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode()]  # the old one was dropped too early
    for options in ([], ["--check"]):
        with pytest.raises(CommandError, match="tidak terbuka dengan kunci mana pun"):
            run(*options)
    assert stored() == before


def test_an_edit_made_meanwhile_is_not_lost(settings, case, new_key, monkeypatch):
    """The portal writes between our reading and our writing: what it wrote stays, and the rest is brought along."""
    fresh, edits = key_rotation._fresh, []

    def edit_first(value):
        if not edits and isinstance(value, str) and key_rotation.decrypt_bytes(value.encode()) == b"Jalan Kanari 1":
            edits.append(InformationRequest.objects.filter(pk=case.pk).update(address="Jalan Baru 9"))
        return fresh(value)

    monkeypatch.setattr(key_rotation, "_fresh", edit_first)
    table = next(row for row in key_rotation.encrypted_tables() if row.model is InformationRequest)
    (row,) = key_rotation._rows(table)
    assert key_rotation._rewrite(table, row[0], list(row[1:]))
    assert edits == [1]
    settings.PERSONAL_DATA_KEYS = [new_key]
    case.refresh_from_db()
    assert (case.address, case.name) == ("Jalan Baru 9", "Nama Kanari")


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_each_row_is_whole_and_the_next_run_goes_on(settings):
    cases = [submit_request(asked=asked(name=f"Pemohon {n}"), form_token=uuid.uuid4()) for n in range(4)]
    old = settings.PERSONAL_DATA_KEYS
    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode(), *old]
    rewrite, done = key_rotation._rewrite, []

    def die(table, key, values):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(key)
        return rewrite(table, key, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_rotation, "_rewrite", die)
        with pytest.raises(KeyboardInterrupt):
            run()
    connection.close()  # what was not committed is gone
    assert {is_current(value) for _table, value in stored()} == {True, False}
    assert [InformationRequest.objects.get(pk=case.pk).name for case in cases] == [case.name for case in cases]
    run()
    settings.PERSONAL_DATA_KEYS = settings.PERSONAL_DATA_KEYS[:1]
    assert [InformationRequest.objects.get(pk=case.pk).name for case in cases] == [case.name for case in cases]
    assert all(is_current(value) for _table, value in stored())


def test_files_on_the_disk_come_under_the_new_key(settings):
    case = submit_request(asked=asked(), form_token=uuid.uuid4())
    write_to_desk(
        request_id=case.pk, text="Terlampir", form_token=uuid.uuid4(), files=[Checked("csv", b"a,b\n1,2\n")] * 2
    )
    lost, kept = RequestFile.objects.order_by("pk")
    Path(lost.file.path).unlink()
    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode(), *settings.PERSONAL_DATA_KEYS]
    assert "berkas permohonan: 0 memakai kunci pertama, 1 memerlukan kunci lama" in run("--dry-run")
    with pytest.raises(CommandError):
        run("--check")
    assert "berkas permohonan: 0 memakai kunci pertama, 1 ditulis ulang" in run()
    assert "berkas permohonan: 1 memakai kunci pertama, 0 memerlukan kunci lama" in run("--check")
    settings.PERSONAL_DATA_KEYS = settings.PERSONAL_DATA_KEYS[:1]
    assert give_out(kept, None) == b"a,b\n1,2\n"
