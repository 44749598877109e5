"""`/api/v1/activities/` and `/api/v1/publications/`: only what is public, newest first, page by page."""

from datetime import UTC, datetime, timedelta

import pytest

from cilegon_kip.common.jakarta import JAKARTA
from publications.models import Activity, Photo, Publication
from tests.builders import NOON, make_activity, make_publication, make_unit
from tests.people import make_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit("pabean", "kelurahan", name="Pabean")


def make_news(unit, published_at=NOON, **fields):
    key = f"https://pers.contoh.invalid/{Publication.objects.count()}"
    fields = {"title": "Berita", "publisher": "Koran", "state": "accepted", **fields}
    return Publication.objects.create(
        unit=unit, kind="news", origin="import", permalink=key, permalink_key=key, published_at=published_at, **fields
    )


def get(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.json()


def walk(client, address):
    """All ids, following `next` to the end, and the number of pages."""
    ids, pages = [], 0
    while address:
        data = get(client, address)
        ids += [row["id"] for row in data["results"]]
        address, pages = data["next"], pages + 1
    return ids, pages


# --- activities -----------------------------------------------------------------------------------


def test_an_activity_carries_its_unit_photos_and_accepted_postings(client, unit):
    activity = make_activity(unit, title="Posyandu", text="Uraian", place="Balai", theme="kesehatan", is_sample=True)
    accepted = make_publication(activity)
    make_publication(activity, state="pending")
    make_publication(activity, kind="portal", permalink_key=f"portal:{activity.pk}")
    Photo.objects.create(activity=activity, alt="Ibu dan anak", sizes=[[320, 240], [640, 480], [1280, 960]])
    data = get(client, f"/api/v1/activities/{activity.pk}/")
    assert (data["title"], data["text"], data["place"], data["theme"]) == ("Posyandu", "Uraian", "Balai", "kesehatan")
    assert data["unit"]["slug"] == "pabean"
    assert data["published_at"] == "2023-01-10T12:00:00+07:00"
    assert data["is_sample"] is True
    assert {(row["kind"], row["url"]) for row in data["publications"]} == {
        ("instagram", accepted.permalink),
        ("portal", data["url"]),
    }
    photo = data["photos"][0]
    assert photo["alt"] == "Ibu dan anak"
    assert [(file["size"], file["width"]) for file in photo["files"]] == [
        ("small", 320),
        ("medium", 640),
        ("large", 1280),
    ]


def test_drafts_and_withdrawn_activities_do_not_exist(client, unit):
    public = make_activity(unit)
    draft = make_activity(unit, None)
    withdrawn = make_activity(unit, status="withdrawn", withdrawn_at=NOON, withdrawn_reason="Keliru")
    assert walk(client, "/api/v1/activities/") == ([public.pk], 1)
    for hidden in (draft, withdrawn):
        assert client.get(f"/api/v1/activities/{hidden.pk}/").status_code == 404


@pytest.fixture
def variety(unit):
    dinkes = make_unit("dinkes", "opd")
    return {
        "old": make_activity(unit, datetime(2022, 12, 31, 23, 59, 59, tzinfo=JAKARTA), theme="sosial"),
        "first": make_activity(unit, datetime(2023, 1, 1, tzinfo=JAKARTA), theme="kesehatan"),
        "last": make_activity(dinkes, datetime(2023, 1, 31, 23, 59, 59, tzinfo=JAKARTA), is_sample=True),
        "next": make_activity(dinkes, datetime(2023, 2, 1, tzinfo=JAKARTA)),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["next", "last", "first", "old"]),
        ("?month=2023-01", ["last", "first"]),
        ("?unit=pabean", ["first", "old"]),
        ("?category=opd", ["next", "last"]),
        ("?theme=kesehatan", ["first"]),
        ("?is_sample=true", ["last"]),
        ("?is_sample=false&month=2023-01", ["first"]),
        ("?since=2023-01-31", ["next", "last"]),
        ("?since=2023-02-01T00:00:00", ["next"]),
        ("?since=2023-01-31T17:00:00Z", ["next"]),
        ("?since=2023-02-01T00:00:00%2B07:00", ["next"]),
        ("?since=2023-02-01T00:00:00+07:00", ["next"]),
        ("?since=2023-02-02", []),
    ],
)
def test_filters_of_activities(client, variety, query, expected):
    names = {activity.pk: name for name, activity in variety.items()}
    assert [names[pk] for pk in walk(client, f"/api/v1/activities/{query}")[0]] == expected


@pytest.mark.parametrize("size", [1, 3, 7, 200])
def test_pages_neither_repeat_nor_skip_activities_of_the_same_second(client, unit, size):
    for number in range(20):
        make_activity(unit, NOON + timedelta(seconds=number // 8, microseconds=number % 2))
    expected = list(Activity.objects.newest_first().values_list("pk", flat=True))
    ids, pages = walk(client, f"/api/v1/activities/?page_size={size}")
    assert ids == expected
    assert pages == -(-20 // size)


def test_an_activity_published_while_paging_does_not_shift_the_next_page(client, unit):
    rows = [make_activity(unit, NOON + timedelta(hours=number)) for number in range(4)]
    first = get(client, "/api/v1/activities/?page_size=2")
    make_activity(unit, NOON + timedelta(days=9))
    assert [row["id"] for row in get(client, first["next"])["results"]] == [rows[1].pk, rows[0].pk]


def test_the_next_page_keeps_the_filters(client, variety):
    first = get(client, "/api/v1/activities/?month=2023-01&page_size=1")
    second = get(client, first["next"])
    assert [row["id"] for row in second["results"]] == [variety["first"].pk]
    assert second["next"] is None


# --- publications ---------------------------------------------------------------------------------


def test_only_accepted_postings_of_published_activities_and_press_reports_are_public(client, unit):
    shown = make_publication(make_activity(unit))
    news = make_news(unit)
    activity = make_activity(unit)
    hidden = [
        make_publication(activity, state="pending"),
        make_publication(activity, state="rejected", reason="Bukan milik unit"),
        make_publication(make_activity(unit, status="withdrawn", withdrawn_at=NOON, withdrawn_reason="Keliru")),
        make_news(unit, state="pending"),
    ]
    assert sorted(walk(client, "/api/v1/publications/")[0]) == sorted([shown.pk, news.pk])
    for publication in hidden:
        assert client.get(f"/api/v1/publications/{publication.pk}/").status_code == 404


def test_press_reports_are_marked_and_have_no_activity(client, unit):
    make_news(unit)
    row = get(client, "/api/v1/publications/?kind=news")["results"][0]
    assert (row["is_press"], row["activity"], row["publisher"]) == (True, None, "Koran")
    make_publication(make_activity(unit))
    row = get(client, "/api/v1/publications/?kind=instagram")["results"][0]
    assert (row["is_press"], row["kind"], row["counted_on"]) == (False, "instagram", "2023-01-10")


@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_end_with_those_without_a_date(client, unit, size):
    dated = [make_news(unit, NOON + timedelta(hours=number)) for number in range(3)]
    undated = [make_news(unit, None) for _ in range(4)]
    expected = [row.pk for row in reversed(dated)] + [row.pk for row in reversed(undated)]
    assert walk(client, f"/api/v1/publications/?page_size={size}")[0] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?unit=pabean", ["january", "news"]),
        ("?category=opd", ["february"]),
        ("?kind=website", ["february"]),
        ("?month=2023-01", ["january"]),
        ("?since=2023-02-01", ["february"]),
        ("?is_sample=true", ["january"]),
    ],
)
def test_filters_of_publications(client, unit, query, expected):
    dinkes = make_unit("dinkes", "opd")
    rows = {
        "january": make_publication(make_activity(unit, is_sample=True), datetime(2023, 1, 31, 16, 59, tzinfo=UTC)),
        "february": make_publication(make_activity(dinkes), datetime(2023, 1, 31, 17, 0, tzinfo=UTC), "website"),
        "news": make_news(unit, None),
    }
    names = {row.pk: name for name, row in rows.items()}
    assert [names[pk] for pk in walk(client, f"/api/v1/publications/{query}")[0]] == expected


def test_no_person_is_named(client, unit):
    person = make_operator(unit)
    activity = make_activity(unit, created_by=person)
    make_publication(activity, submitted_by=person, reviewed_by=person)
    for address in ("/api/v1/activities/", "/api/v1/publications/"):
        text = client.get(address).content.decode()
        assert not any(word in text for word in (person.username, "created_by", "submitted_by", "reviewed_by"))


def test_staff_see_no_more_than_anybody(client, unit):
    person = make_operator(unit)
    make_activity(unit, None, created_by=person)
    make_publication(make_activity(unit), state="pending", submitted_by=person)
    client.force_login(person)
    assert len(get(client, "/api/v1/activities/")["results"]) == 1
    assert get(client, "/api/v1/publications/")["results"] == []


@pytest.mark.parametrize(("address", "queries"), [("activities", 3), ("publications", 1)])
def test_the_number_of_queries_is_the_same_for_many_rows(client, unit, django_assert_num_queries, address, queries):
    def add():
        activity = make_activity(unit)
        Photo.objects.create(activity=activity, alt="Foto")
        make_publication(activity)
        make_publication(activity, kind="portal", permalink_key=f"portal:{activity.pk}")

    add()
    with django_assert_num_queries(queries):
        client.get(f"/api/v1/{address}/?page_size=200")
    for _ in range(40):
        add()
    with django_assert_num_queries(queries):
        client.get(f"/api/v1/{address}/?page_size=200")
