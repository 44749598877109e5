"""The poster: its size and weight, that it says what it must (by comparing pictures), and that no text breaks it."""

import io

import pytest
from PIL import Image, ImageChops

from opd.models import Category, Unit
from rankings.files import poster
from rankings.models import Entry, Ranking
from tests.builders import make_entry, make_final, make_ranking, make_unit

from .world import make_months

pytestmark = pytest.mark.django_db
#: Where the month, the state and the mark of sample data stand (left, top, right, bottom).
MONTH, STATE, SAMPLE, PODIUM, FOOT = (
    (50, 180, 420, 250),
    (440, 180, 1030, 250),
    (700, 25, 1030, 95),
    (60, 290, 1020, 700),
    (0, 1230, 1080, 1350),
)
HOSTILE = ['#import "x"', "$ x $ @y \\ *b* _i_ `c` <z> //", '=HYPERLINK("http://j.invalid")', "]}){(", "🎉 “kutip” 'x'"]


def picture(ranking: Ranking, category: str = "") -> Image.Image:
    return Image.open(io.BytesIO(poster.as_png(ranking, category))).convert("RGB")


def differs(first: Image.Image, second: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """To an eye: few colours are kept, and which ones depends on the whole picture."""
    difference = ImageChops.difference(first.crop(box), second.crop(box)).convert("L")
    return difference.point(lambda value: 255 if value > 80 else 0).getbbox() is not None


@pytest.fixture
def months():
    return make_months()


@pytest.mark.parametrize("category", ["", *Category.values])
def test_size_weight_and_not_blank(months, category):
    content = poster.as_png(months[0], category)
    shown = Image.open(io.BytesIO(content))
    assert (shown.format, shown.size) == ("PNG", (1080, 1350))
    assert len(content) <= 300_000
    for box in (MONTH, STATE, PODIUM, FOOT):
        assert len(shown.convert("RGB").crop(box).getcolors(100_000)) > 10


def test_two_months_differ_where_the_month_stands_and_a_second_drawing_does_not(months):
    january, february = months
    first = picture(january, "opd")
    assert differs(first, picture(february, "opd"), MONTH)
    assert not differs(first, picture(january, "opd"), (0, 0, 1080, 1350))
    assert differs(first, picture(january, "bumd"), PODIUM)


def test_the_state_and_sample_data_are_marked(months):
    january = months[0]
    draft = picture(january, "opd")
    Ranking.objects.filter(pk=january.pk).update(is_sample=False)
    real = picture(Ranking.objects.get(pk=january.pk), "opd")
    assert differs(draft, real, SAMPLE)
    assert not differs(draft, real, MONTH)
    states = [draft]
    for status in ("provisional", "final"):
        january.status = status
        states.append(picture(january, "opd"))
    assert differs(states[0], states[1], STATE)
    assert differs(states[1], states[2], STATE)


def test_the_map_shows_the_bands_of_the_kelurahan(months):
    where = (630, 730, 1020, 1200)
    before = picture(months[0], "kelurahan")
    Entry.objects.filter(ranking=months[0], category="kelurahan", rank=1).update(has_social_media=False)
    assert differs(before, picture(months[0], "kelurahan"), where)


def test_the_file_says_in_words_what_it_rests_on(months):
    shown = Image.open(io.BytesIO(poster.as_png(months[0], "opd")))
    assert shown.text["Title"].startswith("Organisasi Perangkat Daerah, Januari 2023, Rancangan")
    assert f"SHA-256 {months[0].input_sha256}" in shown.text["Description"]
    assert "metode versi 1" in shown.text["Description"]
    assert "Data contoh" in shown.text["Comment"]
    assert shown.text["Source"].startswith("KIP Cilegon")


@pytest.mark.parametrize("name", [*HOSTILE, "Dinas " + "Panjangsekali" * 7, "x" * 200])
def test_no_name_breaks_a_poster(name):
    ranking = make_ranking()
    for place in range(1, 8):
        make_entry(ranking, make_unit(f"opd-{place}", name=name[:200]), rank=place, score=90 - place)
    for category in ("", "opd"):
        assert picture(ranking, category).size == (1080, 1350)


@pytest.mark.parametrize("ranked", [0, 1, 2, 3, 4, 12])
def test_few_or_no_places_make_a_poster_too(ranked):
    ranking = make_ranking()
    for place in range(12):
        make_entry(ranking, make_unit(f"opd-{place}"), rank=place + 1 if place < ranked else None)
    shown = picture(ranking, "opd")
    assert len(shown.crop((60, 290, 1020, 1220)).getcolors(100_000)) > 5


def test_a_month_without_entries_has_a_poster():
    assert picture(make_ranking()).size == (1080, 1350)


def test_many_first_places_need_no_podium():
    ranking = make_ranking()
    for place in range(12):
        make_entry(ranking, make_unit(f"opd-{place}"), rank=1)
    assert poster.poster(ranking, "opd")["podium"] == []
    assert len(poster.poster(ranking, "opd")["rest"]) == 10
    picture(ranking, "opd")


def test_the_page_names_the_poster_as_its_preview_and_offers_its_words(client, months):
    for address, file in (("/peringkat/2023-01/", "2023-01"), ("/peringkat/2023-01/opd/", "2023-01/opd")):
        html = client.get(address).content.decode()
        assert f'<meta property="og:image" content="http://127.0.0.1:8000/peringkat/{file}.png">' in html
        assert '<meta property="og:image:width" content="1080">' in html
        alt = html.split('og:image:alt" content="')[1].split('"')[0]
        assert alt.startswith("Poster peringkat keaktifan Januari 2023, Rancangan")
        assert "(data contoh)" in alt
        assert "1. Dinas 0, " in alt
        assert f"<p>{alt}</p>" in html


def test_the_poster_of_an_old_revision_is_its_own(client, months):
    make_final(months[0].month)
    first = client.get("/peringkat/2023-01/opd.png").content
    make_entry(make_ranking(revision=2), Unit.objects.get(slug="opd-0"), rank=1)
    assert client.get("/peringkat/2023-01/opd.png?revisi=1").content == first
    assert client.get("/peringkat/2023-01/opd.png").content != first
