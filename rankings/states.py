"""A month's state in words, for pages, frames, files and feeds alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from .models import Ranking


def state_words(ranking: Ranking) -> str:
    """Sementara; Rancangan with the day on which the window for objections ends or ended; Final; Diperbaiki."""
    if ranking.status == ranking.Status.PROVISIONAL:
        return _("Sementara")
    if ranking.status == ranking.Status.DRAFT:
        return _draft_words(ranking)
    if ranking.revision > 1:
        return _("Diperbaiki (revisi %(revision)d)") % {"revision": ranking.revision}
    return _("Final")


def _draft_words(ranking: Ranking) -> str:
    if ranking.objection_until is None:
        return _("Rancangan")
    until = {"until": date_format(ranking.objection_until, "j F Y")}
    if ranking.window_is_over:
        return _("Rancangan, menunggu difinalkan (masa sanggahan berakhir %(until)s)") % until
    return _("Rancangan (sanggahan sampai %(until)s)") % until
