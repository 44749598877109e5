"""The DIP's pages: what has no file leads to the request form; what is late says so."""

from datetime import date

import pytest

from publications.documents.listing import request_form
from tests.builders import make_document, make_document_file, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def pabean():
    return make_unit("pabean", "kelurahan", name="Pabean")


def test_what_has_no_file_can_be_asked_for_with_a_filled_form(client, pabean):
    document = make_document(pabean, title="Peta aset & lahan", year=2024)
    text = client.get(document.get_absolute_url()).content.decode()
    assert "Informasi ini tersedia lewat permohonan" in text
    if request_form():
        assert "/permohonan/?informasi=Peta+aset+%26+lahan+%282024%29&amp;unit=pabean" in text
        form = client.get("/permohonan/?informasi=Peta+aset+%26+lahan+%282024%29&unit=pabean").content.decode()
        assert "Peta aset &amp; lahan (2024)" in form
    make_document_file(document)
    assert "lewat permohonan" not in client.get(document.get_absolute_url()).content.decode()


def test_an_overdue_document_says_so_and_is_found_by_its_filter(client, pabean):
    late = make_document(pabean, title="Laporan lama", info_class="periodic", renewed_on=date(2023, 1, 10))
    make_document(pabean, title="Laporan baru", info_class="periodic", renewed_on=date(2999, 1, 1))
    assert "seharusnya diperbarui paling lambat 10 Juli 2023" in client.get(late.get_absolute_url()).content.decode()
    text = client.get("/informasi/?telat=on").content.decode()
    assert "Laporan lama" in text
    assert "Laporan baru" not in text


def test_classes_are_counted_within_the_other_filters(client, pabean):
    make_document(pabean, year=2022)
    make_document(pabean, info_class="exempt", year=2022)
    make_document(make_unit("gerem", "kelurahan"), info_class="periodic", year=2022)
    make_document(pabean, title="Anggaran belanja", year=2021)
    for query, expected in [
        ("", {"periodic": 1, "immediate": 0, "on_demand": 2, "exempt": 1}),
        ("?unit=pabean&tahun=2022&kelas=exempt", {"periodic": 0, "immediate": 0, "on_demand": 1, "exempt": 1}),
        ("?q=anggaran", {"periodic": 0, "immediate": 0, "on_demand": 1, "exempt": 0}),
    ]:
        counts = client.get(f"/informasi/{query}").context["classes"]
        assert {kind.value: count for kind, count in counts} == expected


def test_a_hostile_title_stays_text(client, pabean):
    document = make_document(pabean, title='<script>alert(1)</script>"', summary="<img src=x onerror=alert(1)>")
    for address in ("/informasi/", document.get_absolute_url(), "/informasi/atom.xml"):
        text = client.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_an_old_slug_leads_to_the_right_address(client, pabean):
    document = make_document(pabean, title="Judul baru")
    response = client.get(f"/informasi/{document.pk}/judul-lama/")
    assert (response.status_code, response["Location"]) == (301, document.get_absolute_url())


@pytest.mark.parametrize("address", ["/informasi/", "/informasi/atom.xml", "/informasi/kelengkapan/"])
def test_the_number_of_queries_is_the_same_for_many_rows(client, pabean, django_assert_num_queries, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_document_file(make_document(pabean))
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(24):
        make_document_file(make_document(make_unit(f"dinas-{number}")), f"a,b\n{number},1\n".encode())
    with django_assert_num_queries(len(few)):
        client.get(address)
