"""Reading CSV that people saved: encoding, separator, columns and line numbers, with reasons in plain words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _


class FileRefusedError(Exception):
    """The whole file is refused and nothing is changed; `reasons` says why, one sentence each."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class RowRefusedError(Exception):
    """One row is refused; the others go on."""


@dataclass(frozen=True)
class Row:
    """A row with the number of the line on which it begins; `problem` says why it cannot be read."""

    line: int
    cells: dict[str, str]
    problem: str = ""


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """All rows of a CSV file with exactly these columns, in any order; empty lines are passed over."""
    text = _text_of(path)
    first_line = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(first_line), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, columns, path)
        return list(_rows(reader, header))
    except csv.Error as error:
        raise FileRefusedError(
            _("%(file)s rusak sebagai CSV pada baris %(line)d (%(error)s). Periksa tanda kutipnya.")
            % {"file": path.name, "line": reader.line_num, "error": error}
        ) from error


def separator_of(header: str) -> str:
    """A semicolon where it is more frequent than the comma: so spreadsheets save CSV in Indonesian."""
    return ";" if header.count(";") > header.count(",") else ","


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileRefusedError(
            _("%(file)s tidak dapat dibaca: %(error)s.") % {"file": path, "error": error.strerror or error}
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FileRefusedError(
            _("%(file)s bukan UTF-8 (baris %(line)d). Simpan ulang sebagai “CSV UTF-8”.")
            % {"file": path.name, "line": line}
        ) from error


def _check_header(header: list[str], columns: Sequence[str], path: Path) -> None:
    missing = [name for name in columns if name not in header]
    extra = [name for name in header if name not in columns]
    twice = sorted({name for name in header if header.count(name) > 1})
    reasons = [
        template % {"file": path.name, "names": ", ".join(name[:60] or "(kosong)" for name in names)}
        for template, names in (
            (_("%(file)s: kolom yang kurang: %(names)s."), missing),
            (_("%(file)s: kolom yang tidak dikenal: %(names)s."), extra),
            (_("%(file)s: kolom yang ditulis dua kali: %(names)s."), twice),
        )
        if names
    ]
    if reasons:
        raise FileRefusedError(*reasons)


def _rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
    line = reader.line_num + 1  # type: ignore[attr-defined]
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(line, dict(zip(header, map(str.strip, cells), strict=False)), _problem(cells, header))
        line = reader.line_num + 1  # type: ignore[attr-defined]


def _problem(cells: list[str], header: list[str]) -> str:
    if len(cells) != len(header):
        return _("berisi %(found)d kolom, seharusnya %(wanted)d") % {"found": len(cells), "wanted": len(header)}
    bad = [name for name, cell in zip(header, cells, strict=True) if "\x00" in cell]
    return _("karakter NUL pada kolom %(names)s") % {"names": ", ".join(bad)} if bad else ""
