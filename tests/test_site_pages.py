"""Pages and files at the root of the site."""

import pytest
from django.urls import reverse
from django.utils import timezone

from publications.models import Activity

from .builders import make_activity, make_unit

pytestmark = pytest.mark.django_db


def test_home_of_an_empty_database_says_when_the_first_ranking_comes(client):
    text = client.get("/").content.decode()
    assert "Peringkat pertama terbit 1 " in text
    assert "Belum ada kegiatan yang terbit" in text
    assert 'action="/cari/"' in text


def test_home_shows_six_newest_activities(client):
    unit = make_unit("pabean")
    for number in range(8):
        make_activity(unit, timezone.now() - timezone.timedelta(days=number), title=f"Kerja bakti {number}")
    make_activity(unit, None, title="Masih draf")
    text = client.get("/").content.decode()
    assert [f"Kerja bakti {number}" in text for number in range(8)] == [True] * 6 + [False] * 2
    assert "Masih draf" not in text


def test_theme_is_kept_for_a_year_and_leads_back(client):
    response = client.post("/preferensi/", {"tema": "gelap", "kembali": "/unit/?kategori=opd"})
    cookie = response.cookies["tema"]
    assert (response.status_code, response["Location"]) == (302, "/unit/?kategori=opd")
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("gelap", 31_536_000, "Lax")
    assert 'data-theme="dark"' in client.get("/tentang/").content.decode()


def test_automatic_theme_deletes_the_cookie(client):
    client.cookies["tema"] = "gelap"
    response = client.post("/preferensi/", {"tema": "otomatis"})
    assert response.cookies["tema"]["max-age"] == 0
    assert "data-theme" not in client.get("/tentang/").content.decode()


@pytest.mark.parametrize(
    "address", ["https://jahat.invalid/", "//jahat.invalid/", "javascript:alert(1)", "http:///x", ""]
)
def test_theme_never_leads_off_the_site(client, address):
    response = client.post("/preferensi/", {"tema": "terang", "kembali": address})
    assert response["Location"] == "/"


@pytest.mark.parametrize("value", ["", "ungu", "terang\x00"])
def test_unknown_theme_is_refused_at_the_field(client, value):
    response = client.post("/preferensi/", {"tema": value})
    assert response.status_code == 400
    assert "tema" not in response.cookies
    assert 'id="tema-galat"' in response.content.decode()


def test_unknown_theme_cookie_changes_nothing(client):
    client.cookies["tema"] = '"><script>'
    text = client.get("/preferensi/").content.decode()
    assert "data-theme" not in text
    assert "<script>" not in text


def test_about_names_sources_and_known_gaps(client, settings):
    settings.CONTACT_EMAIL = "ppid@cilegon.invalid"
    text = client.get("/tentang/").content.decode()
    for words in ("cahyadsn/wilayah_boundaries", "MIT", "Liputan media", "Keterbatasan yang kami ketahui", "kuki"):
        assert words in text
    assert "mailto:ppid@cilegon.invalid" in text


def test_robots_points_to_the_sitemap(client, settings):
    settings.SITE_URL = "https://kip.cilegon.invalid"
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in text
    assert "Sitemap: https://kip.cilegon.invalid/sitemap.xml" in text


def test_security_txt_only_with_a_contact(client, settings):
    settings.CONTACT_EMAIL = ""
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.CONTACT_EMAIL = "ppid@cilegon.invalid"
    assert "Contact: mailto:ppid@cilegon.invalid" in client.get("/.well-known/security.txt").content.decode()


def test_favicon_leads_to_the_icon(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith("favicon.svg")


def test_sitemap_lists_what_is_public(client, settings, django_assert_num_queries):
    settings.SITE_URL = "https://kip.cilegon.invalid"
    unit = make_unit("pabean")
    shown = make_activity(unit, title="Kerja bakti")
    make_activity(unit, None, title="Masih draf")
    make_activity(
        unit, title="Salah", status=Activity.Status.WITHDRAWN, withdrawn_at=timezone.now(), withdrawn_reason="Keliru"
    )
    index = client.get("/sitemap.xml").content.decode()
    assert "/sitemap-kegiatan.xml" in index
    assert "https://kip.cilegon.invalid/unit/pabean/" in client.get("/sitemap-unit.xml").content.decode()
    text = client.get("/sitemap-kegiatan.xml").content.decode()
    assert text.count("<loc>") == 1
    assert f"https://kip.cilegon.invalid{shown.get_absolute_url()}" in text
    make_activity(unit)
    with django_assert_num_queries(2):  # how many, and the page itself
        client.get("/sitemap-kegiatan.xml")


@pytest.mark.parametrize("query", ["?p=0", "?p=-1", "?p=abc", "?p=99999999999999999999", "?p=%00", "?p=" + "9" * 5000])
def test_sitemap_page_that_does_not_exist_is_404(client, query):
    assert client.get(f"/sitemap-unit.xml{query}").status_code == 404


@pytest.mark.parametrize("name", ["rankings:rewards", "correspondence:search", "data", "documents:documents"])
def test_home_leads_to_every_part_before_the_foot(client, name):
    body = client.get("/").content.decode()
    assert f'href="{reverse(name)}"' in body[body.index("<main") : body.index("</main>")]
