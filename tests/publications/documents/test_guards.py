"""What the database itself refuses, also to SQL; and what two people at once can do."""

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from publications.documents.media import Checked
from publications.documents.services import DocumentError, keep_version, publish_document, withdraw_document
from publications.models import ConsequenceTest, DocumentFile
from tests.builders import make_document, make_document_file, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
DOCUMENT = "publications_document"


@pytest.fixture
def pabean():
    return make_unit("pabean", "kelurahan")


def refused(sql: str, *values) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    "change",
    [
        "summary = 'Isi rahasia'",
        "link = 'https://contoh.id/rahasia'",
        "legal_basis = ''",
        "legal_basis = 'z'",
        "legal_basis = 'c', exempt_until = NULL",
        "retention = ''",
        "title = ''",
        "info_class = 'rahasia'",
        "published_at = '2020-01-01'",
        "published_at = NULL, status = 'draft'",
        "status = 'withdrawn'",
        "year = 1500",
    ],
)
def test_a_published_exempt_row_refuses(pabean, change):
    document = make_document(pabean, info_class="exempt")
    refused(f"UPDATE {DOCUMENT} SET {change} WHERE id = %s", document.pk)


@pytest.mark.parametrize("ground", "abcdef")
def test_grounds_a_to_f_are_never_permanent(pabean, ground):
    document = make_document(pabean, info_class="exempt", legal_basis=ground)
    refused(f"UPDATE {DOCUMENT} SET exempt_until = NULL WHERE id = %s", document.pk)


@pytest.mark.parametrize("ground", "ghij")
def test_the_other_grounds_may_last(pabean, ground):
    assert make_document(pabean, info_class="exempt", legal_basis=ground, exempt_until=None).status == "published"


@pytest.mark.parametrize("missing", ["explanation", "if_opened", "if_closed", "decided_by"])
def test_an_exempt_document_rests_on_a_whole_test(pabean, missing):
    document = make_document(pabean, None, info_class="exempt", test={missing: ""})
    refused(f"UPDATE {DOCUMENT} SET status = 'published', published_at = now() WHERE id = %s", document.pk)
    with pytest.raises(DocumentError, match="uji konsekuensi"):
        publish_document(document_id=document.pk, actor=make_ppid_utama(make_unit("diskominfo")))


def test_the_test_of_a_published_exemption_stays(pabean):
    document = make_document(pabean, info_class="exempt")
    refused("UPDATE publications_consequencetest SET if_opened = '' WHERE document_id = %s", document.pk)
    refused("DELETE FROM publications_consequencetest WHERE document_id = %s", document.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsequenceTest.objects.all().delete()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("immediate", "active_until = NULL"),
        ("immediate", "active_until = active_from - 1"),
        ("periodic", "renewal_months = NULL"),
        ("periodic", "renewed_on = NULL"),
        ("on_demand", "summary = ''"),
        ("on_demand", "legal_basis = 'a', exempt_until = '2030-01-01'"),
        ("on_demand", "active_from = '2023-01-01'"),
    ],
)
def test_each_class_keeps_what_it_needs(pabean, kind, change):
    document = make_document(pabean, info_class=kind)
    refused(f"UPDATE {DOCUMENT} SET {change} WHERE id = %s", document.pk)


def test_versions_are_never_changed_or_deleted_once_published(pabean):
    file = make_document_file(make_document(pabean))
    for sql in ("UPDATE {} SET sha256 = 'x' WHERE id = %s", "DELETE FROM {} WHERE id = %s"):
        refused(sql.format("publications_documentfile"), file.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentFile.objects.all().delete()


def test_a_deleted_draft_takes_its_files_along(pabean, settings, django_capture_on_commit_callbacks):
    document = make_document(pabean, None)
    make_document_file(document)
    with django_capture_on_commit_callbacks(execute=True):
        document.delete()
    assert [path for path in settings.PRIVATE_ROOT.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("state", ["exempt", "withdrawn"])
def test_what_is_exempt_or_withdrawn_takes_no_file(pabean, state):
    closed = {"info_class": "exempt"} if state == "exempt" else {"status": "withdrawn"}
    document = make_document(pabean, **closed)
    with pytest.raises(DatabaseError), transaction.atomic():
        make_document_file(document)
    with pytest.raises(DocumentError):
        keep_version(document_id=document.pk, checked=Checked("pdf", b"x"), note="", actor=make_operator(pabean))


def test_a_document_is_published_and_withdrawn_once(pabean):
    operator = make_operator(pabean)
    document = make_document(pabean, None)
    publish_document(document_id=document.pk, actor=operator)
    with pytest.raises(DocumentError, match="sudah terbit"):
        publish_document(document_id=document.pk, actor=operator)
    withdraw_document(document_id=document.pk, actor=operator, reason="Keliru")
    with pytest.raises(DocumentError):
        withdraw_document(document_id=document.pk, actor=operator, reason="Keliru")


def test_services_do_not_know_another_units_document(pabean):
    document = make_document(make_unit("gerem", "kelurahan"), None)
    with pytest.raises(DocumentError, match="tidak ditemukan"):
        publish_document(document_id=document.pk, actor=make_operator(pabean))


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_get_two_numbers():
    unit = make_unit("pabean", "kelurahan", parent=make_unit("kec", "kecamatan"))
    document, operator = make_document(unit), make_operator(unit)
    failures = []

    def add(number: int) -> None:
        try:
            content = f"a,b\n{number},1\n".encode()
            keep_version(document_id=document.pk, checked=Checked("csv", content), note="", actor=operator)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(document.files.values_list("version", flat=True)) == [1, 2, 3, 4, 5, 6]
    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentFile.objects.all().delete()


def test_the_urgent_stands_on_every_page_only_while_it_is_active(client, pabean):
    today = local_day(timezone.now())
    make_document(pabean, title="Peringatan banjir rob", info_class="immediate", active_from=today, active_until=today)
    make_document(pabean, title="Sudah lewat", info_class="immediate", active_until=date(2023, 1, 12))
    make_document(pabean, None, title="Masih draf", info_class="immediate", active_from=today, active_until=today)
    for address in ("/", "/tentang/", "/kegiatan/", "/unit/", "/informasi/?kelas=periodic"):
        text = client.get(address).content.decode()
        assert "Peringatan banjir rob" in text
        assert "Sudah lewat" not in text
        assert "Masih draf" not in text
