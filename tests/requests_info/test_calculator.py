"""The public calculator of working days: page without script, and JSON; each refuses nonsense by its field."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client

from opd.calendar import days_off
from opd.models import CalendarDay
from requests_info import services
from requests_info.deadlines import before_the_limit
from requests_info.models import InformationRequest
from requests_info.services import limits

from .worlds import GRANTED, client_of, letter_of, wib

pytestmark = pytest.mark.django_db
PAGE, API = "/hari-kerja/", "/api/v1/working-days/"
WEEKDAYS = ("Sen", "Sel", "Rab", "Kam", "Jum")


def page(query: str = "", status: int = 200) -> str:
    answer = Client().get(PAGE + query)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def table(body: str) -> list[list[str]]:
    """The cells of each row, without mark-up; every space is a plain one."""
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)[1:]
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row) for row in rows]
    return [[" ".join(re.sub(r"<.*?>", "", cell).split()) for cell in row] for row in cells]


def test_the_answer_of_14_march_2024_shows_each_day_counted_and_skipped():
    body = page("?mulai=2024-03-14&batas=jawaban")
    assert "Hari terakhir: Kamis, 28 Maret 2024" in body
    assert table(body) == [
        ["Kam, 14 Mar 2024", "0", "hari nol, tidak dihitung"],
        ["Jum, 15 Mar 2024", "1", ""],
        ["Sab, 16 Mar 2024", "–", "dilewati: akhir pekan"],
        ["Min, 17 Mar 2024", "–", "dilewati: akhir pekan"],
        *([f"{name}, {day} Mar 2024", str(day - 16), ""] for name, day in zip(WEEKDAYS, range(18, 23), strict=True)),
        ["Sab, 23 Mar 2024", "–", "dilewati: akhir pekan"],
        ["Min, 24 Mar 2024", "–", "dilewati: akhir pekan"],
        *([f"{name}, {day} Mar 2024", str(day - 18), ""] for name, day in zip(WEEKDAYS, range(25, 29), strict=False)),
    ]


def test_holidays_have_their_name_and_decree_those_of_the_table_too():
    CalendarDay.objects.create(day="2024-04-02", name="Libur daerah", decree="SE 1/2024")
    body = page("?mulai=2024-03-28&batas=perpanjangan")
    rows = {row[0]: row[2] for row in table(body)}
    assert rows["Jum, 29 Mar 2024"] == "dilewati: Wafat Yesus Kristus [1]"
    assert rows["Sen, 8 Apr 2024"] == "dilewati: Cuti Bersama Hari Raya Idul Fitri [1]"
    assert rows["Sel, 2 Apr 2024"] == "dilewati: Libur daerah [2]"
    assert rows["Sab, 6 Apr 2024"] == "dilewati: akhir pekan"
    assert "<li>[1] SKB 3 Menteri 855/2023, 3/2023, 4/2023</li><li>[2] SE 1/2024</li>" in body


@pytest.mark.parametrize(
    ("query", "last"),
    [
        ("?mulai=2024-03-14&batas=lain&hari=10", "28 Maret 2024"),
        ("?mulai=2024-03-14&hari=10", "28 Maret 2024"),
        ("?mulai=14-03-2024&batas=jawaban&hari=", "28 Maret 2024"),
        ("?mulai=14/03/2024&batas=jawaban", "28 Maret 2024"),
        ("?mulai=2024-03-28&batas=perpanjangan", "17 April 2024"),
        ("?mulai=2024-03-28&batas=keberatan", "27 Mei 2024"),
        ("?mulai=2024-03-28&batas=tanggapan", "27 Mei 2024"),
        ("?mulai=2024-04-24&batas=sengketa", "17 Mei 2024"),
        ("?mulai=2023-12-29&hari=1", "2 Januari 2024"),
    ],
)
def test_each_limit_of_the_law_and_any_number_of_days(query, last):
    assert re.search(rf"Hari terakhir: \w+, {last}", page(query))


def test_before_anything_is_asked_the_form_stands_there_with_today():
    body = page()
    assert "Hari terakhir:" not in body
    assert 'name="mulai" value="20' in body
    assert "Kalkulator hari kerja" in page("?q=apa")


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("?mulai=1970-01-01&batas=jawaban", "mulai", "antara 2002 dan 2100"),
        ("?mulai=9999-12-31&batas=jawaban", "mulai", "antara 2002 dan 2100"),
        ("?mulai=0001-01-01&batas=jawaban", "mulai", "antara 2002 dan 2100"),
        ("?mulai=2024-02-30&batas=jawaban", "mulai", "Tanggal ini tidak ada"),
        ("?mulai=besok&batas=jawaban", "mulai", "Tanggal ini tidak ada"),
        ("?mulai=%00&batas=jawaban", "mulai", "Tanggal ini tidak ada"),
        ("?mulai=&batas=jawaban", "mulai", "Tulis tanggal"),
        ("?mulai=2024-03-14&batas=x", "batas", "Pilih batas"),
        ("?mulai=2024-03-14&batas=lain&hari=10000", "hari", "antara 1 dan 200"),
        ("?mulai=2024-03-14&batas=lain&hari=0", "hari", "antara 1 dan 200"),
        ("?mulai=2024-03-14&batas=lain&hari=-1", "hari", "antara 1 dan 200"),
        ("?mulai=2024-03-14&batas=lain&hari=sepuluh", "hari", "bilangan bulat"),
        ("?mulai=2024-03-14&batas=lain&hari=" + "9" * 5000, "hari", "bilangan bulat"),
        ("?mulai=2024-03-14&batas=lain", "hari", "Tulis jumlah hari kerjanya"),
        ("?mulai=2024-03-14", "hari", "Tulis jumlah hari kerjanya"),
    ],
)
def test_nonsense_is_refused_at_its_field_with_a_reason(query, field, reason):
    body = page(query, status=400)
    assert re.search(rf'<p class="error" id="id_{field}_error">[^<]*{reason}', body)
    assert "<title>Galat:" in body
    assert "Hari terakhir:" not in body


def test_a_year_without_decree_says_that_the_end_may_move():
    assert "Cuti bersama 2095 belum ditetapkan" in page("?mulai=2095-03-14&batas=jawaban")
    assert "belum ditetapkan" not in page("?mulai=2024-03-14&batas=jawaban")


def test_the_longest_count_stays_within_the_budget_of_a_page():
    body = page("?mulai=2024-01-01&hari=200")
    assert len(re.findall(r"<[a-z]", body)) < 1500


def test_the_api_tells_the_same_as_the_page_and_the_command(capsys):
    data = Client().get(f"{API}?start=2024-03-28&days=7").json()
    assert (data["start"], data["days"], data["due_on"], data["uncertain_years"]) == ("2024-03-28", 7, "2024-04-17", [])
    assert data["rows"][0] == {
        "day": "2024-03-29", "number": None, "why": "Wafat Yesus Kristus",
        "decree": "SKB 3 Menteri 855/2023, 3/2023, 4/2023",
    }  # fmt: skip
    assert data["rows"][-1] == {"day": "2024-04-17", "number": 7, "why": "", "decree": ""}
    call_command("due_date", "2024-03-28", "--days", "7")
    printed = capsys.readouterr().out
    assert all(row["day"] in printed for row in data["rows"])
    assert len(data["rows"]) == len(table(page("?mulai=2024-03-28&batas=perpanjangan"))) - 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=1970-01-01", "start"),
        ("start=9999-12-31", "start"),
        ("start=besok", "start"),
        ("days=10000", "days"),
        ("days=0", "days"),
        ("days=x", "days"),
        ("mulai=2024-03-14", "mulai"),
    ],
)
def test_the_api_refuses_nonsense_by_its_field(query, field):
    answer = Client().get(f"{API}?{query}")
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["message"]


# --- the same count beside every limit ----------------------------------------------------------------------------


def test_page_and_desk_count_the_extension_too(city):
    case = letter_of(city)
    services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Arsip lama", now=wib(2024, 3, 20, 9))
    for client, path in ((Client(), case.get_absolute_url()), (client_of(city.desk), f"/admin/permohonan/{case.pk}/")):
        body = client.get(path).content.decode()
        for words in ("14 Maret 2024, adalah hari nol", "7 hari kerja lagi sesudah 28 Maret 2024", "17 April",
                      "Jumat, 29 Maret 2024: Wafat Yesus Kristus", "SKB 3 Menteri 855/2023"):  # fmt: skip
            assert words in body, words
        assert "/hari-kerja/?mulai=2024-03-28&amp;batas=lain&amp;hari=7" in body


def test_a_closed_case_keeps_its_limit_and_says_that_the_calendar_changed_since(city):
    case = letter_of(city)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 20, 9))
    CalendarDay.objects.create(day="2024-03-25", name="Libur", decree="1")
    assert limits.redate_request(request_id=case.pk, now=wib(2024, 3, 21, 9)) is False
    body = Client().get(case.get_absolute_url()).content.decode()
    assert "batas yang berlaku waktu itu, 28 Maret 2024, tetap" in body
    assert str(InformationRequest.objects.get().due_on) == "2024-03-28"


def test_the_desk_proposes_a_working_day_for_the_units_and_names_the_count(city):
    """28 March less three working days; without them a Sunday was proposed now and then."""
    case = letter_of(city, wib(2024, 3, 14, 9))
    body = client_of(city.desk).get(f"/admin/permohonan/{case.pk}/").content.decode()
    assert "<summary>Cara menghitung batas waktu</summary>" in body
    assert before_the_limit(case.due_on, 3, days_off(case.clock_started_on, case.due_on).keys()) == date(2024, 3, 25)
    late = date(2024, 4, 17)  # over Lebaran: 16 and 5 April count, the days between do not
    assert before_the_limit(late, 3, days_off(date(2024, 3, 28), late).keys()) == date(2024, 4, 4)


def test_the_days_to_complete_and_to_object_can_be_counted_again(city, clock):
    incomplete, late = letter_of(city), letter_of(city)
    services.declare_incomplete(request_id=incomplete.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 15, 9))
    clock(wib(2024, 3, 18, 9))
    body = Client().get(incomplete.get_absolute_url()).content.decode()
    assert "Dihitung 3 hari kerja sesudah 15 Maret 2024, hari pelengkapannya diminta." in body
    assert "18 Maret, 19 Maret, 20 Maret." in body
    clock(wib(2024, 4, 1, 9))
    body = Client().get(f"{late.get_absolute_url()}keberatan/").content.decode()
    assert 'href="/hari-kerja/?mulai=2024-03-29&amp;batas=keberatan"' in body
    assert "Hari terakhir: Senin, 27 Mei 2024" in page("?mulai=2024-03-29&batas=keberatan")
