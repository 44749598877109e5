"""What the style sheets make of parts that the walks through the sample do not meet or do not measure."""

from pathlib import Path

import pytest
from django.contrib import admin

STATIC = Path(__file__).resolve().parents[2] / "static"
SHEETS = [Path(admin.__file__).parent / "static" / "admin" / "css" / "base.css", STATIC / "admin" / "kip.css"]
CASE = """<div id="content"><div class="desk"><ol class="cases"><li class="module case">
<h2><a href="/admin/penghargaan/1/">Piagam Penghargaan: Kelurahan Pabean</a></h2></li></ol></div></div>"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_link_in_a_dark_heading_has_the_colour_of_the_heading(browser, scheme):
    """The sample has no letters, so axe meets no such link."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.set_content(CASE)
    for sheet in SHEETS:
        page.add_style_tag(path=sheet)
    page.wait_for_timeout(400)  # the admin lets colours fade
    link, heading = (page.evaluate(f"getComputedStyle(document.querySelector('{s}')).color") for s in ("h2 a", "h2"))
    assert link == heading
    context.close()


def test_figures_of_three_columns_fit_a_phone(browser):
    """Completeness at 360 px: "Belum ada" must not hide behind the table's right edge."""
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.set_content(
        '<div class="page"><div class="table-scroll"><table class="table"><thead><tr><th>Unit</th>'
        '<th class="num">Lengkap</th><th class="num">Belum ada</th></tr></thead><tbody><tr><th>'
        "<a>Badan Kepegawaian dan Pengembangan Sumber Daya Manusia</a></th>"
        '<td class="num">54%</td><td class="num">14</td></tr><tr><th><a>Dinas Pemberdayaan Perempuan, Perlindungan Anak'
        ' serta Keluarga</a></th><td class="num">100%</td><td class="num">0</td></tr></tbody></table></div>'
    )
    page.add_style_tag(path=STATIC / "css" / "base.css")
    assert page.evaluate("document.querySelector('.table-scroll').scrollWidth") <= 328
    context.close()
