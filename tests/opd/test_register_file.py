"""The register as a file."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import make_channel, make_unit

pytestmark = pytest.mark.django_db
ADDRESS = "/data/unit.csv"


def rows_of(client):
    response = client.get(ADDRESS)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_register_holds_all_units_in_order(client):
    grogol = make_unit("grogol", "kecamatan", name="Kecamatan Grogol")
    make_unit(
        "gerem",
        "kelurahan",
        name="Kelurahan Gerem",
        parent=grogol,
        aliases=["Grem", "Gerem Cilegon"],
        active_until=date(2024, 1, 31),
        successor=grogol,
        email="gerem@cilegon.invalid",
    )
    make_unit("dinkes", name="Dinas Kesehatan")
    rows = rows_of(client)
    assert [row["slug"] for row in rows] == ["dinkes", "grogol", "gerem"]
    gerem = rows[2]
    assert (gerem["kecamatan"], gerem["nama_lain"]) == ("Kecamatan Grogol", "Grem|Gerem Cilegon")
    assert (gerem["aktif_sampai"], gerem["penerus_slug"]) == ("2024-01-31", "grogol")
    assert gerem["alamat"] == "http://127.0.0.1:8000/unit/gerem/"


def test_only_verified_open_real_channels_are_named(client):
    unit = make_unit()
    make_channel(unit, "website", url="https://dinkes.contoh.invalid/")
    make_channel(unit, "instagram", url="https://instagram.contoh.invalid/dinkes")
    make_channel(unit, "facebook", url="https://facebook.contoh.invalid/x", status="unverified")
    make_channel(unit, "tiktok", url="https://tiktok.contoh.invalid/x", is_sample=True)
    make_channel(unit, "youtube", url="https://youtube.contoh.invalid/x", closed_on=date(2023, 1, 1))
    [row] = rows_of(client)
    assert row["situs_web"] == "https://dinkes.contoh.invalid/"
    assert row["media_sosial"] == "https://instagram.contoh.invalid/dinkes"


def test_hostile_names_do_not_run(client):
    make_unit("x", name="=1+1", phone="+62254", address="@A1")
    [row] = rows_of(client)
    assert (row["nama"], row["telepon"], row["alamat_kantor"]) == ("'=1+1", "'+62254", "'@A1")


def test_empty_register_is_a_head_alone(client):
    assert rows_of(client) == []
    assert client.get(ADDRESS).content.startswith(b"\xef\xbb\xbfslug,")


def test_unchanged_register_is_not_sent_again(client):
    make_unit()
    first = client.get(ADDRESS)
    assert "max-age=3600" in first["Cache-Control"]
    assert client.get(ADDRESS, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.head(ADDRESS)["ETag"] == first["ETag"]


def test_two_queries_for_any_number_of_units(client):
    for _number in range(30):
        make_channel(make_unit())
    with CaptureQueriesContext(connection) as captured:
        assert len(rows_of(client)) == 30
    assert len(captured) == 2
