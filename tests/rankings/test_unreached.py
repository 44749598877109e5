"""Units without social media, from facts: no account, one that cannot be reached, one that cannot be measured."""

from datetime import date, datetime

import pytest
from lxml import etree

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category
from publications.models import ChannelHarvest, CoverageGap
from rankings.models import Ranking
from tests.atom import ATOM, errors_of
from tests.builders import make_channel, make_entry, make_ranking, make_unit

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = date(2023, 1, 1), date(2023, 2, 1)
PAGE, FEED = "/peringkat/2023-02/tanpa-media-sosial/", "/peringkat/tanpa-media-sosial/atom.xml"
API = "/api/v1/rankings/2023-02/without-social-media/"
BEFORE = datetime(2023, 1, 5, tzinfo=JAKARTA)


def read_from(channel, coverage_from, last_ok_at=None) -> None:
    """The channel is harvested, and since when it is seen whole."""
    fields = {"connector": "instagram", "endpoint": channel.url, "last_ok_at": last_ok_at or coverage_from}
    ChannelHarvest.objects.create(channel=channel, coverage_from=coverage_from, **fields)


@pytest.fixture
def february():
    january, ranking = make_ranking(JANUARY), make_ranking(FEBRUARY)
    units = {
        slug: make_unit(slug, Category.KELURAHAN, name=f"Kelurahan {slug.title()}")
        for slug in ("pabean", "gerem", "dringo", "randakari", "kotasari")
    }
    without = {"dringo": (True, False), "randakari": (False, False)}
    for slug, unit in units.items():
        for month, has_account in zip((january, ranking), without.get(slug, (True, True)), strict=True):
            make_entry(month, unit, None, has_social_media=has_account)
    read_from(make_channel(units["kotasari"]), BEFORE)
    return units


def records(client) -> dict:
    answer = client.get(API)
    assert answer.status_code == 200
    return answer.json()


def test_units_without_an_account_and_since_which_month(client, february):
    told = records(client)
    assert [(row["unit"]["slug"], row["since"]) for row in told["none"]] == [
        ("dringo", "2023-02-01"), ("randakari", None),
    ]  # fmt: skip
    assert (told["month"], told["units"], told["unreachable"], told["not_measurable"]) == ("2023-02", 5, [], [])
    words = client.get(PAGE).content.decode()
    assert "tanpa akun sejak Februari 2023" in words
    assert "tanpa akun sejak pertama tercatat" in words


def test_an_account_that_could_not_be_read_is_unreachable_since_its_last_good_visit(client, february):
    pabean, gerem = make_channel(february["pabean"]), make_channel(february["gerem"], "x")
    read_from(pabean, BEFORE, last_ok_at=datetime(2023, 1, 30, tzinfo=JAKARTA))
    read_from(gerem, BEFORE, last_ok_at=datetime(2023, 3, 9, tzinfo=JAKARTA))
    CoverageGap.objects.create(channel=pabean, started_on=FEBRUARY, reason="Akunnya terkunci.")
    CoverageGap.objects.create(channel=gerem, started_on=date(2023, 2, 3), ended_on=date(2023, 2, 5), reason="Mati.")
    CoverageGap.objects.create(channel=gerem, started_on=date(2023, 3, 3), reason="Bulan lain.")
    website = make_channel(february["pabean"], "website")
    CoverageGap.objects.create(channel=website, started_on=FEBRUARY, reason="Bukan media sosial.")
    told = [(row["unit"]["slug"], row["kind"], row["since"], row["reason"]) for row in records(client)["unreachable"]]
    assert told == [("gerem", "x", "2023-02-03", "Mati."), ("pabean", "instagram", "2023-01-30", "Akunnya terkunci.")]
    words = client.get(PAGE).content.decode()
    assert "Punya akun, tetapi tidak terjangkau (2)" in words
    assert "sejak 30 Januari 2023" in words


def test_an_account_that_no_visit_has_read_by_the_months_end_is_not_measurable(client, february):
    links_only = make_channel(february["pabean"], "facebook", verified_at=BEFORE)
    later = make_channel(february["gerem"], verified_at=BEFORE)
    read_from(later, datetime(2023, 3, 1, tzinfo=JAKARTA))
    make_channel(february["gerem"], "x", verified_at=datetime(2023, 3, 1, tzinfo=JAKARTA))  # not verified then
    make_channel(february["gerem"], "tiktok", status="unverified", verified_at=None)
    make_channel(february["gerem"], "threads", closed_on=date(2023, 1, 31), verified_at=BEFORE)
    told = [(row["unit"]["slug"], row["kind"], row["since"]) for row in records(client)["not_measurable"]]
    assert told == [("gerem", "instagram", "2023-01-05"), ("pabean", "facebook", "2023-01-05")]
    assert "belum dapat diukur portal (2)" in client.get(PAGE).content.decode()
    CoverageGap.objects.create(channel=links_only, started_on=FEBRUARY, reason="Diajukan unit.")
    assert [row["kind"] for row in records(client)["not_measurable"]] == ["instagram"]  # stands among the others


def test_many_units_cost_the_same_queries(client, february, django_assert_max_num_queries):
    ranking = Ranking.objects.get(month=FEBRUARY)
    for number in range(30):
        unit = make_unit(f"banyak-{number}", Category.KELURAHAN)
        make_channel(unit, "facebook", verified_at=BEFORE)
        make_entry(ranking, unit, None)
    with django_assert_max_num_queries(8):
        client.get(API)
    with django_assert_max_num_queries(15):
        client.get(PAGE)


def test_the_feed_names_them_month_by_month(client, february):
    answer = client.get(FEED)
    assert errors_of(answer.content) == []
    entries = list(etree.fromstring(answer.content).iter(f"{ATOM}entry"))
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Unit tanpa media sosial, Februari 2023", "Unit tanpa media sosial, Januari 2023",
    ]  # fmt: skip
    assert "2 dari 5 unit. Kelurahan Dringo; Kelurahan Randakari" in entries[0].findtext(f"{ATOM}summary")
    assert entries[0].find(f"{ATOM}link").get("href").endswith(PAGE)


def test_entries_can_be_asked_for_by_social_media(client, february):
    rows = client.get("/api/v1/rankings/2023-02/entries/?has_social_media=false").json()["results"]
    assert {row["unit"]["slug"] for row in rows} == {"dringo", "randakari"}
