"""A year's activities and publications as files: all that is public, nothing else, in constant memory."""

import csv
import gzip
import io
import json
import tracemalloc
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from publications.dump_files import csv_pieces, stream
from publications.dumps import ACTIVITIES, PUBLICATIONS, activity_record
from publications.models import Activity, Publication
from tests.builders import NOON, make_activity, make_publication, make_unit

pytestmark = pytest.mark.django_db
KEGIATAN, PUBLIKASI = "/data/kegiatan-2023", "/data/publikasi-2023"
ADDRESSES = [f"{name}.{kind}.gz" for name in (KEGIATAN, PUBLIKASI) for kind in ("csv", "jsonl")]


def content_of(client, address) -> bytes:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/gzip"
    return b"".join(response.streaming_content)


def lines_of(client, address) -> list[dict]:
    return [json.loads(line) for line in gzip.decompress(content_of(client, address)).splitlines()]


def rows_of(client, address) -> list[dict]:
    text = gzip.decompress(content_of(client, address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def make_press(**fields) -> Publication:
    fields = {"title": "Berita", "permalink": "https://pers.contoh.invalid/1", "state": "accepted", **fields}
    return Publication.objects.create(kind="news", origin="import", permalink_key=fields["permalink"], **fields)


@pytest.fixture
def dinkes():
    return make_unit("dinkes", name="Dinas Kesehatan")


@pytest.fixture
def year(dinkes):
    """Two activities of 2023 and what surrounds them: other years, drafts, withdrawn, pending, rejected."""
    text = 'Uraian; "panjang"\nbaris dua'
    lomba = make_activity(dinkes, title="Lomba", text=text, theme="kesehatan", is_sample=True)
    make_publication(lomba)
    rapat = make_activity(dinkes, NOON + timedelta(days=1), title="Rapat")
    make_publication(rapat, NOON + timedelta(days=1), "portal", permalink_key=f"portal:{rapat.pk}")
    make_publication(rapat, state="pending", title="RAHASIA menunggu")
    make_publication(rapat, state="rejected", reason="bukan unit", title="RAHASIA ditolak")
    make_activity(dinkes, None, title="RAHASIA draf")
    gone = make_activity(
        dinkes, title="RAHASIA ditarik", status="withdrawn", withdrawn_at=NOON, withdrawn_reason="keliru"
    )
    make_publication(gone, title="RAHASIA ditarik")
    make_activity(dinkes, datetime(2024, 1, 1, 0, 0, tzinfo=JAKARTA), title="Tahun depan")
    make_activity(dinkes, datetime(2022, 12, 31, 23, 59, 59, tzinfo=JAKARTA), title="Tahun lalu")
    make_press(unit=dinkes, published_at=NOON + timedelta(days=2))
    return lomba, rapat


def test_a_year_holds_its_public_activities_in_order(client, year):
    lomba, rapat = year
    assert [line["title"] for line in lines_of(client, f"{KEGIATAN}.jsonl.gz")] == ["Lomba", "Rapat"]
    assert [line["title"] for line in lines_of(client, "/data/kegiatan-2024.jsonl.gz")] == ["Tahun depan"]
    assert [line["title"] for line in lines_of(client, "/data/kegiatan-2022.jsonl.gz")] == ["Tahun lalu"]
    assert [line["activity"] for line in lines_of(client, f"{PUBLIKASI}.jsonl.gz")] == [lomba.pk, rapat.pk, None]


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_not_public_is_nowhere(client, year, address):
    assert b"RAHASIA" not in gzip.decompress(content_of(client, address))


@pytest.mark.parametrize(("name", "api"), [("kegiatan", "activities"), ("publikasi", "publications")])
def test_a_line_says_what_the_api_says(client, year, name, api):
    lines = lines_of(client, f"/data/{name}-2023.jsonl.gz")
    assert len(lines) >= 2
    for line in lines:
        record = client.get(f"/api/v1/{api}/{line['id']}/").json()
        unit = record.pop("unit")
        assert (line.pop("unit"), line.pop("unit_name"), line.pop("category")) == (
            unit["slug"],
            unit["name"],
            unit["category"],
        )
        line.pop("updated_at", None)
        assert line == {key: record[key] for key in line}


def test_csv_holds_the_same_with_words_for_people(client, year):
    lomba, _rapat = year
    first, second = rows_of(client, f"{KEGIATAN}.csv.gz")
    assert first["judul"] == "Lomba"
    assert first["uraian"] == 'Uraian; "panjang"\nbaris dua'
    assert first["terbit_pada"] == "2023-01-10T12:00:00+07:00"
    assert first["alamat"] == f"http://127.0.0.1:8000{lomba.get_absolute_url()}"
    assert (first["data_contoh"], second["data_contoh"]) == ("data contoh", "")
    assert first["sumber"].startswith("KIP Cilegon")
    assert first["lisensi"].startswith("CC BY 4.0")
    press = rows_of(client, f"{PUBLIKASI}.csv.gz")[2]
    assert (press["liputan_media"], press["kegiatan_id"], press["jenis_kanal"]) == ("ya", "", "news")


def test_a_hostile_text_cannot_run_in_a_spreadsheet(client, dinkes):
    make_activity(dinkes, title='=HYPERLINK("http://x.invalid","klik")', text="@SUM(A1)", place="-1+1")
    [row] = rows_of(client, f"{KEGIATAN}.csv.gz")
    assert row["judul"].startswith("'=")
    assert row["uraian"].startswith("'@")
    assert row["tempat"].startswith("'-")
    [line] = lines_of(client, f"{KEGIATAN}.jsonl.gz")
    assert line["title"].startswith("=HYPERLINK")


def test_press_without_a_date_has_a_file_of_its_own(client, dinkes):
    make_press(unit=None)
    [line] = lines_of(client, "/data/publikasi-tanpa-tanggal.jsonl.gz")
    assert (line["unit"], line["published_at"], line["is_press"]) == (None, None, True)
    assert PUBLICATIONS.years() == {"tanpa-tanggal": 1}


def test_years_come_newest_first_by_jakartas_clock(year):
    assert ACTIVITIES.years() == {"2024": 1, "2023": 2, "2022": 1}
    assert PUBLICATIONS.years() == {"2023": 3}


@pytest.mark.parametrize(
    "address",
    [
        "/data/kegiatan-2019.csv.gz",
        "/data/kegiatan-0000.csv.gz",
        "/data/kegiatan-9999.csv.gz",
        "/data/kegiatan-tanpa-tanggal.csv.gz",
        "/data/publikasi-2023.xlsx.gz",
        "/data/publikasi-2023.csv",
        "/data/draf-2023.csv.gz",
        "/data/%00",
    ],
)
def test_unknown_file_is_a_404_that_programs_can_read(client, year, address):
    response = client.get(address)
    assert response.status_code == 404
    assert response.json()["status"] == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_empty_database_has_no_year(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_unchanged_file_is_not_sent_again(client, year, address):
    first = client.get(address, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in first  # compressed once, by us
    assert "max-age=3600" in first["Cache-Control"]
    assert first["Access-Control-Allow-Origin"] == "*"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    head = client.head(address)
    assert (head.status_code, head["ETag"]) == (200, first["ETag"])
    assert b"".join(head.streaming_content) == b""


CHANGES = {
    "title": lambda lomba: Activity.objects.filter(pk=lomba.pk).update(title="Judul lain"),
    "unit's name": lambda lomba: type(lomba.unit).objects.update(name="Nama lain"),
    "withdrawn": lambda lomba: Activity.objects.filter(pk=lomba.pk).update(
        status="withdrawn", withdrawn_at=NOON, withdrawn_reason="keliru"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_what_it_holds_gives_another_etag(client, year, change):
    before = {address: client.get(address)["ETag"] for address in ADDRESSES}
    assert len(set(before.values())) == 4
    CHANGES[change](year[0])
    changed = {address for address in ADDRESSES if client.get(address)["ETag"] != before[address]}
    assert changed >= set(ADDRESSES[:2])
    if change != "title":
        assert changed == set(ADDRESSES)


def test_a_verdict_gives_another_etag(client, year):
    before = client.get(f"{PUBLIKASI}.csv.gz")["ETag"]
    Publication.objects.filter(state="pending").update(state="accepted")
    assert client.get(f"{PUBLIKASI}.csv.gz")["ETag"] != before


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_same_rows_give_the_same_bytes(client, year, address):
    assert content_of(client, address) == content_of(client, address)


@pytest.mark.parametrize("address", ADDRESSES)
def test_two_queries_whatever_the_number_of_rows(client, dinkes, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            content_of(client, address)
        return len(captured)

    make_publication(make_activity(dinkes))
    few = queries()
    for _number in range(30):
        make_publication(make_activity(dinkes))
    assert queries() == few == 2


def test_rows_leave_as_they_come(dinkes):
    """The writer holds one chunk: 60,000 records pass through a few megabytes."""
    row = {
        "id": 1,
        "unit__slug": "dinkes",
        "unit__name": "Dinas",
        "unit__category": "opd",
        "title": "Judul",
        "text": "Uraian " * 100,
        "happened_on": None,
        "place": "",
        "theme": "",
        "published_at": NOON,
        "updated_at": NOON,
        "is_sample": False,
    }
    tracemalloc.start()
    size = sum(len(piece) for piece in csv_pieces(ACTIVITIES, (activity_record(row) for _ in range(20_000))))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 14_000_000
    assert peak < 8_000_000


def test_a_reader_who_leaves_early_leaves_nothing_open(dinkes):
    for _number in range(3):
        make_activity(dinkes)
    pieces = stream(ACTIVITIES, "2023", "csv")
    next(pieces)
    pieces.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django_curs%'")
        assert cursor.fetchone() == (0,)


def test_who_takes_too_many_is_told_when_to_come_back(client, year, settings):
    cache.clear()
    settings.DUMP_RATE = "2/hour"
    address = ADDRESSES[0]
    etag = client.get(address)["ETag"]
    assert client.get(address).status_code == 200
    refused = client.get(address)
    assert refused.status_code == 429
    assert refused.json()["status"] == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    # Asking whether there is something new costs little and stays free.
    assert client.head(address).status_code == 200
    assert client.get(address, headers={"if-none-match": etag}).status_code == 304
    cache.clear()


def test_without_redis_nobody_is_refused(client, year, settings):
    settings.DUMP_RATE = "1/hour"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    for _number in range(3):
        assert client.get(ADDRESSES[0]).status_code == 200
