"""PDFs: a month on one page for the mayor, and a category's full board."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.typeset import pdf
from opd.models import Category
from rankings.boards.entries import in_words, kinds_in_short, window
from rankings.boards.overview import Totals, category_figures, improvers, leaders, total
from rankings.models import Entry, Ranking
from rankings.records import band_of, entries_of

from . import drawing
from .poster import FIRST, whole

MOVERS = 4
#: Names listed on the one page; more are counted.
SILENT, WITHOUT = 16, 16
#: Rows of a board on paper; the workbook has all.
ROWS = 400


def as_pdf(ranking: Ranking, category: str = "") -> bytes:
    if category:
        return pdf("rankings/board.typ", board(ranking, category))
    return pdf("rankings/month.typ", month(ranking))


def month(ranking: Ranking) -> dict[str, Any]:
    """The month for those who lead: who stands on top, who moved, who is silent, and how the city does."""
    figures = category_figures(ranking)
    totals = total(figures)
    first = list(leaders(ranking, FIRST))
    return {
        "frame": drawing.frame(ranking),
        "summary": _summary(ranking, totals),
        "all_active": _("Semua unit yang terukur mempublikasikan kegiatan.") if totals.units else "–",
        "all_social": _("Semua unit sudah memiliki akun media sosial.") if totals.units else "–",
        "totals": _totals(totals),
        "boards": [
            {
                "label": found.category.long_label,
                "figures": _("%(ranked)d dari %(units)d aktif, median %(median)s")
                % {
                    "ranked": found.ranked,
                    "units": found.units,
                    "median": "–" if found.median is None else in_words(found.median),
                },
                "places": [drawing.place(entry, entry.category) for entry in first if entry.category == found.category],
            }
            for found in figures
        ],
        "risen": [_mover(entry) for entry in improvers(ranking)[:MOVERS]],
        "fallen": [_mover(entry) for entry in fallen(ranking)[:MOVERS]],
        "silent": drawing.names(_in_order(ranking, state=Entry.State.SILENT), SILENT),
        "not_measured": drawing.names(_in_order(ranking, state=Entry.State.NOT_MEASURED), SILENT),
        "without": drawing.names(_in_order(ranking, has_social_media=False), WITHOUT),
        "trend": trend(ranking),
    }


def _summary(ranking: Ranking, totals: Totals) -> str:
    if not totals.units:
        return _("Belum ada unit dan kegiatan pada bulan ini.")
    words = _("%(ranked)d dari %(units)d unit kota mempublikasikan %(activities)s kegiatan.") % {
        "ranked": totals.ranked,
        "units": totals.units,
        "activities": whole(totals.activities),
    }
    if ranking.status == Ranking.Status.FINAL:
        return words
    return words + " " + _("Angka masih dapat berubah sampai bulan ini final.")


def _totals(totals: Totals) -> list[list[str]]:
    return [
        [_("unit aktif"), _("%(ranked)d dari %(units)d") % {"ranked": totals.ranked, "units": totals.units}],
        [_("kegiatan dihitung"), whole(totals.activities)],
        [_("publikasi"), whole(totals.publications)],
        [_("tanpa kegiatan"), whole(totals.silent)],
        [_("tanpa media sosial"), whole(totals.without_social_media)],
    ]


def fallen(ranking: Ranking) -> QuerySet[Entry]:
    """Who lost most places against the month before, whatever the category."""
    return (
        Entry.objects.filter(ranking=ranking, rank__gt=F("previous_rank"))
        .annotate(fall=F("rank") - F("previous_rank"))
        .select_related("unit")
        .order_by("-fall", "rank", "unit__name")
    )


def _mover(entry: Entry) -> dict[str, Any]:
    return {**drawing.place(entry), "category": Category(entry.category).label}


def _in_order(ranking: Ranking, **conditions: Any) -> QuerySet[Entry]:
    return entries_of(ranking).filter(**conditions)


def trend(ranking: Ranking) -> list[dict[str, Any]]:
    """Twelve months of the whole city: activities that counted. A month without a ranking has none, not zero."""
    span = window(ranking.month)
    others = Ranking.objects.current().filter(month__range=(span[0], span[-1]), is_sample=ranking.is_sample)
    rankings = [other.pk for other in others if other.month != ranking.month]
    rows = Entry.objects.filter(ranking__in=[*rankings, ranking.pk]).order_by().values_list("ranking__month")
    known = dict(rows.annotate(activities=Coalesce(Sum("activities"), 0)))
    return [
        {
            "label": date_format(day, "M"),
            "year": str(day.year),
            "value": known.get(day),
            "words": _count(known.get(day)),
        }
        for day in span
    ]


def _count(number: int | None) -> str:
    return "–" if number is None else whole(number)


def board(ranking: Ranking, category: str) -> dict[str, Any]:
    """A category's entries in order: places, then the silent, then those not measured."""
    figures = next(found for found in category_figures(ranking) if found.category == category)
    entries = _in_order(ranking, category=category)
    ranked = entries.filter(state=Entry.State.RANKED)
    return {
        "frame": drawing.frame(ranking, category),
        "summary": _("%(ranked)d dari %(units)d %(label)s mempublikasikan %(activities)s kegiatan.")
        % {
            "ranked": figures.ranked,
            "units": figures.units,
            "label": figures.category.long_label,
            "activities": whole(figures.activities),
        },
        "median": "" if figures.median is None else in_words(figures.median),
        "rows": [_row(entry, category) for entry in ranked[:ROWS]],
        "more": max(0, figures.ranked - ROWS),
        "silent": drawing.names(entries.filter(state=Entry.State.SILENT), ROWS),
        "not_measured": drawing.names(entries.filter(state=Entry.State.NOT_MEASURED), ROWS),
        "without": drawing.names(entries.filter(has_social_media=False), ROWS),
    }


def _row(entry: Entry, category: str) -> dict[str, Any]:
    return {
        **drawing.place(entry, category),
        "band": band_of(entry),
        "activities": entry.activities,
        "active_days": entry.active_days,
        "kinds": kinds_in_short(entry.kinds_used),
    }
