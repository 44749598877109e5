"""The same pages with 82 and with 5,000 units: as many queries, and hardly more bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Boundary, Channel, Unit
from publications.models import Activity, Document, Publication
from rankings.services import compute_month
from tests.builders import NOON
from tests.people import make_operator, make_superuser

pytestmark = pytest.mark.django_db

FEW, MANY = 82, 5000
MONTH = "2023-01"
MONTHS = (datetime(2022, 12, 5, 9, tzinfo=JAKARTA), datetime(2023, 1, 5, 9, tzinfo=JAKARTA))
AFTER = datetime(2023, 2, 2, 9, tzinfo=JAKARTA)
#: The register's shares: 8 kecamatan, 43 kelurahan, the rest OPD and BUMD.
SHARES = ("kelurahan", "opd", "kelurahan", "opd", "kelurahan", "bumd", "kelurahan", "opd", "kelurahan", "kecamatan")
FILES = tuple(
    f"/peringkat/{MONTH}{category}.{kind}"
    for category in ("", "/kelurahan")
    for kind in ("csv", "json", "xlsx", "pdf", "png")
)
PUBLIC = (
    "/",
    "/peringkat/",
    f"/peringkat/{MONTH}/",
    f"/peringkat/{MONTH}/kelurahan/",
    f"/peringkat/{MONTH}/kelurahan/?urut=perubahan",
    f"/peringkat/{MONTH}/opd/?halaman=2",
    f"/peringkat/{MONTH}/opd/unit-0001/",
    f"/peringkat/{MONTH}/tanpa-media-sosial/",
    *FILES,
    "/peringkat/atom.xml",
    "/peringkat/tanpa-media-sosial/atom.xml",
    "/peringkat/kalender.ics",
    "/penghargaan/",
    "/unit/",
    "/unit/?kategori=kelurahan&halaman=2",
    "/unit/?q=unit",
    "/unit/unit-0001/",
    "/unit/unit-0001/atom.xml",
    "/unit/unit-0001/bukti/",
    "/unit/unit-0001/badge.svg",
    "/sematan/opd/",
    "/sematan/unit/unit-0001/",
    "/kegiatan/",
    "/kegiatan/?q=posyandu&halaman=2",
    "/kegiatan/?unit=unit-0001",
    "/kegiatan/atom.xml",
    "/data/",
    "/data/katalog.jsonld",
    "/data/unit.csv",
    "/data/kegiatan-2023.csv.gz",
    "/data/publikasi-2023.jsonl.gz",
    "/cari/?q=posyandu",
    "/cari/?q=posyandu&halaman=2",
    "/cari/?q=unit",
    "/cari/?q=unit&jenis=unit",
    "/cari/?q=tidakada",
    "/informasi/",
    "/informasi/?q=laporan&halaman=2",
    "/informasi/?unit=unit-0001",
    "/informasi/atom.xml",
    "/informasi/kelengkapan/",
    "/informasi/kelengkapan/?kategori=opd&halaman=2",
    "/informasi/kelengkapan.csv",
    "/informasi/dip.csv",
    "/informasi/dip.xlsx",
    "/sitemap-informasi.xml",
    "/sitemap.xml",
    "/sitemap-unit.xml",
    "/sitemap-kegiatan.xml",
    "/api/v1/units/",
    "/api/v1/units/?has_social_media=true",
    "/api/v1/activities/",
    "/api/v1/publications/",
    "/api/v1/documents/",
    "/api/v1/rankings/",
    "/api/v1/rewards/",
    f"/api/v1/rankings/{MONTH}/entries/",
)
STAFF = (
    "/admin/",
    "/admin/penghargaan/",
    "/admin/opd/unit/",
    "/admin/opd/channel/",
    "/admin/publications/activity/",
    "/admin/publications/activity/add/",
    "/admin/publications/publication/",
    "/admin/sanggahan/",
)
CITY_STAFF = (*STAFF, "/admin/opd/user/", "/admin/rankings/entry/", "/admin/rankings/evidence/")
#: Files hold every unit, sitemaps up to 5,000; forms with a list of units or kecamatan hold its names.
GROWING = (*FILES, "/data/", "/sitemap", "/unit/", "/kegiatan/", "/cari/", "/informasi/")


#: Queries of a page that shows more than the others: a unit's ranking, activities, press, rewards and DIP.
LIMITS = {"visitor /unit/unit-0001/": 18}


@dataclass(frozen=True)
class Answer:
    status: int
    queries: int
    size: int


def grow(size: int) -> None:
    """Bring the city to that many units, each with a channel and an activity in two months, and compute both."""
    held = Unit.objects.count()
    rows = [unit_row(number) for number in range(held, size)]
    Unit.objects.bulk_create([row for row in rows if row.category != "kelurahan"])
    parent = Unit.objects.filter(category="kecamatan").earliest("pk")
    for row in rows:
        row.parent = parent if row.category == "kelurahan" else None
    Unit.objects.bulk_create([row for row in rows if row.category == "kelurahan"])
    units = list(Unit.objects.order_by("slug")[held:])
    mapped = [unit for unit in units if unit.category == "kelurahan"] if not held else []
    Boundary.objects.bulk_create(Boundary(unit=unit, path="M0 0h9v9z", width=100, height=100) for unit in mapped)
    Channel.objects.bulk_create(channel_row(unit) for unit in units if unit.pk % 3)
    Document.objects.bulk_create(document_row(unit) for unit in units if unit.pk % 5)
    for moment in MONTHS:
        publish(units, moment)
        compute_month(moment.date().replace(day=1), AFTER)


def unit_row(number: int) -> Unit:
    name = f"Unit {number:04d}"
    return Unit(slug=f"unit-{number:04d}", name=name, short_name=name, category=SHARES[number % 10])


def document_row(unit: Unit) -> Document:
    facts = {"producer": "Sekretariat", "retention": "5 tahun", "year": 2023, "info_class": "on_demand"}
    published = {"status": "published", "published_at": NOON + timedelta(minutes=unit.pk)}
    return Document(unit=unit, title=f"Laporan kinerja {unit.name}", summary="Ringkasan", **facts, **published)


def channel_row(unit: Unit) -> Channel:
    return Channel(unit=unit, kind="instagram", key=unit.slug, handle=unit.slug, status="verified", verified_at=NOON)


def publish(units: list[Unit], moment: datetime) -> None:
    """One activity of each unit but every ninth, on days that differ, so that places change."""
    rows = [
        Activity(
            unit=unit,
            title=f"Posyandu {unit.name}",
            status="published",
            published_at=moment + timedelta(days=(unit.pk * moment.month) % 20, minutes=unit.pk % 600),
        )
        for unit in units
        if unit.pk % 9
    ]
    Activity.objects.bulk_create(rows)
    Publication.objects.bulk_create(
        Publication(
            unit=row.unit,
            activity=row,
            kind="instagram",
            permalink_key=f"https://instagram.contoh.invalid/p/{row.pk}",
            title=row.title,
            origin="harvest",
            date_basis="offset",
            state="accepted",
            has_media=bool(row.pk % 2),
            published_at=row.published_at,
        )
        for row in rows
    )


def ask(client: Client, address: str) -> Answer:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, len(queries), len(body))


def ask_all(clients: dict[str, Client]) -> dict[str, Answer]:
    pages = [(who, address) for who, addresses in ADDRESSES.items() for address in addresses]
    cache.clear()
    return {f"{who} {address}": ask(clients[who], address) for who, address in pages}


ADDRESSES = {"visitor": PUBLIC, "operator": STAFF, "superuser": CITY_STAFF}
PAGES = [f"{who} {address}" for who, addresses in ADDRESSES.items() for address in addresses]


@pytest.fixture(scope="module")
def measured(django_db_setup, django_db_blocker):
    """The answers of both cities, by size; the rows are gone afterwards."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}, "staticfiles": plain}
    found = {}
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(STORAGES=storages, AXES_ENABLED=False):
        grow(FEW)
        people = {"operator": make_operator(Unit.objects.get(slug="unit-0001")), "superuser": make_superuser()}
        clients = {"visitor": Client(), **{who: Client() for who in people}}
        for who, user in people.items():
            clients[who].force_login(user, "opd.permissions.MembershipBackend")
        ask_all(clients)  # what a process asks only once in its life is not counted
        found[FEW] = ask_all(clients)
        grow(MANY)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # nobody else can have seen the rows of this transaction
        [ask(clients["visitor"], address) for address in FILES]  # made by the first who asks, then kept
        found[MANY] = ask_all(clients)
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("key", PAGES)
def test_a_page_runs_the_same_queries_with_82_and_5000_units(measured, key):
    few, many = measured[FEW][key], measured[MANY][key]
    assert (few.status, many.status) == (200, 200)
    assert few.queries == many.queries <= LIMITS.get(key, 15)


@pytest.mark.parametrize("key", [key for key in PAGES if not key.split()[1].startswith(GROWING)])
def test_pages_stay_small_with_5000_units(measured, key):
    """Lists come in pages; only pickers for those who work for the whole city hold every unit."""
    limit = 500_000 if key == "superuser /admin/publications/activity/add/" else 130_000
    assert measured[MANY][key].size <= limit


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_files_hold_every_unit(measured, kind):
    key = f"visitor /peringkat/{MONTH}.{kind}"
    assert measured[MANY][key].size > 40 * measured[FEW][key].size
