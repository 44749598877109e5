"""Pages that show several rooms at once, and the small files at the root of the site."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from opd.models import Category
from publications.listing import with_row_parts
from publications.models import Activity
from rankings.boards.months import latest_finished, running
from rankings.boards.overview import improvers, leaders
from rankings.models import Entry, Ranking

from .common.jakarta import local_day, next_month
from .forms import AUTOMATIC, THEME_COOKIE, ThemeForm

YEAR = timedelta(days=365)
NEWEST = 6
LEADERS = 3
IMPROVERS = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    ranking = latest_finished()
    context = {
        "ranking": ranking,
        "boards": leaders_by_category(ranking) if ranking else [],
        "improvers": list(improvers(ranking)[:IMPROVERS]) if ranking else [],
        "running": running(),
        "first_ranking_on": first_ranking_day(local_day(timezone.now())),
        "activities": list(with_row_parts(Activity.objects.published().newest_first())[:NEWEST]),
    }
    return render(request, "pages/home.html", context)


def leaders_by_category(ranking: Ranking) -> list[tuple[Category, list[Entry]]]:
    """The first three of each category that has any, in the categories' order."""
    found = list(leaders(ranking, LEADERS))
    boards = [(Category(value), [entry for entry in found if entry.category == value]) for value in Category.values]
    return [(category, entries) for category, entries in boards if entries]


def first_ranking_day(today: date) -> date:
    """A month is ranked on the first of the next one."""
    return next_month(today)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html")


@csrf_exempt  # changes nothing but the reader's own colours; a token would set a cookie for everyone who looks
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)  # the page knows where its reader came from
def preferences(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = ThemeForm(
            initial={
                "tema": request.COOKIES.get(THEME_COOKIE) or AUTOMATIC,
                "kembali": _way_back(request, request.headers.get("Referer", "")),
            }
        )
        return render(request, "pages/preferences.html", {"form": form})
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return render(request, "pages/preferences.html", {"form": form}, status=400)
    response = redirect(_way_back(request, form.cleaned_data["kembali"]) or reverse("home"))
    return _with_theme(response, form.cleaned_data["tema"])


def _way_back(request: HttpRequest, address: str) -> str:
    """The address if it is one of this site, else nothing."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours and len(address) <= 500 and reverse("preferences") not in address else ""


def _with_theme(response: HttpResponse, theme: str) -> HttpResponse:
    if theme == AUTOMATIC:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /cari/",
        "Disallow: /preferensi/",
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def web_manifest(request: HttpRequest) -> JsonResponse:
    """The workspace on a phone's home screen, and in its share sheet: what is shared opens the form for links."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
    ]
    about = {
        "id": reverse("admin:index"),
        "name": f"{_('Ruang kerja')} {settings.PORTAL_NAME}",
        "short_name": _("Ruang kerja KIP"),
        "lang": "id",
        "start_url": reverse("admin:index"),
        "scope": reverse("admin:index"),
        "display": "minimal-ui",
        "theme_color": "#0a2f47",
        "background_color": "#f4f7f9",
        "icons": icons,
        "share_target": {
            "action": reverse("links:shared"),
            "method": "GET",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
    return JsonResponse(about, content_type="application/manifest+json")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that do not read the page's icon link ask here."""
    return redirect(static("img/favicon.svg"))


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116: whom to tell about a weakness. Only where there is a contact."""
    if not settings.CONTACT_EMAIL:
        raise Http404
    lines = [
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {timezone.now() + YEAR:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: id, en",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
