"""The same pages with 50 and with 5,000 requests: as many queries, and hardly more bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from opd.models import Unit, User
from requests_info.models import Assignment, InformationRequest, Objection, RequestEvent, hash_of, new_token
from requests_info.services.limits import requests_to_keep

from .worlds import City, client_of, wib

pytestmark = pytest.mark.django_db
FEW, MANY = 50, 5000
PUBLIC = (
    "/permohonan/",
    "/permohonan/lacak/",
    "/permohonan/register/",
    "/permohonan/register/?q=rencana&halaman=2",
    "/permohonan/register/?hasil=granted&tahun=2024",
    "/permohonan/register/?hasil=terbuka",
    "/permohonan/statistik/",
    "/permohonan/statistik/2024/",
    "/permohonan/jawaban/",
    "/hari-kerja/?mulai=2024-03-14&batas=jawaban",
    "/keberatan/",
    "/api/v1/requests/stats/",
    "/api/v1/working-days/?start=2024-03-14",
)
STAFF = (
    "/admin/",
    "/admin/permohonan/",
    "/admin/permohonan/?tampil=lewat",
    "/admin/permohonan/?tampil=segera",
    "/admin/permohonan/?tampil=selesai&halaman=3",
)
CITY_STAFF = (
    *STAFF,
    "/admin/permohonan/catat/",
    "/admin/permohonan/keberatan/",
    "/admin/permohonan/keberatan/?tampil=lewat",
    "/admin/permohonan/keberatan/?tampil=selesai",
)
ADDRESSES = {"visitor": PUBLIC, "operator": STAFF, "desk": CITY_STAFF}
PAGES = [(who, address) for who, addresses in ADDRESSES.items() for address in addresses]
MOST_QUERIES, MOST_BYTES = 16, 130_000


@dataclass(frozen=True)
class Answer:
    status: int
    queries: int
    size: int


def grow(city: City, size: int) -> None:
    """Bring the register to that many requests: of four one is open, and of ten one is objected to."""
    held = InformationRequest.objects.count()
    rows = InformationRequest.objects.bulk_create(request_row(number) for number in range(held + 1, size + 1))
    units = [city.dinkes, city.pabean]
    Assignment.objects.bulk_create(part_of(row, units[row.sequence % 2], city.desk) for row in rows)
    RequestEvent.objects.bulk_create(
        RequestEvent(information_request=row, kind="received", at=row.received_at) for row in rows
    )
    Objection.objects.bulk_create(objection_row(row, city.diskominfo) for row in rows if row.sequence % 10 == 0)


def request_row(number: int) -> InformationRequest:
    token, day = new_token(), date(2024, 1, 2) + timedelta(days=number % 300)
    is_open = number % 4 == 0
    closed = {"status": "answered", "outcome": "granted", "closed_at": wib(2024, 12, 2, 9), "days_used": number % 20}
    return InformationRequest(
        number=f"PI-2024-{number:04d}",
        year=2024,
        sequence=number,
        token=token,
        token_hash=hash_of(token),
        name="Pemohon",
        address="Jalan",
        wanted="Rencana kerja",
        purpose="Penelitian",
        subject=f"Rencana kerja {number}",
        received_at=wib(day.year, day.month, day.day, 9),
        clock_started_on=day,
        due_on=day + timedelta(days=14),
        **({"status": "in_progress"} if is_open else closed),
    )


def part_of(row: InformationRequest, unit: Unit, desk: User) -> Assignment:
    return Assignment(information_request=row, unit=unit, due_on=row.due_on, created_by=desk)


def objection_row(row: InformationRequest, unit: Unit) -> Objection:
    token = new_token()
    return Objection(
        information_request=row,
        unit=unit,
        ground="c",
        text="Diam",
        number=f"KB-2024-{row.sequence:04d}",
        year=2024,
        sequence=row.sequence,
        token=token,
        token_hash=hash_of(token),
        received_at=row.received_at,
        due_on=row.due_on,
    )


def ask(client: Client, address: str) -> Answer:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    return Answer(response.status_code, len(queries), len(response.content))


def ask_all(clients: dict[str, Client]) -> dict[tuple[str, str], Answer]:
    cache.clear()
    return {(who, address): ask(clients[who], address) for who, address in PAGES}


@pytest.fixture(scope="module")
def measured(django_db_setup, django_db_blocker):
    """The answers of both registers, by size; the rows are gone afterwards."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}, "staticfiles": plain}
    found: dict = {}
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(STORAGES=storages, AXES_ENABLED=False):
        city = City()
        clients = {"visitor": Client(), "operator": client_of(city.operator), "desk": client_of(city.desk)}
        grow(city, FEW)
        ask_all(clients)  # what a process asks only once in its life is not counted
        for size in (FEW, MANY):
            grow(city, size)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # nobody else can have seen the rows of this transaction
            found[size] = ask_all(clients)
            with CaptureQueriesContext(connection) as queries:
                due = requests_to_keep(wib(2025, 2, 3, 7))
            found[size, "schedule"] = (len(queries), len(due))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("key", PAGES, ids=" ".join)
def test_a_page_runs_the_same_queries_with_50_and_5000_requests(measured, key):
    few, many = measured[FEW][key], measured[MANY][key]
    assert (few.status, many.status) == (200, 200)
    assert few.queries == many.queries <= MOST_QUERIES
    assert many.size <= MOST_BYTES


def test_the_schedule_asks_as_often_for_5000_as_for_50(measured):
    (few, due_of_few), (many, due_of_many) = measured[FEW, "schedule"], measured[MANY, "schedule"]
    assert few == many <= 4
    assert due_of_few < due_of_many
