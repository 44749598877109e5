"""What a requester takes along: the receipt as PDF and the dates as a calendar."""

from datetime import date
from io import BytesIO

import pypdf
import pytest
from django.test import Client
from icalendar import Calendar

from opd.models import CalendarDay
from requests_info import services
from requests_info.dates_calendar import as_ics
from requests_info.receipt import receipt_pdf
from requests_info.services import limits

from .worlds import GRANTED, forward, letter_of, wib

pytestmark = pytest.mark.django_db


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages).split())


def events(case) -> dict[str, dict]:
    case.refresh_from_db()
    calendar = Calendar.from_ical(as_ics(case))
    return {str(event["uid"]).split("@")[0].removeprefix(f"{case.number}-"): event for event in calendar.walk("VEVENT")}


def test_the_receipt_says_number_limit_count_and_rights(city):
    case = letter_of(city, wanted="Rencana kerja 2026")
    text = words(receipt_pdf(case, date(2024, 3, 14)))
    for expected in (
        case.number, "28 Maret 2024", "Kamis, 14 Maret 2024", "Nama Kanari", "Rencana kerja 2026",
        "10 hari kerja", "15 Maret, 18 Maret", "Sabtu, 16 Maret 2024: akhir pekan", "30 hari kerja", "14 hari kerja",
        "/permohonan/lacak/", case.token,
    ):  # fmt: skip
        assert expected in text, expected
    assert "Jalan Kanari" not in text
    assert "kanari@contoh.id" not in text
    assert receipt_pdf(case, date(2024, 3, 14)) == receipt_pdf(case, date(2024, 3, 14))


def test_the_receipt_counts_the_extension_and_a_moved_limit(city):
    case = letter_of(city)
    services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Arsip lama", now=wib(2024, 3, 20, 9))
    case.refresh_from_db()
    text = words(receipt_pdf(case, date(2024, 3, 20)))
    assert "Arsip lama" in text
    assert "sesudah 28 Maret 2024" in text
    assert "17 April 2024" in text
    assert "Cuti Bersama" in text
    CalendarDay.objects.create(day=date(2024, 3, 25), name="Libur khusus", decree="1")
    limits.redate_request(request_id=case.pk, now=wib(2024, 3, 21, 9))
    case.refresh_from_db()
    text = words(receipt_pdf(case, date(2024, 3, 21)))
    assert "Libur khusus" in text
    assert "18 April 2024" in text


@pytest.mark.parametrize(
    "text",
    ["#panic() $x$ *b* \\ @a <b> `c` [d]", "panjang " * 600, "baris\n\n\nbaris", "x" * 4000, "عربي 中文 \U0001f600"],
    ids=["source", "long", "lines", "one word", "scripts"],
)
def test_what_people_type_is_data_in_the_receipt(city, text):
    case = letter_of(city, wanted=text)
    found = words(receipt_pdf(case, date(2024, 3, 14)))
    assert case.number in found
    if text.startswith("#"):
        assert "#panic() $x$ *b*" in found


def test_the_calendar_has_the_dates_and_no_secret(city):
    case = letter_of(city)
    found = events(case)
    assert {stage: (event.decoded("dtstart"), str(event["status"])) for stage, event in found.items()} == {
        "diterima": (date(2024, 3, 14), "CONFIRMED"),
        "batas": (date(2024, 3, 28), "CONFIRMED"),
        "keberatan-mulai": (date(2024, 3, 29), "TENTATIVE"),
        "keberatan-akhir": (date(2024, 5, 27), "TENTATIVE"),
    }
    text = as_ics(case).decode()
    for secret in (case.token, case.token[:20], "Kanari", "Rencana kerja"):
        assert secret not in text
    assert as_ics(case) == as_ics(case)


def test_a_moved_date_keeps_its_event_and_its_sequence_grows(city):
    case = letter_of(city)
    before = events(case)["batas"]
    CalendarDay.objects.create(day=date(2024, 3, 25), name="Libur", decree="1")
    limits.redate_request(request_id=case.pk, now=wib(2024, 3, 20, 9))
    after = events(case)["batas"]
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == date(2024, 4, 1)


def test_the_calendar_follows_answer_withdrawal_and_lapse(city):
    answered, withdrawn, lapsed = (letter_of(city) for _each in range(3))
    services.decide_request(request_id=answered.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 25, 9))
    found = events(answered)
    assert found["dijawab"].decoded("dtstart") == date(2024, 3, 25)
    assert "keberatan-mulai" not in found
    assert str(found["keberatan-akhir"]["status"]) == "CONFIRMED"
    services.withdraw_request(request_id=withdrawn.pk, now=wib(2024, 3, 18, 9))
    assert str(events(withdrawn)["batas"]["status"]) == "CANCELLED"
    assert "keberatan-akhir" not in events(withdrawn)
    services.declare_incomplete(request_id=lapsed.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 18, 9))
    assert events(lapsed)["lengkapi"].decoded("dtstart") == date(2024, 3, 21)
    limits.lapse_request(request_id=lapsed.pk, now=wib(2024, 3, 22, 9))
    assert str(events(lapsed)["batas"]["status"]) == "CANCELLED"


@pytest.mark.parametrize(("name", "kind"), [("tanda-bukti.pdf", "application/pdf"), ("kalender.ics", "text/calendar")])
def test_both_stand_behind_the_secret_address_only(city, name, kind):
    case = letter_of(city)
    forward(case, city, city.dinkes)
    client = Client()
    assert f"{case.get_absolute_url()}{name}" in client.get(case.get_absolute_url()).content.decode()
    answer = client.get(f"{case.get_absolute_url()}{name}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert case.number in answer["Content-Disposition"]
    assert client.post(f"{case.get_absolute_url()}{name}").status_code == 405
    for other in ("a" * 32, case.number, str(case.pk)):
        assert client.get(f"/permohonan/{other}/{name}").status_code == 404
