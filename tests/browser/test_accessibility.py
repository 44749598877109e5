"""axe finds nothing on any public page, in both themes, at three widths; nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .addresses import NAMES

WIDTHS = (320, 360, 1280)
#: What axe cannot judge by itself and a person has looked at.
REVIEWED = {"color-contrast"}  # text over SVG; the tokens' contrast is computed by a test of its own


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(browser, site, name, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": WIDTHS[0], "height": 800})
    page = context.new_page()
    page.goto(site.page(name))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        results = Axe().run(page).response
        assert [(found["id"], found["nodes"][0]["html"]) for found in results["violations"]] == []
        assert {found["id"] for found in results["incomplete"]} <= REVIEWED
    context.close()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_scrolls_sideways_on_a_narrow_phone(browser, site, name):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(site.page(name))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_page_has_one_heading_a_title_and_a_language(browser, site, name):
    page = browser.new_page()
    page.goto(site.page(name))
    assert page.locator("h1").count() == 1
    assert page.title().endswith("– KIP Cilegon") or name == "home"
    assert page.locator("html").get_attribute("lang") == "id"
    page.close()


def test_keyboard_meets_the_skip_link_first_and_sees_the_focus(browser, site):
    page = browser.new_page()
    page.goto(site.page("kelurahan board"))
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('href')")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.close()
    assert first.startswith("#")
    assert outline != "none"


SCREENS = {
    "workspace": "/admin/",
    "own activities": "/admin/publications/activity/",
    "new activity": "/admin/publications/activity/add/",
    "own postings": "/admin/publications/publication/",
    "account": "/admin/keamanan/",
    "send a link": "/admin/tautan/",
    "send links by file": "/admin/tautan/berkas/",
    "objections": "/admin/sanggahan/",
    "own letters": "/admin/penghargaan/",
    "closed window": "/admin/sanggahan/baru/2023-01/kelurahan-pabean/",
}


@pytest.fixture(scope="module")
def logged_in(browser, site):
    """The cookies of an operator, for a browser of each colour scheme."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.at("/admin/"))
    page.locator("#id_username").fill("operator-pabean")
    page.locator("#id_password").fill(site.staff["operator-pabean"])
    page.locator("[type=submit]").first.click()
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*SCREENS, "log-in", "form with errors", "objection"])
def test_axe_finds_nothing_in_the_workspace(browser, site, logged_in, name, scheme):
    state = None if name == "log-in" else logged_in
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 800}, storage_state=state)
    page = context.new_page()
    page.goto(site.at(site.found.get(name) or SCREENS.get(name, SCREENS["new activity"])))
    if name == "form with errors":
        page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true; })")
        page.get_by_role("button", name="Terbitkan").first.click()
        page.locator(".errornote, .errorlist").first.wait_for()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        results = Axe().run(page).response
        assert [(found["id"], found["nodes"][0]["html"]) for found in results["violations"]] == []
        assert {found["id"] for found in results["incomplete"]} <= REVIEWED
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
