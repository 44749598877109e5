"""Public pages of activities: the list, one activity, its photos, the search."""

from __future__ import annotations

from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.paging import PAGE_KEY, page_of, query_without_page

from .listing import nearest_units, with_row_parts
from .merging import merged_into
from .models import Activity
from .photos import photo_file
from .search import match_activities
from .search import search as find
from .search_forms import ActivityFilterForm, SearchForm, filter_activities

PER_PAGE = 20
OTHERS = 4
PUBLIC_PHOTO = "public, max-age=31536000, immutable"
STAFF_PHOTO = "private, no-store"


@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """A wrong filter is named at its field and left out; the others still filter."""
    form = ActivityFilterForm(request.GET)
    status = 200 if form.is_valid() else 400
    rows = filter_activities(Activity.objects.published().newest_first(), form.cleaned_data)
    rows = match_activities(rows, form.cleaned_data.get("q", ""))
    context = {
        "form": form,
        "page_obj": page_of(request, with_row_parts(rows), PER_PAGE),
        "page_query": query_without_page(request),
        "filters": form.active_filters(),
        "query": form.cleaned_data.get("q", ""),
    }
    return render(request, "publications/activities.html", context, status=status)


@require_safe
def activity(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """A draft does not exist, a withdrawn one says why; a merged one and a wrong slug lead to the right page."""
    rows = Activity.objects.exclude(status=Activity.Status.DRAFT).select_related("unit")
    found = get_object_or_404(rows, pk=pk)
    if found.merged_into_id and (kept := merged_into(pk)):
        return redirect(kept, permanent=True)
    if found.status == Activity.Status.WITHDRAWN:
        return render(request, "410.html", {"activity": found}, status=410)
    if slug != found.slug:
        return redirect(found, permanent=True)
    others = Activity.objects.published().filter(unit=found.unit_id).exclude(pk=pk).newest_first()
    context = {
        "activity": found,
        "photos": list(found.photos.all()),
        "postings": list(found.publications.order_by("published_at", "pk")),
        "report_link": _report_link(found),
        "others": list(others.only("pk", "title", "published_at", "unit_id")[:OTHERS]),
    }
    return render(request, "publications/activity.html", context)


def _report_link(activity: Activity) -> str:
    """A mail that already says which page is meant; empty where the portal has no address."""
    if not settings.CONTACT_EMAIL:
        return ""
    subject = _("Laporan kekeliruan: %(title)s") % {"title": activity.title}
    fields = {"subject": subject, "body": settings.SITE_URL + activity.get_absolute_url()}
    return f"mailto:{settings.CONTACT_EMAIL}?{urlencode(fields, quote_via=quote)}"


@require_safe
def photo(request: HttpRequest, key: UUID, size: str) -> FileResponse:
    """Photos of published activities are for everyone; of others only for staff who may see them."""
    file = photo_file(key, size, AnonymousUser())
    cache = PUBLIC_PHOTO
    if file is None:
        file, cache = photo_file(key, size, request.user), STAFF_PHOTO
    if file is None:
        raise Http404
    try:
        response = FileResponse(file.open("rb"), content_type="image/webp")
    except OSError as error:  # deleted since
        raise Http404 from error
    response["Cache-Control"] = cache
    return response


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    status = 200 if form.is_valid() else 400
    filters = form.cleaned_data
    result = find(filters.get("q", ""), filters, kind=filters.get("jenis", ""), page=request.GET.get(PAGE_KEY))
    context = {
        "form": form,
        "result": result,
        "page_obj": result.page,
        "near": list(nearest_units(result.query)) if result.query and not result.total else [],
        "page_query": query_without_page(request),
        "kind_query": _query_for_kinds(request),
        "filters": form.active_filters(),
    }
    return render(request, "publications/search.html", context, status=status)


def _query_for_kinds(request: HttpRequest) -> str:
    """The query for links to another kind: it starts on the first page."""
    rest = request.GET.copy()
    rest.pop(PAGE_KEY, None)
    rest.pop("jenis", None)
    return f"{rest.urlencode()}&" if rest else ""
