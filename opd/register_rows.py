"""One row of the register's file, checked and in the form in which the database holds it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from .channels import Address, ChannelError, normalise
from .csv_rows import Row, RowRefusedError
from .models import Category, Unit
from .platforms import WEBSITE

COLUMNS = (
    "slug", "name", "short_name", "aliases", "category", "parent_slug", "kemendagri_code", "bps_code",
    "latitude", "longitude", "website", "source", "confidence",
)  # fmt: skip
#: What a row may change of a unit; `parent` is written apart, when all kecamatan are there.
FIELDS = (
    "name", "short_name", "aliases", "category", "kemendagri_code", "bps_code", "latitude", "longitude",
    "source", "confidence",
)  # fmt: skip
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CODES = {
    Category.KECAMATAN: (re.compile(r"\d{2}\.\d{2}\.\d{2}"), re.compile(r"\d{7}")),
    Category.KELURAHAN: (re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{4}"), re.compile(r"\d{10}")),
}


@dataclass(frozen=True)
class UnitRow:
    """A row that passed its checks."""

    line: int
    slug: str
    parent_slug: str
    values: dict[str, Any]
    website: Address | None


def parse_row(row: Row) -> UnitRow:
    """The row's values as the database holds them; RowRefusedError says what is wrong."""
    if row.problem:
        raise RowRefusedError(row.problem)
    cells = row.cells
    _check_texts(cells)
    category = cells["category"]
    if category not in Category.values:
        raise RowRefusedError(
            _("kategori “%(value)s” tidak dikenal (pilihan: %(choices)s)")
            % {"value": category[:40], "choices": ", ".join(Category.values)}
        )
    if cells["parent_slug"] and category != Category.KELURAHAN:
        raise RowRefusedError(_("parent_slug hanya untuk kelurahan"))
    _check_codes(category, cells)
    latitude, longitude = _coordinates(cells)
    values: dict[str, Any] = {name: cells[name] for name in FIELDS if name not in ("aliases", "latitude", "longitude")}
    values |= {"aliases": _aliases(cells["aliases"]), "latitude": latitude, "longitude": longitude}
    return UnitRow(row.line, cells["slug"], cells["parent_slug"], values, _website(cells["website"]))


def _check_texts(cells: dict[str, str]) -> None:
    for name in ("slug", "name", "short_name"):
        if not cells[name]:
            raise RowRefusedError(_("kolom %(column)s kosong") % {"column": name})
    if not SLUG.fullmatch(cells["slug"]):
        raise RowRefusedError(_("slug hanya boleh huruf kecil a–z, angka dan tanda hubung"))
    for name in ("slug", "name", "short_name", "source", "confidence"):
        longest = getattr(Unit._meta.get_field(name), "max_length", None) or 0
        if len(cells[name]) > longest:
            raise RowRefusedError(
                _("kolom %(column)s lebih panjang dari %(longest)d karakter") % {"column": name, "longest": longest}
            )


def _check_codes(category: str, cells: dict[str, str]) -> None:
    for name, number in (("kemendagri_code", 0), ("bps_code", 1)):
        code = cells[name]
        if not code:
            continue
        if category not in CODES:
            raise RowRefusedError(_("%(column)s hanya untuk kecamatan dan kelurahan") % {"column": name})
        if not (code.isascii() and CODES[Category(category)][number].fullmatch(code)):
            example = {Category.KECAMATAN: ("36.72.01", "3672040"), Category.KELURAHAN: ("36.72.01.1001", "3672040005")}
            raise RowRefusedError(
                _("%(column)s “%(code)s” salah bentuk (contoh %(example)s)")
                % {"column": name, "code": code[:20], "example": example[Category(category)][number]}
            )


def _coordinates(cells: dict[str, str]) -> tuple[Decimal | None, Decimal | None]:
    latitude = _degrees("latitude", cells["latitude"], 90)
    longitude = _degrees("longitude", cells["longitude"], 180)
    if (latitude is None) != (longitude is None):
        raise RowRefusedError(_("latitude dan longitude harus diisi keduanya atau kosong keduanya"))
    return latitude, longitude


def _degrees(name: str, text: str, limit: int) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text) if re.fullmatch(r"-?\d{1,3}(\.\d{1,20})?", text, re.A) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_nan() or abs(number) > limit:
        raise RowRefusedError(
            _("%(column)s “%(value)s” bukan derajat antara -%(limit)d dan %(limit)d (contoh -6.012345)")
            % {"column": name, "value": text[:20], "limit": limit}
        )
    return number.quantize(Decimal("0.000001"))


def _aliases(text: str) -> list[str]:
    aliases = list(dict.fromkeys(filter(None, (alias.strip() for alias in text.split("|")))))
    if any(len(alias) > 200 for alias in aliases):
        raise RowRefusedError(_("sebuah alias lebih panjang dari 200 karakter"))
    return aliases


def _website(text: str) -> Address | None:
    try:
        return normalise(text, WEBSITE) if text else None
    except ChannelError as error:
        raise RowRefusedError(_("website: %(reason)s") % {"reason": error}) from error
