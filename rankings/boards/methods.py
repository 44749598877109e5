"""The versions of the method: since when each is in force, what it changed, and which months were ranked by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cilegon_kip.common.jakarta import first_of_month, previous_month
from rankings.models import Method, Ranking

from .entries import in_words

WEIGHTS = {
    "volume_weight": gettext_lazy("Bobot volume"),
    "consistency_weight": gettext_lazy("Bobot konsistensi"),
    "reach_weight": gettext_lazy("Bobot jangkauan"),
    "completeness_weight": gettext_lazy("Bobot kelengkapan"),
}
LIMITS = {
    "daily_limit": gettext_lazy("Kegiatan dihitung per hari, paling banyak"),
    "text_min_length": gettext_lazy("Panjang uraian lengkap (karakter)"),
    "late_hours": gettext_lazy("Batas terlambat terlihat (jam)"),
}


@dataclass(frozen=True)
class Change:
    """One value that differs between two versions, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """A version in the history: its months, and what it changed against the one before (None for the first)."""

    method: Method
    until: date | None
    changes: list[Change] | None
    state: str  # past, current, coming


@dataclass(frozen=True)
class MethodRecord:
    """One version with the whole history; `years` are the months ranked by it, newest year first."""

    version: Version
    versions: list[Version]
    years: list[tuple[int, list[Ranking]]]

    @property
    def method(self) -> Method:
        return self.version.method

    @property
    def current(self) -> Version | None:
        return next((one for one in self.versions if one.state == "current"), None)

    @property
    def coming(self) -> Version | None:
        """The next version that is not in force yet."""
        return next((one for one in reversed(self.versions) if one.state == "coming"), None)


def method_record(number: int | None, today: date) -> MethodRecord | None:
    """A version (without a number the one in force) among the activated ones; two queries."""
    versions = history(list(Method.objects.activated().order_by("version")), first_of_month(today))
    if number is None:
        found = next((one for one in versions if one.state == "current"), versions[-1] if versions else None)
    else:
        found = next((one for one in versions if one.method.version == number), None)
    if found is None:
        return None
    used = Ranking.objects.current().filter(method=found.method).order_by("-month").defer("days_off")
    years = [(year, list(rows)) for year, rows in groupby(used, key=lambda ranking: ranking.month.year)]
    return MethodRecord(found, versions, years)


def history(methods: Sequence[Method], month: date) -> list[Version]:
    """The versions, newest first; `methods` come oldest first, `month` is the running one."""
    found = []
    for place, method in enumerate(methods):
        following = methods[place + 1] if place + 1 < len(methods) else None
        until = previous_month(following.effective_from) if following else None
        state = "coming" if method.effective_from > month else "past" if until and until < month else "current"
        changes = differences(methods[place - 1], method) if place else None
        found.append(Version(method, until, changes, state))
    return found[::-1]


def differences(old: Method, new: Method) -> list[Change]:
    """What another version does otherwise, each value in words."""
    weights = [(label, percent(getattr(old, name)), percent(getattr(new, name))) for name, label in WEIGHTS.items()]
    limits = [(label, str(getattr(old, name)), str(getattr(new, name))) for name, label in LIMITS.items()]
    bands = [(_("Golongan"), bands_in_words(old.bands), bands_in_words(new.bands))]
    return [
        Change(str(label), before, after) for label, before, after in (*weights, *limits, *bands) if before != after
    ]


def percent(weight: Any) -> str:
    """0.3333 as 33,33%; no more decimals than it has."""
    value = 100 * weight
    return f"{in_words(value, max(0, -value.normalize().as_tuple().exponent))}%"


def bands_in_words(bands: Sequence[dict[str, Any]]) -> str:
    return ", ".join(_("%(label)s mulai %(low)s") % {"label": band["label"], "low": band["from"]} for band in bands)
