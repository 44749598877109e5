"""Units that cannot be met on social media."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Case, Prefetch, When
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import last_of_month
from opd.models import Category, Channel, Unit
from rankings.models import Entry, Ranking

from .entries import of_ranking

ROWS = 200


@dataclass(frozen=True)
class Missing:
    """A unit without social media and how it can be met otherwise."""

    entry: Entry
    others: list[str]
    channels: list[Channel]


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


def without_social_media(ranking: Ranking, page: str | int = 1) -> WithoutSocialMedia:
    """Units without a verified, open account in that month, by category and kecamatan."""
    by_category = Case(*[When(category=value, then=number) for number, value in enumerate(Category.values)])
    websites = Channel.objects.verified().filter(kind="website")
    websites = websites.open_between(ranking.month, last_of_month(ranking.month)).exclude(url="")
    if not ranking.is_sample:
        websites = websites.filter(is_sample=False)
    found = (
        Entry.objects.filter(ranking=ranking, has_social_media=False)
        .select_related("unit__parent")
        .prefetch_related(Prefetch("unit__channels", websites))
        .order_by(by_category, "unit__parent__name", "unit__name")
    )
    paginator = Paginator(found, ROWS)
    shown = paginator.get_page(page)
    entries = of_ranking(shown.object_list, ranking)
    groups = [
        MissingGroup(title, [_missing(entry) for entry in members])
        for title, members in groupby(entries, key=lambda entry: _title(entry.unit))
    ]
    return WithoutSocialMedia(groups, paginator.count, Entry.objects.filter(ranking=ranking).count(), shown)


def _missing(entry: Entry) -> Missing:
    unit = entry.unit
    facts = [unit.address, unit.phone, unit.email]
    return Missing(entry, [fact for fact in facts if fact], list(unit.channels.all()))


def _title(unit: Unit) -> str:
    if unit.parent:
        return _("Kelurahan di %(kecamatan)s") % {"kecamatan": unit.parent.name}
    return Category(unit.category).long_label
