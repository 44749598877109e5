"""The workbook: typed columns, the method and what it rests on beside them, and no formula of a stranger."""

import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from opd.models import Unit
from publications.models import Activity
from rankings.models import Entry, Ranking
from tests.builders import make_final, make_ranking

from .world import make_months

pytestmark = pytest.mark.django_db
FORMULA = '=HYPERLINK("http://jahat.invalid";"klik")'


@pytest.fixture
def january():
    return make_months()[0]


def open_book(client, address="/peringkat/2023-01.xlsx"):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    return load_workbook(io.BytesIO(response.content))


def column(sheet, title):
    heads = [cell.value for cell in sheet[1]]
    return [row[heads.index(title)] for row in sheet.iter_rows(min_row=2)]


def test_sheets_are_ranking_publications_method_and_facts(client, january):
    assert open_book(client).sheetnames == ["Peringkat", "Publikasi", "Metode", "Keterangan"]


def test_every_entry_stands_there_with_numbers_as_numbers_and_the_month_as_a_date(client, january):
    sheet = open_book(client)["Peringkat"]
    entries = {entry.unit.name: entry for entry in Entry.objects.filter(ranking=january).select_related("unit")}
    names = [cell.value for cell in column(sheet, "Unit")]
    assert sorted(names) == sorted(entries)
    for title in ("Indeks", "Volume", "Kegiatan dihitung", "Hari kerja", "Kegiatan 3 poin"):
        assert {cell.data_type for cell in column(sheet, title)} == {"n"}
    scores = {name: cell.value for name, cell in zip(names, column(sheet, "Indeks"), strict=True)}
    assert scores == {name: pytest.approx(float(entry.score)) for name, entry in entries.items()}
    assert {cell.value for cell in column(sheet, "Bulan")} == {datetime(2023, 1, 1)}  # noqa: DTZ001
    assert all(cell.is_date for cell in column(sheet, "Bulan"))
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_a_unit_without_a_place_has_an_empty_place_not_a_zero(client, january):
    sheet = open_book(client)["Peringkat"]
    places = zip(column(sheet, "Keadaan"), column(sheet, "Peringkat"), strict=True)
    assert {place.value for state, place in places if state.value == "Tanpa kegiatan"} == {None}


def test_a_category_has_its_own_workbook(client, january):
    book = open_book(client, "/peringkat/2023-01/kelurahan.xlsx")
    assert {cell.value for cell in column(book["Peringkat"], "Kategori")} == {"Kelurahan"}
    assert {cell.value for cell in column(book["Publikasi"], "Kategori")} == {"Kelurahan"}
    facts = dict(book["Keterangan"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert facts["Halaman"] == "http://127.0.0.1:8000/peringkat/2023-01/kelurahan/"


def test_every_publication_stands_there_with_its_rule(client, january):
    sheet = open_book(client)["Publikasi"]
    assert len(column(sheet, "Unit")) == january.evidence.count()
    assert {cell.value for cell in column(sheet, "Aturan")} == {"Dihitung sebagai kegiatan"}
    assert all(cell.is_date for title in ("Tanggal dihitung", "Terbit (WIB)") for cell in column(sheet, title))
    assert all(cell.value.startswith("Kegiatan ") for cell in column(sheet, "Judul kegiatan"))
    address = column(sheet, "Alamat kegiatan di portal")[0].value
    assert client.get(address.removeprefix("http://127.0.0.1:8000"), follow=True).status_code == 200


def test_a_title_and_a_name_that_are_formulas_are_only_text(client, january):
    Activity.objects.update(title=FORMULA)
    Unit.objects.filter(slug="opd-0").update(name="+cmd|' /C calc'!A0")
    book = open_book(client)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert f"'{FORMULA}" in {cell.value for cell in column(book["Publikasi"], "Judul kegiatan")}
    assert "'+cmd|' /C calc'!A0" in {cell.value for cell in column(book["Peringkat"], "Unit")}


def test_method_and_facts_name_all_that_a_file_must_carry(client, january):
    book = open_book(client)
    method = dict(book["Metode"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert (method["Versi"], method["Bobot volume"], method["Bobot kelengkapan"]) == (1, 0.4, 0.1)
    assert "ln(1 + activities)" in " ".join(str(value) for value in method.values())
    facts = dict(book["Keterangan"].iter_rows(min_row=2, max_col=2, values_only=True))
    assert facts["Bulan"] == datetime(2023, 1, 1)  # noqa: DTZ001
    assert facts["Status"].startswith("Rancangan, menunggu difinalkan (masa sanggahan berakhir ")
    assert facts["Keterangan"].startswith("data contoh")
    assert facts["Dihitung (WIB)"] == datetime(2023, 3, 1, 8)  # noqa: DTZ001
    assert facts["SHA-256 masukan"] == january.input_sha256
    assert len(january.input_sha256) == 64
    assert facts["Metode, versi"] == 1
    assert {"Sumber", "Lisensi", "Revisi", "Hari kerja"} <= facts.keys()


def test_a_withdrawn_title_leaves_the_workbook_of_a_final_month(client, january):
    make_final(january.month)
    before = client.get("/peringkat/2023-01.xlsx").content
    assert client.get("/peringkat/2023-01.xlsx").content == before
    activity = Activity.objects.filter(title="Kegiatan opd-0 1").earliest("published_at")
    Activity.objects.filter(pk=activity.pk).update(
        status="withdrawn", withdrawn_at=activity.published_at, withdrawn_reason="Memuat nama warga"
    )
    titles = [cell.value for cell in column(open_book(client)["Publikasi"], "Judul kegiatan")]
    assert "(ditarik)" in titles
    assert "Kegiatan opd-0 1" not in titles


def test_an_empty_month_has_an_empty_table(client):
    make_ranking()
    book = open_book(client)
    assert [sheet.max_row for sheet in (book["Peringkat"], book["Publikasi"])] == [1, 1]
    assert Ranking.objects.get().files.count() == 1
