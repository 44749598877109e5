"""`/api/v1/rankings/`: the same figures as the files, from the same records."""

import json
from datetime import date

import pytest

from rankings.services import compute_month
from tests.builders import make_counted, make_entry, make_ranking, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def january():
    for number, slug in enumerate(("gerem", "pabean", "kotasari")):
        unit = make_unit(slug, "kelurahan")
        for day in range(1, 3 + 2 * number):
            make_counted(unit, date(2023, 1, day), kind=("website", "instagram")[day % 2])
    make_unit("dringo", "kelurahan")
    make_counted(make_unit("bpbd", "opd"), date(2023, 1, 9), happened_on=date(2023, 1, 9))
    return compute_month(date(2023, 1, 1))


def entries(client, query=""):
    response = client.get(f"/api/v1/rankings/2023-01/entries/{query}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_entries_are_exactly_those_of_the_file(client, january):
    file = json.loads(client.get("/peringkat/2023-01.json").content)
    assert entries(client) == [entry for part in file["categories"] for entry in part["entries"]]
    kelurahan = [entry["unit"]["slug"] for entry in entries(client, "?category=kelurahan")]
    assert kelurahan == ["kotasari", "pabean", "gerem", "dringo"]


def test_a_month_is_exactly_the_head_of_the_file(client, january):
    file = json.loads(client.get("/peringkat/2023-01.json").content)
    del file["categories"]
    assert client.get("/api/v1/rankings/2023-01/").json() == file


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?category=opd", ["bpbd"]),
        ("?state=silent&category=kelurahan", ["dringo"]),
        ("?category=kelurahan&state=ranked", ["kotasari", "pabean", "gerem"]),
        ("?unit=gerem", ["gerem"]),
        ("?category=kelurahan&page_size=2&page=2", ["gerem", "dringo"]),
    ],
)
def test_filters_of_entries(client, january, query, expected):
    assert [entry["unit"]["slug"] for entry in entries(client, query)] == expected


def test_months_are_listed_newest_first_in_their_current_revision(client):
    make_ranking(date(2023, 1, 1))
    make_ranking(date(2023, 1, 1), revision=2)
    make_ranking(date(2023, 2, 1), status="provisional")
    results = client.get("/api/v1/rankings/").json()["results"]
    assert [(row["month"], row["revision"], row["status"]) for row in results] == [
        ("2023-02", 1, "provisional"),
        ("2023-01", 2, "draft"),
    ]


@pytest.mark.parametrize("month", ["2023-02", "0000-01", "9999-12", "\u0662023-01"])
def test_months_that_are_not_there_are_404_in_json(client, january, month):
    for address in (f"/api/v1/rankings/{month}/", f"/api/v1/rankings/{month}/entries/"):
        response = client.get(address)
        assert (response.status_code, response.json()["status"]) == (404, 404)


def test_the_number_of_queries_is_the_same_for_many_units_and_months(client, django_assert_num_queries):
    ranking = make_ranking()
    make_entry(ranking, make_unit())
    addresses = {"/api/v1/rankings/": 2, "/api/v1/rankings/2023-01/": 1, "/api/v1/rankings/2023-01/entries/": 3}
    for address, queries in addresses.items():
        with django_assert_num_queries(queries):
            client.get(address)
    for number in range(30):
        make_ranking(date(2020 + number // 12, number % 12 + 1, 1), revision=3)
        make_entry(ranking, make_unit(category="kelurahan"))
    for address, queries in addresses.items():
        with django_assert_num_queries(queries):
            client.get(address)
