"""What holds for every address of the API: it answers, refuses by name, never breaks, and is described."""

import json
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from rest_framework.throttling import AnonRateThrottle

from cilegon_kip import api_docs
from opd.api import UnitViewSet
from opd.serializers import UnitSerializer
from tests.builders import (
    NOON,
    make_activity,
    make_channel,
    make_document,
    make_entry,
    make_publication,
    make_ranking,
    make_reward,
    make_unit,
)
from tests.people import make_operator

pytestmark = pytest.mark.django_db

LISTS = {
    "/api/v1/units/": ["category", "parent", "has_social_media", "q", "page", "page_size"],
    "/api/v1/activities/": ["unit", "category", "theme", "month", "since", "is_sample", "cursor", "page_size"],
    "/api/v1/publications/": ["unit", "category", "kind", "month", "since", "is_sample", "cursor", "page_size"],
    "/api/v1/documents/": [
        "unit",
        "category",
        "info_class",
        "year",
        "checklist_item",
        "is_overdue",
        "since",
        "is_sample",
        "cursor",
        "page_size",
    ],
    "/api/v1/rankings/": ["page", "page_size"],
    "/api/v1/rewards/": ["month", "category", "unit", "kind", "page", "page_size"],
    "/api/v1/rankings/2023-01/entries/": ["category", "state", "unit", "has_social_media", "page", "page_size"],
}
QUESTIONS = {"/api/v1/working-days/": ["start", "days"]}
STRICT = [
    "/api/v1/rankings/2023-01/without-social-media/",
    "/api/v1/units/pabean/",
    "/api/v1/rankings/2023-01/",
    "/api/v1/",
]
SINGLE = [
    "/api/v1/rankings/2023-01/without-social-media/",
    "/api/v1/",
    "/api/v1/units/pabean/",
    "/api/v1/rankings/2023-01/",
    "/api/schema/",
]
FILES = ["/peringkat/2023-01.json", "/peringkat/2023-01.csv"]
HOSTILE = [
    "\x00",
    "pabean\x00",
    "-1",
    "0",
    "9" * 40,
    "9" * 5000,
    "1e9",
    "NaN",
    "' OR 1=1 --",
    "%",
    "\\",
    "{}",
    "<script>",
    "\ud7ff\U0010ffff",
    "\u202e",
    "2023-13",
    "2023-02-30",
    "0000-00",
    "0001-01",
    "9999-12",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2023-01-01T00:00:00+99:99",
    "2023-01-01T00:00:00+23:59",
    "null",
    "[]",
    "MjAyM3wx",
    "fA",
    "fDk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
    "MjAyMy0wMS0wMVQwMDowMDowMHwx",
    "MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OXwx",
    "=",
    "x" * 3000,
]


@pytest.fixture(autouse=True)
def _rows():
    cache.clear()
    unit = make_unit("pabean", "kelurahan")
    make_channel(unit)
    make_publication(make_activity(unit))
    make_document(unit)
    ranking = make_ranking()
    make_entry(ranking, unit)
    make_reward(unit, ranking, make_operator(unit))


@pytest.fixture
def quiet_client():
    """Answers 500 as a reader would see it, instead of raising."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", [*LISTS, *QUESTIONS, *SINGLE, *FILES])
def test_every_address_answers(client, address):
    assert client.get(address).status_code == 200
    assert client.head(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "name"), [(address, name) for address, names in {**LISTS, **QUESTIONS}.items() for name in names]
)
def test_hostile_values_are_refused_or_harmless_but_never_break(quiet_client, address, name):
    for value in HOSTILE:
        response = quiet_client.get(f"{address}?{name}={quote(value)}")
        assert response.status_code in (200, 400, 404), (value, response.status_code)
        if response.status_code == 400:
            assert [error["field"] for error in response.json()["errors"]] == [name]
            assert all(error["message"] for error in response.json()["errors"])
    response = quiet_client.get(f"{address}?{name}=%ff%fe%00")
    assert response.status_code in (200, 400, 404)


@pytest.mark.parametrize("address", [*LISTS, *QUESTIONS, *STRICT])
def test_an_unknown_parameter_is_refused_by_name(client, address):
    response = client.get(f"{address}?katagori=opd")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "katagori"


@pytest.mark.parametrize("path", ["units/%00/", "activities/999999999999999999999/", "activities/x/", "rankings/%00/"])
def test_hostile_paths_are_404(quiet_client, path):
    response = quiet_client.get(f"/api/v1/{path}")
    assert (response.status_code, response.json()["status"]) == (404, 404)


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("activities/?month=2023-1", "month", "Tulis bulan seperti 2023-01."),
        ("activities/?unit=tidak-ada", "unit", "Unit ini tidak ada."),
        ("activities/?since=kemarin", "since", "Tulis tanggal seperti 2023-01-15"),
        ("activities/?cursor=abc", "cursor", "Mulai lagi dari halaman pertama."),
        ("units/?category=dinas", "category", "dinas"),
        ("units/?has_social_media=ya", "has_social_media", "ya"),
        ("units/?page_size=201", "page_size", "Tulis bilangan 1 sampai 200."),
        ("units/?page=abc", "page", "Tulis nomor halaman"),
        ("units/?parent=pabean", "parent", "Unit ini tidak ada."),
        ("units/?category=opd&category=bumd", "category", "lebih dari sekali"),
        ("publications/?kind=koran", "kind", "koran"),
        ("publications/?state=pending", "state", "tidak dikenal"),
        ("rankings/2023-01/entries/?state=first", "state", "first"),
    ],
)
def test_a_wrong_value_is_answered_400_with_field_and_reason(client, query, field, words):
    response = client.get(f"/api/v1/{query}")
    assert response.status_code == 400
    data = response.json()
    assert data["status"] == 400
    assert data["message"] == "Permintaan tidak dapat dipahami. Periksa parameternya."
    assert [error["field"] for error in data["errors"]] == [field]
    assert words in data["errors"][0]["message"]
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/api/", "/api/v2/units/", "/api/v1/nothing/", "/api/v1/units/?page=99"])
def test_404_is_json(client, address):
    response = client.get(address)
    assert (response.status_code, response.json()) == (
        404,
        {"status": 404, "message": "Alamat atau data ini tidak ada.", "errors": []},
    )


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_is_only_read(client, method):
    response = getattr(client, method)("/api/v1/units/", content_type="application/json")
    assert (response.status_code, response.json()["message"]) == (405, "Alamat ini hanya dapat dibaca (GET).")


def test_a_failure_is_json_without_details(quiet_client, monkeypatch):
    def fail(self):
        raise RuntimeError("rahasia")

    monkeypatch.setattr(UnitViewSet, "get_queryset", fail)
    response = quiet_client.get("/api/v1/units/")
    assert (response.status_code, response.json()["status"]) == (500, 500)
    assert "rahasia" not in response.content.decode()


def test_a_database_that_is_away_is_503_in_json(quiet_client, monkeypatch):
    def refuse(self):
        raise OperationalError("connection refused")

    monkeypatch.setattr(UnitViewSet, "get_queryset", refuse)
    response = quiet_client.get("/api/v1/units/")
    assert (response.status_code, response.json()["status"], response["Retry-After"]) == (503, 503, "30")


def test_missing_slash_leads_to_the_address(client):
    response = client.get("/api/v1/units?category=opd")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/units/?category=opd")


def test_too_many_requests_are_429_with_the_time_to_wait(client, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "2/min"})
    assert [client.get("/api/v1/units/").status_code for _ in range(3)] == [200, 200, 429]
    response = client.get("/api/v1/units/")
    assert response.json()["status"] == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_api_answers_while_redis_is_away(client, settings):
    dead = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": dead}
    for address in (*LISTS, *FILES):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [*LISTS, *SINGLE, *FILES])
def test_any_site_may_read_and_caches_may_keep_it_for_a_minute(client, address):
    response = client.get(address)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    preflight = client.options(address, headers={"Access-Control-Request-Headers": "if-none-match"})
    assert preflight.status_code == 204
    assert "If-None-Match" in preflight["Access-Control-Allow-Headers"]


def test_no_cookie_is_set(client):
    for address in (*LISTS, *SINGLE, *FILES):
        assert not client.get(address).cookies


def test_a_change_gives_a_new_etag(client):
    first = client.get("/api/v1/activities/")
    make_activity(make_unit("gerem", "kelurahan"), NOON)
    assert client.get("/api/v1/activities/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_pages_of_the_site_do_not_open_up(client):
    assert "Access-Control-Allow-Origin" not in client.get("/healthz")
    assert "Access-Control-Allow-Origin" not in client.get("/admin/login/")


# --- schema and its page --------------------------------------------------------------------------


def test_the_schema_is_valid_and_without_warnings(tmp_path):
    path = tmp_path / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(path))
    assert json.loads(path.read_text())["info"]["title"] == "KIP Cilegon"


def test_the_schema_names_every_parameter_that_is_accepted(client):
    paths = client.get("/api/schema/").json()["paths"]
    for address, names in LISTS.items():
        described = paths[address.replace("2023-01", "{month}")]["get"]["parameters"]
        assert {row["name"] for row in described if row["in"] == "query"} == set(names)


def test_answers_have_exactly_the_fields_that_the_schema_names(client):
    schemas = client.get("/api/schema/").json()["components"]["schemas"]
    names = ["Unit", "Activity", "Publication", "Document", "Ranking", "Reward", "Entry"]
    for address, name in zip(LISTS, names, strict=True):
        row = client.get(address).json()["results"][0]
        assert set(row) == set(schemas[name]["properties"]) == set(schemas[name]["required"]), name
    count = client.get("/api/v1/working-days/").json()
    assert set(count) == set(schemas["WorkingDays"]["properties"]) == set(schemas["WorkingDays"]["required"])


def test_the_page_describes_every_address_parameter_and_field(client):
    page = client.get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    for address in api_docs.addresses():
        assert f"GET {address.path}" in text
        assert all(f"<dt>{field.name}</dt>" in text for field in address.parameters)
        assert f'href="#rekaman-{address.record}"' in text
    for record in api_docs.records():
        assert f'id="rekaman-{record.name}"' in text
        assert all(f"<dt>{field.name}</dt>" in text for field in record.fields)


def test_each_example_of_the_page_is_answered(client):
    make_unit("dinas-kesehatan")
    make_unit("kelurahan-pabean")
    for address in api_docs.addresses():
        path = address.example.partition("http://127.0.0.1:8000")[2].rstrip('"')
        assert client.get(path).status_code == (404 if "/1/" in path else 200), path


def test_every_field_and_parameter_is_explained():
    fields = [field for record in api_docs.records() for field in record.fields]
    fields += [field for address in api_docs.addresses() for field in address.parameters]
    assert [field.name for field in fields if not (field.text or field.record)] == []


def test_no_docstring_of_the_code_is_shown_to_readers():
    text = json.dumps(api_docs.schema())
    shown = [doc for doc in (UnitViewSet.__mro__[1].__doc__, UnitSerializer.__doc__) if doc.strip() in text]
    assert shown == []
    assert [address.path for address in api_docs.addresses() if not address.text] == []
