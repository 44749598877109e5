"""`/peringkat/atom.xml`: a month's ranking has appeared, is final, was corrected; `kalender.ics`: when that will be.

A stage is an entry of its own, with an id that stays: a reader who has seen the draft is told of the final ranking too.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cilegon_kip.common.atom import PortalFeed, absolute, answer, tag, to_second
from cilegon_kip.common.jakarta import local_day
from cilegon_kip.common.xml import xml_text
from opd.models import Category

from . import month_calendar
from .models import Entry, Ranking

#: Revisions that the feed goes back.
MOST = 24
#: Names that one entry spells out.
MOST_NAMES = 200
DRAFT, FINAL = "rancangan", "final"
CALENDAR_KEPT = 3600


@require_safe
def ranking_feed(request: HttpRequest) -> HttpResponse:
    """Four queries at most, whatever the number of units."""
    rankings = list(newest_finished())
    feed = PortalFeed(
        title=_("Peringkat keaktifan %(city)s") % {"city": settings.CITY_NAME},
        link=absolute(reverse("rankings:latest")),
        description=_("Rancangan, peringkat final, dan revisi tiap bulan."),
        feed_url=absolute(reverse("rankings:feed")),
        feed_guid=absolute(reverse("rankings:feed")),
        author_name=settings.PORTAL_NAME,
        feed_copyright=settings.DATA_LICENCE,
        language="id",
    )
    for item in sorted(_items(rankings), key=lambda item: item["updateddate"], reverse=True):
        feed.add_item(**item)
    return answer(request, feed)


def newest_finished() -> Iterable[Ranking]:
    """Drafts and final rankings in all their revisions; `is_current` is the one that stands now."""
    newest = Window(RowNumber(), partition_by=[F("month")], order_by=[F("revision").desc()])
    return (
        Ranking.objects.annotate(place=newest)
        .exclude(status=Ranking.Status.PROVISIONAL)
        .order_by("-month", "-revision")[:MOST]
    )


def _items(rankings: list[Ranking]) -> list[dict[str, Any]]:
    counts, firsts = _counts(rankings), _firsts(rankings)
    items = []
    for ranking in rankings:
        facts = _facts(counts.get(ranking.pk, (0, 0)), firsts[ranking.pk])
        items.append(_item(ranking, DRAFT, ranking.computed_at, facts))
        if ranking.finalised_at:
            items.append(_item(ranking, FINAL, ranking.finalised_at, facts))
    return items


def _item(ranking: Ranking, stage: str, moment: datetime, facts: str) -> dict[str, Any]:
    title = _title(ranking, stage)
    return {
        "title": _("[Data contoh] %(title)s") % {"title": title} if ranking.is_sample else title,
        "link": absolute(_address(ranking)),
        "description": xml_text(f"{_stage_words(ranking, stage)} {facts}"),
        "unique_id": tag(f"peringkat/{ranking.month_text}/revisi/{ranking.revision}/{stage}"),
        "author_name": settings.PORTAL_NAME,
        "pubdate": None,
        "updateddate": to_second(moment),
        "categories": [stage, *([_("data contoh")] if ranking.is_sample else [])],
    }


@require_safe
def without_social_media_feed(request: HttpRequest) -> HttpResponse:
    """`/peringkat/tanpa-media-sosial/atom.xml`: month by month who has no account; two queries."""
    address = reverse("rankings:without_social_media_feed")
    feed = PortalFeed(
        title=_("Unit tanpa media sosial di %(city)s") % {"city": settings.CITY_NAME},
        link=absolute(reverse("rankings:latest")),
        description=_("Tiap bulan: unit tanpa akun media sosial terverifikasi."),
        feed_url=absolute(address),
        feed_guid=absolute(address),
        author_name=settings.PORTAL_NAME,
        feed_copyright=settings.DATA_LICENCE,
        language="id",
    )
    rankings = [ranking for ranking in newest_finished() if ranking.place == 1]  # type: ignore[attr-defined]
    names, units = _names_without(rankings)
    for ranking in rankings:
        feed.add_item(**_missing_item(ranking, names[ranking.pk], units[ranking.pk]))
    return answer(request, feed)


def _names_without(rankings: list[Ranking]) -> tuple[dict[int, list[str]], Counter[int]]:
    """Of each ranking the units without an account by name, and how many units there were."""
    names: dict[int, list[str]] = defaultdict(list)
    units: Counter[int] = Counter()
    rows = Entry.objects.filter(ranking__in=rankings).order_by("unit__name")
    for ranking, name, has_account in rows.values_list("ranking", "unit__name", "has_social_media"):
        units[ranking] += 1
        if not has_account:
            names[ranking].append(name)
    return names, units


def _missing_item(ranking: Ranking, names: list[str], units: int) -> dict[str, Any]:
    title = _("Unit tanpa media sosial, %(month)s") % {"month": date_format(ranking.month, "F Y")}
    count = _("%(count)d dari %(units)d unit.") % {"count": len(names), "units": units}
    more = _(" dan %(count)d lagi") % {"count": len(names) - MOST_NAMES} if len(names) > MOST_NAMES else ""
    return {
        "title": _("[Data contoh] %(title)s") % {"title": title} if ranking.is_sample else title,
        "link": absolute(reverse("rankings:without_social_media", args=[ranking.month_text])),
        "description": xml_text(f"{count} {'; '.join(names[:MOST_NAMES])}{more}"),
        "unique_id": tag(f"tanpa-media-sosial/{ranking.month_text}"),
        "author_name": settings.PORTAL_NAME,
        "pubdate": None,
        "updateddate": to_second(ranking.finalised_at or ranking.computed_at),
        "categories": [_("data contoh")] if ranking.is_sample else [],
    }


def _address(ranking: Ranking) -> str:
    is_current = ranking.place == 1  # type: ignore[attr-defined]  # annotated
    return ranking.get_absolute_url() + ("" if is_current else f"?revisi={ranking.revision}")


def _title(ranking: Ranking, stage: str) -> str:
    words = {"month": date_format(ranking.month, "F Y"), "revision": ranking.revision}
    if ranking.revision > 1:
        draft, final = (
            _("Rancangan revisi %(revision)d peringkat %(month)s"),
            _("Peringkat %(month)s diperbaiki (revisi %(revision)d)"),
        )
    else:
        draft, final = _("Rancangan peringkat %(month)s"), _("Peringkat %(month)s final")
    return (final if stage == FINAL else draft) % words


def _stage_words(ranking: Ranking, stage: str) -> str:
    why = (
        _("Alasan revisi: %(reason)s.") % {"reason": ranking.revision_reason.rstrip(".")}
        if ranking.revision > 1
        else ""
    )
    if stage == FINAL:
        return f"{_('Tidak berubah lagi; perbaikan terbit sebagai revisi baru.')} {why}".strip()
    if ranking.objection_until is None:
        return why
    until = date_format(ranking.objection_until, "j F Y")
    return f"{_('Sanggahan unit diterima sampai %(day)s.') % {'day': until}} {why}".strip()


def _facts(counts: tuple[int, int], firsts: list[tuple[str, str]]) -> str:
    words = [_("%(ranked)d dari %(units)d unit diperingkat.") % {"ranked": counts[0], "units": counts[1]}]
    if firsts:
        names = "; ".join(f"{Category(category).label}: {name}" for category, name in firsts)
        words.append(_("Teratas: %(names)s.") % {"names": names})
    return " ".join(words)


def _counts(rankings: list[Ranking]) -> dict[int, tuple[int, int]]:
    """How many were ranked, and how many units there were."""
    rows = (
        Entry.objects.filter(ranking__in=rankings)
        .order_by()
        .values_list("ranking")
        .annotate(ranked=Count("pk", filter=Q(state=Entry.State.RANKED)), units=Count("pk"))
    )
    return {ranking: (ranked, units) for ranking, ranked, units in rows}


def _firsts(rankings: list[Ranking]) -> dict[int, list[tuple[str, str]]]:
    """The first of each category; the first by name where several share the place."""
    place = Window(RowNumber(), partition_by=[F("ranking"), F("category")], order_by="unit__name")
    rows = (
        Entry.objects.filter(ranking__in=rankings, rank=1)
        .annotate(place=place)
        .filter(place=1)
        .order_by()
        .values_list("ranking", "category", "unit__name")
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for ranking, category, name in sorted(rows, key=lambda row: Category.values.index(row[1])):
        found[ranking].append((category, name))
    return found


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """`/peringkat/kalender.ics`: two queries."""
    content = month_calendar.as_ics(local_day(timezone.now()))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="kalender-peringkat.ics"'
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    patch_cache_control(response, public=True, max_age=CALENDAR_KEPT)
    return response
