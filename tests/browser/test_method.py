"""Diskominfo changes the method on a phone, without a script: preview, mistake, save, activation, public page."""

import os
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from .test_accessibility import REVIEWED

WIDTHS = (320, 360, 1280)
SHOTS = os.environ.get("KIP_METHOD_SHOTS")


def log_in(page, site, name):
    page.goto(site.at("/admin/"))
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(site.staff[name])
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/admin/")


def look(browser, page, name):
    """The page as it stands, in both themes at three widths: axe finds nothing, nothing scrolls sideways."""
    for scheme in ("light", "dark"):
        page.mouse.move(0, 0)
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)  # the admin lets colours fade
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            results = Axe().run(page).response
            assert [(found["id"], found["nodes"][0]["html"]) for found in results["violations"]] == [], name
            assert {found["id"] for found in results["incomplete"]} <= REVIEWED, name
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            if SHOTS and width > 320:
                page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)


def next_month() -> str:
    today = date.today()  # noqa: DTZ011
    return f"{today.year + today.month // 12}-{today.month % 12 + 1:02}"


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


def test_a_version_is_written_looked_at_and_activated(browser, site, page):
    log_in(page, site, "ppid-utama")
    page.goto(site.at("/admin/rankings/method/add/"))
    look(browser, page, "write")
    assert page.locator("[name=effective_from]").input_value() == next_month()
    page.locator("[name=volume_weight]").fill("30")
    page.get_by_role("button", name="Pratinjau").click()
    assert "Jumlah keempat bobot 90%" in page.locator("#id_completeness_weight_error").inner_text()
    look(browser, page, "mistake")
    page.locator("[name=consistency_weight]").fill("40")
    page.locator("[name=note]").fill("Konsistensi lebih berarti daripada banyaknya.")
    page.get_by_role("button", name="Pratinjau").click()
    assert "pindah peringkat" in page.locator("#pratinjau ~ p").first.inner_text()
    look(browser, page, "preview")
    page.get_by_role("button", name="Simpan dan lanjut ke aktivasi").click()
    assert "Bobot volume: 30% (sebelumnya 40%)" in page.locator("#content").inner_text()
    look(browser, page, "activate")
    page.get_by_role("button", name="Aktifkan").click()
    assert "sudah diaktifkan dan tampil untuk publik" in page.locator("#content").inner_text()
    look(browser, page, "activated")
    page.goto(site.at("/peringkat/metode/2/"))
    assert "Konsistensi lebih berarti" in page.locator("main").inner_text()
    look(browser, page, "public")
    take_back(page, site)


def take_back(page, site):
    """The site as it was, for the tests after this one."""
    page.goto(site.at("/admin/rankings/method/"))
    page.get_by_role("link", name="Indeks Keaktifan v2").click()
    page.get_by_role("link", name="Batalkan aktivasi").click()
    page.get_by_role("button", name="Batalkan aktivasi").click()
    page.get_by_role("link", name="Hapus").click()
    page.locator("#content [type=submit]").click()


@pytest.mark.parametrize("name", ["month", "category", "entry", "missing"])
def test_an_old_revision_reads_well(browser, site, page, name):
    at = {"month": "", "category": "kelurahan/", "entry": "kelurahan/pabean/", "missing": ""}[name]
    page.goto(site.at(f"/peringkat/2022-12/{at}?revisi={9 if name == 'missing' else 1}"))
    text = page.locator("main").inner_text()
    assert ("Revisi ini tidak ada" if name == "missing" else "Ini revisi 1, sudah digantikan oleh revisi 2.") in text
    look(browser, page, f"revision-{name}")


def test_the_home_of_a_units_staff_reads_well(browser, site, page):
    log_in(page, site, "operator-pabean")
    assert "Komponen, hari aktif, dan yang tidak dihitung" in page.locator("#content").inner_text()
    look(browser, page, "home")
    page.goto(site.at("/unit/kelurahan-gerem/"))
    assert "hari aktif lagi akan membawanya ke peringkat" in page.locator("main").inner_text()
    look(browser, page, "unit")
