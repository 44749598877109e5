"""The mayor's page: always one, archival and accessible; the board of a category on as many as it needs."""

import io
import re

import pypdf
import pypdfium2
import pytest

from opd.models import Category
from rankings.files import sheet
from rankings.models import Entry, Ranking
from tests.builders import make_entry, make_final, make_ranking, make_unit

from .world import FEBRUARY, make_months

pytestmark = pytest.mark.django_db
LONG = "Badan Perencanaan Pembangunan, Penelitian, Pengembangan dan Inovasi Daerah Kota Cilegon Provinsi Banten"
HOSTILE = '#import "x"; $ @y \\ *b* `c` <z> // ]}) =cmd|calc 🎉'


def text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def pages_of(content: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(content)).pages)


@pytest.fixture
def months():
    return make_months()


def fill(ranking: Ranking, units: int, name: str, **fields) -> None:
    """Units of every category, half with a place, half silent; none with social media."""
    parent = make_unit("induk", Category.KECAMATAN)
    for number in range(units):
        category = Category.values[number % 4]
        more = {"parent": parent} if category == "kelurahan" else {}
        unit = make_unit(f"unit-{number}", category, name=f"{name} {number}"[:200], **more)
        rank = number + 1 if number % 2 else None
        make_entry(ranking, unit, rank, previous_rank=units - number if rank else None, **fields)


def test_the_page_says_what_the_mayor_needs(months):
    text = text_of(sheet.as_pdf(months[1]))
    for words in (
        "Keaktifan unit kota, Februari 2023",
        "DATA CONTOH",
        "Rancangan, menunggu difinalkan (masa sanggahan berakhir ",
        "12 dari 16 unit kota mempublikasikan",
        "Paling naik",
        "naik 2",
        "Paling turun",
        "turun 2",
        "Tanpa kegiatan",
        "Kelurahan 3",
        "Tanpa media sosial",
        "Kegiatan dihitung di seluruh kota, 12 bulan",
        "Jan 2023",
        "metode versi 1",
        f"SHA-256 masukan: {months[1].input_sha256}",
        "Sumber: KIP Cilegon",
        "127.0.0.1:8000/peringkat/2023-02",
    ):
        assert words in text


def test_trend_tells_twelve_months_and_a_gap_is_not_zero(months):
    points = sheet.trend(months[1])
    assert len(points) == 12
    assert points[0]["value"] is None
    assert points[0]["words"] == "–"
    assert [point["value"] for point in points[-2:]] == [
        sum(Entry.objects.filter(ranking=month).values_list("activities", flat=True)) for month in months
    ]


def test_real_months_are_not_drawn_with_sample_months(months):
    Ranking.objects.filter(pk=months[0].pk).update(is_sample=False)
    assert [point["value"] is None for point in sheet.trend(months[1])][-2:] == [True, False]


@pytest.mark.parametrize("name", ["Dinas", LONG, HOSTILE, "x" * 190])
@pytest.mark.parametrize("units", [0, 3, 82, 400])
def test_the_month_is_always_exactly_one_page(name, units):
    ranking = make_ranking()
    fill(ranking, units, name)
    content = sheet.as_pdf(ranking)
    assert pages_of(content) == 1
    text = text_of(content)
    assert "SHA-256 masukan" in text
    if units > 80:
        assert re.search(r"dan \d+ lainnya", text)


def test_with_the_longest_names_all_parts_still_stand_on_the_page():
    ranking = make_ranking()
    fill(ranking, 82, LONG)
    text = text_of(sheet.as_pdf(ranking))
    for words in ("Kelurahan", "Paling turun", "Tanpa media sosial", "12 bulan", "Jan 2023"):
        assert words in text
    shown = pypdfium2.PdfDocument(sheet.as_pdf(ranking))[0].render(scale=1).to_pil().convert("L")
    lowest = shown.crop((48, 640, 547, 760))  # the chart and what is under it, not cut off
    assert lowest.getextrema()[0] < 120


def test_an_empty_month_claims_nothing():
    text = text_of(sheet.as_pdf(make_ranking(status="provisional")))
    assert "Belum ada unit dan kegiatan pada bulan ini." in text
    assert "Semua unit" not in text
    assert "SHA-256 masukan: belum ada: bulan ini masih berjalan" in text


def structure(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


@pytest.mark.parametrize("category", ["", "opd"])
def test_it_is_archival_and_accessible(months, category):
    """What can be checked without veraPDF; typst itself refuses to write what does not conform."""
    reader = structure(sheet.as_pdf(months[0], category))
    root = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "id-ID"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert "Januari 2023" in reader.metadata.title
    assert "SHA-256" in xmp
    assert not reader.is_encrypted
    assert b"/JavaScript" not in reader.stream.getvalue()


def kinds(element, found: set[str]) -> set[str]:
    element = element.get_object()
    if isinstance(element, list):
        for child in element:
            kinds(child, found)
    elif isinstance(element, dict):
        if "/S" in element:
            found.add(str(element["/S"]))
        if "/K" in element:
            kinds(element["/K"], found)
    return found


@pytest.mark.parametrize(
    ("category", "wanted"),
    [("", {"/H1", "/H2", "/Table", "/TH", "/TD", "/Link"}), ("opd", {"/H1", "/Table", "/TH", "/TD"})],
)
def test_headings_and_tables_are_tagged(months, category, wanted):
    reader = structure(sheet.as_pdf(months[0], category))
    assert kinds(reader.trailer["/Root"]["/StructTreeRoot"]["/K"], set()) >= wanted


@pytest.mark.parametrize("category", ["", "kelurahan"])
def test_every_font_is_embedded(months, category):
    for page in structure(sheet.as_pdf(months[0], category)).pages:
        fonts = page["/Resources"]["/Font"].values()
        assert fonts
        for font in fonts:
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & descendant["/FontDescriptor"].get_object().keys()


def test_the_board_of_a_category_has_every_unit_over_pages():
    ranking = make_ranking()
    for number in range(150):
        make_entry(ranking, make_unit(f"opd-{number}", name=f"Dinas Nomor {number:03d}"), rank=number + 1)
    content = sheet.as_pdf(ranking, "opd")
    text = text_of(content)
    assert pages_of(content) > 1
    assert all(f"Dinas Nomor {number:03d}" in text for number in range(150))
    assert text.count("Golongan") >= pages_of(content) - 1  # the last page may hold only what stands under the table
    assert f"Halaman 1 dari {pages_of(content)}" in text


def test_the_kelurahan_of_the_city_fit_on_one_page():
    ranking = make_ranking()
    parent = make_unit("cibeber", Category.KECAMATAN)
    for number in range(43):
        unit = make_unit(f"kel-{number}", Category.KELURAHAN, name=f"Kelurahan Nomor {number}", parent=parent)
        make_entry(ranking, unit, rank=number + 1, has_social_media=True)
    assert pages_of(sheet.as_pdf(ranking, "kelurahan")) == 1


@pytest.mark.parametrize("name", [LONG, HOSTILE])
def test_no_name_breaks_a_board(name):
    ranking = make_ranking()
    fill(ranking, 40, name)
    for category in Category.values:
        assert pages_of(sheet.as_pdf(ranking, category)) >= 1


def test_a_final_month_says_since_when(months):
    make_final(FEBRUARY)
    text = text_of(sheet.as_pdf(Ranking.objects.get(month=FEBRUARY)))
    assert "final sejak 10 Januari 2023 12.00 WIB" in text
    assert "dapat berubah" not in text
