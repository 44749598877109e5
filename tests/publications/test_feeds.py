import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications.models import Activity
from tests.builders import NOON, make_activity, make_unit

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://kip.contoh.invalid:8443"


def feed_of(client, path="/kegiatan/atom.xml", **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def check(feed):
    """What RFC 4287 asks of a feed and its entries."""
    assert feed.tag == f"{ATOM}feed"
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    for element in [feed, *feed.findall(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        assert element.find(f"{ATOM}title").text.strip()
        assert re.match(r"(tag:|https://)", element.find(f"{ATOM}id").text)
        assert RFC3339.fullmatch(element.find(f"{ATOM}updated").text)
        assert element.find(f"{ATOM}author/{ATOM}name").text.strip()
        for link in element.findall(f"{ATOM}link"):
            assert link.get("href").startswith("https://kip.contoh.invalid:8443/")
    for entry in feed.findall(f"{ATOM}entry"):
        assert entry.find(f"{ATOM}summary").text
        assert RFC3339.fullmatch(entry.find(f"{ATOM}published").text)
    return feed


def links(element):
    return {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}


def titles(feed):
    return [entry.find(f"{ATOM}title").text for entry in feed.findall(f"{ATOM}entry")]


def test_feed_is_valid_and_complete(client):
    unit = make_unit("dinkes", name="Dinas Kesehatan")
    activity = make_activity(unit, title="Imunisasi & <b>lomba</b>", text="Uraian " * 100, theme="kesehatan")
    response = client.get("/kegiatan/atom.xml", headers={"host": "localhost"})
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = check(ElementTree.fromstring(response.content))
    assert links(feed)["self"] == "https://kip.contoh.invalid:8443/kegiatan/atom.xml"
    assert links(feed)["alternate"] == "https://kip.contoh.invalid:8443/kegiatan/"
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "Imunisasi & <b>lomba</b>"
    assert entry.find(f"{ATOM}id").text == f"tag:kip.contoh.invalid,2023:kegiatan/{activity.pk}"
    assert entry.find(f"{ATOM}author/{ATOM}name").text == "Dinas Kesehatan"
    assert datetime.fromisoformat(entry.find(f"{ATOM}published").text) == NOON
    assert entry.find(f"{ATOM}published").text.endswith("+07:00")
    assert datetime.fromisoformat(entry.find(f"{ATOM}updated").text) > NOON
    assert len(entry.find(f"{ATOM}summary").text) <= 300
    assert entry.find(f"{ATOM}category").get("term") == "Kesehatan"


def test_empty_feed_is_valid_and_does_not_change(client):
    first, second = client.get("/kegiatan/atom.xml"), client.get("/kegiatan/atom.xml")
    check(ElementTree.fromstring(first.content))
    assert first.content == second.content


def test_characters_that_xml_has_no_place_for_are_left_out(client):
    make_activity(make_unit(), title="Bel\x07 \x0b\ufffe lonceng", text="\x1b[31mmerah")
    feed = check(feed_of(client))
    assert titles(feed) == ["Bel  lonceng"]


def test_sample_data_is_labelled(client):
    make_activity(make_unit(), title="Lomba", is_sample=True)
    feed = check(feed_of(client))
    assert titles(feed) == ["[Data contoh] Lomba"]
    assert [category.get("term") for category in feed.iter(f"{ATOM}category")] == ["data contoh"]


def test_only_published_newest_first_and_at_most_fifty(client):
    unit = make_unit()
    for number in range(55):
        make_activity(unit, NOON + timedelta(hours=number), title=f"Acara {number}")
    make_activity(unit, None, title="Draf")
    make_activity(unit, title="Ditarik", status="withdrawn", withdrawn_at=NOON, withdrawn_reason="keliru")
    assert titles(check(feed_of(client))) == [f"Acara {number}" for number in range(54, 4, -1)]


def test_filters_of_the_list_hold_and_the_feed_names_itself(client):
    unit = make_unit("dinkes", name="Dinas Kesehatan")
    make_activity(unit, title="Lomba A")
    make_activity(unit, NOON.replace(month=2), title="Lomba B")
    make_activity(make_unit(), title="Rapat")
    feed = check(feed_of(client, "/kegiatan/atom.xml?q=lomba&unit=dinkes&bulan=2023-01&tema=&lain=x"))
    assert titles(feed) == ["Lomba A"]
    assert links(feed)["self"].endswith("/kegiatan/atom.xml?q=lomba&unit=dinkes&bulan=2023-01")
    assert "Dinas Kesehatan" in feed.find(f"{ATOM}title").text


def test_feed_of_one_unit(client):
    unit = make_unit("dinkes", name="Dinas Kesehatan")
    make_activity(unit, title="Milik dinkes")
    make_activity(make_unit(), title="Milik lain")
    feed = check(feed_of(client, "/unit/dinkes/atom.xml"))
    assert titles(feed) == ["Milik dinkes"]
    assert links(feed) == {
        "self": "https://kip.contoh.invalid:8443/unit/dinkes/atom.xml",
        "alternate": "https://kip.contoh.invalid:8443/unit/dinkes/",
    }


@pytest.mark.parametrize(
    "query", ["unit=tidak-ada", "unit=%00", "bulan=2023-13", "kategori=x", "tema=%00", "kanal=news"]
)
def test_impossible_filter_is_told_as_400(client, query):
    response = client.get(f"/kegiatan/atom.xml?{query}")
    assert response.status_code == 400
    assert response.content.decode().split(":")[0].lower() in ("unit", "bulan", "kategori", "tema", "kanal")


def test_unknown_unit_is_404_and_posting_is_405(client):
    assert client.get("/unit/tidak-ada/atom.xml").status_code == 404
    assert client.post("/kegiatan/atom.xml").status_code == 405


def test_unchanged_feed_is_not_sent_again(client):
    activity = make_activity(make_unit())
    first = client.get("/kegiatan/atom.xml")
    assert client.get("/kegiatan/atom.xml", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get("/kegiatan/atom.xml", headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    Activity.objects.filter(pk=activity.pk).update(title="Judul lain")
    assert client.get("/kegiatan/atom.xml", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_reader_that_knows_only_the_time_learns_of_changes_and_withdrawals(client):
    old = timezone.now() - timedelta(days=2)
    kept, gone = (make_activity(make_unit(), updated_at=old) for _number in range(2))
    seen = client.get("/kegiatan/atom.xml")["Last-Modified"]
    Activity.objects.filter(pk=gone.pk).update(status="withdrawn", withdrawn_at=NOON, withdrawn_reason="keliru")
    changed = client.get("/kegiatan/atom.xml", headers={"if-modified-since": seen})
    assert changed.status_code == 200
    assert titles(ElementTree.fromstring(changed.content)) == [kept.title]


def test_database_itself_records_a_change():
    activity = make_activity(make_unit(), updated_at=NOON)
    Activity.objects.filter(pk=activity.pk).update(place="Aula", updated_at=NOON)
    activity.refresh_from_db()
    assert activity.updated_at > NOON


def test_number_of_queries_does_not_grow(client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            feed_of(client)
        return len(captured)

    make_activity(make_unit())
    few = queries()
    for _number in range(20):
        make_activity(make_unit())
    assert queries() == few
