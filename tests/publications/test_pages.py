"""Pages of activities: list, one activity, photos, search."""

import re
from datetime import date, datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category
from publications.models import Activity, Photo, Publication
from publications.search_forms import month_choices
from tests.builders import make_activity, make_counted, make_publication, make_unit
from tests.people import PASSWORD, make_operator

pytestmark = pytest.mark.django_db


def make_photo(activity: Activity, alt: str = "Warga menyapu jalan", **fields) -> Photo:
    photo = Photo(activity=activity, alt=alt, sizes=[[160, 120], [640, 480], [1600, 1200]], **fields)
    for size in ("small", "medium", "large"):
        getattr(photo, size).save(f"{size}.webp", ContentFile(b"RIFFxxxxWEBP"), save=False)
    photo.save()
    return photo


def withdraw(activity: Activity, **fields) -> None:
    values = {"status": "withdrawn", "withdrawn_at": datetime(2023, 2, 3, 9, 30, tzinfo=JAKARTA), **fields}
    Activity.objects.filter(pk=activity.pk).update(**{"withdrawn_reason": "Salah unit", **values})


@pytest.fixture
def unit():
    return make_unit("pabean", name="Kelurahan Pabean")


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- the list ---------------------------------------------------------------------------------------------


def test_empty_list_says_so(client):
    assert "Belum ada kegiatan yang terbit" in text_of(client.get("/kegiatan/"))


def test_list_has_twenty_a_page_newest_first(client, unit):
    for day in range(1, 26):
        make_counted(unit, date(2023, 1, day), title=f"Giat hari {day:02}")
    first, second = text_of(client.get("/kegiatan/")), text_of(client.get("/kegiatan/?halaman=2"))
    assert re.findall(r"Giat hari (\d+)", first) == [f"{day:02}" for day in range(25, 5, -1)]
    assert re.findall(r"Giat hari (\d+)", second) == ["05", "04", "03", "02", "01"]
    assert "Halaman 1 dari 2" in first


def test_row_names_unit_date_and_channels_used(client, unit):
    activity = make_counted(unit, date(2023, 1, 5))
    make_publication(activity, kind="website")
    make_publication(activity, kind="facebook", state=Publication.State.PENDING)
    row = text_of(client.get("/kegiatan/")).split('id="daftar"')[1].split("</ul> <", 1)[0]
    assert "Kelurahan Pabean" in row
    assert "5 Januari 2023" in row
    assert ("Instagram" in row, "Situs web" in row, "Facebook" in row) == (True, True, False)


def test_filters_narrow_the_list_and_keep_the_rest_of_the_query(client, unit):
    other = make_unit("gerem", name="Kelurahan Gerem", category=Category.KELURAHAN)
    for day in range(1, 23):
        make_counted(unit, date(2023, 1, day), title="Pabean giat", theme="kesehatan")
    make_counted(other, date(2023, 1, 5), title="Gerem giat", theme="pendidikan")
    text = text_of(client.get("/kegiatan/?unit=pabean&tema=kesehatan"))
    assert "Gerem giat" not in text
    assert "unit=pabean&amp;tema=kesehatan&amp;halaman=2" in text
    for query in ("kategori=kelurahan", "tema=pendidikan", "q=gerem"):
        assert "Gerem giat" in text_of(client.get(f"/kegiatan/?{query}"))
    assert "22 kegiatan" in text_of(client.get("/kegiatan/?kategori=opd&bulan=2023-01&kanal=instagram"))


def test_empty_filter_is_named_and_can_be_cleared(client, unit):
    make_counted(unit, date(2023, 1, 5))
    text = text_of(client.get("/kegiatan/?unit=pabean&bulan=2023-02"))
    assert "unit Kelurahan Pabean" in text
    assert "bulan Februari 2023" in text
    assert "Tidak ada kegiatan yang cocok" in text
    assert '<a href="/kegiatan/">' in text


@pytest.mark.parametrize(
    "query", ["unit=tidak-ada", "kategori=zz", "kanal=news", "tema=zz", "bulan=9999-99", "bulan=zz"]
)
def test_wrong_filter_is_named_at_its_field_and_left_out(client, unit, query):
    make_counted(unit, date(2023, 1, 5), title="Masih terlihat")
    response = client.get(f"/kegiatan/?{query}")
    text = text_of(response)
    assert response.status_code == 400
    assert "Galat: Kegiatan" in text
    assert 'aria-invalid="true"' in text
    assert f'id="saring-{query.split("=")[0]}_error"' in text
    assert "Masih terlihat" in text


def test_list_runs_the_same_queries_for_few_and_many(client, unit, django_assert_num_queries):
    make_photo(make_counted(unit, date(2023, 1, 1)))
    expected = 7  # units and span for the filters, count, rows, photos, postings; units of the select again
    client.get("/kegiatan/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get("/kegiatan/")
    for day in range(1, 29):
        make_photo(make_counted(make_unit(), date(2023, 2, day)))
    with django_assert_num_queries(len(few)):
        client.get("/kegiatan/")
    assert len(few) <= expected


# --- one activity -----------------------------------------------------------------------------------------


def test_activity_shows_text_facts_and_posting(client, unit):
    activity = make_counted(
        unit,
        date(2023, 1, 5),
        text="Baris satu\n\nLihat https://cilegon.go.id/ <script>alert(1)</script>",
        place="Balai Pabean",
        theme="kesehatan",
        happened_on=date(2023, 1, 4),
    )
    make_publication(activity, kind="website", permalink_key="https://pabean.cilegon.go.id/giat")
    text = text_of(client.get(activity.get_absolute_url()))
    assert "<p>Baris satu</p>" in text
    assert '<a href="https://cilegon.go.id/" rel="nofollow">' in text
    assert "<script>" not in text
    assert "Balai Pabean" in text
    assert "Rabu, 4 Januari 2023" in text
    assert "5 Januari 2023 pukul 12.00 WIB" in text
    assert '<a href="https://pabean.cilegon.go.id/giat" rel="nofollow noopener">' in text
    assert 'itemprop="datePublished"' in text


def test_only_accepted_postings_at_real_addresses_are_linked(client, unit):
    activity = make_counted(unit, date(2023, 1, 5))  # instagram.contoh.invalid
    make_publication(activity, kind="x", permalink_key="https://x.com/a/1", state="pending")
    make_publication(
        activity, kind="facebook", permalink_key="https://facebook.com/b", state="rejected", reason="Akun lain"
    )
    text = text_of(client.get(activity.get_absolute_url()))
    assert 'href="https://' not in text.split("<main")[1].replace('href="https://schema.org', "")
    assert "instagram.contoh.invalid/p/" in text
    assert "Menunggu verifikasi" in text
    assert "Alasan ditolak: Akun lain" in text


def test_script_address_is_never_a_link(client, unit):
    activity = make_counted(unit, date(2023, 1, 5))
    make_publication(activity, kind="website", permalink="javascript:alert(1)", permalink_key="k")
    assert 'href="javascript' not in client.get(activity.get_absolute_url()).content.decode()


def test_sample_activity_is_labelled(client, unit):
    activity = make_counted(unit, date(2023, 1, 5), is_sample=True)
    text = text_of(client.get(activity.get_absolute_url()))
    assert "Data contoh." in text
    assert "data contoh" in text_of(client.get("/kegiatan/"))


def test_wrong_slug_leads_to_the_right_one(client, unit):
    activity = make_activity(unit, title="Kerja bakti")
    response = client.get(f"/kegiatan/{activity.pk}/salah/")
    assert (response.status_code, response["Location"]) == (301, f"/kegiatan/{activity.pk}/kerja-bakti/")


def test_draft_does_not_exist(client, unit):
    draft = make_activity(unit, None)
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_withdrawn_activity_is_gone_with_date_and_reason(client, unit):
    activity = make_activity(unit, title="Nama orang di judul")
    withdraw(activity)
    response = client.get(f"/kegiatan/{activity.pk}/apa-saja/")
    text = text_of(response)
    assert response.status_code == 410
    assert "Kelurahan Pabean menarik kegiatan ini pada 3 Februari 2023 pukul 09.30 WIB" in text
    assert "Salah unit" in text
    assert "Nama orang di judul" not in text


def test_merged_activity_leads_to_the_one_kept(client, unit):
    kept, other = make_activity(unit, title="Kerja bakti"), make_activity(unit, title="Kerja bakti lagi")
    withdraw(other, withdrawn_reason="Digabungkan", merged_into=kept)
    response = client.get(other.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, kept.get_absolute_url())


def test_photo_stands_in_page_and_preview(client, unit, settings):
    settings.SITE_URL = "https://kip.cilegon.invalid"
    activity = make_counted(unit, date(2023, 1, 5))
    photo = make_photo(activity)
    text = text_of(client.get(activity.get_absolute_url()))
    assert f'src="/foto/{photo.key}/medium.webp" width="640" height="480" alt="Warga menyapu jalan"' in text
    assert f'href="/foto/{photo.key}/large.webp"' in text
    assert f'property="og:image" content="https://kip.cilegon.invalid/foto/{photo.key}/medium.webp"' in text


def test_error_report_names_the_page_where_there_is_a_contact(client, unit, settings):
    activity = make_activity(unit, title="Kerja bakti & sapu")
    assert 'href="/tentang/#kekeliruan"' in client.get(activity.get_absolute_url()).content.decode()
    settings.CONTACT_EMAIL = "ppid@cilegon.invalid"
    text = client.get(activity.get_absolute_url()).content.decode()
    assert "mailto:ppid@cilegon.invalid?subject=Laporan%20kekeliruan%3A%20Kerja%20bakti%20%26%20sapu&amp;body=" in text


def test_activity_page_runs_the_same_queries_for_few_and_many(client, unit, django_assert_num_queries):
    activity = make_counted(unit, date(2023, 1, 5))
    with django_assert_num_queries(5):  # activity, photos, postings, others, serta-merta
        client.get(activity.get_absolute_url())
    for day in range(6, 16):
        make_counted(unit, date(2023, 1, day))
        make_photo(activity)
        make_publication(activity)
    with django_assert_num_queries(5):
        client.get(activity.get_absolute_url())


# --- photos -----------------------------------------------------------------------------------------------


def test_public_photo_is_kept_for_a_year_without_a_cookie(client, unit):
    photo = make_photo(make_activity(unit))
    response = client.get(f"/foto/{photo.key}/small.webp")
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not response.cookies
    assert b"".join(response.streaming_content) == b"RIFFxxxxWEBP"


def test_photo_of_a_draft_is_for_the_units_staff_only(client, unit):
    address = f"/foto/{make_photo(make_activity(unit, None)).key}/small.webp"
    assert client.get(address).status_code == 404
    make_operator(unit), make_operator(make_unit("gerem"))
    client.login(username="operator-gerem", password=PASSWORD)
    assert client.get(address).status_code == 404
    client.login(username="operator-pabean", password=PASSWORD)
    response = client.get(address)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("size", ["huge", "..", "sizes", "delete"])
def test_unknown_size_is_404(client, unit, size):
    photo = make_photo(make_activity(unit))
    assert client.get(f"/foto/{photo.key}/{size}.webp").status_code == 404


def test_lost_file_is_404(client, unit):
    photo = make_photo(make_activity(unit))
    photo.small.storage.delete(photo.small.name)
    assert client.get(f"/foto/{photo.key}/small.webp").status_code == 404


# --- search -----------------------------------------------------------------------------------------------


def test_empty_search_gives_tips(client):
    assert "Tip mencari" in text_of(client.get("/cari/"))


def test_search_counts_kinds_and_marks_hits(client, unit):
    make_counted(unit, date(2023, 1, 5), title="Posyandu balita", text="Kader posyandu menimbang balita.")
    text = text_of(client.get("/cari/?q=posyandu"))
    assert "Kegiatan: 1" in text
    assert "Unit: 0" in text
    assert "<mark>Posyandu</mark> balita" in text


def test_search_text_is_never_markup(client, unit):
    make_counted(unit, date(2023, 1, 5), title="<script>alert(1)</script> posyandu")
    text = text_of(client.get("/cari/?q=posyandu+<script>"))
    assert "<script>alert" not in text


def test_no_hit_offers_a_way_on(client, unit):
    text = text_of(client.get("/cari/?q=zzzqqq&tema=kesehatan"))
    assert "Tidak ada yang cocok" in text
    assert 'href="/cari/?q=zzzqqq"' in text
    assert 'href="/unit/"' in text


def test_misspelt_name_finds_the_unit(client, unit):
    text = text_of(client.get("/cari/?q=pabaen"))
    assert "/unit/pabean/" in text


def test_search_runs_the_same_queries_for_few_and_many(client, unit, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_photo(make_counted(unit, date(2023, 1, 1), title="Posyandu"))
    with CaptureQueriesContext(connection) as few:
        client.get("/cari/?q=posyandu")
    for day in range(1, 29):
        make_photo(make_counted(make_unit(), date(2023, 2, day), title="Posyandu"))
    with django_assert_num_queries(len(few)):
        client.get("/cari/?q=posyandu")


def test_sitting_in_jakarta_near_midnight(client, unit):
    """31 January 23.59 WIB is January, although it is still the 31st, 16.59, in UTC."""
    moment = datetime(2023, 1, 31, 23, 59, 59, tzinfo=JAKARTA)
    make_activity(unit, moment, title="Akhir bulan")
    make_activity(unit, datetime(2023, 2, 1, tzinfo=JAKARTA), title="Awal bulan")
    text = text_of(client.get("/kegiatan/?bulan=2023-01"))
    assert ("Akhir bulan" in text, "Awal bulan" in text) == (True, False)
    assert timezone.is_aware(moment)


def test_a_link_whose_date_nobody_knows_shows_no_date_as_its_own(client):
    activity = make_counted(make_unit("pabean", Category.KELURAHAN), date(2023, 1, 10))
    make_publication(activity, kind="facebook", state="pending", origin="link", date_basis="none")
    text = text_of(client.get(activity.get_absolute_url()))
    assert "Tanggal unggah belum diketahui" in text
    assert "(tanpa tanggal)" not in text


def test_only_months_with_activities_are_offered():
    unit = make_unit("pabean")
    make_activity(unit, datetime(2023, 1, 31, 23, 59, 59, tzinfo=JAKARTA))
    make_activity(unit, datetime(2023, 4, 1, 0, 0, 0, tzinfo=JAKARTA))
    assert month_choices() == [("2023-04", "April 2023"), ("2023-01", "Januari 2023")]
