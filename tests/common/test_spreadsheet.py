"""Text that a spreadsheet would run does not run; numbers and dates keep their type; the same rows, the same bytes."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from cilegon_kip.common.spreadsheet import About, Column, Sheet, csv_cell, workbook

ABOUT = About("Judul", "KIP Cilegon", datetime(2023, 2, 1, 17, 30, tzinfo=UTC), "Sumber & lisensi", "Bulan & status")
HOSTILE = [
    '=HYPERLINK("http://jahat.invalid";"x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "=cmd|' /C calc'!A0",
    "＝1",
    "\ufeff=1",
    "\u200b \u202e=1",
    "\x01=1",
]


def sheet_of(values, kind="text"):
    content = workbook([Sheet("Isi", [Column("Kolom", 20, kind)], [[value] for value in values])], ABOUT)
    return content, load_workbook(io.BytesIO(content))["Isi"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_formula_is_only_text_in_csv_and_xlsx(text):
    assert csv_cell(text) == f"'{text}"
    content, sheet = sheet_of([text])
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value.startswith("'")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("value", [-1, -1.5, Decimal("-0.25"), 0])
def test_negative_numbers_stay_numbers(value):
    assert csv_cell(value) == value
    assert sheet_of([value])[1]["A2"].value == pytest.approx(float(value))
    assert sheet_of([value])[1]["A2"].data_type == "n"


def test_plain_text_stays_and_nothing_is_nothing():
    assert [csv_cell(value) for value in ("Dinas = besar", "", None)] == ["Dinas = besar", "", ""]
    assert [row[0].value for row in sheet_of(["0123", "https://a.invalid/x", None])[1]["A2:A4"]] == [
        "0123",
        "https://a.invalid/x",
        None,
    ]


def test_an_address_is_no_link_that_is_opened_by_a_click():
    content, sheet = sheet_of(["https://a.invalid/x"])
    assert sheet["A2"].hyperlink is None
    assert not [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "rels/sheet" in name]


def test_dates_are_dates_and_moments_those_of_jakarta():
    day, moment = date(2023, 1, 31), datetime(2023, 1, 31, 18, 0, tzinfo=UTC)
    assert sheet_of([day], "date")[1]["A2"].value == datetime(2023, 1, 31)  # noqa: DTZ001
    assert sheet_of([moment], "moment")[1]["A2"].value == datetime(2023, 2, 1, 1)  # noqa: DTZ001
    assert sheet_of([day], "date")[1]["A2"].is_date


@pytest.mark.parametrize("value", [date(1, 1, 1), date(1900, 2, 28), datetime(1899, 12, 31, 23, tzinfo=UTC)])
def test_a_date_before_spreadsheets_count_is_text_and_no_broken_cell(value):
    cell = sheet_of([value], "date")[1]["A2"]
    assert (cell.data_type, cell.value) == ("s", value.isoformat())
    assert sheet_of([date(1900, 3, 1)], "date")[1]["A2"].is_date


def test_control_characters_and_endless_text_do_not_break_the_file():
    sheet = sheet_of(["a\x0bb\x1f", "x" * 40_000, "🎉 & <b>"])[1]
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A4"].value == "🎉 & <b>"


def test_head_is_frozen_and_filtered_and_repeated_on_paper():
    sheet = sheet_of([1, 2])[1]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A2", "A1:A3", "$1:$1")
    assert sheet["A1"].font.bold
    assert sheet.oddFooter.left.text == "Bulan && status"


def test_properties_say_whose_and_when_and_the_bytes_do_not_change():
    content, _sheet = sheet_of(["x"])
    properties = load_workbook(io.BytesIO(content)).properties
    assert (properties.title, properties.creator, properties.description) == (
        "Judul",
        "KIP Cilegon",
        "Sumber & lisensi",
    )
    assert properties.created == datetime(2023, 2, 2, 0, 30)  # noqa: DTZ001
    assert sheet_of(["x"])[0] == content
