"""The words of a rule: text with a few named places that the facts of a letter fill."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

PLACE = re.compile(r"\{([^{}]*)\}")
#: Places that a text may have, and what stands there.
NAMES = {
    "unit": _("nama unit"),
    "kategori": _("kategori unit"),
    "bulan": _("bulan peringkat"),
    "peringkat": _("peringkat di kategori"),
    "jumlah_unit": _("jumlah unit di kategori"),
    "indeks": _("indeks keaktifan"),
    "kegiatan": _("jumlah kegiatan yang dihitung"),
    "hari_aktif": _("jumlah hari aktif"),
    "naik": _("jumlah peringkat naiknya"),
    "jumlah_bulan": _("jumlah bulan tanpa kegiatan"),
    "daftar_bulan": _("nama bulan-bulan tanpa kegiatan"),
    "surat_sebelumnya": _("nomor dan tanggal surat-surat sebelumnya"),
    "tenggat": _("tanggal tenggat"),
    "hari_tenggat": _("lama tenggat dalam hari kerja"),
}


def unknown_names(text: str) -> list[str]:
    """Places of a text that nothing can fill; a lone brace is one too."""
    found = {name for name in PLACE.findall(text) if name not in NAMES}
    if re.search(r"[{}]", PLACE.sub("", text)):
        found.add("{ }")
    return sorted(found)


def paragraphs(text: str, values: Mapping[str, object]) -> list[str | list[str]]:
    """The text's paragraphs with their places filled; lines that begin with "- " are points of a list.

    A paragraph that comes out empty is left out.
    """
    return [made for part in re.split(r"\n\s*\n", text.strip()) if (made := _paragraph(part, values))]


def _paragraph(part: str, values: Mapping[str, object]) -> str | list[str]:
    lines = [line.strip() for line in part.splitlines() if line.strip()]
    if lines and all(line.startswith("- ") for line in lines):
        points = [_filled(line.removeprefix("- "), values) for line in lines]
        return [point for point in points if point]
    return _filled(" ".join(lines), values)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return " ".join(PLACE.sub(lambda place: str(values.get(place[1], "")), text).split())
