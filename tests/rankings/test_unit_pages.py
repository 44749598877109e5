"""The list of units and a unit's page."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category, Channel
from publications.models import Publication
from rankings.services import compute_month
from tests.builders import make_channel, make_counted, make_unit

pytestmark = pytest.mark.django_db
YESTERDAY = date.today() - timedelta(days=2)  # noqa: DTZ011
AFTERWARDS = datetime(2023, 2, 5, 12, tzinfo=JAKARTA)


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def kecamatan():
    return make_unit("kecamatan-grogol", Category.KECAMATAN, name="Kecamatan Grogol")


@pytest.fixture
def gerem(kecamatan):
    return make_unit("gerem", Category.KELURAHAN, name="Kelurahan Gerem", parent=kecamatan, aliases=["Grem"])


def test_empty_list_says_so(client):
    assert "Daftar unit belum diisi" in text_of(client.get("/unit/"))


def test_list_groups_by_category_and_leaves_out_ended_units(client, gerem):
    make_unit("dinkes", name="Dinas Kesehatan")
    make_unit("lama", name="Dinas Lama", active_until=YESTERDAY)
    text = text_of(client.get("/unit/"))
    assert text.index("Organisasi Perangkat Daerah") < text.index("Dinas Kesehatan") < text.index("Kelurahan Gerem")
    assert "Dinas Lama" not in text


def test_filters_by_category_kecamatan_and_name(client, gerem):
    make_unit("dinkes", name="Dinas Kesehatan")
    in_list = {
        query: ("Dinas Kesehatan</a>" in text, "Kelurahan Gerem</a>" in text)
        for query in ("kategori=opd", "kecamatan=kecamatan-grogol", "q=kesehatan", "q=grem")
        for text in [text_of(client.get(f"/unit/?{query}"))]
    }
    assert in_list == {
        "kategori=opd": (True, False),
        "kecamatan=kecamatan-grogol": (False, True),
        "q=kesehatan": (True, False),
        "q=grem": (False, True),
    }


def test_only_a_verified_open_real_account_counts_as_social_media(client):
    for slug, kind, fields in [
        ("ada", "instagram", {}),
        ("situs-saja", "website", {}),
        ("belum-periksa", "instagram", {"status": Channel.Status.UNVERIFIED, "verified_at": None}),
        ("sudah-tutup", "instagram", {"closed_on": YESTERDAY}),
        ("contoh", "instagram", {"is_sample": True}),
    ]:
        make_channel(make_unit(slug), kind, **fields)
    text = text_of(client.get("/unit/?tanpa_media_sosial=on"))
    shown = [
        slug for slug in ("ada", "situs-saja", "belum-periksa", "sudah-tutup", "contoh") if f"/unit/{slug}/" in text
    ]
    assert shown == ["situs-saja", "belum-periksa", "sudah-tutup", "contoh"]


def test_no_hit_keeps_the_query_and_offers_the_nearest_names(client, gerem):
    text = text_of(client.get("/unit/?q=gerxx"))
    assert 'value="gerxx"' in text
    assert "Tidak ada unit yang cocok dengan “gerxx”" in text
    assert "Maksud Anda:" in text
    assert "/unit/gerem/" in text


def test_wrong_filter_is_named_and_left_out(client, gerem):
    response = client.get("/unit/?kategori=zz&kecamatan=zz")
    assert response.status_code == 400
    assert "Kategori ini tidak ada." in text_of(response)
    assert "Kelurahan Gerem" in text_of(response)


def test_list_runs_the_same_queries_for_few_and_many(client, gerem, django_assert_num_queries):
    make_channel(gerem)
    with CaptureQueriesContext(connection) as few:
        client.get("/unit/")
    for _number in range(120):
        make_channel(make_unit())
    with django_assert_num_queries(len(few)):
        text = text_of(client.get("/unit/"))
    assert "halaman 1 dari 2" in text


def test_unit_page_shows_contact_channels_and_kin(client, gerem, kecamatan):
    gerem.address, gerem.phone = "Jalan Raya Merak 1", "0254-000000"
    gerem.save()
    make_channel(gerem, "website", url="https://kelgerem.cilegon.go.id/")
    make_channel(gerem, "instagram", url="https://www.instagram.com/kel.gerem/", status="unverified", verified_at=None)
    make_channel(gerem, "facebook", is_sample=True)
    make_channel(gerem, "x", status="rejected", url="https://x.com/palsu")
    text = text_of(client.get("/unit/gerem/"))
    for words in ("Jalan Raya Merak 1", "0254-000000", "Grem", "/unit/kecamatan-grogol/", "belum diverifikasi"):
        assert words in text
    assert 'itemprop="sameAs" href="https://kelgerem.cilegon.go.id/"' in text
    assert 'href="https://www.instagram.com/kel.gerem/" rel="nofollow noopener"' in text
    assert 'href="https://facebook.contoh.invalid' not in text
    assert "x.com/palsu" not in text
    assert "Kelurahan Gerem" in text_of(client.get("/unit/kecamatan-grogol/"))
    assert 'href="/unit/gerem/atom.xml"' in text


def test_ended_unit_names_its_successor_and_back(client):
    new = make_unit("baru", name="Dinas Baru")
    make_unit("lama", name="Dinas Lama", active_until=date(2022, 12, 31), successor=new)
    text = text_of(client.get("/unit/lama/"))
    assert "Unit ini berakhir pada 31 Desember 2022" in text
    assert '<a href="/unit/baru/">Dinas Baru</a>' in text
    assert '<a href="/unit/lama/">Dinas Lama</a>' in text_of(client.get("/unit/baru/"))


def test_unit_without_a_month_says_so(client, gerem):
    assert "belum masuk peringkat bulan mana pun" in text_of(client.get("/unit/gerem/"))


def test_unit_page_shows_place_components_steps_and_reasons(client, gerem):
    for number, slug in enumerate(("pabean", "kotasari")):
        other = make_unit(slug, Category.KELURAHAN, parent=gerem.parent)
        for day in range(1, 4 + number):
            make_counted(other, date(2023, 1, day))
    make_counted(gerem, date(2023, 1, 5))
    compute_month(date(2023, 1, 1), now=AFTERWARDS)
    text = text_of(client.get("/unit/gerem/"))
    assert "Peringkat <strong>3</strong> di kategori Kelurahan" in text
    assert "Yang akan menaikkan indeks" in text
    assert "Hari aktif Januari 2023: 1 hari" in text
    assert 'href="/peringkat/2023-01/kelurahan/gerem/"' in text
    silent = text_of(client.get(f"/unit/{gerem.parent.slug}/"))
    assert "Tidak ada kegiatan terverifikasi pada bulan ini" in silent


def test_press_stands_apart(client, gerem):
    report = {"unit": gerem, "kind": "news", "origin": "import", "state": "accepted", "publisher": "Banten Raya"}
    Publication.objects.create(**report, title="Gerem juara", permalink="https://bantenraya.com/1", permalink_key="a")
    Publication.objects.create(**{**report, "state": "pending"}, title="Belum diperiksa", permalink_key="b")
    text = text_of(client.get("/unit/gerem/"))
    assert "Tidak dihitung dalam peringkat" in text
    assert '<a href="https://bantenraya.com/1" rel="nofollow noopener">Gerem juara</a>' in text
    assert "tanggal tidak diketahui" in text
    assert "Belum diperiksa" not in text


def test_unit_page_runs_the_same_queries_for_few_and_many(client, gerem, django_assert_num_queries):
    make_counted(gerem, date(2023, 1, 5))
    make_channel(gerem)
    compute_month(date(2023, 1, 1), now=AFTERWARDS)
    with CaptureQueriesContext(connection) as few:
        client.get("/unit/gerem/")
    for day in range(6, 30):
        make_counted(gerem, date(2023, 1, day))
        make_channel(gerem)
        make_unit(category=Category.KELURAHAN)
    compute_month(date(2023, 1, 1), now=AFTERWARDS)
    with django_assert_num_queries(len(few)):
        client.get("/unit/gerem/")
