"""Completeness of mandatory information: what counts, what is stale, and that files and pages say the same."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from publications.documents.checklists import ChecklistError, load_checklists
from publications.documents.completeness import Score, median_percent, score_of, scores_on, unit_completeness
from publications.models import ChecklistItem, ChecklistLink, Document
from tests.builders import NOON, make_document, make_ranking, make_unit

pytestmark = pytest.mark.django_db

TODAY = date(2023, 7, 10)


def make_item(code, categories=("kelurahan",), **fields):
    fields = {"info_class": "periodic", "title": f"Butir {code}", "legal_basis": "Pasal 9", **fields}
    return ChecklistItem.objects.create(code=code, categories=list(categories), **fields)


@pytest.fixture
def pabean():
    return make_unit("pabean", "kelurahan", name="Pabean")


@pytest.mark.parametrize(
    ("states", "share", "percent"),
    [
        ([], None, None),
        (["missing"], 0, 0),
        (["fresh"], 1, 100),
        (["fresh", "stale"], 0.5, 50),
        (["fresh", "fresh", "stale"], 2 / 3, 66),
        (["fresh"] * 199 + ["missing"], 0.995, 99),
    ],
)
def test_the_share_counts_only_what_is_there_and_fresh(states, share, percent):
    score = score_of(states)
    assert (score.share, score.percent) == (share, percent)


def test_the_median_is_of_units_of_which_something_is_asked():
    assert median_percent([Score(1, 0, 1), Score(0, 0, 0), Score(1, 0, 0)]) == 75
    assert median_percent([]) is None


@pytest.mark.parametrize(
    ("renewed_on", "state"),
    [(date(2023, 1, 10), "fresh"), (date(2023, 1, 9), "stale"), (date(2022, 1, 1), "stale")],
)
def test_what_was_not_renewed_in_time_is_stale_from_the_day_after(pabean, renewed_on, state):
    item = make_item("profil", renewal_months=6)
    make_document(pabean, info_class="periodic", checklist_item=item, renewed_on=renewed_on)
    found = unit_completeness(pabean, TODAY)
    assert [row.state for row in found.items] == [state]
    document = Document.objects.get()
    assert document.is_overdue_on(TODAY) is (state == "stale")
    assert Document.objects.overdue_on(TODAY).exists() is (state == "stale")


def test_what_has_no_period_stays_fresh(pabean):
    item = make_item("kebijakan", info_class="on_demand")
    make_document(pabean, checklist_item=item)
    assert unit_completeness(pabean, date(2043, 1, 1)).score == Score(1, 0, 0)


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_what_is_not_published_fulfils_nothing(pabean, status):
    make_document(pabean, None if status == "draft" else NOON, status=status, checklist_item=make_item("profil"))
    assert unit_completeness(pabean, TODAY).score == Score(0, 0, 1)


def test_an_exempt_document_fulfils_nothing(pabean):
    make_document(pabean, info_class="exempt", checklist_item=make_item("profil"))
    assert unit_completeness(pabean, TODAY).score == Score(0, 0, 1)


def test_a_page_elsewhere_fulfils_by_its_own_date(pabean):
    item = make_item("profil", renewal_months=6)
    link = ChecklistLink.objects.create(unit=pabean, item=item, url="https://a.id/profil", dated_on=date(2022, 1, 1))
    assert unit_completeness(pabean, TODAY).score == Score(0, 1, 0)
    link.dated_on = TODAY
    link.save()
    assert unit_completeness(pabean, TODAY).score == Score(1, 0, 0)


def test_the_newest_of_several_counts(pabean):
    item = make_item("profil", renewal_months=6)
    for day in (date(2020, 1, 1), date(2023, 7, 1), date(2021, 1, 1)):
        make_document(pabean, info_class="periodic", checklist_item=item, renewed_on=day)
    assert unit_completeness(pabean, TODAY).score == Score(1, 0, 0)


def test_each_category_is_asked_its_own_and_only_while_it_is_in_force(pabean):
    bumd = make_unit("air", "bumd")
    make_item("profil", ["bumd", "kelurahan"])
    make_item("bumd", ["bumd"])
    make_item("lama", ["bumd"], active_until=date(2023, 7, 9))
    make_item("nanti", ["bumd"], active_from=date(2023, 7, 11))
    scores = scores_on(TODAY)
    assert (scores[pabean.pk], scores[bumd.pk]) == (Score(0, 0, 1), Score(0, 0, 2))
    assert set(scores_on(TODAY, "bumd")) == {bumd.pk}


def test_a_document_of_another_unit_or_a_unit_that_ended_does_not_count(pabean):
    item = make_item("profil")
    make_document(make_unit("gerem", "kelurahan", active_until=date(2023, 1, 1)), checklist_item=item)
    scores = scores_on(TODAY)
    assert scores[pabean.pk] == Score(0, 0, 1)
    assert len(scores) == 1


def test_scores_of_all_units_equal_those_of_each(pabean, django_assert_num_queries):
    items = [make_item(f"b{n}", ["kelurahan", "opd"], renewal_months=6 if n % 2 else None) for n in range(6)]
    units = [pabean, *(make_unit(f"dinas-{n}") for n in range(12))]
    for number, unit in enumerate(units):
        for item in items[: number % 7]:
            make_document(unit, checklist_item=item, renewal_months=6, renewed_on=date(2022 + number % 2, 3, 1))
    with django_assert_num_queries(1):
        scores = scores_on(TODAY)
    assert scores == {unit.pk: unit_completeness(unit, TODAY).score for unit in units}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2023, 12, 15), 12, date(2024, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_added_by_the_calendar_and_end_with_a_shorter_month(pabean, day, months, expected):
    document = make_document(pabean, info_class="periodic", renewal_months=months, renewed_on=day)
    assert document.renew_by == expected


# --- the list of the law -----------------------------------------------------------------------------------


def test_the_list_is_loaded_once_and_what_was_edited_stays():
    report = load_checklists()
    assert (len(report.added), report.same, report.different) == (25, 0, [])
    assert ChecklistItem.objects.filter(categories__contains=["bumd"]).count() == 25
    assert ChecklistItem.objects.filter(categories__contains=["kelurahan"]).count() == 11
    item = ChecklistItem.objects.get(code="profil")
    item.title = "Profil kota kami"
    item.save()
    report = load_checklists()
    assert (report.added, report.same, report.different) == ([], 24, ["profil"])
    item.refresh_from_db()
    assert item.title == "Profil kota kami"


def test_every_letter_of_the_articles_is_cited_once():
    load_checklists()
    cited = list(ChecklistItem.objects.values_list("legal_basis", flat=True))
    expected = [f"UU 14/2008 Pasal 9 ayat (2) huruf {letter}" for letter in "abc"]
    expected += [f"UU 14/2008 Pasal 11 ayat (1) huruf {letter}" for letter in "abcdefgh"]
    expected += [f"UU 14/2008 Pasal 14 huruf {letter}" for letter in "abcdefghijklmn"]
    assert sorted(cited) == sorted(expected)


@pytest.mark.parametrize(
    "line",
    ["x,opd,exempt,Judul,Pasal 9,,1", "x,dinas,periodic,Judul,Pasal 9,,1", "x,opd,periodic,Judul,Pasal 9,enam,1"],
)
def test_a_wrong_line_is_named_and_nothing_is_loaded(tmp_path, line):
    path = tmp_path / "daftar.csv"
    good = "y,opd,periodic,Judul,Pasal 9,6,1"
    path.write_text(f"code,categories,info_class,title,legal_basis,renewal_months,order\n{good}\n{line}\n")
    with pytest.raises(ChecklistError, match="Baris 3"):
        load_checklists(path)
    assert not ChecklistItem.objects.exists()


def test_the_command_says_what_it_did(capsys):
    call_command("load_checklists")
    assert "25 ditambahkan" in capsys.readouterr().out
    call_command("load_checklists")
    assert "0 ditambahkan, 25 sama" in capsys.readouterr().out


# --- pages -------------------------------------------------------------------------------------------------


def test_the_unit_page_shows_what_is_there_stale_and_missing(client, pabean):
    for code, day in (("ada", date(2999, 1, 1)), ("lama", date(2020, 1, 1))):
        item = make_item(code, renewal_months=6)
        make_document(pabean, title=f"Dokumen {code}", info_class="periodic", checklist_item=item, renewed_on=day)
    make_item("kurang")
    text = client.get("/unit/pabean/").content.decode()
    assert "<strong>1 dari 3</strong>" in text
    assert "Belum ada (1)" in text
    assert "Perlu diperbarui (1)" in text
    assert "Butir kurang" in text


def test_page_and_file_agree(client, pabean):
    item = make_item("profil", title="=HYPERLINK(1)")
    make_document(pabean, checklist_item=item)
    make_unit("gerem", "kelurahan", name="Gerem")
    page = client.get("/informasi/kelengkapan/")
    assert [(unit.name, score.percent) for unit, score in page.context["rows"]] == [("Gerem", 0), ("Pabean", 100)]
    rows = list(csv.DictReader(StringIO(client.get("/informasi/kelengkapan.csv").content.decode("utf-8-sig"))))
    assert [(row["unit"], row["keadaan"]) for row in rows] == [("Gerem", "belum ada"), ("Pabean", "ada")]
    assert rows[0]["butir"] == "'=HYPERLINK(1)"


def test_the_month_shows_it_apart_from_the_index(client, pabean):
    make_item("profil")
    make_ranking()
    text = client.get("/peringkat/2023-01/").content.decode()
    assert "terpisah dari indeks keaktifan" in text
    assert client.get("/").status_code == 200
