"""Sample entries of the DIP: some of what each unit must publish, a few with a file, three exempt ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cilegon_kip.common.jakarta import local_day
from opd.models import Unit
from publications.documents.media import check_content
from publications.documents.rules import renewal_months_of
from publications.documents.services import store_version
from publications.models import ChecklistItem, ConsequenceTest, Document

from .tables import seeded

#: unit, title, ground, years: what a city closes after a consequence test, with nothing in it that is true of anyone.
EXEMPT = (
    ("dinkes", "Rekam medis pasien", "h", None),
    ("disdukcapil", "Data pribadi dalam arsip kependudukan", "h", None),
    ("satpol-pp", "Berkas pemeriksaan pelanggaran yang belum selesai", "a", 2),
)
MOST_DAYS_OLD = 300


def load_documents(units: list[Unit], now: datetime) -> int:
    """Add what is missing for these units and the checklist as it stands; how many were added."""
    known = set(Document.objects.filter(is_sample=True).values_list("unit_id", "checklist_item_id", "title"))
    items = list(ChecklistItem.objects.active_on(local_day(now)).order_by("order", "pk"))
    made = 0
    for unit in units:
        for item in _chosen(unit, items):
            title = f"{item.title.partition(':')[0]} – {unit.name}"[:250]
            if (unit.pk, item.pk, title) not in known:
                _make(unit, item, title, now)
                made += 1
    return made + sum(_make_exempt(unit, row, known, now) for unit in units for row in EXEMPT if row[0] == unit.slug)


def _chosen(unit: Unit, items: list[ChecklistItem]) -> list[ChecklistItem]:
    """Some units have nearly all, some hardly anything, as in a real city at the start."""
    chance = seeded("dip", unit.slug).uniform(0.1, 0.95)
    asked = [item for item in items if unit.category in item.categories]
    return [item for item in asked if seeded("dip", unit.slug, item.code).random() < chance]


def _make(unit: Unit, item: ChecklistItem, title: str, now: datetime) -> None:
    random = seeded("dip", unit.slug, item.code, "facts")
    at = now - timedelta(days=random.randrange(1, MOST_DAYS_OLD), hours=random.randrange(8))
    document = Document(
        unit=unit,
        checklist_item=item,
        title=title,
        summary=f"Data contoh untuk memperagakan portal. {item.title}.",
        info_class=item.info_class,
        **_facts(at),
    )
    document.renewal_months = renewal_months_of(document)
    document.renewed_on = local_day(at) if document.renewal_months else None
    document.status, document.published_at = Document.Status.PUBLISHED, at
    document.save()
    if random.random() < 0.3:
        store_version(document, check_content(_table(unit, item, at)), uploaded_by=None)


def _facts(at: datetime) -> dict[str, Any]:
    day = local_day(at)
    return {
        "year": day.year,
        "producer": "Sekretariat (data contoh)",
        "made_on": day - timedelta(days=3),
        "made_at_place": "Cilegon",
        "retention": "5 tahun",
        "is_sample": True,
    }


def _table(unit: Unit, item: ChecklistItem, at: datetime) -> bytes:
    rows = ["Data contoh,Nilai", f"Unit,{unit.slug}", f"Butir,{item.code}", f"Tanggal,{local_day(at):%Y-%m-%d}"]
    return "\r\n".join([*rows, ""]).encode()


def _make_exempt(unit: Unit, row: tuple[str, str, str, int | None], known: set[Any], now: datetime) -> int:
    _slug, title, ground, years = row
    if (unit.pk, None, title) in known:
        return 0
    day = local_day(now)
    until = date(day.year + years, 1, 1) if years else None
    document = Document.objects.create(
        unit=unit, title=title, info_class="exempt", legal_basis=ground, exempt_until=until, **_facts(now)
    )
    words = dict.fromkeys(("explanation", "if_opened", "if_closed", "decided_by"), "Data contoh")
    ConsequenceTest.objects.create(document=document, decided_on=day, **words)
    document.status, document.published_at = Document.Status.PUBLISHED, now
    document.save(update_fields=["status", "published_at"])
    return 1
