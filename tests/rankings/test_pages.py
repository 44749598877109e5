"""The ranking's public pages: what each shows, what it refuses, what it costs."""

import gzip
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opd.models import Boundary, Category
from publications.models import Publication
from rankings.models import Entry, Evidence, Ranking
from tests.builders import NOON, make_counted, make_entry, make_ranking, make_unit

pytestmark = pytest.mark.django_db

JANUARY = date(2023, 1, 1)
COUNTS = {"activities": 4, "max_activities": 8, "active_days": 3, "points": [0, 0, 0, 4]}


@pytest.fixture
def january():
    """Three kelurahan with places, one silent, one not measured."""
    ranking = make_ranking(JANUARY, is_sample=True, objection_until=date(2023, 2, 8))
    fields = {"volume": Decimal("0.5"), "consistency": Decimal("0.5"), "reach": 1, "completeness": 1, **COUNTS}
    scores = {"pabean": ("90.5", 1, 4), "gerem": ("60.25", 2, 2), "kotasari": ("30", 3, None)}
    for slug, (score, rank, before) in scores.items():
        unit = make_unit(slug, Category.KELURAHAN, name=f"Kelurahan {slug.title()}")
        more = {"score": Decimal(score), "previous_rank": before, "has_social_media": True}
        make_entry(ranking, unit, rank, kinds_used=["website", "instagram"], **fields, **more)
    make_entry(ranking, make_unit("dringo", Category.KELURAHAN, name="Kelurahan Dringo"), None)
    make_entry(
        ranking,
        make_unit("ramanuju", Category.KELURAHAN, name="Kelurahan Ramanuju"),
        None,
        state=Entry.State.NOT_MEASURED,
    )
    return ranking


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_latest_shows_the_newest_finished_month_and_names_the_running_one(client, january):
    make_ranking(date(2023, 2, 1), status=Ranking.Status.PROVISIONAL)
    response = client.get("/peringkat/")
    assert response.status_code == 200
    assert "Peringkat keaktifan Januari 2023 (data contoh)" in text_of(response)
    assert 'href="/peringkat/2023-02/">Peringkat sementara Februari 2023</a>' in response.content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/peringkat/2023-01/">' in response.content.decode()


def test_latest_without_any_ranking_says_when_the_first_comes(client):
    response = client.get("/peringkat/")
    assert response.status_code == 200
    assert "Belum ada peringkat" in text_of(response)


def test_picker_sends_to_the_month_s_own_address(client, january):
    response = client.get("/peringkat/", {"bulan": "2023-01"})
    assert response.status_code == 302
    assert response["Location"] == "/peringkat/2023-01/"


@pytest.mark.parametrize("asked", ["2019-01", "0000-01", "kapan", "2023-13", "\x00", "9" * 500])
def test_picker_with_another_month_is_a_404_with_the_picker(client, january, asked):
    response = client.get("/peringkat/", {"bulan": asked})
    assert response.status_code == 404
    assert '<option value="2023-01"' in response.content.decode()


@pytest.mark.parametrize("path", ["", "kelurahan/", "kelurahan/pabean/", "tanpa-media-sosial/"])
@pytest.mark.parametrize("month", ["2019-01", "2999-12", "0000-05"])
def test_month_without_ranking_is_a_404_with_the_picker(client, january, month, path):
    response = client.get(f"/peringkat/{month}/{path}")
    assert response.status_code == 404
    assert '<select id="bulan" name="bulan">' in response.content.decode()
    assert "Peringkat terbaru: Januari 2023" in text_of(response)


@pytest.mark.parametrize("month", ["2023-13", "2023-00", "2023-1"])
def test_what_is_no_month_is_a_404_with_the_picker_too(client, january, month):
    response = client.get(f"/peringkat/{month}/")
    assert response.status_code == 404
    assert '<option value="2023-01"' in response.content.decode()


def test_month_page_tells_totals_silence_and_what_is_not_measured(client, january):
    text = text_of(client.get("/peringkat/2023-01/"))
    assert "3 dari 5 unit kota mempublikasikan kegiatannya pada Januari 2023. 1 unit tanpa kegiatan." in text
    assert "1 unit tidak terukur" in text
    assert "Rancangan, menunggu difinalkan (masa sanggahan berakhir 8 Februari 2023)" in text
    assert "2 dari 5 unit tidak mempunyai akun media sosial terverifikasi." in text
    assert "Rata-rata 45,2, median 45,1" in text  # over the four that were measured


WINDOW = {
    "open": (
        {"objection_until": date(2099, 1, 5)},
        "Rancangan (sanggahan sampai 5 Januari 2099)",
        "Unit dapat menyanggah",
    ),
    "over": ({}, "Rancangan, menunggu difinalkan (masa sanggahan berakhir", "Masa sanggahan unit berakhir 8 Februari"),
    "final": ({"status": "final", "finalised_at": NOON}, "Final", "Peringkat ini sudah final."),
}


@pytest.mark.parametrize("case", WINDOW)
def test_state_and_entry_tell_whether_units_may_still_object(client, january, case):
    fields, state, words = WINDOW[case]
    Ranking.objects.update(**fields)
    entry = text_of(client.get("/peringkat/2023-01/kelurahan/pabean/"))
    assert state in entry
    assert state in text_of(client.get("/sematan/kelurahan/"))
    assert [said in entry for _, _, said in WINDOW.values()] == [said == words for _, _, said in WINDOW.values()]


def test_board_lists_places_movement_median_and_who_stands_apart(client, january):
    response = client.get("/peringkat/2023-01/kelurahan/")
    html, text = response.content.decode(), text_of(response)
    names = re.findall(r'<th scope="row"(?: class="unit")?>(?:<a [^>]*>)?([^<]+)', html.split("</table>")[0])
    assert names == ["Kelurahan Pabean", "Kelurahan Gerem", "Median", "Kelurahan Kotasari"]
    assert "naik 3" in text
    assert "tetap" in text
    assert "baru" in text
    assert "Tanpa kegiatan (1)" in text
    assert "Tidak terukur (1)" in text
    assert "(data contoh)" in html.split("<title>")[1].split("</title>")[0]
    assert "(data contoh)" in html.split("<h1>")[1].split("</h1>")[0]


@pytest.mark.parametrize(
    ("sort", "first", "head"),
    [
        ("nama", "Kelurahan Gerem", "ascending"),
        ("perubahan", "Kelurahan Pabean", "descending"),
        ("kegiatan", "Kelurahan Pabean", "descending"),
        ("peringkat", "Kelurahan Pabean", "ascending"),
        ("ngawur", "Kelurahan Pabean", "ascending"),
        ("\x00", "Kelurahan Pabean", "ascending"),
    ],
)
def test_board_is_sorted_by_link_and_says_so(client, january, sort, first, head):
    response = client.get("/peringkat/2023-01/kelurahan/", {"urut": sort})
    html = response.content.decode()
    assert response.status_code == 200
    assert re.search(r'class="unit"><a [^>]*>([^<]+)', html)[1] == first
    assert re.findall(r'aria-sort="(\w+)"', html) == [head]


def test_category_without_units_is_a_404(client, january):
    assert client.get("/peringkat/2023-01/bumd/").status_code == 404


def test_entry_under_another_category_is_a_404(client, january):
    assert client.get("/peringkat/2023-01/kelurahan/gerem/").status_code == 200
    assert client.get("/peringkat/2023-01/opd/gerem/").status_code == 404
    assert client.get("/peringkat/2023-01/kelurahan/tidak-ada/").status_code == 404


@pytest.mark.parametrize("slug", ["pabean", "kelurahan-pabean"])
def test_entry_has_the_short_address_and_knows_the_long_one(client, slug):
    unit = make_unit("kelurahan-pabean", Category.KELURAHAN, name="Kelurahan Pabean")
    entry = make_entry(make_ranking(JANUARY), unit, None)
    response = client.get(f"/peringkat/2023-01/kelurahan/{slug}/")
    assert response.status_code == 200
    assert entry.get_absolute_url() == "/peringkat/2023-01/kelurahan/pabean/"
    assert 'rel="canonical" href="http://127.0.0.1:8000/peringkat/2023-01/kelurahan/pabean/"' in text(response)


def text(response) -> str:
    return response.content.decode()


def test_entry_explains_the_place_in_words(client, january):
    text = text_of(client.get("/peringkat/2023-01/kelurahan/gerem/"))
    assert "Mengapa peringkat 2" in text
    assert (
        "Kelurahan Gerem mencatat 4 kegiatan pada 3 hari aktif (bulan ini 21 hari kerja) lewat 2 jenis kanal." in text
    )
    assert "Kelurahan Pabean di peringkat 1 unggul 30,25 poin" in text
    assert "ln(1 + 4 kegiatan) ÷ ln(1 + 8 kegiatan terbanyak) = 0,5000" in text
    assert "20,00 dari 40 poin" in text
    assert "Kelurahan Kotasari" in text


def test_entry_names_each_left_out_publication_with_rule_reason_and_date(client, january):
    unit = Entry.objects.get(unit__slug="gerem").unit
    counted = make_counted(unit, date(2023, 1, 4), title="Kerja bakti Gerem")
    rejected = make_counted(unit, date(2023, 1, 5), title="Bukan milik Gerem")
    publication = rejected.publications.get()
    Publication.objects.filter(pk=publication.pk).update(state="rejected", reason="Milik unit lain")
    rows = [(counted.publications.get(), "counted", 3), (publication, "rejected", None)]
    for one, rule, points in rows:
        Evidence.objects.create(
            ranking=january,
            unit=unit,
            publication=one,
            activity=one.activity,
            counted_on=one.counted_on or date(2023, 1, 5),
            rule=rule,
            points=points,
        )
    Entry.objects.filter(unit=unit).update(left_out=1)
    text = text_of(client.get("/peringkat/2023-01/kelurahan/gerem/"))
    assert "Kegiatan yang dihitung (1) Kerja bakti Gerem 4 Januari 2023" in text
    assert "Publikasi yang tidak dihitung (1) Ditolak dalam verifikasi : Milik unit lain Bukan milik Gerem" in text


@pytest.mark.parametrize(
    ("slug", "words"), [("dringo", "Tanpa kegiatan pada bulan ini"), ("ramanuju", "Ini bukan nilai nol.")]
)
def test_entry_without_a_place_says_why(client, january, slug, words):
    text = text_of(client.get(f"/peringkat/2023-01/kelurahan/{slug}/"))
    assert words in text
    assert "Mengapa peringkat" not in text


def test_a_unit_that_published_nothing_is_not_told_that_all_of_it_counted(client, january):
    text = text_of(client.get("/peringkat/2023-01/kelurahan/dringo/"))
    assert "Tidak ada publikasi unit ini pada bulan itu." in text
    assert "Semua publikasi unit ini" not in text


def test_units_without_social_media_are_listed_by_kecamatan(client, january):
    response = client.get("/peringkat/2023-01/tanpa-media-sosial/")
    text = text_of(response)
    assert "2 dari 5 unit belum dapat ditemui warga" in text
    assert 'href="/unit/dringo/"' in response.content.decode()
    assert 'href="/unit/gerem/"' not in response.content.decode()


def test_nobody_without_social_media_is_good_news(client, january):
    Entry.objects.update(has_social_media=True)
    assert "Semua unit sudah memiliki akun media sosial." in text_of(
        client.get("/peringkat/2023-01/tanpa-media-sosial/")
    )


def test_method_page_gives_formula_example_and_bands(client):
    text = text_of(client.get("/peringkat/metode/"))
    assert "Indeks = 100 × (0,40 × volume + 0,30 × konsistensi + 0,20 × jangkauan + 0,10 × kelengkapan)" in text
    assert "Sangat aktif (80 ke atas)" in text
    # 100 × (0.4 × ln 13 / ln 25 + 0.3 × 9/21 + 0.2 × 2/3 + 0.1 × 28/36) = 65.84 by hand
    assert re.search(r"Indeks Aktif 65,84", text)


def test_method_versions_have_their_own_address(client):
    assert client.get("/peringkat/metode/1/").status_code == 200
    assert client.get("/peringkat/metode/9/").status_code == 404
    assert client.get("/peringkat/metode/99999999999999999999/").status_code == 404


def test_public_pages_may_be_cached_for_a_minute_and_vary_by_the_theme(client, january):
    response = client.get("/peringkat/2023-01/")
    assert sorted(response["Cache-Control"].split(", ")) == ["max-age=60", "public"]
    assert "Cookie" in response["Vary"]
    assert not response.cookies
    client.cookies["tema"] = "gelap"
    assert '<html lang="id" data-theme="dark">' in client.get("/peringkat/2023-01/").content.decode()


def test_only_reading_is_allowed(client, january):
    assert client.post("/peringkat/2023-01/").status_code == 405


def fill(ranking, count: int, category: str = Category.OPD, first: int = 1, mapped: bool = False) -> None:
    """So many ranked units, with a month of history each."""
    before, _created = Ranking.objects.get_or_create(
        month=date(2022, 12, 1),
        defaults={"method": ranking.method, "status": "draft", "computed_at": ranking.computed_at},
    )
    for number in range(first, first + count):
        unit = make_unit(f"{category}-{number}", category, name=f"{category} {number:04}")
        if mapped:
            path = "M" + " ".join(f"{n}" for n in range(40)) + "z"
            Boundary.objects.create(unit=unit, path=path, width=600, height=700)
        for one in (ranking, before):
            make_entry(one, unit, number, score=Decimal(90) - Decimal(number) / 100, **COUNTS, previous_rank=number + 1)


PAGES = [
    "/peringkat/",
    "/peringkat/2023-01/",
    "/peringkat/2023-01/opd/",
    "/peringkat/2023-01/kelurahan/",
    "/peringkat/2023-01/opd/opd-1/",
    "/peringkat/2023-01/tanpa-media-sosial/",
    "/peringkat/metode/",
]


def queries(client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_pages_run_the_same_number_of_queries_with_few_units_and_with_many(client):
    ranking = make_ranking(JANUARY)
    fill(ranking, 3)
    fill(ranking, 3, Category.KELURAHAN, mapped=True)
    few = {path: queries(client, path) for path in PAGES}
    fill(ranking, 250, first=4)
    fill(ranking, 40, Category.KELURAHAN, first=4, mapped=True)
    many = {path: queries(client, path) for path in PAGES}
    assert many == few
    assert max(many.values()) <= 16, many


def test_long_boards_go_over_pages_and_stay_small(client):
    ranking = make_ranking(JANUARY)
    fill(ranking, 250)
    first, third = (client.get("/peringkat/2023-01/opd/", {"halaman": page}) for page in ("1", "3"))
    assert first.content.count(b'class="unit"') == 100
    assert third.content.count(b'class="unit"') == 50
    assert "Halaman 3 dari 3" in text_of(third)
    assert client.get("/peringkat/2023-01/opd/", {"halaman": "ngawur"}).status_code == 200
    assert len(first.content) < 150_000


def test_board_of_43_kelurahan_with_map_keeps_the_budgets(client):
    ranking = make_ranking(JANUARY)
    fill(ranking, 43, Category.KELURAHAN, mapped=True)
    html = client.get("/peringkat/2023-01/kelurahan/").content
    assert html.count(b'class="unit"') == 43
    assert html.count(b'class="spark"') == 43
    assert html.count(b'class="area q5"') + html.count(b'class="area q4"') >= 43
    assert len(gzip.compress(html)) <= 20 * 1024
    assert len(re.findall(rb"<[a-z]", html)) <= 1500
    assert b"style=" not in html
