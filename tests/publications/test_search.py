import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category
from publications.models import Activity, Publication
from publications.search import Kind, Segment, mark_words, match_activities, search, segments
from publications.search_forms import ActivityFilterForm, SearchForm, filter_activities
from tests.builders import NOON, make_activity, make_document, make_publication, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    kecamatan = make_unit("kecamatan-grogol", Category.KECAMATAN, name="Kecamatan Grogol", short_name="Grogol")
    fields = {"category": Category.KELURAHAN, "parent": kecamatan}
    return {
        "gerem": make_unit(
            "kelurahan-gerem", name="Kelurahan Gerem", short_name="Gerem", aliases=["Kel. Gerem", "Grem"], **fields
        ),
        "dringo": make_unit(
            "kelurahan-dringo", name="Kelurahan Dringo", short_name="Dringo", aliases=["Deringo"], **fields
        ),
        "pabean": make_unit("kelurahan-pabean", name="Kelurahan Pabean", short_name="Pabean", **fields),
        "dinkes": make_unit("dinkes", name="Dinas Kesehatan", short_name="Dinkes"),
    }


def make_report(unit, title, **fields):
    fields = {"state": "accepted", "origin": "import", "kind": "news", "permalink_key": f"news.id/{title}", **fields}
    return Publication.objects.create(unit=unit, title=title, **fields)


def titles(result):
    return [str(hit.row) for hit in result.page.object_list]


def text_of(pieces):
    return "".join(piece.text for piece in pieces)


def test_other_forms_of_a_word_are_found_and_marked(units):
    make_activity(units["dinkes"], title="Giat donor darah di balai kota", text="Warga menyumbangkan darah.")
    make_activity(units["dinkes"], title="Rapat anggaran")
    result = search("kegiatan")
    assert titles(result) == ["Giat donor darah di balai kota"]
    assert result.page.object_list[0].title[0] == Segment("Giat", hit=True)
    assert titles(search("sumbang")) == ["Giat donor darah di balai kota"]


def test_title_weighs_more_than_text(units):
    make_activity(units["dinkes"], title="Laporan bulanan", text="Imunisasi berjalan baik.")
    make_activity(units["dinkes"], title="Imunisasi anak sekolah")
    assert titles(search("imunisasi")) == ["Imunisasi anak sekolah", "Laporan bulanan"]


def test_misspelt_title_is_found(units):
    make_activity(units["dinkes"], title="Musrenbang tingkat kelurahan")
    assert titles(search("musrembang")) == ["Musrenbang tingkat kelurahan"]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("Grem", "kelurahan-gerem"),
        ("germ", "kelurahan-gerem"),
        ("deringo", "kelurahan-dringo"),
        ("kelurahan dringo", "kelurahan-dringo"),
        ("pabeyan", "kelurahan-pabean"),
        ("dinas kesehatn", "dinkes"),
        ("musrenbang gerem 2023", "kelurahan-gerem"),
    ],
)
def test_unit_is_found_by_other_and_misspelt_names(units, query, slug):
    result = search(query, kind=Kind.UNIT)
    assert result.page.object_list[0].row.slug == slug
    assert result.near_units[0].slug == slug


def test_name_of_a_unit_finds_what_it_did(units):
    make_activity(units["gerem"], title="Posyandu balita")
    make_activity(units["pabean"], title="Kerja bakti")
    result = search("Grem")
    assert result.kind == Kind.UNIT
    assert result.counts == {"kegiatan": 1, "informasi": 0, "unit": 1, "liputan": 0}
    assert titles(search("grem", kind="kegiatan")) == ["Posyandu balita"]


def test_nothing_that_is_not_public_is_found(units):
    make_activity(units["gerem"], None, title="Rahasia draf")
    make_activity(units["gerem"], title="Rahasia ditarik", status="withdrawn", withdrawn_at=NOON, withdrawn_reason="x")
    make_report(units["gerem"], "Rahasia menunggu", state="pending")
    make_report(units["gerem"], "Rahasia ditolak", state="rejected", reason="x")
    assert search("rahasia").total == 0


def test_press_reports_are_a_kind_of_their_own(units):
    make_report(units["gerem"], "Lurah membuka lomba", excerpt="Lomba kebersihan")
    result = search("lomba")
    assert (result.kind, result.counts["liputan"]) == (Kind.PRESS, 1)
    assert Segment("lomba", hit=True) in result.page.object_list[0].title


def filters(**data):
    form = ActivityFilterForm(data)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_filters_leave_what_they_name(units):
    january = make_activity(
        units["gerem"], NOON.replace(day=31, hour=23, minute=59, second=59), title="Lomba A", theme="budaya"
    )
    february = make_activity(units["dinkes"], NOON.replace(month=2, day=1, hour=0), title="Lomba B", theme="kesehatan")
    make_publication(january, january.published_at, "youtube")
    make_publication(february, february.published_at, "instagram", state="pending")
    assert NOON.tzinfo is JAKARTA
    published = Activity.objects.published()

    def left(**data):
        return set(filter_activities(published, filters(**data)))

    assert left() == {january, february}
    assert left(unit="dinkes") == {february}
    assert left(kategori="kelurahan") == {january}
    assert left(tema="kesehatan") == {february}
    assert left(kanal="youtube") == {january}
    assert left(kanal="instagram") == set()
    assert left(bulan="2023-01") == {january}
    assert left(bulan="2023-02") == {february}
    assert search("lomba", filters(bulan="2023-01")).counts["kegiatan"] == 1
    assert ActivityFilterForm({"bulan": "2023-01", "unit": "dinkes"}).is_valid()


def test_filters_in_use_are_named(units):
    form = ActivityFilterForm({"unit": "dinkes", "kategori": "opd", "bulan": "2023-01", "tema": "", "q": "x"})
    assert form.is_valid()
    assert form.active_filters() == [("Unit", "Dinas Kesehatan"), ("Kategori", "OPD"), ("Bulan", "Januari 2023")]


@pytest.mark.parametrize(
    "data",
    [
        {"unit": "tidak-ada"},
        {"unit": "\x00"},
        {"kategori": "x"},
        {"kanal": "news"},
        {"tema": "\x00"},
        {"bulan": "2023-13"},
        {"bulan": "0000-01"},
        {"bulan": "\x00"},
        {"bulan": "²⁰²³-01"},
        {"jenis": "x"},
    ],
)
def test_impossible_filter_is_an_error_of_its_field(db, data):
    form = SearchForm(data)
    assert not form.is_valid()
    assert list(form.errors) == list(data)


def test_months_offered_are_those_with_activities(units):
    make_activity(units["gerem"], NOON.replace(year=2022, month=12))
    make_activity(units["gerem"], NOON)
    choices = [value for value, _label in ActivityFilterForm().fields["bulan"].widget.choices]
    assert choices == ["", "2023-01", "2022-12"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00",
        "'",
        '"',
        '":*&|!()',
        "a" * 10_000,
        "<b>x</b>",
        "%_\\",
        "dan",
        "-",
        "or or",
        "😀",
        "\ud800",
        "a\ue000b",
        None,
        5,
    ],
)
def test_any_text_is_searched_without_an_error(units, text):
    make_activity(units["gerem"], title="Lomba '\":*&|!() <b>x</b>")
    for kind in ["", *Kind.values]:
        result = search(text, kind=kind)
        assert result.total >= len(result.page.object_list)


def test_markup_of_people_stays_text(units):
    make_activity(units["gerem"], title="<b>lomba</b> \ue000mancing\ue001")
    [hit] = search("lomba").page.object_list
    assert "<b>lomba</b>" in text_of(hit.title)
    assert [piece for piece in hit.title if piece.hit] == [Segment("lomba", hit=True)]
    assert not any("\ue000" in piece.text or "\ue001" in piece.text for piece in hit.title)


def test_segments_of_broken_marks():
    assert segments("a\ue000b") == [Segment("ab")]
    assert segments("\ue001\ue000b\ue001c") == [Segment("b", hit=True), Segment("c")]
    assert segments("") == []
    assert mark_words("Kelurahan Gerem", "gerem .*") == [Segment("Kelurahan "), Segment("Gerem", hit=True)]


@pytest.mark.parametrize("number", ["1", "2", "99999999999999999999", "0", "-1", "x", "\x00", None, 1.5])
def test_any_page_number_gives_a_page(units, number):
    for n in range(3):
        make_activity(units["gerem"], title=f"Lomba {n}")
    result = search("lomba", page=number, per_page=2)
    assert 1 <= len(result.page.object_list) <= 2
    assert result.page.paginator.num_pages == 2


def test_list_with_a_query_keeps_order_without_one(units):
    rows = Activity.objects.published().newest_first()
    make_activity(units["gerem"], title="Lomba")
    make_activity(units["gerem"], title="Rapat")
    assert [row.title for row in match_activities(rows, "")] == ["Rapat", "Lomba"]
    assert [row.title for row in match_activities(rows, "perlombaan")] == ["Lomba"]


def queries_of(kind):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        search("lomba gerem", filters(kategori="kelurahan"), kind=kind).page.object_list  # noqa: B018
    return len(queries)


def test_number_of_queries_does_not_grow(units):
    def add(number):
        make_publication(make_activity(units["gerem"], title=f"Lomba {number}"))
        make_report(units["gerem"], f"Liputan lomba {number}")
        make_document(units["gerem"], title=f"Laporan lomba {number}")

    add(0)
    few = [queries_of(kind) for kind in Kind.values]
    for number in range(1, 30):
        add(number)
        make_unit(f"kelurahan-x{number}", Category.KELURAHAN, parent=units["gerem"].parent, name=f"Gerem {number}")
    assert [queries_of(kind) for kind in Kind.values] == few
    assert max(few) <= 10
