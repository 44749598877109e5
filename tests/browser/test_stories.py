"""What people come to do, with JavaScript off."""

import pytest
from PIL import Image

from .conftest import random_title


@pytest.fixture
def page(browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


def names_in_podium(page, category):
    page.goto(category)
    return [name.strip() for name in page.locator("table tbody th[scope=row]").all_inner_texts()]


def test_january_2023_tells_the_founding_story(page, site):
    opd = names_in_podium(page, site.at("/peringkat/2023-01/opd/"))
    kelurahan = names_in_podium(page, site.at("/peringkat/2023-01/kelurahan/"))
    for place, name in enumerate(["Dinas Kesehatan", "Penanggulangan Bencana", "Dinas Pendidikan", "Rumah Sakit"]):
        assert name in opd[place]
    for place, name in enumerate(["Pabean", "Gerem", "Kotasari"]):
        assert name in kelurahan[place]


def test_a_citizen_finds_a_unit_by_a_misspelt_name(page, site):
    page.goto(site.at("/"))
    page.locator("form[role=search] input[name=q], main input[name=q]").first.fill("Grem")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Kelurahan Gerem").first.click()
    assert page.url == site.at("/unit/kelurahan-gerem/")


def test_a_citizen_changes_the_month(page, site):
    page.goto(site.at("/peringkat/2023-01/"))
    page.locator("select[name=bulan]").first.select_option("2022-12")
    page.locator("form:has(select[name=bulan]) button").first.click()
    assert page.url == site.at("/peringkat/2022-12/")


def test_a_citizen_sorts_the_board(page, site):
    page.goto(site.at("/peringkat/2023-01/opd/"))
    page.get_by_role("link", name="Perubahan").click()
    assert "urut=perubahan" in page.url
    assert page.locator("th[aria-sort]").inner_text() == "Perubahan"


def test_a_citizen_filters_the_activities_of_one_unit(page, site):
    page.goto(site.at("/kegiatan/"))
    if not page.locator("select[name=unit]").is_visible():
        page.locator("summary").filter(visible=True).first.click()
    page.locator("select[name=unit]").select_option("kelurahan-gerem")
    page.locator("form:has(select[name=unit]) button:visible").first.click()
    assert "unit=kelurahan-gerem" in page.url
    links = page.locator("main a[href^='/unit/']:visible").evaluate_all("all => all.map(a => a.pathname)")
    titles = page.locator("main a[href^='/kegiatan/']:visible").count()
    assert set(links) <= {"/unit/kelurahan-gerem/"}
    assert titles > 0


def test_a_citizen_chooses_the_dark_theme(page, site):
    page.goto(site.at("/preferensi/"))
    page.get_by_label("Gelap").check()
    page.locator("main button[type=submit]").click()
    page.goto(site.at("/"))
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_an_operator_posts_an_activity_with_a_photo(page, site, tmp_path):
    photo, title = tmp_path / "foto.jpg", random_title()
    Image.new("RGB", (1600, 1200), "#2F7AA3").save(photo)
    page.goto(site.at("/admin/"))
    page.locator("#id_username").fill("operator-pabean")
    page.locator("#id_password").fill(site.staff["operator-pabean"])
    page.locator("[type=submit]").first.click()
    page.goto(site.at("/admin/publications/activity/add/"))
    page.locator("#id_title").fill(title)
    page.locator("#id_text").fill("Warga dan petugas membersihkan saluran air di lingkungan kelurahan. " * 4)
    page.locator("#id_happened_on").fill("2026-11-20")
    page.locator("input[type=file]").first.set_input_files(photo)
    page.locator("input[name$='-alt']").first.fill("Warga membersihkan saluran air")
    page.get_by_role("button", name="Terbitkan").first.click()
    assert title in page.content()
    page.goto(site.at("/unit/kelurahan-pabean/"))
    page.get_by_role("link", name=title).first.click()
    image = page.locator("main img").first
    assert image.get_attribute("alt") == "Warga membersihkan saluran air"
    assert page.request.get(site.at(image.get_attribute("src").removeprefix(site.url))).status == 200
