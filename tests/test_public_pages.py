"""What holds for every public address: it answers, sets no cookie, may be kept, and survives hostile input."""

import re
from datetime import date, datetime
from itertools import pairwise

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category
from rankings.services import compute_month

from .builders import make_channel, make_counted, make_document, make_unit
from .people import PASSWORD, make_operator

pytestmark = pytest.mark.django_db

#: name → address, with the rows of `world`; `{}` in an address is the activity's id, `{document}` the document's.
ADDRESSES = {
    "home": "/",
    "about": "/tentang/",
    "preferences": "/preferensi/",
    "opd:units": "/unit/",
    "opd:unit": "/unit/pabean/",
    "opd:unit_badge": "/unit/pabean/badge.svg",
    "publications:activities": "/kegiatan/",
    "publications:activity": "/kegiatan/{}/kerja-bakti/",
    "documents:documents": "/informasi/",
    "documents:document": "/informasi/{document}/rencana-strategis/",
    "documents:feed": "/informasi/atom.xml",
    "documents:export": "/informasi/dip.csv",
    "documents:completeness": "/informasi/kelengkapan/",
    "documents:completeness_file": "/informasi/kelengkapan.csv",
    "publications:feed": "/kegiatan/atom.xml",
    "publications:unit_feed": "/unit/pabean/atom.xml",
    "publications:evidence": "/unit/pabean/bukti/",
    "publications:dump": "/data/kegiatan-2023.csv.gz",
    "register": "/data/unit.csv",
    "data": "/data/",
    "catalogue": "/data/katalog.jsonld",
    "publications:search": "/cari/?q=kerja",
    "rankings:latest": "/peringkat/",
    "rankings:feed": "/peringkat/atom.xml",
    "rankings:without_social_media_feed": "/peringkat/tanpa-media-sosial/atom.xml",
    "rankings:calendar": "/peringkat/kalender.ics",
    "rankings:month": "/peringkat/2023-01/",
    "rankings:category": "/peringkat/2023-01/kelurahan/",
    "rankings:entry": "/peringkat/2023-01/kelurahan/pabean/",
    "rankings:without_social_media": "/peringkat/2023-01/tanpa-media-sosial/",
    "rankings:method": "/peringkat/metode/",
    "rankings:method_version": "/peringkat/metode/1/",
    "rankings:rewards": "/penghargaan/",
    "rankings:download": "/peringkat/2023-01.json",
    "rankings:category_download": "/peringkat/2023-01/kelurahan.csv",
    "rankings:input_file": "/peringkat/2023-01/masukan.jsonl.gz",
    "rankings:embed_category": "/sematan/kelurahan/",
    "rankings:embed_unit": "/sematan/unit/pabean/",
    "correspondence:search": "/surat/",
    "requests_info:register": "/permohonan/register/",
    "requests_info:statistics": "/permohonan/statistik/",
    "requests_info:services": "/layanan/",
    "requests_info:service": "/layanan/prosedur/",
    "requests_info:answers": "/permohonan/jawaban/",
    "requests_info:answers_feed": "/permohonan/jawaban/atom.xml",
    "requests_info:calculator": "/hari-kerja/?mulai=2024-03-14&batas=jawaban",
    "web_manifest": "/manifest.webmanifest",
    "robots": "/robots.txt",
    "sitemap": "/sitemap.xml",
    "sitemap_section": "/sitemap-unit.xml",
}
CANONICAL = {
    "rankings:latest": "rankings:month",
    "rankings:method": "rankings:method_version",
    "rankings:embed_category": "rankings:category",
    "rankings:embed_unit": "opd:unit",
}
#: Held by tests of their own.
ELSEWHERE = {
    "publications:photo",
    "correspondence:check",
    "documents:file",
    "requests_info:ask",
    "requests_info:detail",
    "requests_info:file",
    "requests_info:letter",
    "requests_info:receipt",
    "requests_info:dates",
    "requests_info:object",
    "requests_info:object_periodic",
    "requests_info:objection",
    "requests_info:objection_letter",
    "requests_info:objection_bundle",
    "requests_info:objection_dates",
    "requests_info:track",
    "requests_info:statistics_of_year",
    "requests_info:report",
    "requests_info:answer",
    "rankings:reward_letter",
    "rankings:wrong_month",
    "favicon",
    "security_txt",
    "healthz",
    "readyz",
}
WITHOUT_ROWS = [
    "home",
    "about",
    "preferences",
    "opd:units",
    "publications:activities",
    "documents:documents",
    "documents:feed",
    "documents:export",
    "documents:completeness",
    "documents:completeness_file",
    "publications:feed",
    "publications:search",
    "rankings:latest",
    "rankings:method",
    "rankings:rewards",
    "rankings:feed",
    "rankings:without_social_media_feed",
    "rankings:calendar",
    "register",
    "data",
    "catalogue",
    "rankings:embed_category",
    "correspondence:search",
    "requests_info:calculator",
    "web_manifest",
    "robots",
    "sitemap",
    "sitemap_section",
]


@pytest.fixture
def world():
    unit = make_unit("pabean", Category.KELURAHAN, name="Kelurahan Pabean")
    make_channel(unit)
    activity = make_counted(unit, date(2023, 1, 10), title="Kerja bakti", text="Warga menyapu.")
    compute_month(date(2023, 1, 1), now=datetime(2023, 2, 2, tzinfo=JAKARTA))
    activity.document = make_document(unit, title="Rencana strategis")
    return activity


def address_of(name: str, activity) -> str:
    return ADDRESSES[name].replace("{}", str(activity.pk)).replace("{document}", str(activity.document.pk))


def names_of(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                space = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from names_of(pattern.url_patterns, prefix + space)
        elif isinstance(pattern, URLPattern) and not str(pattern.pattern).startswith("api/"):
            yield f"{prefix}{pattern.name}"


def test_every_public_address_is_in_the_table():
    known = set(names_of(p for p in get_resolver().url_patterns if not str(p.pattern).startswith(("api/", "admin/"))))
    assert known - ELSEWHERE == set(ADDRESSES)


@pytest.mark.parametrize("name", ADDRESSES)
def test_page_answers_without_a_cookie_and_may_be_kept(client, world, name):
    response = client.get(address_of(name, world))
    assert response.status_code == 200
    assert not response.cookies
    assert "Set-Cookie" not in response.headers
    assert response["Cache-Control"].startswith("private" if name == "preferences" else "public, max-age=")


@pytest.mark.parametrize("name", WITHOUT_ROWS)
def test_page_answers_with_an_empty_database(client, name):
    assert client.get(ADDRESSES[name]).status_code == 200


@pytest.mark.parametrize("name", ADDRESSES)
def test_page_has_one_heading_a_title_and_no_inline_code(client, world, name):
    response = client.get(address_of(name, world))
    if not response["Content-Type"].startswith("text/html"):
        return
    text = response.content.decode()
    assert text.count("<h1") == 1
    assert re.search(r"<title>[^<]*KIP Cilegon</title>", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*\ssrc=)", text)
    canonical = re.findall(r'<link rel="canonical" href="http://127.0.0.1:8000(/[^"]*)">', text)
    # The newest month and the newest method have an address of their own.
    assert canonical == [address_of(CANONICAL.get(name, name), world).partition("?")[0]]
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", ADDRESSES)
def test_only_frames_may_be_framed(client, world, name):
    """Clickjacking: every page refuses it, but those that are made for it."""
    response = client.get(address_of(name, world))
    is_framed = "frame-ancestors *" in response["Content-Security-Policy"]
    assert is_framed == ADDRESSES[name].startswith("/sematan/")
    assert response.get("X-Frame-Options") == (None if is_framed else "DENY")


@pytest.mark.parametrize(
    "address", ["/sematan/", "/sematan/x/", "/admin/", "/admin/login/", "/api/v1/", "/zz/", "/%00"]
)
def test_nothing_else_may_be_framed(client, address):
    response = client.get(address)
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_signed_in_staff_are_never_kept(client, world):
    make_operator(world.unit)
    client.login(username="operator-pabean", password=PASSWORD)
    for name in ("home", "opd:units", "publications:activities"):
        response = client.get(address_of(name, world))
        assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


HOSTILE = [
    "?q=%00",
    "?q=%FF%FE",
    "?q=" + "a" * 5000,
    "?q=%27%22%3E%3Cscript%3E",
    "?q=%5C%5C%28%28%7C%26%21",
    "?halaman=abc",
    "?halaman=0",
    "?halaman=-1",
    "?halaman=999999999999999999999999",
    "?halaman=" + "9" * 5000,
    "?halaman=%00",
    "?page=abc",
    "?bulan=9999-99",
    "?bulan=0000-01",
    "?bulan=9999-12",
    "?bulan=%00",
    "?bulan=2023-01-01",
    "?unit=%00&kategori=%00&kanal=%00&tema=%00&kecamatan=%00&jenis=%00",
    "?unit=" + "x" * 3000,
    "?jenis=zz&urut=zz",
    "?urut=%00",
    "?revisi=%00&revisi=1",
    "?revisi=" + "9" * 5000,
    "?kelas=zz&tahun=99999999999999999999&butir=%00&telat=x",
    "?tahun=%00&butir=" + "x" * 3000,
    "?q=a&q=b&halaman=1&halaman=2",
    "?%00=%00&%FF",
    "?" + "&".join(f"a{n}=1" for n in range(1200)),
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: query[:30])
def test_hostile_query_is_never_a_server_error(client, world, query):
    statuses = {name: client.get(address_of(name, world).partition("?")[0] + query).status_code for name in ADDRESSES}
    assert {name: status for name, status in statuses.items() if status not in (200, 301, 302, 400, 404)} == {}


@pytest.mark.parametrize(
    "address",
    [
        "/unit/%00/",
        "/unit/%FF/",
        "/unit/" + "x" * 3000 + "/",
        "/unit/%00/atom.xml",
        "/kegiatan/99999999999999999999999/x/",
        "/kegiatan/" + "9" * 5000 + "/x/",
        "/kegiatan/0/x/",
        "/kegiatan/1/%00/",
        "/peringkat/9999-12/",
        "/peringkat/0000-01/",
        "/peringkat/0000-01.json",
        "/peringkat/9999-12.csv",
        "/peringkat/2023-13/",
        "/peringkat/2023-01/kelurahan/%00/",
        "/peringkat/2023-01/zz/",
        "/peringkat/metode/99999999999999999999/",
        "/foto/00000000-0000-4000-8000-000000000000/small.webp",
        "/foto/x/small.webp",
        "/informasi/99999999999999999999999/x/",
        "/informasi/0/x/",
        "/informasi/1/%00/",
        "/informasi/1/berkas/99999999999999999999999/",
        "/informasi/99999999999999999999999/berkas/1/",
        "/informasi/x/berkas/1/",
        "/sitemap-zz.xml",
        "/..%2f..%2fetc/passwd",
        "/%00",
        "/%FF",
    ],
    ids=lambda address: address[:40],
)
def test_hostile_path_is_not_found(client, world, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["home", "opd:units", "publications:activities", "publications:search", "about"])
def test_pages_are_read_only(client, world, name):
    response = client.post(address_of(name, world))
    assert response.status_code == 405
    assert "GET" in response["Allow"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_health_is_asked_anew_each_time(client, address):
    assert client.get(address)["Cache-Control"] == "no-store"
