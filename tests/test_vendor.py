"""Every copied file is what its package published, with its licence."""

import hashlib
import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text())
LOCK = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]

spec = importlib.util.spec_from_file_location("vendor", ROOT / "frontend" / "vendor.py")
vendor = importlib.util.module_from_spec(spec)
spec.loader.exec_module(vendor)


def test_every_vendored_file_is_in_the_manifest_and_unchanged():
    listed = {path: digest for package in MANIFEST for path, digest in package["sha256"].items()}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "MANIFEST.json"
    }
    assert found == listed


@pytest.mark.parametrize("package", MANIFEST, ids=lambda package: package["package"])
def test_versions_and_integrity_are_those_of_the_lock(package):
    locked = LOCK[f"node_modules/{package['package']}"]
    assert (package["version"], package["integrity"]) == (locked["version"], locked["integrity"])
    assert package["licence"] == locked["license"]
    assert (VENDOR / package["licence_file"]).stat().st_size > 500


def test_the_lock_names_no_address_of_a_registry():
    assert all("resolved" not in entry for entry in LOCK.values())


@pytest.mark.parametrize("name", vendor.ICONS)
def test_icon_template_is_made_from_the_vendored_icon(name):
    version = LOCK["node_modules/bootstrap-icons"]["version"]
    svg = (VENDOR / "bootstrap-icons" / version / "icons" / f"{name}.svg").read_text()
    template = (ROOT / "templates" / "icons" / f"{name}.svg").read_text()
    assert template == vendor.icon_template(svg)
    assert 'aria-hidden="true" focusable="false"' in template


def test_the_stylesheet_uses_the_vendored_font():
    css = (ROOT / "static" / "css" / "base.css").read_text()
    fonts = [path for package in MANIFEST for path in package["sha256"] if path.endswith(".woff2")]
    assert len(fonts) == 1
    assert f"../vendor/{fonts[0]}" in css
    assert (VENDOR / fonts[0]).stat().st_size <= 13 * 1024


def test_the_heading_font_of_letters_is_the_one_of_the_pages():
    woff2 = VENDOR / next(path for package in MANIFEST for path in package["sha256"] if path.endswith(".woff2"))
    ttf = woff2.parent.parent / "ttf" / f"{woff2.stem}.ttf"
    assert ttf.read_bytes() == vendor.unpacked(woff2)
