"""`/unit/<slug>/badge.svg`, and `/sematan/…`: the only pages of the portal that another site may frame."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from opd.models import Unit
from rankings.boards.months import latest_finished, ranking_for
from rankings.models import Ranking

from .badge import badge_of, draw, newest_entry, place_words
from .boards import small_board

#: Seconds that a badge or a frame may be kept: a revision is seen everywhere within the hour.
KEPT = 3600
THEMES = {"terang": "light", "gelap": "dark"}
View = Callable[..., HttpResponse]


def shown_elsewhere(response: HttpResponse, seconds: int = KEPT) -> HttpResponse:
    """Let pages of other origins load this, also those that isolate themselves, and let caches keep it."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.status_code == 200:
        patch_cache_control(response, public=True, max_age=seconds)
    return response


def framed(view: View) -> View:
    """A page for frames of any site: out of search engines, the same for every reader (no cookie is looked at)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = shown_elsewhere(view(request, *args, **kwargs))
        response["X-Robots-Tag"] = "noindex"
        return response

    in_any_frame: View = csp_replace({"frame-ancestors": ["*"]})(wrapped)  # type: ignore[arg-type, assignment]
    return xframe_options_exempt(in_any_frame)


@require_safe
def unit_badge(request: HttpRequest, slug: str) -> HttpResponse:
    """Three queries at most; neither session, cookie nor Redis."""
    unit = get_object_or_404(Unit, slug=slug)
    content = draw(badge_of(unit, newest_entry(unit)))
    response = HttpResponse(content, content_type="image/svg+xml; charset=utf-8")
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["Access-Control-Allow-Origin"] = "*"
    return shown_elsewhere(response)


@require_safe
@framed
def category(request: HttpRequest, category: str) -> HttpResponse:
    """The newest finished month, or with `?bulan=2023-01` that one."""
    asked = request.GET.get("bulan", "")
    ranking = ranking_for(asked) if asked else latest_finished()
    if ranking is None:
        return nothing_yet(request, reverse("rankings:latest"), status=404 if asked else 200)
    board = small_board(ranking, category)
    if not board.units:
        return nothing_yet(request, ranking.get_absolute_url(), status=404 if asked else 200)
    page = reverse("rankings:category", args=[ranking.month_text, category])
    return show(request, "embeds/category.html", page, board=board, ranking=ranking)


@require_safe
@framed
def unit(request: HttpRequest, slug: str) -> HttpResponse:
    found = Unit.objects.filter(slug=slug).first()
    if found is None:
        return nothing_yet(request, reverse("opd:units"), status=404)
    entry = newest_entry(found)
    ranking: Ranking | None = entry.ranking if entry else None
    page = found.get_absolute_url()
    return show(request, "embeds/unit.html", page, unit=found, entry=entry, ranking=ranking, place=place_words(entry))


def nothing_yet(request: HttpRequest, page: str, status: int) -> HttpResponse:
    """A frame that has nothing to show says so, instead of the browser's grey page."""
    text = _("Tidak ada peringkat di alamat ini.") if status == 404 else _("Peringkat pertama belum terbit.")
    return show(request, "embeds/nothing.html", page, status=status, text=text)


def show(request: HttpRequest, template: str, page: str, status: int = 200, **context: Any) -> HttpResponse:
    """`page` is the portal's own page of the same, `?tema=` the look of the site around the frame."""
    address = settings.SITE_URL + page
    theme = THEMES.get(request.GET.get("tema", ""), "")
    return render(request, template, {**context, "page": address, "data_theme": theme}, status=status)
