"""The palette keeps its contrast, and the templates keep to the strict content policy."""

import re
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parent.parent
CSS = (ROOT / "static" / "css" / "base.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.svg"))
TEXT = ["ink", "muted", "link", "visited", "steel", "ember", "good", "care", "bad"]


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", block))


def block_after(start: str) -> str:
    begin = CSS.index(start)
    return CSS[begin : CSS.index("}", begin)]


LIGHT = tokens(block_after(":root {"))
DARK = {**LIGHT, **tokens(block_after(':root[data-theme="dark"] {'))}
SYSTEM_DARK = {**LIGHT, **tokens(block_after(':root:not([data-theme="light"]) {'))}
THEMES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


#: The design's table: ratios on page, plate and tinted row, in light and dark.
RATIOS = {
    "ink": ((15.4, 16.5, 14.0), (15.6, 13.9, 11.7)),
    "muted": ((6.5, 7.0, 5.9), (9.0, 8.0, 6.7)),
    "link": ((7.2, 7.8, 6.6), (10.3, 9.2, 7.7)),
    "visited": ((8.0, 8.6, 7.3), (10.1, 9.0, 7.5)),
    "steel": ((8.8, 9.5, 8.0), (9.9, 8.9, 7.4)),
    "ember": ((5.3, 5.7, 4.8), (8.9, 7.9, 6.6)),
    "good": ((6.1, 6.5, 5.5), (9.9, 8.8, 7.4)),
    "care": ((6.2, 6.7, 5.6), (10.8, 9.7, 8.1)),
    "bad": ((6.1, 6.5, 5.5), (8.3, 7.4, 6.2)),
    "edge": ((4.3, 4.6, 3.9), (5.9, 5.3, 4.4)),
}


@pytest.mark.parametrize("name", RATIOS)
def test_tokens_keep_the_ratios_of_the_design(name):
    for theme, expected in zip((LIGHT, DARK), RATIOS[name], strict=True):
        found = [contrast(theme[name], theme[ground]) for ground in ("page", "plate", "tint")]
        assert found == pytest.approx(expected, abs=0.1), name


def test_system_dark_and_chosen_dark_are_the_same_palette():
    assert SYSTEM_DARK == DARK
    assert LIGHT != DARK


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["page", "plate", "tint"])
def test_text_has_four_and_a_half_to_one_on_every_ground(theme, ground):
    ratios = {name: contrast(theme[name], theme[ground]) for name in TEXT}
    assert min(ratios.values()) >= 4.5, ratios


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["page", "plate", "tint"])
def test_control_borders_have_three_to_one(theme, ground):
    assert contrast(theme["edge"], theme[ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_buttons_band_and_map(theme):
    assert contrast(theme["on-steel"], theme["steel"]) >= 4.5
    assert contrast(theme["on-steel"], theme["steel-hover"]) >= 4.5
    assert contrast(theme["on-band"], theme["band"]) >= 4.5
    assert contrast(theme["on-band-muted"], theme["band"]) >= 4.5
    assert min(contrast(theme["on-q-low"], theme[f"q{n}"]) for n in (1, 2, 3)) >= 4.5
    assert min(contrast(theme["on-q-high"], theme[f"q{n}"]) for n in (4, 5)) >= 4.5


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_carry_no_style_and_no_inline_script(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"<(?:script|img|link|iframe|use)[^>]*(?:src|href)=\"(?:https?:)?//", text)


def test_styles_stay_within_their_budget():
    sizes = {path.name: len(brotli.compress(path.read_bytes())) for path in (ROOT / "static" / "css").glob("*.css")}
    three = sorted(sizes.values())[-2:]
    assert sizes["base.css"] + sum(three) <= 12 * 1024, sizes


def test_styles_name_only_tokens_that_exist():
    styles = "".join(path.read_text() for path in (ROOT / "static" / "css").glob("*.css"))
    used = set(re.findall(r"var\(--([\w-]+)", styles))
    assert used <= set(re.findall(r"--([\w-]+):", CSS)), used
