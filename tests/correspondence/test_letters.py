"""Letters: numbered without gaps, never changed, withdrawn once."""

import hashlib
from datetime import date, timedelta
from importlib import import_module
from threading import Barrier, Thread

import pgtrigger
import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cilegon_kip.common import typeset
from cilegon_kip.common.encryption import is_current
from correspondence.models import Counter, Letter, LetterFile, LetterKind, LetterRead, Series
from correspondence.services import LetterError, issue_letter, letter_pdf, open_letter, withdraw_letter
from opd.models import Role
from tests.builders import make_letter_kinds, make_unit
from tests.people import make_operator, make_person, make_ppid_utama

from .worlds import ON, issue

pytestmark = pytest.mark.django_db


def test_numbers_follow_one_another_in_a_series_and_year():
    numbers = [issue().number, issue(kind="warning-1").number, issue(kind="certificate").number]
    numbers += [issue(on=date(2024, 1, 2)).number, issue(on=date(2024, 1, 2)).number]
    assert numbers == [
        "488/001/PPID/2023",
        "488/002/PPID/2023",
        "488/001/PIAGAM-PPID/2023",
        "488/001/PPID/2024",
        "488/002/PPID/2024",
    ]


def test_sample_letters_take_no_number_of_the_real_ones():
    assert issue(is_sample=True).number == "CONTOH/488/001/PPID/2023"
    assert issue().number == "488/001/PPID/2023"


def test_letter_that_cannot_be_set_takes_no_number(monkeypatch):
    issue()
    with pytest.raises(typeset.TypesetError):
        issue(data={})
    with pytest.raises(LetterError):
        issue(kind="tidak-ada")
    assert issue().number == "488/002/PPID/2023"


def test_number_follows_the_format_of_its_series():
    Series.objects.filter(slug="surat").update(number_format="{urut}.{klasifikasi}/{bulan}-Diskominfo/{tahun}")
    LetterKind.objects.filter(slug="reminder").update(classification="400.14.5.4")
    assert issue().number == "001.400.14.5.4/II-Diskominfo/2023"


def test_number_that_another_series_used_is_refused_in_words():
    issue()
    Series.objects.filter(slug="piagam").update(number_format="488/{urut}/PPID/{tahun}")
    with pytest.raises(LetterError, match="sudah dipakai"):
        issue(kind="certificate")
    assert Counter.objects.filter(series__slug="piagam").count() == 0


def test_dates_are_true_and_follow_the_numbers():
    issue()
    with pytest.raises(LetterError, match="masa depan"):
        issue(on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(LetterError, match="sudah bertanggal 15 Februari 2023"):
        issue(on=ON - timedelta(days=1))
    assert issue(on=ON).sequence == 2


def test_letter_without_addressee_is_refused():
    with pytest.raises(LetterError, match="tujuan"):
        issue_letter(
            kind="reminder",
            unit=None,
            subject="x",
            template="letters/plain.typ",
            data={"paragraphs": []},
            actor=make_ppid_utama(make_unit()),
            on=ON,
        )


@pytest.mark.parametrize("subject", ["", "  ", "\U0001f389", "x" * 301])
def test_letter_has_a_subject_that_fits(subject):
    with pytest.raises(LetterError, match="hal surat"):
        issue(subject=subject)


def test_subject_and_addressee_are_kept_as_they_are_printed():
    letter = issue(subject="Giat \x00 𝗣𝗼𝘀\n  漢", addressee="Sdr.\x00 A 🎉\nCilegon")
    assert (letter.subject, letter.addressee) == ("Giat Pos □", "Sdr. A\nCilegon")


@pytest.mark.parametrize(
    ("name", "category", "addressee"),
    [
        ("Kelurahan Pabean", "kelurahan", "Lurah Pabean"),
        ("Kecamatan Jombang", "kecamatan", "Camat Jombang"),
        ("Dinas Kesehatan", "opd", "Pimpinan Dinas Kesehatan"),
        ("PT Air", "bumd", "Direksi PT Air"),
    ],
)
def test_unit_is_addressed_by_its_office(name, category, addressee):
    assert issue(unit=make_unit("satu", category, name=name)).addressee == addressee


def test_file_is_the_one_that_was_issued():
    letter = issue()
    content = letter_pdf(letter)
    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() == letter.sha256
    assert letter.file_name == "488-001-PPID-2023.pdf"


# --- what the database refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["number", "subject", "addressee", "sha256", "code"])
def test_no_field_of_a_letter_is_changed(field):
    letter = issue()
    with pytest.raises(IntegrityError, match="tidak dapat diubah"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**{field: "lain"})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE correspondence_letter SET issued_on = issued_on - 1",
        "UPDATE correspondence_letter SET sequence = 7",
        "UPDATE correspondence_letter SET created_by_id = NULL",
        "DELETE FROM correspondence_letter",
        "UPDATE correspondence_letterfile SET content = 'x'",
        "UPDATE correspondence_letterfile SET sha256 = encode(sha256('x'), 'hex')",
        "DELETE FROM correspondence_letterfile",
        "UPDATE correspondence_letterread SET at = now()",
        "DELETE FROM correspondence_letterread",
    ],
)
def test_sql_changes_nothing_of_a_letter(statement):
    letter = issue()
    LetterRead.objects.create(letter=letter, user=letter.created_by)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_withdrawal_is_not_undone_or_changed_and_changes_nothing_else():
    letter = issue()
    withdraw = "UPDATE correspondence_letter SET withdrawn_at = now(), withdrawn_by_id = created_by_id"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{withdraw}, withdrawn_reason = 'x', subject = 'lain'")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(withdraw)  # without a reason
    withdraw_letter(letter_id=letter.pk, actor=letter.created_by, reason="Keliru")
    for values in ({"withdrawn_reason": "lain"}, {"withdrawn_at": None, "withdrawn_by": None, "withdrawn_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**values)


def copy_of(letter: Letter) -> Letter:
    return Letter.objects.create(
        **{
            name: getattr(letter, name)
            for name in ("kind", "series", "year", "issued_on", "subject", "addressee", "sha256", "created_by")
        },
        sequence=2,
        number="lain",
    )


def test_file_without_a_hash_is_refused():
    other = copy_of(issue())
    with pytest.raises(IntegrityError, match="letter_file_has_a_hash"), transaction.atomic():
        LetterFile.objects.create(letter=other, content=b"lain", sha256="")


def test_file_that_is_not_the_issued_one_is_not_handed_out():
    other = copy_of(issue())
    LetterFile.objects.create(letter=other, content=b"lain", sha256=other.sha256)
    with pytest.raises(LetterError, match="tidak sama dengan yang diterbitkan"):
        letter_pdf(other)


# --- encrypted at rest ----------------------------------------------------------------------------------------

CANARY = "Sdr. Kanari Warga"


def columns() -> tuple[str, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT addressee, content FROM correspondence_letter l JOIN correspondence_letterfile f"
            " ON f.letter_id = l.id"
        )
        addressee, content = cursor.fetchone()
    return addressee, bytes(content)


def test_addressee_and_file_are_not_in_clear_in_the_database():
    letter = issue(addressee=CANARY)
    addressee, content = columns()
    assert CANARY not in addressee
    assert b"%PDF" not in content
    assert Letter.objects.get().addressee == CANARY
    assert hashlib.sha256(letter_pdf(letter)).hexdigest() == letter.sha256  # the hash is that of the clear file
    assert LetterFile.objects.get().sha256 == letter.sha256


def test_a_change_of_keys_passes_the_triggers_and_nothing_else_does(settings):
    """As docs/decisions/0015-letters.md tells: written anew with the first key inside `pgtrigger.ignore`."""
    letter = issue(addressee=CANARY)
    before = letter_pdf(letter)
    settings.PERSONAL_DATA_KEYS = [Fernet.generate_key().decode(), *settings.PERSONAL_DATA_KEYS]
    assert not is_current(columns()[0])
    rows = Letter.objects.get(), LetterFile.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows[0].save(update_fields=["addressee"])
    with pgtrigger.ignore("correspondence.Letter:letter_stays", "correspondence.LetterFile:letter_file_stays"):
        rows[0].save(update_fields=["addressee"])
        rows[1].save(update_fields=["content"])
    settings.PERSONAL_DATA_KEYS = settings.PERSONAL_DATA_KEYS[:1]
    assert all(is_current(stored) for stored in columns())
    assert (Letter.objects.get().addressee, letter_pdf(letter)) == (CANARY, before)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows[1].save(update_fields=["content"])


def test_encrypted_fields_cannot_be_filtered_by():
    with pytest.raises(TypeError, match="encrypted"):
        LetterFile.objects.filter(content=b"x").exists()
    with pytest.raises(TypeError, match="encrypted"):
        Letter.objects.filter(addressee__icontains="x").exists()


@pytest.mark.django_db(transaction=True)
def test_letters_issued_before_encryption_are_locked_away_and_can_be_brought_back():
    make_letter_kinds()
    migration = import_module("correspondence.migrations.0005_letters_are_encrypted")
    letter = issue(addressee=CANARY)
    clear = letter_pdf(letter)
    with connection.schema_editor() as editor:
        migration.bring_back(None, editor)
    assert columns() == (CANARY, clear)
    with connection.schema_editor() as editor:
        migration.lock_away(None, editor)
    assert columns()[0] != CANARY
    assert (Letter.objects.get().addressee, letter_pdf(letter)) == (CANARY, clear)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(subject="lain")  # its trigger is back


# --- withdrawing and opening ----------------------------------------------------------------------------------


def test_second_withdrawal_is_refused():
    letter = issue()
    withdrawn = withdraw_letter(letter_id=letter.pk, actor=letter.created_by, reason=" Salah unit ")
    assert (withdrawn.withdrawn_reason, withdrawn.withdrawn_by) == ("Salah unit", letter.created_by)
    with pytest.raises(LetterError, match="sudah ditarik"):
        withdraw_letter(letter_id=letter.pk, actor=letter.created_by, reason="Lagi")
    letter.refresh_from_db()
    assert letter.withdrawn_reason == "Salah unit"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_withdrawal_asks_its_reason(reason):
    letter = issue()
    with pytest.raises(LetterError, match="alasan"):
        withdraw_letter(letter_id=letter.pk, actor=letter.created_by, reason=reason)


def test_only_ppid_utama_withdraws():
    letter = issue()
    for actor in (make_operator(letter.unit), make_person("atasan", letter.unit, Role.ATASAN_PPID)):
        with pytest.raises(LetterError, match="tidak berhak"):
            withdraw_letter(letter_id=letter.pk, actor=actor, reason="x")


def test_opening_is_by_right_and_written_down():
    letter = issue()
    own = make_operator(letter.unit)
    stranger = make_operator(make_unit("unit-lain"))
    assert open_letter(letter_id=letter.pk, actor=own) == letter_pdf(letter)
    with pytest.raises(LetterError):
        open_letter(letter_id=letter.pk, actor=stranger)
    assert list(LetterRead.objects.values_list("letter", "user")) == [(letter.pk, own.pk)]


# --- many at once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_letters_issued_at_once_have_no_gap_and_no_double():
    make_letter_kinds()
    actor, unit = make_ppid_utama(make_unit("diskominfo")), make_unit("satu")
    count, barrier, failures = 12, Barrier(12), []

    def work(number: int) -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                issue(actor, unit, subject=f"Uji {number}")
                if number % 3 == 0:
                    raise RuntimeError("the caller's own work fails after the letter")
        except RuntimeError:
            pass
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(Letter.objects.values_list("sequence", flat=True)) == list(range(1, 9))
