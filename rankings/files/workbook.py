"""A month or a category as a workbook: the ranking, every publication behind it, the method, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from cilegon_kip.common.spreadsheet import About, Column, Sheet, workbook
from opd.models import Category
from publications.models import Activity, PublicationKind
from rankings.boards.entries import kinds_in_short
from rankings.exports import entries_in
from rankings.models import Evidence, Method, Ranking
from rankings.records import SAMPLE_LABEL, band_of, formula_lines, source_line

from . import facts

ROWS_AT_ONCE = 2000


def as_xlsx(ranking: Ranking, category: str = "") -> bytes:
    sheets = [ranking_sheet(ranking, category), publications_sheet(ranking, category)]
    sheets += [method_sheet(ranking.method), facts_sheet(ranking, category)]
    title = _("Peringkat keaktifan %(month)s") % {"month": facts.month_words(ranking)}
    sample = f" ({SAMPLE_LABEL})" if ranking.is_sample else ""
    footer = f"{title}{sample} · {ranking.state_words} · {facts.short_address(ranking, category)}"
    about = About(
        title=f"{title}{sample}",
        author=settings.PORTAL_NAME,
        made_at=facts.made_at(ranking),
        comment=f"{source_line()} {settings.DATA_LICENCE}",
        footer=footer,
    )
    return workbook(sheets, about)


def ranking_sheet(ranking: Ranking, category: str) -> Sheet:
    columns = [
        Column(_("Bulan"), 15, "month"),
        Column(_("Kategori"), 11),
        Column(_("Peringkat"), 10, "whole"),
        Column(_("Peringkat bulan lalu"), 11, "whole"),
        Column(_("Unit"), 46),
        Column(_("Kecamatan"), 20),
        Column(_("Keadaan"), 15),
        Column(_("Indeks"), 10, "index"),
        Column(_("Golongan"), 14),
        Column(_("Volume"), 11, "share"),
        Column(_("Konsistensi"), 11, "share"),
        Column(_("Jangkauan"), 11, "share"),
        Column(_("Kelengkapan"), 12, "share"),
        Column(_("Kegiatan dihitung"), 10, "whole"),
        Column(_("Kegiatan terbanyak di kategori"), 13, "whole"),
        Column(_("Hari aktif"), 8, "whole"),
        Column(_("Hari kerja"), 8, "whole"),
        *(Column(_("Kegiatan %(points)d poin") % {"points": points}, 9, "whole") for points in range(4)),
        Column(_("Dengan foto atau video"), 11, "whole"),
        Column(_("Dengan uraian cukup"), 11, "whole"),
        Column(_("Dengan tanggal kegiatan"), 11, "whole"),
        Column(_("Kanal dipakai"), 26),
        Column(_("Kanal tak terukur"), 18),
        Column(_("Publikasi diterima"), 10, "whole"),
        Column(_("Publikasi tidak dihitung"), 10, "whole"),
        Column(_("Punya media sosial"), 10),
        Column(_("Status"), 24),
        Column(_("Keterangan"), 13),
    ]
    return Sheet(_("Peringkat"), columns, _ranking_rows(ranking, category))


def _ranking_rows(ranking: Ranking, category: str) -> Iterator[tuple[Any, ...]]:
    status, sample = ranking.state_words, SAMPLE_LABEL if ranking.is_sample else ""
    for entry in entries_in(ranking, category):
        yield (
            ranking.month,
            Category(entry.category).label,
            entry.rank,
            entry.previous_rank,
            entry.unit.name,
            entry.unit.parent.name if entry.unit.parent else None,
            entry.get_state_display(),
            entry.score,
            band_of(entry),
            entry.volume,
            entry.consistency,
            entry.reach,
            entry.completeness,
            entry.activities,
            entry.max_activities,
            entry.active_days,
            ranking.working_days,
            *entry.points,
            entry.with_media,
            entry.with_text,
            entry.with_date,
            kinds_in_short(entry.kinds_used) if entry.kinds_used else None,
            kinds_in_short(entry.kinds_not_measured) if entry.kinds_not_measured else None,
            entry.publications,
            entry.left_out,
            _("ya") if entry.has_social_media else _("tidak"),
            status,
            sample,
        )


def publications_sheet(ranking: Ranking, category: str) -> Sheet:
    """Every posting with its rule. A title stands here only while its activity is public: see `keeping.version_of`."""
    columns = [
        Column(_("Kategori"), 11),
        Column(_("Unit"), 46),
        Column(_("Tanggal dihitung"), 15, "date"),
        Column(_("Terbit (WIB)"), 19, "moment"),
        Column(_("Kanal"), 14),
        Column(_("Judul kegiatan"), 60),
        Column(_("Aturan"), 60),
        Column(_("Poin kelengkapan (0–3)"), 13, "whole"),
        Column(_("Alamat publikasi"), 60),
        Column(_("Alamat kegiatan di portal"), 48),
        Column(_("Keterangan"), 13),
    ]
    return Sheet(_("Publikasi"), columns, _publication_rows(ranking, category))


def _publication_rows(ranking: Ranking, category: str) -> Iterator[tuple[Any, ...]]:
    by_category = Case(
        *[When(unit__entries__category=value, then=Value(place)) for place, value in enumerate(Category.values)],
        output_field=IntegerField(),
    )
    names = (
        "unit__entries__category",
        "unit__name",
        "counted_on",
        "publication__published_at",
        "publication__kind",
        "rule",
        "points",
        "publication__permalink",
        "activity_id",
        "activity__status",
        "activity__title",
    )
    of_entry: dict[str, Any] = {"unit__entries__ranking": ranking}
    if category:
        of_entry["unit__entries__category"] = category
    rows: Any = Evidence.objects.filter(ranking=ranking, **of_entry).values_list(*names)
    rows = rows.order_by(by_category, "unit__name", "counted_on", "publication__published_at", "pk")
    sample = SAMPLE_LABEL if ranking.is_sample else ""
    for found, unit, day, moment, kind, rule, points, permalink, *activity in rows.iterator(ROWS_AT_ONCE):
        yield (
            Category(found).label,
            unit,
            day,
            moment,
            str(PublicationKind(kind).label),
            _title(*activity),
            str(Evidence.Rule(rule).label),
            points,
            permalink,
            _activity_url(activity[0]),
            sample,
        )


def _title(activity_id: int | None, status: str, title: str) -> str:
    if status == Activity.Status.WITHDRAWN:
        return _("(ditarik)")
    return title if status == Activity.Status.PUBLISHED else ""


def _activity_url(activity_id: int | None) -> str:
    """An address that leads to the activity whatever its title has become."""
    if activity_id is None:
        return ""
    return settings.SITE_URL + reverse("publications:activity", args=[activity_id, "kegiatan"])


def _fact_columns() -> list[Column]:
    return [Column(_("Hal"), 34), Column(_("Isi"), 100, "long")]


def method_sheet(method: Method) -> Sheet:
    rows: list[tuple[str, Any]] = [
        (_("Metode"), str(method)),
        (_("Versi"), method.version),
        (_("Berlaku sejak"), method.effective_from),
        (_("Bobot volume"), method.volume_weight),
        (_("Bobot konsistensi"), method.consistency_weight),
        (_("Bobot jangkauan"), method.reach_weight),
        (_("Bobot kelengkapan"), method.completeness_weight),
        (_("Paling banyak kegiatan sehari"), method.daily_limit),
        (_("Uraian cukup, karakter"), method.text_min_length),
        (_("Terlambat terlihat, jam"), method.late_hours),
        *((_("Golongan %(band)s, mulai indeks") % {"band": band["label"]}, band["from"]) for band in method.bands),
        *((_("Rumus, baris %(line)d") % {"line": line}, text) for line, text in enumerate(formula_lines(method), 1)),
        (_("Halaman metode"), settings.SITE_URL + reverse("rankings:method_version", args=[method.version])),
    ]
    return Sheet(_("Metode"), _fact_columns(), rows, has_filter=False)


def facts_sheet(ranking: Ranking, category: str) -> Sheet:
    off = [
        (_("Hari libur %(name)s") % {"name": name}, date.fromisoformat(day))
        for day, name in sorted(ranking.days_off.items())
    ]
    rows: list[tuple[str, Any]] = [
        (_("Bulan"), ranking.month),
        (_("Isi"), facts.subject_words(category)),
        (_("Status"), ranking.state_words),
        (_("Revisi"), ranking.revision),
        (_("Alasan revisi"), ranking.revision_reason or None),
        (
            _("Keterangan"),
            _("%(label)s: angka dibuat untuk memperagakan portal") % {"label": SAMPLE_LABEL}
            if ranking.is_sample
            else None,
        ),
        (_("Dihitung (WIB)"), ranking.computed_at),
        (_("Sanggahan sampai"), ranking.objection_until),
        (_("Final sejak (WIB)"), ranking.finalised_at),
        (_("Hari kerja"), ranking.working_days),
        *off,
        (_("Metode, versi"), ranking.method.version),
        (_("SHA-256 masukan"), facts.input_words(ranking)),
        (_("Sumber"), source_line()),
        (_("Lisensi"), settings.DATA_LICENCE),
        (_("Halaman"), facts.url_of(ranking, category)),
    ]
    return Sheet(_("Keterangan"), _fact_columns(), [row for row in rows if row[1] is not None], has_filter=False)
