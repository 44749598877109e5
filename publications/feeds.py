"""Atom feeds (RFC 4287) of published activities: all with the list's filters, or those of one unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.atom import PortalFeed, absolute, answer, tag, to_second
from cilegon_kip.common.xml import xml_text
from opd.models import Unit

from .models import Activity
from .search import match_activities
from .search_forms import ActivityFilterForm, filter_activities

MAX_ENTRIES = 50
SUMMARY_LENGTH = 300


@require_safe
def activity_feed(request: HttpRequest) -> HttpResponse:
    """`/kegiatan/atom.xml`; takes the filters of the list, a filter that cannot be is a 400 with its reason."""
    form = ActivityFilterForm(request.GET)
    if not form.is_valid():
        reasons = [f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        return HttpResponse("\n".join(reasons) + "\n", status=400, content_type="text/plain; charset=utf-8")
    activities = filter_activities(Activity.objects.published(), form.cleaned_data)
    activities = match_activities(activities, form.cleaned_data["q"])
    chosen = [(name, request.GET[name]) for name in form.fields if form.cleaned_data.get(name)]
    query = f"?{urlencode(chosen)}" if chosen else ""
    words = [value for _label, value in form.active_filters()]
    if form.cleaned_data["q"]:
        words.insert(0, f"“{form.cleaned_data['q']}”")
    title = _("Kegiatan %(city)s") % {"city": settings.CITY_NAME}
    return _respond(
        request,
        activities,
        title=": ".join([title, ", ".join(words)]) if words else title,
        page=reverse("publications:activities") + query,
        address=reverse("publications:feed") + query,
    )


@require_safe
def unit_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """`/unit/<slug>/atom.xml`"""
    unit = get_object_or_404(Unit, slug=slug)
    return _respond(
        request,
        Activity.objects.published().filter(unit=unit),
        title=_("Kegiatan %(unit)s") % {"unit": unit.name},
        page=reverse("opd:unit", args=[slug]),
        address=reverse("publications:unit_feed", args=[slug]),
    )


def _respond(request: HttpRequest, activities: Any, *, title: str, page: str, address: str) -> HttpResponse:
    newest = activities.select_related("unit").order_by("-published_at", "-pk")[:MAX_ENTRIES]
    feed = _build(newest, title=title, page=page, address=address)
    # An entry that was withdrawn is gone from the feed, so the time of the last change of any activity is asked for.
    return answer(request, feed, changed_at=Activity.objects.aggregate(at=Max("updated_at"))["at"])


def _build(activities: Iterable[Activity], *, title: str, page: str, address: str) -> PortalFeed:
    feed = PortalFeed(
        title=xml_text(title),
        link=absolute(page),
        description=_("Kegiatan yang diumumkan unit-unit di %(city)s.") % {"city": settings.CITY_NAME},
        feed_url=absolute(address),
        feed_guid=absolute(address),
        author_name=settings.PORTAL_NAME,
        language="id",
    )
    for activity in activities:
        feed.add_item(**_entry(activity))
    return feed


def _entry(activity: Activity) -> dict[str, Any]:
    if activity.published_at is None:
        raise ValueError("a published activity has a time")
    title = xml_text(activity.title) or _("Kegiatan tanpa judul")
    moment = to_second(activity.published_at)
    categories = [str(activity.get_theme_display())] if activity.theme else []
    return {
        "title": _("[Data contoh] %(title)s") % {"title": title} if activity.is_sample else title,
        "link": absolute(activity.get_absolute_url()),
        "description": xml_text(Truncator(activity.text or activity.title).chars(SUMMARY_LENGTH)),
        "unique_id": tag_of(activity),
        "author_name": xml_text(activity.unit.name),
        "pubdate": moment,
        "updateddate": to_second(max(activity.updated_at, activity.published_at)),
        "categories": [*categories, _("data contoh")] if activity.is_sample else categories,
    }


def tag_of(activity: Activity) -> str:
    """An id that stays when the title, and so the address, changes."""
    return tag(f"kegiatan/{activity.pk}")
