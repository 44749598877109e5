"""What others put on their own sites: the badge of a unit and the framed tables."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opd.models import Category
from rankings.embeds.text_width import shorten, width_of
from rankings.models import Entry
from tests.builders import make_entry, make_final, make_ranking, make_unit

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
BADGE = "/unit/pabean/badge.svg"
HOSTILE = 'Kel. <script>alert(1)</script> ]]> & "kutip" \x07\ufffe</svg>'


@pytest.fixture
def pabean():
    return make_unit("pabean", Category.KELURAHAN, name="Kelurahan Pabean")


@pytest.fixture
def january(pabean):
    """Pabean first of three, in a final month."""
    ranking = make_ranking()
    make_entry(ranking, pabean, 1, score=Decimal("84.1"), activities=20, active_days=15, previous_rank=3)
    make_entry(ranking, make_unit("gerem", Category.KELURAHAN, name="Kelurahan Gerem"), 2, score=Decimal("50"))
    make_entry(ranking, make_unit("dringo", Category.KELURAHAN, name="Kelurahan Dringo"), None)
    make_final()
    ranking.refresh_from_db()
    return ranking


def badge_of(client, address=BADGE):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def texts(svg):
    return [element.text for element in svg.iter(f"{SVG}text")]


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# --- badge --------------------------------------------------------------------------------------------


def test_badge_tells_place_band_and_month(client, january):
    svg = badge_of(client)
    assert texts(svg) == [
        "Peringkat",
        "1",
        "Kelurahan Pabean",
        "dari 3 Kelurahan · sangat aktif",
        "Januari 2023",
        "KIP Cilegon",
    ]
    assert svg.find(f"{SVG}title").text == (
        "Kelurahan Pabean: Peringkat 1 dari 3 Kelurahan, indeks 84,1 (sangat aktif)"
    )
    assert "http://127.0.0.1:8000/unit/pabean/" in svg.find(f"{SVG}desc").text
    assert svg.get("role") == "img"


def test_badge_names_the_newest_finished_month_not_the_running_one(client, january, pabean):
    make_entry(make_ranking(date(2023, 2, 1), status="provisional"), pabean, 9)
    assert texts(badge_of(client))[1] == "1"
    make_entry(make_ranking(date(2023, 3, 1)), pabean, 2)
    assert texts(badge_of(client))[4] == "Maret 2023 (rancangan)"


def test_badge_of_a_sample_month_says_so(client, pabean):
    make_entry(make_ranking(is_sample=True), pabean, 1)
    assert "(rancangan, data contoh)" in texts(badge_of(client))[4]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Entry.State.SILENT, "Belum ada kegiatan terverifikasi"),
        (Entry.State.NOT_MEASURED, "Tidak terukur pada bulan ini"),
    ],
)
def test_badge_without_a_place_is_neutral(client, pabean, state, words):
    make_entry(make_ranking(), pabean, None, state=state)
    assert texts(badge_of(client))[1:4] == ["–", "Kelurahan Pabean", words]


def test_badge_before_the_first_month(client, pabean):
    assert texts(badge_of(client)) == ["Peringkat", "–", "Kelurahan Pabean", "Belum masuk peringkat", "KIP Cilegon"]


def test_badge_loads_and_runs_nothing(client, january):
    text = client.get(BADGE).content.decode()
    assert not re.search(r"<(script|style|image|use|foreignObject|a)\b|\son\w+=|\sstyle=|href|url\(|@import|<!", text)
    assert re.findall(r"https?://(?!127\.0\.0\.1)[^\"<]*", text) == ["http://www.w3.org/2000/svg"]


def test_badge_of_a_unit_with_a_hostile_name_is_still_one_picture(client):
    make_entry(make_ranking(), make_unit("pabean", name=HOSTILE), 1)
    svg = badge_of(client)
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} == {"svg", "title", "desc", "path", "g", "text"}
    assert svg.find(f"{SVG}title").text.startswith('Kel. <script>alert(1)</script> ]]> & "kutip" </svg>')


@pytest.mark.parametrize("name", ["I" * 200, "W" * 200, "Dinas " * 33, "組" * 150, "é" * 200])
def test_badge_keeps_its_text_inside(client, name):
    make_entry(make_ranking(), make_unit("pabean", name=name.strip()), 1234, activities=3)
    svg = badge_of(client)
    width = int(svg.get("width"))
    assert width <= 328
    for element in svg.iter():  # a number with a decimal comma would be two
        for attribute in ("x", "y", "width", "height", "font-size", "textLength"):
            assert float(element.get(attribute, 0)) >= 0
    for line in list(svg.iter(f"{SVG}text"))[2:]:
        assert float(line.get("x")) + float(line.get("textLength")) <= width - 10
        assert float(line.get("textLength")) == pytest.approx(
            width_of(line.text, float(line.get("font-size")), bold=line.get("font-weight") == "700"), abs=0.5
        )


def test_badge_takes_the_short_name_where_the_whole_one_would_be_cut(client):
    make_unit("pabean", name="Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", short_name="DPMPTSP")
    svg = badge_of(client)
    assert texts(svg)[2] == "DPMPTSP"
    assert svg.find(f"{SVG}title").text.startswith("Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu:")


def test_text_is_cut_at_a_word_where_one_is_near():
    assert shorten("Dinas Kesehatan", 12, 500) == "Dinas Kesehatan"
    assert shorten("Dinas Perhubungan dan Kelautan", 12, 130).endswith("…")
    assert shorten("Dinas Perhubungan dan Kelautan", 12, 130).removesuffix("…") in (
        "Dinas Perhubungan",
        "Dinas Perhubungan dan",
    )
    assert shorten("W" * 50, 12, 100) == "W" * 7 + "…"
    assert width_of("iii", 10) < width_of("mmm", 10) < width_of("mmm", 10, bold=True)


def test_badge_may_be_shown_anywhere_and_kept(client, january):
    first = client.get(BADGE)
    assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert first["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "public, max-age=3600" or first["Cache-Control"] == "max-age=3600, public"
    assert "Vary" not in first or "Cookie" not in first["Vary"]
    again = client.get(BADGE, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cross-Origin-Resource-Policy"] == "cross-origin"
    head = client.head(BADGE)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])
    # A new month changes picture and ETag:
    make_entry(make_ranking(date(2023, 2, 1)), january.entries.get(rank=1).unit, 2)
    assert client.get(BADGE, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", ["/sematan/kelurahan/", "/sematan/unit/pabean/"])
def test_unchanged_frame_may_still_be_framed(client, january, address):
    """Browsers put the headers of a 304 over those they kept."""
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert "frame-ancestors *" in again["Content-Security-Policy"]
    assert "X-Frame-Options" not in again
    assert again["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_badge_and_frames_need_no_redis(client, january, settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    for address in (BADGE, "/sematan/kelurahan/", "/sematan/unit/pabean/"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/unit/tidak-ada/badge.svg", "/unit/%00/badge.svg", "/unit/badge.svg"])
def test_badge_of_an_unknown_unit_is_404(client, address):
    assert client.get(address).status_code == 404


def test_badge_asks_the_same_queries_for_any_number_of_units(client, january):
    few = queries_of(client, BADGE)
    for number in range(20):
        make_entry(make_ranking(date(2020, 1 + number % 12, 1), revision=1 + number // 12), make_unit(), 1)
    assert queries_of(client, BADGE) == few <= 3


# --- frames -------------------------------------------------------------------------------------------


def test_frame_shows_the_newest_finished_month(client, january):
    response = client.get("/sematan/kelurahan/")
    text = response.content.decode()
    assert "Peringkat Kelurahan Januari 2023" in text
    assert text.index("Kelurahan Pabean") < text.index("Kelurahan Gerem")
    assert "Kelurahan Dringo" not in text  # no place, counted only
    assert "1 unit belum mempunyai kegiatan terverifikasi." in text
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=3600" in response["Cache-Control"]


def test_frame_of_a_month(client, january):
    make_entry(make_ranking(date(2023, 2, 1)), make_unit("lain", Category.KELURAHAN, name="Kelurahan Lain"), 1)
    assert "Kelurahan Lain" in client.get("/sematan/kelurahan/").content.decode()
    assert "Kelurahan Pabean" in client.get("/sematan/kelurahan/?bulan=2023-01").content.decode()


@pytest.mark.parametrize("query", ["?bulan=2019-01", "?bulan=2023-13", "?bulan=%00", "?bulan=x"])
def test_frame_of_a_month_without_ranking_is_404_and_still_readable(client, january, query):
    response = client.get(f"/sematan/kelurahan/{query}")
    assert response.status_code == 404
    assert "Tidak ada peringkat di alamat ini." in response.content.decode()
    assert "X-Frame-Options" not in response
    assert "max-age=3600" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("address", ["/sematan/unit/tidak-ada/", "/sematan/bumd/?bulan=2023-01"])
def test_frame_of_something_unknown_is_404(client, january, address):
    assert client.get(address).status_code == 404


def test_frame_before_the_first_month_says_so(client, pabean):
    assert "Peringkat pertama belum terbit." in client.get("/sematan/opd/").content.decode()
    assert "Belum masuk peringkat" in client.get("/sematan/unit/pabean/").content.decode()


def test_frame_of_a_unit(client, january):
    text = re.sub(r"\s+", " ", client.get("/sematan/unit/pabean/").content.decode())
    assert "<b>1</b> dari 3 Kelurahan" in text
    assert "Indeks 84,1 pada Januari 2023" in text
    assert "naik 2" in text


def test_frames_say_data_contoh(client, pabean):
    make_entry(make_ranking(is_sample=True), pabean, 1)
    for address in ("/sematan/kelurahan/", "/sematan/unit/pabean/"):
        text = client.get(address).content.decode()
        assert "Data contoh" in text
        assert "(data contoh)" in text.partition("</title>")[0]


def test_every_link_of_a_frame_leaves_it(client, january):
    for address in ("/sematan/kelurahan/", "/sematan/unit/pabean/", "/sematan/unit/tidak-ada/"):
        links = re.findall(r"<a [^>]*>", client.get(address).content.decode())
        assert links
        assert all('target="_blank" rel="noopener"' in link for link in links)
        assert all('href="http://127.0.0.1:8000/' in link for link in links)


def test_frame_takes_the_look_of_the_site_around_it(client, january):
    assert '<html lang="id" data-theme="dark">' in client.get("/sematan/kelurahan/?tema=gelap").content.decode()
    assert '<html lang="id">' in client.get("/sematan/kelurahan/?tema=%22%3E").content.decode()
    client.cookies["tema"] = "gelap"
    assert '<html lang="id">' in client.get("/sematan/kelurahan/").content.decode()


def test_frame_stays_small_with_a_hundred_units_of_long_names(client):
    ranking = make_ranking()
    for number in range(1, 101):
        make_entry(ranking, make_unit(f"dinas-{number:03d}", name=f"Dinas {number} " + "Panjang " * 12), number)
    few = queries_of(client, "/sematan/opd/")
    response = client.get("/sematan/opd/")
    assert len(response.content) <= 20_000
    assert "Dan 50 unit lain di papan lengkap." in response.content.decode()
    assert few <= 3


def test_hostile_name_is_text_in_a_frame(client):
    make_entry(make_ranking(), make_unit("pabean", name=HOSTILE), 1)
    for address in ("/sematan/opd/", "/sematan/unit/pabean/", "/unit/pabean/", "/peringkat/2023-01/opd/"):
        assert "<script>alert" not in client.get(address).content.decode()


# --- what is offered to copy --------------------------------------------------------------------------


def test_unit_page_offers_badge_and_frame(client, january):
    text = client.get("/unit/pabean/").content.decode()
    badge, frame = (unescape(code) for code in re.findall(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL))
    assert badge == (
        '<a href="http://127.0.0.1:8000/unit/pabean/"><img src="http://127.0.0.1:8000/unit/pabean/badge.svg"'
        ' alt="Peringkat keaktifan Kelurahan Pabean di KIP Cilegon" height="84"></a>'
    )
    assert 'src="http://127.0.0.1:8000/sematan/unit/pabean/"' in frame
    assert 'title="Peringkat keaktifan Kelurahan Pabean, KIP Cilegon"' in frame


def test_category_page_offers_its_table(client, january):
    text = client.get("/peringkat/2023-01/kelurahan/").content.decode()
    [frame] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL)
    assert 'src="http://127.0.0.1:8000/sematan/kelurahan/"' in unescape(frame)


def test_offered_lines_are_safe_to_paste(client):
    make_unit("pabean", name='"><script>alert(1)</script>')
    text = client.get("/unit/pabean/").content.decode()
    for code in re.findall(r"<textarea[^>]*>(.*?)</textarea>", text, re.DOTALL):
        assert "<script>" not in unescape(code)
