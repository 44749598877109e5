"""`/api/v1/units/`: the register for programs."""

from datetime import date

import pytest

from opd.models import Channel
from tests.builders import make_channel, make_unit
from tests.people import make_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    grogol = make_unit("grogol", "kecamatan", name="Grogol")
    pabean = make_unit("pabean", "kelurahan", name="Pabean", parent=make_unit("purwakarta", "kecamatan"))
    gerem = make_unit("gerem", "kelurahan", name="Gerem", short_name="Gerem", parent=grogol, aliases=["Grem"])
    dinkes = make_unit("dinas-kesehatan", "opd", name="Dinas Kesehatan", short_name="Dinkes")
    make_channel(pabean, "instagram")
    make_channel(gerem, "website")
    make_channel(dinkes, "facebook", status=Channel.Status.UNVERIFIED, verified_at=None)
    return {"grogol": grogol, "pabean": pabean, "gerem": gerem, "dinkes": dinkes}


def slugs(client, query=""):
    response = client.get(f"/api/v1/units/{query}")
    assert response.status_code == 200, response.content
    return [unit["slug"] for unit in response.json()["results"]]


def test_units_stand_by_category_then_name(client, register):
    assert slugs(client) == ["dinas-kesehatan", "grogol", "purwakarta", "gerem", "pabean"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?category=kelurahan", ["gerem", "pabean"]),
        ("?parent=grogol", ["gerem"]),
        ("?has_social_media=true", ["pabean"]),
        ("?category=kelurahan&has_social_media=false", ["gerem"]),
        ("?q=kesehat", ["dinas-kesehatan"]),
        ("?q=DINKES", ["dinas-kesehatan"]),
        ("?q=grem", ["gerem"]),
        ("?q=%25", []),
        ("?q=tidak-ada", []),
        ("?category=&q=", ["dinas-kesehatan", "grogol", "purwakarta", "gerem", "pabean"]),
        ("?page_size=2&page=2", ["purwakarta", "gerem"]),
    ],
)
def test_filters(client, register, query, expected):
    assert slugs(client, query) == expected


def test_a_unit_shows_its_office_and_only_verified_channels(client, register):
    make_channel(register["gerem"], "tiktok", status=Channel.Status.REJECTED, verified_at=None)
    data = client.get("/api/v1/units/gerem/").json()
    assert (data["name"], data["category"], data["parent"]) == ("Gerem", "kelurahan", "grogol")
    assert data["aliases"] == ["Grem"]
    assert [channel["kind"] for channel in data["channels"]] == ["website"]
    assert data["has_social_media"] is False
    assert data["url"].endswith("/unit/gerem/")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"is_sample": True}, False),
        ({"closed_on": date(2023, 1, 31)}, False),
        ({"opened_on": date(2199, 1, 1)}, False),
        ({"status": "unverified", "verified_at": None}, False),
        ({"kind": "website"}, False),
    ],
)
def test_only_a_verified_open_real_account_is_social_media(client, fields, expected):
    make_channel(make_unit("bpbd"), **fields)
    assert client.get("/api/v1/units/bpbd/").json()["has_social_media"] is expected


def test_no_person_is_named(client, register):
    operator = make_operator(register["pabean"])
    operator.first_name, operator.email = "Nama-Orang", "orang@contoh.invalid"
    operator.save()
    Channel.objects.update(verified_by=operator)
    for address in ("/api/v1/units/", "/api/v1/units/pabean/"):
        text = client.get(address).content.decode()
        assert not any(word in text for word in (operator.username, "Nama-Orang", "orang@", "verified_by"))


def test_a_unit_that_does_not_exist_is_404_in_json(client):
    response = client.get("/api/v1/units/tidak-ada/")
    assert (response.status_code, response.json()["status"]) == (404, 404)


@pytest.mark.parametrize("address", ["/api/v1/units/", "/api/v1/units/unit-a/"])
def test_the_number_of_queries_is_the_same_for_many_units(client, django_assert_num_queries, address):
    make_channel(make_unit("unit-a"))
    queries = 2 if address.endswith("unit-a/") else 3
    with django_assert_num_queries(queries):
        client.get(address)
    for number in range(60):
        unit = make_unit(f"kelurahan-{number}", "kelurahan")
        make_channel(unit), make_channel(unit, "website")
    with django_assert_num_queries(queries):
        client.get(address)
