"""Copy the parts we use from node_modules to static/vendor, with licences, hashes, icon templates and fonts for typst.

To update a package: change its version in package.json, then

    npm install --ignore-scripts && python vendor.py      (in frontend/)

and commit the result. Running and testing the portal never needs Node. Only unpacking the fonts for typst needs
packages besides Python's own: fonttools and brotli, of requirements-dev.txt.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "static" / "vendor"
ICON_TEMPLATES = HERE.parent / "templates" / "icons"

ICONS = [
    "arrow-down",
    "arrow-left",
    "arrow-right",
    "arrow-up",
    "box-arrow-up-right",
    "calendar3",
    "check-circle",
    "dash",
    "download",
    "exclamation-triangle",
    "facebook",
    "geo-alt",
    "globe",
    "info-circle",
    "instagram",
    "link-45deg",
    "mastodon",
    "newspaper",
    "rss",
    "search",
    "star",
    "threads",
    "tiktok",
    "twitter-x",
    "youtube",
]

FILES = {
    "@fontsource/plus-jakarta-sans": ["files/plus-jakarta-sans-latin-700-normal.woff2", "LICENSE"],
    "bootstrap-icons": [*(f"icons/{name}.svg" for name in ICONS), "LICENSE"],
}


def icon_template(svg: str) -> str:
    """The icon as an inline include: decoration only, coloured and sized by the text around it."""
    body = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", svg.strip())
    body = re.sub(r"\s*\n\s*", "", body)
    opening = '<svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
    return f"{opening}{body}</svg>"


#: typst reads no woff2: these become .ttf files next to their package's own files.
FONTS = {
    "@fontsource/plus-jakarta-sans": [
        "files/plus-jakarta-sans-latin-400-normal.woff2",
        "files/plus-jakarta-sans-latin-700-normal.woff2",
    ],
}


def unpacked(woff2: Path) -> bytes:
    """The same font, glyph for glyph, as the .ttf that was packed into the .woff2; the same bytes each time."""
    from fontTools.ttLib import TTFont

    font = TTFont(woff2, recalcTimestamp=False)
    font.flavor = None
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


def copy_package(name: str, entry: dict[str, str]) -> dict[str, object]:
    source = HERE / "node_modules" / name
    folder = VENDOR / name.split("/")[-1] / entry["version"]
    hashes = {}
    for file in FILES[name]:
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, target)
        hashes[target.relative_to(VENDOR).as_posix()] = hashlib.sha256(target.read_bytes()).hexdigest()
    for file in FONTS.get(name, []):
        target = (folder / "ttf" / Path(file).name).with_suffix(".ttf")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(unpacked(source / file))
        hashes[target.relative_to(VENDOR).as_posix()] = hashlib.sha256(target.read_bytes()).hexdigest()
    return {
        "package": name,
        "version": entry["version"],
        "licence": entry["license"],
        "licence_file": (folder / "LICENSE").relative_to(VENDOR).as_posix(),
        "integrity": entry["integrity"],
        "sha256": hashes,
    }


def write_icons(version: str) -> None:
    ICON_TEMPLATES.mkdir(parents=True, exist_ok=True)
    for name in ICONS:
        svg = (VENDOR / "bootstrap-icons" / version / "icons" / f"{name}.svg").read_text()
        (ICON_TEMPLATES / f"{name}.svg").write_text(icon_template(svg))


def main() -> None:
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    shutil.rmtree(VENDOR, ignore_errors=True)
    manifest = [copy_package(name, locked[f"node_modules/{name}"]) for name in sorted(FILES)]
    (VENDOR / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
    write_icons(locked["node_modules/bootstrap-icons"]["version"])


if __name__ == "__main__":
    main()
