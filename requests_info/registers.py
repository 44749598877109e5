"""The registers that the law's forms ask for, with names: 15 columns of requests, 11 (a-k) of objections.

For the officer alone. Who downloads one is written down first (`services.record_identity_reads`). Columns 14 and 15 are
two cells each, as on the form: a day and a sum of rupiah are no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, F, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, local_day
from cilegon_kip.common.spreadsheet import Column
from opd.models import Unit
from publications.documents.models import ExemptionGround

from .grounds import Ground
from .models import Decision, Handover, InformationRequest, Objection

Outcome = InformationRequest.Outcome
REQUEST_COLUMNS = (
    Column("1. Nomor pendaftaran", 15),
    Column("2. Tanggal diterima", 13, "date"),
    Column("3. Nama", 24, "long"),
    Column("4. Alamat", 30, "long"),
    Column("5. Kontak", 26, "long"),
    Column("6. Pekerjaan", 16, "long"),
    Column("7. Informasi yang diminta", 44, "long"),
    Column("8. Tujuan penggunaan", 28, "long"),
    Column("9. Status informasi", 24, "long"),
    Column("10. Bentuk yang dikuasai", 18, "long"),
    Column("11. Jenis permohonan", 22, "long"),
    Column("12. Keputusan", 24, "long"),
    Column("13. Alasan penolakan", 34, "long"),
    Column("14a. Tanggal pemberitahuan tertulis", 15, "date"),
    Column("14b. Tanggal penyerahan informasi", 15, "date"),
    Column("15a. Biaya (rupiah)", 11, "whole"),
    Column("15b. Cara pembayaran", 14),
)
OBJECTION_COLUMNS = (
    Column("a. Nomor keberatan", 15),
    Column("b. Tanggal diterima", 13, "date"),
    Column("c. Identitas pemohon", 34, "long"),
    Column("d. Nomor permohonan", 15),
    Column("e. Informasi yang diminta", 44, "long"),
    Column("f. Tujuan penggunaan", 28, "long"),
    Column("g. Alasan keberatan", 34, "long"),
    Column("h. Keputusan Atasan PPID", 34, "long"),
    Column("i. Tanggal tanggapan", 13, "date"),
    Column("j. Nama dan jabatan Atasan PPID", 30, "long"),
    Column("k. Tanggapan pemohon", 26, "long"),
)


@dataclass(frozen=True)
class Period:
    """Which rows: those numbered in a year, or received (Asia/Jakarta) from a day to a day, of one unit or of all."""

    year: int | None = None
    first: date | None = None
    last: date | None = None
    unit: Unit | None = None

    def filters(self) -> Q:
        found = Q()
        if self.year:
            found &= Q(year=self.year)
        if self.first:
            found &= Q(received_on__gte=self.first)
        if self.last:
            found &= Q(received_on__lte=self.last)
        return found


def _received(rows: Any) -> Any:
    return rows.annotate(received_on=TruncDate("received_at", tzinfo=JAKARTA, output_field=DateField()))


# --- requests -----------------------------------------------------------------------------------------------------


def requests_of(period: Period) -> list[InformationRequest]:
    """In the order of their numbers, with all that their rows need, in a fixed number of queries."""
    rows = _received(InformationRequest.objects.on_register()).filter(period.filters())
    if period.unit:
        rows = rows.asked_of(period.unit)
    rows = rows.annotate(noticed_on=F("decision__letter__issued_on")).defer("token")
    return list(rows.select_related("decision", "handover").order_by("year", "sequence"))


def request_rows(requests: Iterable[InformationRequest]) -> Iterator[tuple[Any, ...]]:
    for request in requests:
        yield _request_cells(request, getattr(request, "decision", None), getattr(request, "handover", None))


def _request_cells(
    request: InformationRequest, decision: Decision | None, handover: Handover | None
) -> tuple[Any, ...]:
    return (
        request.number,
        local_day(request.received_at),
        request.name,
        request.address,
        _lines(request.phone, request.email),
        request.occupation,
        request.wanted,
        request.purpose,
        holding_words(decision),
        decision.get_form_held_display() if decision else "",
        request.get_manner_display(),
        request.get_outcome_display() if request.outcome else "",
        refusal_words(decision),
        request.noticed_on,  # type: ignore[attr-defined]  # an annotation
        handover.on if handover else None,
        decision.cost if decision else None,
        handover.get_payment_display() if handover else "",
    )


def holding_words(decision: Decision | None) -> str:
    """Column 9: whether the city holds it, and whether it is written down at all; empty while nobody has said so."""
    if decision is None:
        return ""
    if decision.outcome == Outcome.NOT_DOCUMENTED:
        return _("Belum didokumentasikan")
    if decision.outcome == Outcome.REFERRED:
        return _("Tidak dikuasai; dikuasai %(holder)s") % {"holder": decision.referred_to}
    return _("Tidak dikuasai") if decision.outcome == Outcome.NOT_HELD else _("Dikuasai")


def refusal_words(decision: Decision | None) -> str:
    """Column 13: the ground of Pasal 17 and what is not given; why nothing could be given at all stands in 9."""
    if decision is None or decision.outcome not in (Outcome.REFUSED, Outcome.PARTIAL):
        return ""
    ground = str(ExemptionGround(decision.ground).label) if decision.ground else ""
    return _lines(ground, decision.redaction)


# --- objections -----------------------------------------------------------------------------------------------------


def objections_of(period: Period) -> list[Objection]:
    rows = _received(Objection.objects.filter(is_sample=False)).filter(period.filters())
    if period.unit:
        rows = rows.filter(unit=period.unit)
    joined = ("information_request", "decision__response", "dispute")
    return list(rows.select_related(*joined).order_by("year", "sequence"))


def objection_rows(objections: Iterable[Objection]) -> Iterator[tuple[Any, ...]]:
    for objection in objections:
        yield _objection_cells(objection)


def _objection_cells(objection: Objection) -> tuple[Any, ...]:
    who, case = objection.objector, objection.information_request
    decision = getattr(objection, "decision", None)
    return (
        objection.number,
        local_day(objection.received_at),
        _lines(who.name, who.address, who.phone, who.email, case.occupation if case else ""),
        case.number if case else "",
        case.wanted if case else objection.text,
        case.purpose if case else "",
        str(Ground(objection.ground).label),
        decision.get_outcome_display() if decision else "",
        local_day(objection.closed_at) if objection.closed_at else None,
        _lines(decision.superior_name, decision.superior_position) if decision else "",
        response_words(objection),
    )


def response_words(objection: Objection) -> str:
    """Column k: what whoever objected said to the decision, and the dispute at Komisi Informasi if there is one."""
    response = getattr(getattr(objection, "decision", None), "response", None)
    dispute = getattr(objection, "dispute", None)
    number = _("Sengketa nomor %(number)s") % {"number": dispute.number} if dispute else ""
    return _lines(response.get_answer_display() if response else "", number)


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
