"""The yearly report as tables: what PDF and workbook show alike, so that neither can say what the other does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.dates import MONTHS
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from cilegon_kip.common.spreadsheet import Column
from publications.documents.models import ExemptionGround

from .grounds import Ground
from .models import Dispute, InformationRequest, Objection
from .periods import periods
from .yearly import Report

Row = Sequence[Any]
COUNT, SHARE = 13, 13


@dataclass(frozen=True)
class Table:
    """A heading, typed rows, and a sentence on how to read them. `total` is a last row that sums the others."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    note: str = ""


def tables(report: Report) -> list[Table]:
    return [summary(report), times(report), outcomes(report), refusals(report), by_month(report), by_unit(report),
            objections(report), disputes(report)]  # fmt: skip


def in_words(report: Report) -> list[dict[str, Any]]:
    """The tables as people read them, for paper and page."""
    return [table_in_words(table) for table in tables(report)]


def table_in_words(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "note": table.note,
        "heads": [str(column.title) for column in table.columns],
        "rows": [[cell_words(value) for value in row] for row in table.rows],
        "total": [cell_words(value) for value in table.total] if table.total and table.rows else [],
    }


def cell_words(value: Any) -> str:
    """`1.234`, `87,4`, and a dash for what is not told."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return number_format(value, 0 if value.is_integer() else 1, use_l10n=True, force_grouping=True)
    return number_format(value, use_l10n=True, force_grouping=True) if isinstance(value, int) else str(value)


def state_words(report: Report) -> str:
    day = date_format(report.today, "j F Y")
    if report.is_provisional:
        return _("Sementara: tahun berjalan, angka sampai %(day)s") % {"day": day}
    if not report.is_whole:
        return _("Angka per %(day)s; masih ada yang diproses") % {"day": day}
    return _("Lengkap: semua permohonan dan keberatan selesai; angka per %(day)s") % {"day": day}


def _counts(title: str, head: str, rows: Sequence[Row], note: str = "") -> Table:
    columns = [Column(head, 60, "long"), Column(_("Jumlah"), COUNT, "whole")]
    return Table(title, columns, rows, [_("Jumlah"), sum(row[1] for row in rows)], note)


def summary(report: Report) -> Table:
    found = report.figures
    columns = [Column(_("Hal"), 60, "long"), Column(_("Angka"), COUNT)]
    rows: list[Row] = [
        [_("Permohonan terdaftar"), found.registered],
        [_("Masih diproses"), found.open],
        [_("Dijawab"), found.answered],
        [_("Dijawab tepat waktu"), found.on_time],
        [_("Dijawab tepat waktu (persen dari yang dijawab)"), found.on_time_percent],
        [_("Median waktu sampai dijawab (hari kerja)"), found.median_days],
        [_("Dikabulkan, seluruhnya atau sebagian"), found.given],
        [_("Ditolak"), found.refused],
        [_("Penilaian pemohon"), found.ratings],
        [_("Rata-rata penilaian (1 sangat tidak puas, 5 sangat puas)"), found.rating_mean],
        [_("Keberatan"), report.objections.registered],
        [_("Sengketa di Komisi Informasi"), report.objections.disputes],
    ]
    return Table(_("Ringkasan"), columns, rows, note=_few(report))


def _few(report: Report) -> str:
    if not report.fewest:
        return ""
    return _("Persen, median dan rata-rata baru disebut mulai %(fewest)d permohonan yang dijawab atau dinilai.") % {
        "fewest": report.fewest
    }


def times(report: Report) -> Table:
    found, lengths = report.figures, periods()
    extended = lengths.notice + lengths.extension
    rows = [
        [_("Sampai %(days)d hari kerja") % {"days": lengths.notice}, found.within_notice],
        [
            _("%(first)d sampai %(last)d hari kerja") % {"first": lengths.notice + 1, "last": extended},
            found.within_extension,
        ],
        [_("Lebih dari %(days)d hari kerja") % {"days": extended}, found.beyond],
    ]
    note = _("Dihitung dari hari diterima sampai pemberitahuan tertulis.")
    return _counts(_("Waktu yang diperlukan"), _("Waktu sampai dijawab"), rows, note)


def outcomes(report: Report) -> Table:
    found = report.figures.outcomes
    rows = [[str(choice.label), found.get(choice, 0)] for choice in InformationRequest.Outcome]
    return _counts(_("Hasil"), _("Hasil permohonan"), [*rows, [_("Masih diproses"), report.figures.open]])


def refusals(report: Report) -> Table:
    found = report.figures.grounds
    rows = [[str(choice.label), found[choice]] for choice in ExemptionGround if choice in found]
    note = _("Permohonan yang ditolak, atau dikabulkan sebagian, menurut dasar pengecualiannya.")
    return _counts(_("Alasan penolakan"), _("Dasar"), rows, note)


def by_month(report: Report) -> Table:
    columns = [
        Column(_("Bulan"), 14),
        Column(_("Terdaftar"), COUNT, "whole"),
        Column(_("Dijawab"), COUNT, "whole"),
        Column(_("Dikabulkan"), COUNT, "whole"),
        Column(_("Ditolak"), COUNT, "whole"),
        Column(_("Median hari kerja"), SHARE),
    ]
    found = report.months
    rows: list[list[Any]] = [
        [str(MONTHS[m.month]), m.registered, m.answered, m.given, m.refused, m.median_days] for m in found
    ]
    sums = [sum(row[place] for row in rows) for place in range(1, 5)]
    note = _("Menurut bulan nomor pendaftaran diberikan; dikabulkan mencakup yang sebagian.")
    return Table(_("Per bulan"), columns, rows, [_("Jumlah"), *sums, report.figures.median_days], note)


def by_unit(report: Report) -> Table:
    columns = [
        Column(_("Unit"), 46, "long"),
        Column(_("Diteruskan"), COUNT, "whole"),
        Column(_("Dijawab"), COUNT, "whole"),
        Column(_("Dikabulkan"), COUNT, "whole"),
        Column(_("Ditolak"), COUNT, "whole"),
        Column(_("Median hari kerja"), SHARE),
        Column(_("Tepat waktu (persen)"), SHARE),
    ]
    rows = [
        [u.name, u.registered, u.answered, u.given, u.refused, u.median_days, u.on_time_percent] for u in report.units
    ]
    note = _(
        "Permohonan yang diteruskan kepada beberapa unit dihitung pada tiap unit, jadi tabel ini tidak dijumlahkan."
    )
    return Table(_("Per unit"), columns, rows, note=note)


def objections(report: Report) -> Table:
    found = report.objections
    grounds = [[str(Ground(name).label), count] for name, count in sorted(found.grounds.items())]
    decisions = [(Objection.Outcome(name).label, count) for name, count in sorted(found.outcomes.items())]
    counts = {"decided": found.decided, "on_time": found.on_time, "open": found.open}
    note = _("Diputuskan %(decided)d, di antaranya %(on_time)d tepat waktu; menunggu keputusan %(open)d.") % counts
    return _counts(_("Keberatan"), _("Alasan (Pasal 35)"), grounds, f"{note} {_listed(decisions)}".strip())


def disputes(report: Report) -> Table:
    found = report.objections.dispute_outcomes
    rows = [[str(choice.label), found[choice]] for choice in Dispute.Outcome if choice in found]
    if "" in found:
        rows.append([_("Belum diputus"), found[""]])
    return _counts(_("Sengketa di Komisi Informasi"), _("Hasil"), rows)


def _listed(pairs: Sequence[tuple[Any, int]]) -> str:
    words = "; ".join(f"{label}: {count}" for label, count in pairs)
    return f"{words}." if words else ""
