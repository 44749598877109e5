"""The files of a month: their content, their safety in spreadsheets, and that they can be computed again."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from rankings.models import Entry, Ranking
from tests.builders import NOON, make_entry, make_final, make_ranking, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> Ranking:
    """A sample month: two ranked and one silent OPD, one kelurahan not measured."""
    ranking = make_ranking(is_sample=True, objection_until=date(2023, 2, 8))
    first = make_unit("dinas-kesehatan", name="Dinas Kesehatan")
    make_entry(
        ranking,
        first,
        rank=1,
        score=Decimal("84.1230"),
        volume=Decimal("1"),
        consistency=Decimal("0.714286"),
        reach=Decimal("0.666667"),
        completeness=Decimal("0.9"),
        activities=20,
        max_activities=20,
        active_days=15,
        points=[0, 1, 4, 15],
        with_media=18,
        with_text=17,
        with_date=19,
        kinds_used=["website", "instagram"],
        previous_rank=3,
        publications=31,
        left_out=2,
        has_social_media=True,
    )
    make_entry(ranking, make_unit("bpbd", name="BPBD"), rank=2, score=Decimal("50.5"))
    make_entry(ranking, make_unit("arsip", name="Arsip"), rank=None)
    kecamatan = make_unit("grogol", category="kecamatan", name="Grogol")
    make_entry(
        ranking,
        make_unit("gerem", category="kelurahan", name="=SUM(A1)", parent=kecamatan),
        rank=None,
        state=Entry.State.NOT_MEASURED,
        kinds_not_measured=["instagram"],
    )
    return ranking


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_json_carries_what_the_figures_rest_on(client, month):
    data = json.loads(client.get("/peringkat/2023-01.json").content)
    assert data["month"] == "2023-01"
    assert (data["revision"], data["status"], data["status_label"]) == (1, "draft", "Rancangan")
    assert (data["is_sample"], data["sample_label"]) == (True, "data contoh")
    assert data["working_days"] == 21
    assert data["days_off"] == [{"day": "2023-01-23", "name": "Cuti Bersama Tahun Baru Imlek"}]
    assert data["computed_at"] == "2023-01-10T12:00:00+07:00"
    assert data["objection_until"] == "2023-02-08"
    assert data["source"].startswith("KIP Cilegon, Kota Cilegon")
    assert data["licence"]
    method = data["method"]
    assert method["version"] == 1
    assert method["weights"] == {"volume": 0.4, "consistency": 0.3, "reach": 0.2, "completeness": 0.1}
    assert (method["daily_limit"], method["text_min_length"]) == (3, 200)
    assert method["bands"][0] == {"from": 80.0, "label": "Sangat aktif"}
    assert any("ln(1 + activities)" in line for line in method["formula"])


def test_json_lists_entries_by_category_ranked_then_silent_then_not_measured(client, month):
    data = json.loads(client.get("/peringkat/2023-01.json").content)
    assert [part["category"] for part in data["categories"]] == ["opd", "kelurahan"]
    opd = data["categories"][0]["entries"]
    assert [(entry["rank"], entry["state"], entry["unit"]["slug"]) for entry in opd] == [
        (1, "ranked", "dinas-kesehatan"),
        (2, "ranked", "bpbd"),
        (None, "silent", "arsip"),
    ]
    assert data["categories"][1]["entries"][0]["state"] == "not_measured"


def test_an_entry_has_every_component_and_the_counts_behind_it(client, month):
    data = json.loads(client.get("/peringkat/2023-01.json").content, parse_float=Decimal)
    entry = data["categories"][0]["entries"][0]
    expected = {
        "previous_rank": 3,
        "score": Decimal("84.1230"),
        "band": "Sangat aktif",
        "volume": Decimal("1"),
        "consistency": Decimal("0.714286"),
        "reach": Decimal("0.666667"),
        "completeness": Decimal("0.9"),
        "activities": 20,
        "max_activities": 20,
        "active_days": 15,
        "working_days": 21,
        "points": [0, 1, 4, 15],
        "with_media": 18,
        "with_text": 17,
        "with_date": 19,
        "kinds_used": ["website", "instagram"],
        "kinds_not_measured": [],
        "publications": 31,
        "left_out": 2,
        "has_social_media": True,
    }
    assert {name: entry[name] for name in expected} == expected
    assert data["categories"][0]["entries"][2]["band"] is None


@pytest.mark.parametrize("score", ["0.0001", "33.3333", "66.6667", "84.1230", "99.9999", "100.0000"])
def test_a_score_in_json_reads_back_as_the_very_same_decimal(client, month, score):
    Entry.objects.filter(rank=1).update(score=Decimal(score))
    data = json.loads(client.get("/peringkat/2023-01.json").content, parse_float=Decimal)
    assert data["categories"][0]["entries"][0]["score"] == Decimal(score)


def test_csv_has_one_row_an_entry_with_the_same_figures(client, month):
    rows = rows_of(client.get("/peringkat/2023-01.csv").content)
    assert len(rows) == 4
    first = rows[0]
    assert first["bulan"] == "2023-01"
    assert first["data_contoh"] == "data contoh"
    assert (first["metode_versi"], first["dihitung_pada"]) == ("1", "2023-01-10T12:00:00+07:00")
    assert (first["peringkat"], first["unit_slug"], first["indeks"]) == ("1", "dinas-kesehatan", "84.1230")
    assert (first["jangkauan"], first["kanal_dipakai"]) == ("0.666667", "website instagram")
    assert [first[f"kegiatan_{points}_poin"] for points in range(4)] == ["0", "1", "4", "15"]
    assert rows[2]["peringkat"] == ""
    assert rows[2]["keadaan"] == "Tanpa kegiatan"
    assert rows[3]["kecamatan"] == "Grogol"


def test_every_csv_row_names_month_state_sample_method_and_time(client, month):
    for row in rows_of(client.get("/peringkat/2023-01.csv").content):
        named = ("bulan", "revisi", "status", "data_contoh", "metode_versi", "dihitung_pada", "sumber", "lisensi")
        assert all(row[name] for name in named), row


def test_a_month_of_real_data_is_not_labelled_as_sample(client):
    make_entry(make_ranking(), make_unit("bpbd"))
    assert rows_of(client.get("/peringkat/2023-01.csv").content)[0]["data_contoh"] == ""
    data = json.loads(client.get("/peringkat/2023-01.json").content)
    assert (data["is_sample"], data["sample_label"]) == (False, None)


def test_csv_opens_as_utf8_in_a_spreadsheet(client, month):
    content = client.get("/peringkat/2023-01.csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 5


def test_the_neutralised_name_stands_in_the_file(client, month):
    assert rows_of(client.get("/peringkat/2023-01.csv").content)[3]["unit"] == "'=SUM(A1)"


@pytest.mark.parametrize(
    ("kind", "content_type", "disposition"),
    [("csv", "text/csv; charset=utf-8", "attachment"), ("json", "application/json", "inline")],
)
def test_headers_name_the_file_and_let_other_sites_read_it(client, month, kind, content_type, disposition):
    response = client.get(f"/peringkat/2023-01.{kind}")
    assert response.status_code == 200
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'{disposition}; filename="kip-cilegon-peringkat-2023-01.{kind}"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    assert response["Last-Modified"] == "Tue, 10 Jan 2023 05:00:00 GMT"


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_an_unchanged_file_is_answered_304_and_a_changed_one_again(client, month, kind):
    address = f"/peringkat/2023-01.{kind}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    Entry.objects.filter(rank=1).update(score=Decimal("84.1231"))
    Ranking.objects.update(computed_at=NOON + timedelta(hours=1))
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, b"84.1231" in changed.content) == (200, True)


def test_the_current_revision_is_the_one_that_is_downloaded(client, month):
    second = make_ranking(revision=2)
    make_entry(second, make_unit("revisi"), rank=1)
    make_final(second.month)
    data = json.loads(client.get("/peringkat/2023-01.json").content)
    assert (data["revision"], data["status"]) == (2, "final")
    assert data["categories"][0]["entries"][0]["unit"]["slug"] == "revisi"


@pytest.mark.parametrize(
    "path",
    ["2023-02.json", "2023-02.csv", "2023-13.json", "0000-01.csv", "\u0662023-01.json", "2023-01.xls", "2023-01.doc"],
)
def test_months_and_formats_that_are_not_there_are_404(client, month, path):
    assert client.get(f"/peringkat/{path}").status_code == 404


def test_a_missing_file_is_answered_in_json(client):
    response = client.get("/peringkat/2023-02.csv")
    assert response.json() == {"status": 404, "message": "Alamat atau data ini tidak ada.", "errors": []}
    assert response["Cache-Control"] == "no-store"


def test_files_are_only_read(client, month):
    assert client.post("/peringkat/2023-01.json").status_code == 405


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_category_has_files_of_its_own(client, month, kind):
    whole = client.get(f"/peringkat/2023-01.{kind}").content
    part = client.get(f"/peringkat/2023-01/kelurahan.{kind}")
    assert part["Content-Disposition"].endswith(f'filename="kip-cilegon-peringkat-2023-01-kelurahan.{kind}"')
    assert b"dinas-kesehatan" in whole
    assert b"dinas-kesehatan" not in part.content
    assert b"gerem" in part.content


def test_a_category_without_units_has_no_file(client, month):
    assert client.get("/peringkat/2023-01/bumd.csv").status_code == 404
    assert client.get("/peringkat/2023-01/desa.csv").status_code == 404
    assert client.get("/peringkat/2019-01/opd.csv").status_code == 404


def test_an_empty_month_still_has_its_file(client):
    make_ranking(computed_at=NOON)
    assert json.loads(client.get("/peringkat/2023-01.json").content)["categories"] == []
    assert rows_of(client.get("/peringkat/2023-01.csv").content) == []
