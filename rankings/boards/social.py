"""Units that cannot be met on social media."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Max, Prefetch, QuerySet, When
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import last_of_month, next_month
from opd.models import Category, Channel, Unit
from rankings.models import Entry, Ranking

from .entries import of_ranking
from .unreached import Unread, not_measurable, unreachable

ROWS = 200


@dataclass(frozen=True)
class Missing:
    """A unit without social media and how it can be met otherwise."""

    entry: Entry
    others: list[str]
    channels: list[Channel]
    #: The first month without, of those that have been ranked; None: in all of them.
    since: date | None


@dataclass(frozen=True)
class MissingGroup:
    """Units of one category, or the kelurahan of one kecamatan."""

    title: str
    units: list[Missing]


@dataclass(frozen=True)
class WithoutSocialMedia:
    groups: list[MissingGroup]
    count: int
    units: int
    page: Page[Entry]
    unreachable: list[Unread]
    not_measurable: list[Unread]


def without_social_media(ranking: Ranking, page: str | int = 1) -> WithoutSocialMedia:
    """Units without a verified, open account in that month, by category and kecamatan."""
    websites = Channel.objects.verified().filter(kind="website")
    websites = websites.open_between(ranking.month, last_of_month(ranking.month)).exclude(url="")
    if not ranking.is_sample:
        websites = websites.filter(is_sample=False)
    found = _without(ranking).prefetch_related(Prefetch("unit__channels", websites))
    paginator = Paginator(found, ROWS)
    shown = paginator.get_page(page)
    entries = of_ranking(shown.object_list, ranking)
    since = without_since(ranking, [entry.unit_id for entry in entries])
    groups = [
        MissingGroup(title, [_missing(entry, since[entry.unit_id]) for entry in members])
        for title, members in groupby(entries, key=lambda entry: _title(entry.unit))
    ]
    return WithoutSocialMedia(
        groups,
        paginator.count,
        Entry.objects.filter(ranking=ranking).count(),
        shown,
        unreachable(ranking) if shown.number == 1 else [],
        not_measurable(ranking) if shown.number == 1 else [],
    )


def all_without(ranking: Ranking) -> list[dict[str, Any]]:
    """Entry and `since` of every unit without an account, in the order of the page."""
    entries = list(_without(ranking))
    since = without_since(ranking, [entry.unit_id for entry in entries])
    return [{"entry": entry, "since": since[entry.unit_id]} for entry in entries]


def _without(ranking: Ranking) -> QuerySet[Entry]:
    by_category = Case(*[When(category=value, then=number) for number, value in enumerate(Category.values)])
    found = Entry.objects.filter(ranking=ranking, has_social_media=False).select_related("unit__parent")
    return found.order_by(by_category, "unit__parent__name", "unit__name")


def without_since(ranking: Ranking, unit_ids: Collection[int]) -> dict[int, date | None]:
    """The month after the last one with an account, in the months up to this one; None where there was none."""
    months = Ranking.objects.in_history_of(ranking).filter(month__lt=ranking.month, is_sample=ranking.is_sample)
    last = (
        Entry.objects.filter(ranking__in=months, unit__in=unit_ids, has_social_media=True)
        .order_by()
        .values_list("unit")
        .annotate(last=Max("ranking__month"))
    )
    found: dict[int, date | None] = dict.fromkeys(unit_ids)
    found.update((unit, next_month(month)) for unit, month in last)
    return found


def _missing(entry: Entry, since: date | None) -> Missing:
    unit = entry.unit
    facts = [unit.address, unit.phone, unit.email]
    return Missing(entry, [fact for fact in facts if fact], list(unit.channels.all()), since)


def _title(unit: Unit) -> str:
    if unit.parent:
        return _("Kelurahan di %(kecamatan)s") % {"kecamatan": unit.parent.name}
    return Category(unit.category).long_label
