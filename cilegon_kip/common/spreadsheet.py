"""What people open in a spreadsheet: text that cannot run as a formula, and workbooks with typed columns.

The same rows give the same bytes: no clock of the machine goes into a workbook.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from .jakarta import JAKARTA

#: With one of these in front, a spreadsheet may take a text for a formula (OWASP, "CSV injection"); the wide forms too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Blanks and signs that nobody sees, in front of a text.
UNSEEN = re.compile(r"^[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
#: What a cell holds at most.
LONGEST_TEXT = 32_767
#: Spreadsheets count days from here on; an older date stands as text. (They also believe in 29 February 1900.)
FIRST_DAY = date(1900, 3, 1)
#: Points; heads may be three lines.
HEAD_HEIGHT = 46
STEEL, LINE = "#0B4A6F", "#CDD7DE"
NUMBER_FORMATS = {
    "text": "General",
    "long": "General",
    "whole": "0",
    "index": "0.0000",
    "share": "0.000000",
    "date": "[$-421]d mmm yyyy",
    "month": "[$-421]mmmm yyyy",
    "moment": "[$-421]d mmm yyyy hh:mm",
}


def safe_text(value: str) -> str:
    """The text, behind an apostrophe if a spreadsheet would run it, also after what an import strips."""
    risky = value.startswith(FORMULA_STARTS) or UNSEEN.sub("", value, count=1).startswith(FORMULA_STARTS)
    return f"'{value}" if risky else value


def csv_cell(value: Any) -> Any:
    """A cell of a CSV: nothing for None, text made safe; numbers stay numbers, also negative ones."""
    if value is None:
        return ""
    return safe_text(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Column:
    """A column's head, its width in characters, and what stands in it (`NUMBER_FORMATS`)."""

    title: str
    width: float = 12
    kind: str = "text"


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    #: A plain list of facts has no filter.
    has_filter: bool = True


@dataclass(frozen=True)
class About:
    """What the file says of itself; `footer` stands under every printed page."""

    title: str
    author: str
    made_at: datetime
    comment: str = ""
    footer: str = ""


def workbook(sheets: Iterable[Sheet], about: About) -> bytes:
    """An XLSX of these sheets, written row by row so that many rows need little memory."""
    content = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, {**options, "strings_to_numbers": False}) as book:
        book.set_properties(
            {
                "title": about.title,
                "author": about.author,
                "comments": about.comment,
                "created": about.made_at.astimezone(JAKARTA).replace(tzinfo=None),
            }
        )
        for sheet in sheets:
            _write(book, sheet, about)
    return content.getvalue()


def _write(book: Any, sheet: Sheet, about: About) -> None:
    page = book.add_worksheet(sheet.name)
    head = book.add_format({"bold": True, "font_color": "white", "bg_color": STEEL, "text_wrap": True, "valign": "top"})
    styles = {kind: _style(book, kind) for kind in NUMBER_FORMATS}
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width, styles[column.kind])
    page.set_row(0, HEAD_HEIGHT)
    page.write_row(0, 0, [safe_text(column.title) for column in sheet.columns], head)
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True)):
            _cell(page, last, place, value, styles[_kind(value, column.kind)])
    page.freeze_panes(1, 0)
    if sheet.has_filter:
        page.autofilter(0, 0, last, len(sheet.columns) - 1)
    _for_print(page, about)


def _kind(value: Any, kind: str) -> str:
    """A column of mixed facts shows its dates as dates."""
    if kind != "long" or not isinstance(value, date):
        return kind
    return "moment" if isinstance(value, datetime) else "date"


def _cell(page: Any, row: int, place: int, value: Any, style: Any) -> None:
    """By the type of the value, never guessed from its text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(row, place, value, style)
    elif isinstance(value, int | float | Decimal):
        page.write_number(row, place, float(value), style)
    elif isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) < FIRST_DAY:
        page.write_string(row, place, value.isoformat(), style)
    elif isinstance(value, datetime):
        page.write_datetime(row, place, value.astimezone(JAKARTA).replace(tzinfo=None), style)
    elif isinstance(value, date):
        page.write_datetime(row, place, value, style)
    else:
        page.write_string(row, place, safe_text(str(value))[:LONGEST_TEXT], style)


def _style(book: Any, kind: str) -> Any:
    look = {"num_format": NUMBER_FORMATS[kind], "valign": "top", "bottom": 1, "bottom_color": LINE}
    if kind in ("date", "month", "moment", "long"):
        look["align"] = "left"
    return book.add_format({**look, "text_wrap": True} if kind == "long" else look)


def _for_print(page: Any, about: About) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer(f"&L{_plain(about.footer)}&R&P / &N")


def _plain(text: str) -> str:
    """A footer reads `&` as a command."""
    return text.replace("&", "&&")[:200]
