"""A consequence test is approved by a second person, and a request is refused only by one that stands."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from opd.models import Role
from publications.documents.services import DocumentError, approve_test, publish_document
from publications.models import ConsequenceTest, Document
from tests.builders import NOON, make_document, make_unit
from tests.people import make_operator, make_person, make_ppid_utama

pytestmark = pytest.mark.django_db


class City:
    def __init__(self) -> None:
        self.pabean, self.gerem = make_unit("pabean", "kelurahan"), make_unit("gerem", "kelurahan")
        self.ppid_utama = make_ppid_utama(make_unit("diskominfo"))
        self.operator = make_operator(self.pabean)
        self.atasan = make_person("atasan", self.pabean, Role.ATASAN_PPID)
        self.other_atasan = make_person("atasan-gerem", self.gerem, Role.ATASAN_PPID)

    def written(self, **fields) -> Document:
        """A draft whose test is whole and waits for a second person."""
        waiting = {"written_by": self.operator, "approved_by": None, "approved_at": None}
        return make_document(
            self.pabean, None, info_class="exempt", test={**waiting, **fields.pop("test", {})}, **fields
        )


@pytest.fixture
def city() -> City:
    return City()


def approve(document, actor) -> None:
    approve_test(document_id=document.pk, actor=actor)


@pytest.mark.parametrize("person", ["atasan", "ppid_utama"])
def test_the_units_superior_or_ppid_utama_approves_once_and_then_it_is_published(city, person):
    document = city.written()
    with pytest.raises(DocumentError, match="persetujuan uji konsekuensi oleh orang kedua"):
        publish_document(document_id=document.pk, actor=city.ppid_utama)
    approve(document, getattr(city, person))
    test = ConsequenceTest.objects.get(document=document)
    assert (test.approved_by, test.is_approved) == (getattr(city, person), True)
    with pytest.raises(DocumentError, match="sudah disetujui"):
        approve(document, city.ppid_utama)
    publish_document(document_id=document.pk, actor=city.ppid_utama)


def test_who_wrote_it_and_who_may_not_do_not_approve(city):
    document = city.written()
    for nobody in (city.operator, city.other_atasan):
        with pytest.raises(DocumentError, match="tidak ditemukan"):
            approve(document, nobody)
    own = city.written(test={"written_by": city.ppid_utama})
    with pytest.raises(DocumentError, match="bukan oleh penulisnya"):
        approve(own, city.ppid_utama)
    with pytest.raises(DocumentError, match="bukan oleh penulisnya"):
        approve(city.written(test={"written_by": None}), city.ppid_utama)
    with pytest.raises(DocumentError, match="tidak ditemukan"):
        approve(make_document(city.pabean), city.ppid_utama)


def test_of_a_test_written_before_writers_were_kept_the_writer_is_who_made_the_entry(city):
    document = city.written(test={"written_by": None}, created_by=city.ppid_utama)
    with pytest.raises(DocumentError, match="bukan oleh penulisnya"):
        approve(document, city.ppid_utama)
    approve(document, city.atasan)
    assert ConsequenceTest.objects.get(document=document).written_by == city.ppid_utama


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"test": {"if_closed": " "}}, "belum lengkap"), ({"legal_basis": ""}, "belum lengkap"),
     ({"exempt_until": None}, "tidak permanen")],
)  # fmt: skip
def test_what_is_not_whole_is_not_approved(city, fields, said):
    with pytest.raises(DocumentError, match=said):
        approve(city.written(**fields), city.atasan)


@pytest.mark.parametrize("change", ["explanation = 'Lain'", "decided_on = '2024-01-01'", "decided_by = 'Lain'"])
def test_the_approval_of_a_draft_falls_with_a_change(city, change):
    document = city.written()
    approve(document, city.atasan)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE publications_consequencetest SET {change} WHERE document_id = %s", [document.pk])
    assert not ConsequenceTest.objects.get(document=document).is_approved


@pytest.mark.parametrize("change", [{"legal_basis": "h"}, {"exempt_until": date(2029, 1, 1)}])
def test_basis_and_period_are_part_of_what_was_approved(city, change):
    document = city.written()
    approve(document, city.atasan)
    Document.objects.filter(pk=document.pk).update(**change)
    assert not ConsequenceTest.objects.get(document=document).is_approved


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE publications_consequencetest SET approved_by_id = written_by_id WHERE document_id = %s",
        "UPDATE publications_consequencetest SET approved_at = NULL, approved_by_id = NULL WHERE document_id = %s",
        "UPDATE publications_consequencetest SET if_opened = 'Lain' WHERE document_id = %s",
        "UPDATE publications_document SET exempt_until = '2090-01-01' WHERE id = %s",
        "UPDATE publications_document SET legal_basis = 'h' WHERE id = %s",
    ],
)
def test_the_database_keeps_what_was_approved_while_it_is_published(city, statement):
    document = make_document(city.pabean, info_class="exempt")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [document.pk])


def test_the_database_publishes_nothing_that_was_not_approved(city):
    document = city.written()
    with pytest.raises(IntegrityError, match="disetujui"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(status="published", published_at=NOON)


def test_the_atasan_approves_in_the_workspace(city):
    document = city.written()
    client = Client()
    client.force_login(city.atasan, "opd.permissions.MembershipBackend")
    page = client.get(f"/admin/publications/document/{document.pk}/change/?bagian=uji").content.decode()
    assert "Setujui uji konsekuensi" in page
    form = {"action": "approve_selected", "_selected_action": document.pk, "index": "0"}
    told = client.post("/admin/publications/document/", form, follow=True).content.decode()
    assert "1 uji konsekuensi disetujui" in told
    page = client.get(f"/admin/publications/document/{document.pk}/change/?bagian=uji").content.decode()
    assert "Disetujui oleh atasan" in page
    other = city.written()
    client.force_login(city.other_atasan, "opd.permissions.MembershipBackend")
    client.post("/admin/publications/document/", {**form, "_selected_action": other.pk})
    assert not ConsequenceTest.objects.get(document=other).is_approved


def test_a_test_stands_while_its_document_is_listed_and_its_period_runs(city):
    document = make_document(city.pabean, info_class="exempt", exempt_until=date(2028, 1, 10))
    test = document.consequence_test
    assert test.stands_on(date(2028, 1, 10))
    assert not test.stands_on(date(2028, 1, 11))
    assert list(Document.objects.in_force_on(date(2028, 1, 10))) == [document]
    assert not Document.objects.in_force_on(date(2028, 1, 11)).exists()
    assert not city.written().consequence_test.stands_on(date(2023, 6, 1))
    Document.objects.filter(pk=document.pk).update(
        status="withdrawn", withdrawn_at=timezone.now(), withdrawn_reason="Keliru"
    )
    document.refresh_from_db()
    assert not document.consequence_test.stands_on(date(2023, 6, 1))
