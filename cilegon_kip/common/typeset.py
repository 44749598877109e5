"""PDFs and pictures by typst, from the sources under `templates/typst/`.

What people wrote reaches typst as data (`json(bytes(sys.inputs.data))`), never as source: it cannot become markup.
A PDF is PDF/A-2a and PDF/UA-1 at once; typst refuses what does not conform, such as a picture without words.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils.functional import Promise

from .printable import printable_data

SOURCES = Path(settings.BASE_DIR) / "templates" / "typst"
STANDARDS = ["a-2a", "ua-1"]


class TypesetError(Exception):
    """A source that does not compile with its data: our own mistake, never the reader's."""


def pdf(template: str, data: dict[str, Any]) -> bytes:
    """`template` is a path under `templates/typst/`, such as `letters/reminder.typ`."""
    return _compile(template, data, format="pdf", pdf_standards=STANDARDS)


def png(template: str, data: dict[str, Any], ppi: float = 72) -> bytes:
    """The first page as a picture; at 72 ppi a point is a pixel."""
    return _compile(template, data, format="png", ppi=ppi)


def qr_svg(text: str) -> str:
    """A QR code to hand on as data; in typst: `image(bytes(data.qr), format: "svg", alt: …)`."""
    return str(segno.make(text, error="m", micro=False).svg_inline(border=0, omitsize=True))


def _compile(template: str, data: dict[str, Any], **options: Any) -> bytes:
    source = (SOURCES / template).resolve()
    if not source.is_relative_to(SOURCES.resolve()) or source.suffix != ".typ":
        raise TypesetError(f"not a typst source of ours: {template}")
    words = json.dumps(printable_data(_plain(data)), ensure_ascii=False)
    try:
        made = typst.compile(
            str(source),
            root=str(SOURCES),
            font_paths=[*font_folders()],
            ignore_system_fonts=True,
            sys_inputs={"data": words},
            **options,
        )
    except (typst.TypstError, RuntimeError) as error:
        raise TypesetError(f"{template}: {error}") from error
    pages = made if isinstance(made, list) else [made]
    return bytes(pages[0])


@cache
def font_folders() -> tuple[str, ...]:
    """Plus Jakarta Sans 400 and 700, as `frontend/vendor.py` unpacked them; typst itself brings Libertinus Serif."""
    vendored = Path(settings.BASE_DIR) / "static" / "vendor"
    return tuple(str(folder) for folder in sorted(vendored.glob("*/*/ttf")))


def _plain(value: Any) -> Any:
    """Only what JSON knows: dates as 2026-11-24, decimals as text, lazy translations as words."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Promise):
        return str(value)
    return value
