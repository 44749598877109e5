"""Loading the register of units from CSV: checked as a whole, stored in one transaction, told row by row.

The file is the truth for the columns it has. A unit that is not in the file stays. A file after which a
kelurahan would stand without its kecamatan is refused and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from .channels import Address
from .csv_rows import FileRefusedError, Row, RowRefusedError, read_rows
from .models import Category, Unit
from .register_rows import COLUMNS, UnitRow, parse_row

#: Transaction lock of the loader, so that two loads at once follow each other.
LOCK = 3672_0001


@dataclass(frozen=True)
class Refused:
    line: int
    name: str
    reason: str


@dataclass(frozen=True)
class Changed:
    line: int
    slug: str
    #: field label → (old, new), as text for people
    fields: dict[str, tuple[str, str]]


@dataclass
class UnitReport:
    created: list[str] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    #: Website addresses of the rows that were stored: (line, slug, address).
    websites: list[tuple[int, str, Address]] = field(default_factory=list)


def load_units(path: Path) -> UnitReport:
    """Bring the units in line with the file; FileRefusedError leaves everything as it was."""
    rows = read_rows(path, COLUMNS)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        known = {unit.slug: unit for unit in Unit.objects.select_related("parent")}
        report = UnitReport()
        good = _good_rows(rows, known, report)
        _refuse_orphans(good, known, report)
        _store(good, known, report)
    listed = {row.cells.get("slug", "") for row in rows}
    report.missing = sorted(known.keys() - listed)
    return report


# --- checks of one row ------------------------------------------------------------------------------


def _good_rows(rows: Sequence[Row], known: dict[str, Unit], report: UnitReport) -> list[UnitRow]:
    """The rows that can be stored; the others go to the report with their reason."""
    good: dict[str, UnitRow] = {}
    lines: dict[str, int] = {}
    codes: dict[str, str] = {}
    for row in rows:
        slug = row.cells.get("slug", "")
        try:
            unit_row = parse_row(row)
            if slug in lines:
                raise RowRefusedError(_("slug sudah dipakai di baris %(line)d") % {"line": lines[slug]})
            _claim_code(unit_row, codes)
            good[slug] = unit_row
        except RowRefusedError as error:
            report.refused.append(Refused(row.line, _printable(slug), str(error)))
        lines.setdefault(slug, row.line)
    holders = {unit.kemendagri_code: unit.slug for unit in known.values() if unit.slug not in good}
    for slug, unit_row in list(good.items()):
        holder = holders.get(unit_row.values["kemendagri_code"] or None)  # type: ignore[arg-type]
        if holder:
            reason = _("kode Kemendagri sudah dipakai unit %(slug)s") % {"slug": holder}
            report.refused.append(Refused(unit_row.line, slug, reason))
            del good[slug]
    return list(good.values())


def _printable(text: str) -> str:
    return "".join(letter for letter in text[:80] if letter.isprintable())


def _claim_code(row: UnitRow, codes: dict[str, str]) -> None:
    code = row.values["kemendagri_code"]
    if code and codes.setdefault(code, row.slug) != row.slug:
        raise RowRefusedError(_("kode Kemendagri sudah dipakai %(slug)s di berkas ini") % {"slug": codes[code]})


# --- the file as a whole ------------------------------------------------------------------------------


def _refuse_orphans(good: Sequence[UnitRow], known: dict[str, Unit], report: UnitReport) -> None:
    """Refuse the file if a kelurahan, of the file or of the database, would be left without its kecamatan."""
    kecamatan = {row.slug for row in good if row.values["category"] == Category.KECAMATAN}
    listed = {row.slug for row in good}
    # A refused row changes nothing, so its kecamatan stays as the database has it.
    refused = {refusal.name for refusal in report.refused} - listed
    kecamatan |= {slug for slug in refused if slug in known and known[slug].category == Category.KECAMATAN}
    reasons = [
        _("baris %(line)d: %(slug)s %(reason)s")
        % {"line": row.line, "slug": row.slug, "reason": _why_orphan(row.parent_slug, listed)}
        for row in good
        if row.values["category"] == Category.KELURAHAN and row.parent_slug not in kecamatan
    ]
    reasons += [
        _("%(slug)s, sudah tercatat, kehilangan kecamatan %(parent)s")
        % {"slug": unit.slug, "parent": unit.parent.slug if unit.parent else "-"}
        for unit in known.values()
        if unit.category == Category.KELURAHAN
        and unit.slug not in listed
        and unit.parent is not None
        and unit.parent.slug not in kecamatan
    ]
    if reasons:
        detail = [
            _("baris %(line)d: %(slug)s %(reason)s") % {"line": line.line, "slug": line.name, "reason": line.reason}
            for line in report.refused
        ]
        headline = _("Berkas ditolak seluruhnya karena akan ada kelurahan tanpa kecamatan; tidak ada yang diubah.")
        raise FileRefusedError(headline, *reasons, *detail)


def _why_orphan(parent_slug: str, listed: Iterable[str]) -> str:
    if not parent_slug:
        return _("tidak menyebut kecamatan induk")
    if parent_slug in listed:
        return _("menyebut %(parent)s, yang di berkas ini bukan kecamatan") % {"parent": parent_slug[:80]}
    return _("menyebut kecamatan %(parent)s, yang tidak ada di berkas ini") % {"parent": parent_slug[:80]}


# --- storing --------------------------------------------------------------------------------------------


def _store(rows: Sequence[UnitRow], known: dict[str, Unit], report: UnitReport) -> None:
    """Kecamatan first, then what stands under them."""
    _free_codes(rows, known)
    units = dict(known)
    for row in sorted(rows, key=lambda row: (row.values["category"] != Category.KECAMATAN, row.line)):
        unit = units.get(row.slug)
        parent = units[row.parent_slug] if row.parent_slug else None
        if unit is None:
            units[row.slug] = Unit.objects.create(slug=row.slug, parent=parent, **row.values)
            report.created.append(row.slug)
        else:
            _update(unit, row, parent, report)
        if row.website is not None:
            report.websites.append((row.line, row.slug, row.website))


def _free_codes(rows: Sequence[UnitRow], known: dict[str, Unit]) -> None:
    """Two units may swap codes: let go of the old ones before the new ones are written."""
    moving = [
        unit.pk
        for row in rows
        if (unit := known.get(row.slug)) and unit.kemendagri_code not in ("", row.values["kemendagri_code"])
    ]
    Unit.objects.filter(pk__in=moving).update(kemendagri_code="")


def _update(unit: Unit, row: UnitRow, parent: Unit | None, report: UnitReport) -> None:
    wanted = {**row.values, "parent": parent}
    changes = {name: (getattr(unit, name), value) for name, value in wanted.items() if getattr(unit, name) != value}
    if not changes:
        report.unchanged.append(row.slug)
        return
    for name, (_old, value) in changes.items():
        setattr(unit, name, value)
    unit.save(update_fields=list(changes))
    labels = {name: str(getattr(Unit._meta.get_field(name), "verbose_name", name)) for name in changes}
    texts = {labels[name]: (_as_text(old), _as_text(new)) for name, (old, new) in changes.items()}
    report.changed.append(Changed(row.line, row.slug, texts))


def _as_text(value: Any) -> str:
    if isinstance(value, Unit):
        return value.slug
    if isinstance(value, list):
        return " | ".join(value) or _("(kosong)")
    return str(value) if value not in (None, "") else _("(kosong)")
