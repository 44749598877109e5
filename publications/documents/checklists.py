"""Loading the checklists: what the law asks, from a file; what Diskominfo changed in the workspace is left alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .checklist_models import ChecklistItem

DEFAULT = Path(__file__).parent / "data" / "checklist.csv"
COLUMNS = ("code", "categories", "info_class", "title", "legal_basis", "renewal_months", "order")


class ChecklistError(Exception):
    """The file cannot be loaded; the message names the line."""


@dataclass
class Report:
    added: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    same: int = 0


@transaction.atomic
def load_checklists(path: Path = DEFAULT) -> Report:
    """Add what is not there yet; a second run changes nothing, and what differs is only reported."""
    report = Report()
    known = {item.code: item for item in ChecklistItem.objects.all()}
    for number, row in enumerate(_read(path), start=2):
        item = _item(number, row)
        there = known.get(item.code)
        if there is None:
            item.save(force_insert=True)
            known[item.code] = item
            report.added.append(item.code)
        elif all(getattr(there, name) == getattr(item, name) for name in COLUMNS):
            report.same += 1
        else:
            report.different.append(item.code)
    return report


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise ChecklistError(_("Kolom tidak ada: %(names)s.") % {"names": ", ".join(missing)})
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ChecklistError(_("Berkas tidak terbaca: %(error)s") % {"error": error}) from error


def _item(number: int, row: dict[str, str]) -> ChecklistItem:
    try:
        item = ChecklistItem(
            code=row["code"].strip(),
            categories=row["categories"].split(),
            info_class=row["info_class"].strip(),
            title=row["title"].strip(),
            legal_basis=row["legal_basis"].strip(),
            renewal_months=int(row["renewal_months"]) if (row["renewal_months"] or "").strip() else None,
            order=int(row["order"]),
        )
        item.full_clean(validate_unique=False)
    except (ValueError, AttributeError, TypeError, ValidationError) as error:
        raise ChecklistError(_("Baris %(number)d: %(error)s") % {"number": number, "error": error}) from error
    return item
