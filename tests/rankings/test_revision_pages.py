"""Old revisions stay readable at `?revisi=`: marked, out of search engines, and leading to what holds now."""

import json
import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Boundary
from rankings import boards
from rankings.finalising import revise_ranking
from rankings.models import Entry, Ranking
from rankings.services import compute_month
from tests.builders import make_counted, make_final, make_unit

pytestmark = pytest.mark.django_db
JANUARY = date(2023, 1, 1)
DRAFTED, REVISED = datetime(2023, 2, 1, tzinfo=JAKARTA), datetime(2023, 3, 1, tzinfo=JAKARTA)
REASON = "Satu <b>kegiatan</b> Gerem terlewat"
OLD = "?revisi=1"
PAGES = {
    "month": "/peringkat/2023-01/",
    "category": "/peringkat/2023-01/kelurahan/",
    "entry": "/peringkat/2023-01/kelurahan/gerem/",
    "without": "/peringkat/2023-01/tanpa-media-sosial/",
}
FILES = {"json": "/peringkat/2023-01.json", "csv": "/peringkat/2023-01.csv"}


@pytest.fixture
def units():
    made = [make_unit(slug, "kelurahan", name=f"Kelurahan {slug.title()}") for slug in ("pabean", "gerem", "dringo")]
    Boundary.objects.bulk_create(Boundary(unit=unit, path="M0 0h9v9z", width=100, height=100) for unit in made)
    for unit, days in zip(made, (3, 2, 1), strict=True):
        for day in range(1, days + 1):
            make_counted(unit, date(2023, 1, day))
    compute_month(JANUARY, DRAFTED)
    make_final(JANUARY)
    for day in range(10, 15):
        make_counted(made[1], date(2023, 1, day))
    return made


@pytest.fixture
def revised(units):
    return revise_ranking(month=JANUARY, reason=REASON, now=REVISED)


def page(client, address, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("name", PAGES)
def test_an_old_revision_is_marked_with_what_replaced_it_and_why(client, revised, name):
    old, now = page(client, PAGES[name] + OLD), page(client, PAGES[name])
    assert "Ini revisi 1, sudah digantikan oleh revisi 2." in old
    assert "Alasannya: Satu &lt;b&gt;kegiatan&lt;/b&gt; Gerem terlewat" in old
    assert f'<a href="{PAGES[name]}">Buka yang berlaku sekarang (revisi 2)</a> Revisi itu masih rancangan.' in old
    assert "sudah digantikan</title>" in old.replace(" (data contoh)", "").replace(" – KIP Cilegon", "")
    assert '<meta name="robots" content="noindex">' in old
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{PAGES[name]}">' in old
    assert "sudah digantikan oleh" not in now
    assert "noindex" not in now


def test_an_old_revision_shows_the_old_places(client, revised):
    old, now = (page(client, PAGES["category"] + query) for query in (OLD, ""))
    first = re.compile(r'<td class="num rank">1</td><th scope="row" class="unit"><a href="([^"]+)">')
    assert first.search(old)[1] == "/peringkat/2023-01/kelurahan/pabean/?revisi=1"
    assert first.search(now)[1] == "/peringkat/2023-01/kelurahan/gerem/"
    assert "Mengapa peringkat 2" in page(client, PAGES["entry"] + OLD)
    assert "Mengapa peringkat 1" in page(client, PAGES["entry"])


@pytest.mark.parametrize("name", PAGES)
def test_links_within_an_old_revision_stay_in_it(client, revised, name):
    """All but the way to the current one, other months, the units' own pages and the list of revisions."""
    old = page(client, PAGES[name] + OLD)
    main = old.partition("<main")[2].partition("</main>")[0]
    own = main.partition('id="revisi"')[0].replace(f'href="{PAGES[name]}">Buka', "")
    addresses = re.findall(r'href="(/peringkat/2023-01[^"]*|\?[^"]*)"', own)
    assert addresses or name == "without"
    assert [address for address in addresses if "revisi=1" not in address] == []


def test_current_page_lists_the_revisions_with_why(client, revised):
    for name in ("month", "category", "entry"):
        now = page(client, PAGES[name])
        assert '<a href="/peringkat/2023-01/?revisi=1">Revisi 1</a> (digantikan), final sejak 10 Januari 2023' in now
        assert '<a href="/peringkat/2023-01/" aria-current="page">Revisi 2</a> (berlaku), rancangan.' in now
        assert "Alasannya: Satu &lt;b&gt;kegiatan&lt;/b&gt; Gerem terlewat" in now
        assert 'href="/peringkat/2023-01/masukan.jsonl.gz?revisi=1"' in now


def test_a_month_that_was_never_revised_has_no_such_list_and_no_query_for_it(client, units):
    assert "Riwayat revisi" not in page(client, PAGES["month"])
    ranking = boards.ranking_of(JANUARY)
    with CaptureQueriesContext(connection) as plain:
        assert boards.revisions(ranking) is None
    assert len(plain) == 0
    assert "Ini revisi 1" not in page(client, PAGES["month"] + OLD)


def test_the_current_revision_by_its_number_is_the_current_page(client, revised):
    by_number = page(client, PAGES["month"] + "?revisi=2")
    assert "noindex" not in by_number
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{PAGES["month"]}">' in by_number
    assert "revisi=2" not in by_number.partition("<main")[2]


def test_the_middle_one_of_three_names_its_own_successor_and_the_one_that_holds(client, revised):
    make_final(JANUARY)
    make_counted(Entry.objects.filter(unit__slug="dringo").first().unit, date(2023, 1, 20))
    revise_ranking(month=JANUARY, reason="Dringo terlewat", now=REVISED)
    make_final(JANUARY)
    middle, oldest = (page(client, PAGES["month"] + f"?revisi={number}") for number in (2, 1))
    assert "Ini revisi 2, sudah digantikan oleh revisi 3.</strong> Alasannya: Dringo terlewat" in middle
    assert "Ini revisi 1, sudah digantikan oleh revisi 2.</strong> Alasannya: Satu" in oldest
    for text in (middle, oldest):
        assert "Buka yang berlaku sekarang (revisi 3)</a></p>" in text


WRONG = ["3", "0", "-1", "x", "", "01", "1.0", "%00", "9" * 40, "1&revisi=9"]


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_revision_is_not_found_and_leads_on(client, revised, text):
    for name in PAGES:
        answer = page(client, f"{PAGES[name]}?revisi={text}", 404)
        assert "Revisi ini tidak ada" in answer
        assert 'href="/peringkat/2023-01/?revisi=1"' in answer
        assert '<a href="/peringkat/2023-01/">Peringkat Januari 2023 yang berlaku</a>' in answer
    for address in FILES.values():
        assert client.get(f"{address}?revisi={text}").status_code == 404


def test_wrong_revision_of_a_month_without_ranking_shows_the_months(client, revised):
    assert "Belum ada peringkat untuk bulan ini" in page(client, "/peringkat/2022-01/?revisi=1", 404)


def test_files_of_an_old_revision_hold_its_figures_and_its_addresses(client, revised):
    old, now = (client.get(FILES["json"] + query) for query in (OLD, ""))
    data = json.loads(old.content, parse_float=Decimal)
    assert (data["revision"], data["url"]) == (1, "http://127.0.0.1:8000/peringkat/2023-01/?revisi=1")
    entries = next(part["entries"] for part in data["categories"] if part["category"] == "kelurahan")
    assert [row["unit"]["slug"] for row in entries] == ["pabean", "gerem", "dringo"]
    assert entries[0]["url"] == "http://127.0.0.1:8000/peringkat/2023-01/kelurahan/pabean/?revisi=1"
    assert json.loads(now.content)["revision"] == 2
    assert (old["X-Robots-Tag"], "X-Robots-Tag" in now) == ("noindex", False)
    assert 'filename="kip-cilegon-peringkat-2023-01-revisi-1.json"' in old["Content-Disposition"]
    assert b",1,Final," in client.get(FILES["csv"] + OLD).content


@pytest.mark.parametrize("address", [*FILES.values()])
def test_revisions_are_kept_apart_by_caches(client, revised, address):
    old, now = client.get(address + OLD), client.get(address)
    assert old["ETag"] != now["ETag"]
    assert client.get(address, headers={"If-None-Match": old["ETag"]}).status_code == 200
    assert client.get(address + OLD, headers={"If-None-Match": old["ETag"]}).status_code == 304


def test_the_history_of_an_old_revision_ends_with_its_own_figures(revised, units):
    gerem = units[1]
    old = boards.ranking_for("2023-01", "1")
    scores = {ranking.revision: ranking.entries.get(unit=gerem).score for ranking in Ranking.objects.all()}
    assert scores[1] != scores[2]
    assert boards.histories([gerem.pk], old)[gerem.pk][-1].score == scores[1]
    assert boards.histories([gerem.pk], boards.ranking_for("2023-01"))[gerem.pk][-1].score == scores[2]


def test_old_pages_run_as_many_queries_as_current_ones(client, revised):
    counts = {}
    for name, address in PAGES.items():
        for query in ("", OLD):
            with CaptureQueriesContext(connection) as captured:
                client.get(address + query)
            counts[name, query] = len(captured)
    assert {name: counts[name, OLD] - counts[name, ""] for name in PAGES} == dict.fromkeys(PAGES, 1)
