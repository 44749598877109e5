"""What every file says of the ranking in it, in words: month, state, method, times, SHA-256, source."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category
from rankings.models import Ranking


def month_words(ranking: Ranking) -> str:
    return date_format(ranking.month, "F Y")


def made_at(ranking: Ranking) -> datetime:
    """When what stands in the file came to be: never the clock at the time of writing it."""
    return ranking.finalised_at or ranking.computed_at


def local(moment: datetime) -> datetime:
    return moment.astimezone(JAKARTA)


def moment_words(moment: datetime) -> str:
    return date_format(local(moment), "j F Y H.i") + " WIB"


def made_words(ranking: Ranking) -> str:
    computed = _("dihitung %(moment)s") % {"moment": moment_words(ranking.computed_at)}
    if ranking.finalised_at is None:
        return computed
    return computed + _(", final sejak %(moment)s") % {"moment": moment_words(ranking.finalised_at)}


def input_words(ranking: Ranking) -> str:
    """The SHA-256 of the input; the running month has no fixed input yet."""
    if ranking.status == Ranking.Status.PROVISIONAL:
        return _("belum ada: bulan ini masih berjalan")
    return ranking.input_sha256 or "–"


def subject_words(category: str) -> str:
    return Category(category).long_label if category else _("Semua kategori")


def path_of(ranking: Ranking, category: str = "") -> str:
    if category:
        return reverse("rankings:category", args=[ranking.month_text, category])
    return ranking.get_absolute_url()


def url_of(ranking: Ranking, category: str = "") -> str:
    return settings.SITE_URL + path_of(ranking, category)


def short_address(ranking: Ranking, category: str = "") -> str:
    """The address as people read it from paper: without the scheme and the last stroke."""
    return urlsplit(settings.SITE_URL).netloc + path_of(ranking, category).rstrip("/")
