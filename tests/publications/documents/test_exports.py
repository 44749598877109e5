"""The DIP as CSV and XLSX: the law's columns, the public words, and no cell that runs."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO

import openpyxl
import pytest

from publications.documents.exports import COLUMNS
from tests.builders import make_document, make_document_file, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def documents():
    unit = make_unit("pabean", "kelurahan", name="Pabean")
    make_document_file(make_document(unit, title='=HYPERLINK("https://jahat.invalid")', summary="+62 812", year=2022))
    make_document(unit, title="@sum", info_class="exempt", legal_basis="h", exempt_until=None)
    make_document(unit, info_class="periodic", producer="-1+1|cmd", retention="\t=1", link="https://contoh.id/a")
    return unit


def read_csv(client, query="") -> list[dict]:
    response = client.get(f"/informasi/dip.csv{query}")
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def test_no_text_can_run_as_a_formula(client, documents):
    for row in read_csv(client):
        for value in row.values():
            assert not value.lstrip().startswith(("=", "+", "-", "@")), value


def test_the_workbook_holds_numbers_and_dates_as_such_and_no_formula(client, documents):
    response = client.get("/informasi/dip.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    head, *rows = list(sheet.iter_rows())
    assert [cell.value for cell in head] == [column.title for column in COLUMNS]
    assert len(rows) == 3
    assert all(cell.data_type != "f" for row in rows for cell in row)
    by_name = [{name.value: cell for name, cell in zip(head, row, strict=True)} for row in rows]
    assert {row["Tahun"].value for row in by_name} == {2022, 2023}
    assert all(isinstance(row["Waktu pembuatan"].value, datetime) for row in by_name)
    assert all(row["Waktu pembuatan"].is_date for row in by_name)


def test_the_columns_of_the_law_are_there(client, documents):
    row = read_csv(client, "?kelas=periodic")[0]
    assert row["Unit yang menguasai"] == "Pabean"
    assert (row["Waktu pembuatan"], row["Tempat pembuatan"], row["Bentuk"]) == ("2023-01-09", "Cilegon", "Elektronik")
    assert (row["Kelas informasi"], row["Tahun"], row["Berkas atau tautan"]) == (
        "Berkala", "2023", "https://contoh.id/a",
    )  # fmt: skip
    assert row["Perbarui paling lambat"] == "2023-07-10"


def test_filters_and_refusals(client, documents):
    assert len(read_csv(client, "?tahun=2022")) == 1
    assert len(read_csv(client, "?unit=pabean&kelas=exempt")) == 1
    response = client.get("/informasi/dip.csv?kelas=rahasia")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "kelas"


def test_the_same_rows_give_the_same_bytes(client, documents):
    assert client.get("/informasi/dip.xlsx").content == client.get("/informasi/dip.xlsx").content
    etag = client.get("/informasi/dip.csv")["ETag"]
    assert client.get("/informasi/dip.csv", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_number_of_queries_is_the_same_for_many_rows(client, documents, django_assert_num_queries, kind):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(f"/informasi/dip.{kind}")
    for number in range(30):
        make_document_file(make_document(documents, made_on=date(2023, 1, 1)), f"a,b\n{number},1\n".encode())
    with django_assert_num_queries(len(few)):
        client.get(f"/informasi/dip.{kind}")
