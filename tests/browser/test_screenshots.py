"""The pictures of the README, from the running portal: `KIP_SCREENSHOTS=1 make test ARGS="tests/browser"`."""

import os
from io import BytesIO
from urllib.request import urlopen

import pytest
from PIL import Image

from .conftest import ROOT

FOLDER = ROOT / "docs" / "screenshots"
MAX_BYTES = 200_000
#: File → address, width, height and colour scheme.
SHOTS = {
    "month": ("/peringkat/2023-01/", 1280, 1440, "light"),
    "category": ("/peringkat/2023-01/kelurahan/", 1280, 1440, "light"),
    "unit": ("/unit/kelurahan-pabean/", 1280, 1440, "light"),
    "month-mobile": ("/peringkat/2023-01/", 360, 900, "light"),
    "unit-mobile": ("/unit/kelurahan-pabean/", 360, 900, "light"),
    "category-dark": ("/peringkat/2023-01/kelurahan/", 360, 900, "dark"),
}
on_request = pytest.mark.skipif(
    not os.environ.get("KIP_SCREENSHOTS"), reason="gambar README dibuat hanya dengan KIP_SCREENSHOTS=1"
)


@on_request
@pytest.mark.parametrize("name", SHOTS)
def test_picture_is_written(browser, site, name):
    address, width, height, scheme = SHOTS[name]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(site.at(address), wait_until="networkidle")
    picture = Image.open(BytesIO(page.screenshot()))
    context.close()
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / f"{name}.png"
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(target, optimize=True)
    assert picture.size == (width, height)
    assert target.stat().st_size <= MAX_BYTES


@on_request
def test_poster_is_written(site):
    with urlopen(site.at("/peringkat/2023-01/kelurahan.png")) as answer:
        poster = answer.read()
    assert Image.open(BytesIO(poster)).size == (1080, 1350)
    (FOLDER / "poster.png").write_bytes(poster)
