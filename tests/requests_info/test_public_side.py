"""The register and the figures of Pasal 12: equal to each other, and without any person."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from opd.models import Unit
from requests_info import services, statistics
from requests_info.models import InformationRequest
from requests_info.services.deciding import Verdict

from .worlds import GRANTED, asked, forward, letter_of, wib

pytestmark = pytest.mark.django_db
STATS = "/api/v1/requests/stats/"


def answered(city, unit: Unit | None = None, on: date = date(2024, 3, 20), verdict: Verdict = GRANTED, **fields):
    case = letter_of(city, **fields)
    if unit is not None:
        (part,) = forward(case, city, unit)
        services.answer_part(assignment_id=part.pk, actor=city.operator, answer="Kami", now=wib(2024, 3, 18, 9))
    now = wib(on.year, on.month, on.day, 9)
    services.decide_request(request_id=case.pk, actor=city.desk, verdict=verdict, now=now)
    case.refresh_from_db()
    return case


def test_days_used_are_working_days_from_receipt_to_notice(city):
    assert answered(city, on=date(2024, 3, 14)).days_used == 0
    assert answered(city, on=date(2024, 3, 28)).days_used == 10  # the last day of the limit
    assert answered(city, on=date(2024, 4, 1)).days_used == 11  # Good Friday and a weekend lie between


def test_the_figures_equal_the_register(city):
    answered(city, city.dinkes)
    answered(city, verdict=Verdict("not_held", "Tidak ada pada kami."))
    answered(city, on=date(2024, 4, 3))
    services.submit_request(asked=asked(), form_token=uuid.uuid4())
    year = statistics.years()[0]
    figures = statistics.year_figures(year)
    rows = list(statistics.register_rows())
    assert figures.registered == len([row for row in rows if row.year == year])
    total = sum(statistics.year_figures(each).registered for each in statistics.years())
    assert total == len(rows) == 4


def test_figures_count_time_outcome_and_punctuality(city):
    for _each in range(5):
        answered(city, city.dinkes)
    late = answered(city, city.dinkes, on=date(2024, 4, 3))
    year = late.year
    figures = statistics.year_figures(year)
    assert (figures.answered, figures.on_time, figures.outcomes) == (6, 5, {"granted": 6})
    assert figures.on_time_percent == 83.3
    assert figures.median_days == sorted(InformationRequest.objects.values_list("days_used", flat=True))[2]
    (unit,) = statistics.unit_figures(year)
    assert (unit.slug, unit.registered, unit.answered, unit.on_time_percent) == ("dinkes", 6, 6, 83.3)


def test_of_fewer_than_five_only_the_number_is_told(city):
    case = answered(city, city.dinkes)
    (unit,) = statistics.unit_figures(case.year)
    assert (unit.answered, unit.median_days, unit.on_time_percent) == (1, None, None)
    figures = statistics.year_figures(case.year)
    assert (figures.answered, figures.median_days, figures.on_time_percent) == (1, None, None)
    (unit,) = statistics.unit_figures(case.year, fewest=0)
    assert (unit.median_days, unit.on_time_percent) == (4, 100)


def test_pages_and_api_tell_the_same_and_no_person(city):
    case = answered(city, city.dinkes)
    client = Client()
    register = client.get("/permohonan/register/").content.decode()
    figures = client.get(f"/permohonan/statistik/{case.year}/").content.decode()
    data = client.get(STATS).json()["years"]
    assert case.number in register
    assert "Rencana kerja 2026" in register
    assert data[0]["outcomes"] == {"granted": 1}
    assert data[0]["units"][0]["slug"] == "dinkes"
    for text in (register, figures, str(data)):
        assert "anari" not in text
        assert case.token not in text


@pytest.mark.parametrize(
    ("query", "status", "count"),
    [
        ("q=rencana", 200, 1),
        ("q=zzz", 200, 0),
        ("hasil=granted", 200, 1),
        ("hasil=terbuka", 200, 0),
        ("hasil=x", 400, 0),
        ("tahun=x", 400, 0),
        ("tahun=9999", 400, 0),
        ("q=%00", 200, 1),
        ("status=answered", 200, 1),
        ("status=received", 200, 0),
        ("status=x", 400, 0),
        ("unit=dinkes", 200, 1),
        ("unit=pabean", 200, 0),
        ("unit=x", 400, 0),
        ("halaman=9999", 200, 1),
    ],
)
def test_the_register_is_filtered(city, query, status, count):
    case = answered(city, city.dinkes)
    response = Client().get(f"/permohonan/register/?{query}")
    assert response.status_code == status
    assert response.content.decode().count(case.number) == count


def test_an_empty_register_says_so_and_an_unknown_year_is_not_found():
    client = Client()
    assert "Tidak ada permohonan" in client.get("/permohonan/register/").content.decode()
    assert "Belum ada permohonan" in client.get("/permohonan/statistik/").content.decode()
    assert client.get("/permohonan/statistik/1999/").status_code == 404
    assert client.get(STATS).json() == {"years": []}


def test_the_pages_of_a_filtered_register_keep_the_filters(city, monkeypatch):
    monkeypatch.setattr("requests_info.public_views.PER_PAGE", 1)
    first, second = letter_of(city), letter_of(city)
    shown = Client().get("/permohonan/register/?status=received&halaman=2").content.decode()
    assert 'href="?status=received&amp;halaman=1"' in shown
    assert first.number in shown
    assert second.number not in shown


def test_sample_requests_stand_in_no_figure(city):
    case = letter_of(city)
    InformationRequest.objects.filter(pk=case.pk).update(is_sample=True)
    assert not statistics.years()
    assert case.number not in Client().get("/permohonan/register/").content.decode()


def test_queries_do_not_grow_with_the_rows(city):
    counts = []
    for _each in range(2):
        answered(city, city.dinkes)
        with CaptureQueriesContext(connection) as queries:
            Client().get("/permohonan/register/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 5
