"""The poster of a month or a category, 1080 × 1350 pixels, fit for Instagram and as the preview of a link."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cilegon_kip.common.typeset import png
from opd.models import Category
from rankings.boards.entries import in_words
from rankings.boards.overview import CategoryFigures, category_figures, first_of, leaders, podium, total
from rankings.models import Entry, Ranking
from rankings.records import SAMPLE_LABEL

from . import drawing, facts

WIDTH, HEIGHT = 1080, 1350
TOP = 10
FIRST = 3
MAPPED = (Category.KELURAHAN, Category.KECAMATAN)
#: Flat colours and few of them: with so many a picture of text and plates keeps its look at a third of the bytes.
COLOURS = 256


def as_png(ranking: Ranking, category: str = "") -> bytes:
    drawn = png("rankings/poster.typ", poster(ranking, category) if category else overview(ranking))
    picture = Image.open(io.BytesIO(drawn)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    content = io.BytesIO()
    picture.save(content, "PNG", optimize=True, pnginfo=_words(ranking, category))
    return content.getvalue()


def poster(ranking: Ranking, category: str) -> dict[str, Any]:
    """A category: who stands on the podium, the places after it, the map where there is one, the category's figures."""
    figures = next((found for found in category_figures(ranking) if found.category == category), None)
    top = first_of(ranking, category, TOP)
    steps = podium(top, figures.units) if figures else []
    rest = top[len(steps) :]
    map_svg = drawing.map_svg(ranking, category) if category in MAPPED else ""
    return {
        "frame": drawing.frame(ranking, category),
        "title": _("Paling aktif: %(subject)s") % {"subject": facts.subject_words(category)},
        "podium": [drawing.place(entry, category) for entry in steps],
        "rest": [drawing.place(entry, category) for entry in rest],
        "boards": [],
        "figures": _figures(figures) if figures else [],
        "map": map_svg,
        "summary": _("%(ranked)d dari %(units)d aktif") % {"ranked": figures.ranked, "units": figures.units}
        if figures
        else "",
        "legend": drawing.legend(ranking),
        "apart": [_("arsir: tanpa media sosial"), _("putih: tanpa kegiatan"), _("titik: tidak terukur")],
        "nobody": _("Belum ada kegiatan terverifikasi pada bulan ini."),
    }


def overview(ranking: Ranking) -> dict[str, Any]:
    """A month: the first three of every category, and the city's figures."""
    every = category_figures(ranking)
    first = list(leaders(ranking, FIRST))
    boards = [
        {
            "label": figures.category.long_label,
            "places": [drawing.place(entry, entry.category) for entry in first if entry.category == figures.category],
            "units": _("%(ranked)d dari %(units)d unit aktif") % {"ranked": figures.ranked, "units": figures.units},
        }
        for figures in every
    ]
    totals = total(every)
    return {
        "frame": drawing.frame(ranking),
        "title": _("Unit kota paling aktif"),
        "podium": [],
        "rest": [],
        "boards": boards,
        "figures": [
            [_("unit aktif"), _("%(ranked)d dari %(units)d") % {"ranked": totals.ranked, "units": totals.units}],
            [_("kegiatan dihitung"), whole(totals.activities)],
            [_("publikasi"), whole(totals.publications)],
            [_("tanpa media sosial"), whole(totals.without_social_media)],
        ],
        "map": "",
        "legend": [],
        "apart": [],
        "nobody": _("Belum ada kegiatan terverifikasi pada bulan ini."),
    }


def _figures(figures: CategoryFigures) -> list[list[str]]:
    return [
        [_("unit aktif"), _("%(ranked)d dari %(units)d") % {"ranked": figures.ranked, "units": figures.units}],
        [_("kegiatan dihitung"), whole(figures.activities)],
        [_("median indeks"), "–" if figures.median is None else in_words(figures.median)],
        [_("tanpa media sosial"), whole(figures.without_social_media)],
    ]


def whole(number: int) -> str:
    """1.234"""
    return f"{number:,}".replace(",", ".")


def alt_text(ranking: Ranking, places: list[tuple[str, list[Entry]]]) -> str:
    """What the poster says, in words; `places` are the groups on it (category's name, entries)."""
    head = _("Poster peringkat keaktifan %(month)s, %(state)s") % {
        "month": facts.month_words(ranking),
        "state": ranking.state_words,
    }
    sample = f" ({SAMPLE_LABEL})" if ranking.is_sample else ""
    groups = [
        f"{label}: " + "; ".join(f"{entry.rank}. {entry.unit.name}, {in_words(entry.score)}" for entry in entries)
        for label, entries in places
        if entries
    ]
    return f"{head}{sample}. " + ". ".join([*groups, settings.PORTAL_NAME]) + "."


def _words(ranking: Ranking, category: str) -> PngInfo:
    """What the file says of itself, for who finds it without the page."""
    about = drawing.frame(ranking, category)
    info = PngInfo()
    info.add_itxt("Title", f"{about['subject']}, {about['month']}, {about['state']}")
    info.add_itxt("Description", drawing.joined([about["method"], about["made"], f"SHA-256 {about['input']}"]))
    info.add_itxt("Source", about["source"])
    info.add_itxt("Copyright", about["licence"])
    info.add_itxt("Comment", about["sample_words"] if ranking.is_sample else about["url"])
    return info
