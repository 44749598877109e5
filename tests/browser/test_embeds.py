"""A page of another origin shows the badge and the frames, and can frame nothing else."""

import http.server
import threading
from functools import partial

import pytest

PAGE = """<!doctype html><html lang="id"><title>Situs lain</title>
<img src="{url}/unit/kelurahan-pabean/badge.svg" alt="">
<iframe src="{url}/sematan/kelurahan/" title="tabel"></iframe>
<iframe src="{url}/sematan/unit/kelurahan-pabean/" title="unit"></iframe>
<iframe src="{url}/peringkat/" title="bukan bingkai"></iframe>"""


@pytest.fixture
def elsewhere(site, tmp_path):
    (tmp_path / "index.html").write_text(PAGE.format(url=site.url))
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


def test_badge_and_frames_show_on_another_site_also_after_a_304(browser, elsewhere):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    for visit in (page.goto, lambda address, **options: page.reload(**options)):
        visit(elsewhere, wait_until="networkidle")
        table, unit, other = page.frames[1:]
        assert "Kelurahan Pabean" in table.content()
        assert "Kelurahan Pabean" in unit.content()
        assert "KIP Cilegon" not in other.content()
        box = page.locator("img").bounding_box()
        assert box["width"] <= 328
        assert box["height"] == 84
    context.close()


def test_frame_fits_a_narrow_column(browser, site):
    context = browser.new_context(viewport={"width": 320, "height": 480})
    page = context.new_page()
    page.goto(site.at("/sematan/kelurahan/"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


@pytest.mark.parametrize("slug", ["kelurahan-pabean", "dinkes", "kelurahan-randakari"])
def test_text_of_a_badge_stays_inside_as_the_browser_draws_it(browser, site, slug):
    page = browser.new_page()
    page.goto(site.at(f"/unit/{slug}/badge.svg"))
    inside = """() => { const all = document.documentElement.getBoundingClientRect();
      return [...document.querySelectorAll("text")].every(text => {
        const box = text.getBoundingClientRect();
        return box.left >= all.left && box.right <= all.right && box.bottom <= all.bottom; }); }"""
    assert page.evaluate(inside)
    page.close()
