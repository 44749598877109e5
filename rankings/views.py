"""Public pages of the ranking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from cilegon_kip.common.http import public_page
from cilegon_kip.common.jakarta import local_day
from opd.models import Category

from . import boards, example
from .files import poster
from .files.keeping import MAKERS, sizes_of
from .models import Entry, Ranking
from .rewards.register import of_entry as rewards_of_entry
from .rewards.register import of_month as rewards_of_month

#: How a download is named on the page.
LABELS = {"csv": "CSV", "json": "JSON", "xlsx": "XLSX", "pdf": "PDF", "png": gettext_lazy("poster PNG")}


def files(ranking: Ranking, category: str = "") -> list[dict[str, Any]]:
    """What there is to take away, with the sizes of what is made already."""
    sizes = sizes_of(ranking, category)
    return [
        {"url": file_url(ranking, category, kind), "label": LABELS[kind], "size": sizes.get(kind)} for kind in MAKERS
    ]


def file_url(ranking: Ranking, category: str, kind: str) -> str:
    name = "rankings:category_download" if category else "rankings:download"
    place = [ranking.month_text, category] if category else [ranking.month_text]
    return reverse(name, args=[*place, kind]) + ranking.query


def preview(ranking: Ranking, category: str, places: list[tuple[str, list[Entry]]]) -> dict[str, Any]:
    """The poster as the picture that goes with a link to the page, and what it says in words."""
    return {
        "url": settings.SITE_URL + file_url(ranking, category, "png"),
        "width": poster.WIDTH,
        "height": poster.HEIGHT,
        "alt": poster.alt_text(ranking, places),
    }


def head(ranking: Ranking, title: str, description: str) -> dict[str, Any]:
    """Title and description of a page about a month, and its revisions; sample months and old revisions say so."""
    if ranking.query:
        title = _("%(title)s, revisi %(number)d yang sudah digantikan") % {"title": title, "number": ranking.revision}
    if ranking.is_sample:
        title = _("%(title)s (data contoh)") % {"title": title}
        description = _("Data contoh. %(description)s") % {"description": description}
    # An old revision stays readable, but a search leads to the one that holds.
    about = {"noindex": bool(ranking.query), "revisions": boards.revisions(ranking)}
    return {"title": title, "description": description, **about}


def asked(request: HttpRequest, month: str) -> Ranking | None:
    """The month that the address names, in the revision that `?revisi=` names, else in its current one."""
    return boards.ranking_for(month, request.GET.get("revisi"))


def page_query(ranking: Ranking, rest: str = "") -> str:
    """What the links from page to page keep of the query."""
    return f"revisi={ranking.revision}&{rest}" if ranking.query else rest


def month_words(ranking: Ranking) -> str:
    return date_format(ranking.month, "F Y")


def no_ranking(request: HttpRequest, month: str = "") -> HttpResponse:
    """A month without a ranking, or not in that revision: 404, with the revisions or the months that there are."""
    current = boards.ranking_for(month)
    if current is not None:
        context = {"title": _("Revisi ini tidak ada"), "ranking": current, "revisions": boards.revisions(current)}
        return render(request, "rankings/no_revision.html", context, status=404)
    context = {"title": _("Belum ada peringkat"), "picker": boards.picker(), "newest": boards.latest_finished()}
    return render(request, "rankings/no_month.html", context, status=404)


@require_safe
@public_page
def wrong_month(request: HttpRequest) -> HttpResponse:
    """`/peringkat/2023-13/`, `/peringkat/2023-1/`: not a month, but someone who looks for one."""
    return no_ranking(request)


@require_safe
@public_page
def latest(request: HttpRequest) -> HttpResponse:
    """The newest finished month; with `?bulan=2023-01` (the picker) that month's own address."""
    asked = request.GET.get("bulan", "")
    if asked:
        found = boards.ranking_for(asked)
        return redirect(found) if found else no_ranking(request)
    ranking = boards.latest_finished() or boards.running()
    if ranking is None:
        return render(request, "rankings/none_yet.html", {"title": _("Peringkat keaktifan")})
    return month_page(request, ranking, is_latest=True)


@require_safe
@public_page
def month(request: HttpRequest, month: str) -> HttpResponse:
    ranking = asked(request, month)
    return month_page(request, ranking) if ranking else no_ranking(request, month)


def month_page(request: HttpRequest, ranking: Ranking, *, is_latest: bool = False) -> HttpResponse:
    running = boards.running() if is_latest else None
    overview = boards.overview(ranking)
    words = {"month": month_words(ranking), "ranked": overview.totals.ranked, "units": overview.totals.units}
    context = {
        **head(
            ranking,
            _("Peringkat keaktifan %(month)s") % words,
            _("%(ranked)d dari %(units)d unit mempublikasikan kegiatan pada %(month)s.") % words,
        ),
        "canonical": settings.SITE_URL + ranking.current_url,
        "ranking": ranking,
        "overview": overview,
        "running": running if running != ranking else None,
        "picker": boards.picker(ranking),
        "map": boards.city_map(ranking),
        "files": files(ranking),
        "preview": preview(ranking, "", overview.places(poster.FIRST)),
        "reward_count": rewards_of_month(ranking.month).count(),
        "example": example.worked(ranking.method),
    }
    return render(request, "rankings/month.html", context)


@require_safe
@public_page
def category(request: HttpRequest, month: str, category: str) -> HttpResponse:
    ranking = asked(request, month)
    if ranking is None:
        return no_ranking(request, month)
    sort = boards.sort_of(request.GET.get("urut", ""))
    board = boards.board(ranking, category, sort, request.GET.get("halaman", "1"))
    if board is None:
        raise Http404(_("Belum ada unit kategori ini pada bulan itu."))
    is_mapped = category == Category.KELURAHAN
    words = {"label": board.category.label, "month": month_words(ranking), "ranked": board.figures.ranked}
    context = {
        **head(
            ranking,
            _("Peringkat %(label)s %(month)s") % words,
            _("Papan keaktifan %(label)s pada %(month)s: %(ranked)d unit aktif, dengan alasan tiap tempat.") % words,
        ),
        "ranking": ranking,
        "board": board,
        "page_obj": board.page,
        "page_query": page_query(ranking, "" if sort is boards.SORTS["peringkat"] else f"urut={sort.key}&"),
        "picker": boards.picker(ranking),
        "map": boards.city_map(ranking) if is_mapped else None,
        "files": files(ranking, category),
        "preview": preview(
            ranking, category, [(str(board.category.label), boards.first_of(ranking, category, poster.TOP))]
        ),
        "example": example.worked(ranking.method),
    }
    return render(request, "rankings/category.html", context)


@require_safe
@public_page
def entry(request: HttpRequest, month: str, category: str, slug: str) -> HttpResponse:
    ranking = asked(request, month)
    if ranking is None:
        return no_ranking(request, month)
    detail = boards.entry_detail(ranking, category, slug)
    if detail is None:
        raise Http404(_("Tidak ada unit dengan alamat ini di kategori dan bulan itu."))
    words = {"name": detail.entry.unit.name, "month": month_words(ranking)}
    context = {
        **head(
            ranking,
            _("%(name)s, peringkat %(month)s") % words,
            _("Mengapa %(name)s berada di tempatnya pada %(month)s: komponen, kegiatan, dan yang tidak dihitung.")
            % words,
        ),
        "canonical": settings.SITE_URL + detail.entry.current_url,
        "ranking": ranking,
        "detail": detail,
        "entry": detail.entry,
        "standing": boards.standing(detail.entry, local_day(timezone.now())),
        "rewards": list(rewards_of_entry(detail.entry.unit, ranking.month)),
    }
    return render(request, "rankings/entry.html", context)


@require_safe
@public_page
def without_social_media(request: HttpRequest, month: str) -> HttpResponse:
    ranking = asked(request, month)
    if ranking is None:
        return no_ranking(request, month)
    found = boards.without_social_media(ranking, request.GET.get("halaman", "1"))
    words = {"month": month_words(ranking), "count": found.count, "units": found.units}
    context = {
        **head(
            ranking,
            _("Unit tanpa media sosial, %(month)s") % words,
            _("%(count)d dari %(units)d unit belum mempunyai akun media sosial terverifikasi.") % words,
        ),
        "ranking": ranking,
        "found": found,
        "page_obj": found.page,
        "page_query": page_query(ranking),
        "picker": boards.picker(ranking),
    }
    return render(request, "rankings/without_social_media.html", context)
