"""Which grounds of Pasal 35 ayat (1) UU 14/2008 are ripe on a day, from when, until when, and why not. Pure.

A reason arises on one day: that of the answer, or the day after a limit that passed without one. The objection may be
made from that day on, and for 30 working days after it (Pasal 36 ayat (1)); the reason's day is day 0. A ground that
does not fit what happened has no days, and a sentence says what does.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .deadlines import Periods, first_day_late, objection_until


class Ground(TextChoices):
    """Pasal 35 ayat (1), letter by letter."""

    REFUSED = "a", gettext_lazy("Permohonan ditolak dengan alasan pengecualian (Pasal 17)")
    PERIODIC = "b", gettext_lazy("Informasi berkala tidak disediakan")
    UNANSWERED = "c", gettext_lazy("Permohonan tidak ditanggapi")
    OTHERWISE = "d", gettext_lazy("Permohonan ditanggapi tidak sebagaimana yang diminta")
    UNFULFILLED = "e", gettext_lazy("Permohonan tidak dipenuhi")
    COST = "f", gettext_lazy("Biaya yang dikenakan tidak wajar")
    LATE = "g", gettext_lazy("Informasi disampaikan melebihi waktu")


@dataclass(frozen=True)
class Facts:
    """What of a request decides about its grounds. `outcome` is one of `InformationRequest.Outcome`, empty if open."""

    due_on: date
    outcome: str = ""
    answered_on: date | None = None
    cost: int = 0


@dataclass(frozen=True)
class Opening:
    """A ground on a day. Without `opens_on` it does not fit the request as it stands."""

    ground: Ground
    opens_on: date | None
    closes_on: date | None
    is_ripe: bool
    #: A sentence for people: since when and until when, or why not.
    why: str


def openings(facts: Facts, on: date, periods: Periods, days_off: Set[date]) -> list[Opening]:
    """All seven grounds as they stand on a day, in the order of the law."""
    return [opening(ground, facts, on, periods, days_off) for ground in Ground]


def opening(ground: Ground, facts: Facts, on: date, periods: Periods, days_off: Set[date]) -> Opening:
    if ground == Ground.PERIODIC:
        return Opening(ground, None, None, True, _("Dapat diajukan kapan saja, juga tanpa permohonan informasi."))
    arose_on = _arises(ground, facts)
    if arose_on is None:
        return Opening(ground, None, None, False, _why_not(ground, facts))
    until = objection_until(arose_on, periods, days_off)
    return Opening(ground, arose_on, until, arose_on <= on <= until, _when(ground, facts, on, arose_on, until))


def _arises(ground: Ground, facts: Facts) -> date | None:
    """The day on which the reason arises; None if it does not."""
    if ground == Ground.UNANSWERED:
        return first_day_late(facts.due_on) if not facts.outcome else None
    if facts.answered_on is None or facts.outcome in ("", "withdrawn"):
        return None
    fits = {
        Ground.REFUSED: facts.outcome in ("refused", "partial"),
        Ground.OTHERWISE: facts.outcome != "lapsed",
        Ground.UNFULFILLED: facts.outcome != "refused",
        Ground.COST: facts.cost > 0,
        Ground.LATE: facts.outcome != "lapsed" and facts.answered_on > facts.due_on,
    }
    return facts.answered_on if fits[ground] else None


def _when(ground: Ground, facts: Facts, on: date, arose_on: date, until: date) -> str:
    days = {"first": _day(arose_on), "last": _day(until), "due": _day(facts.due_on)}
    if on > until:
        return _("Batas mengajukannya, %(last)s, sudah lewat.") % days
    if on >= arose_on:
        return _("Dapat diajukan sejak %(first)s sampai %(last)s.") % days
    if ground == Ground.UNANSWERED:
        return _("Belum dapat diajukan: permohonan boleh dijawab sampai %(due)s. Terbuka mulai %(first)s.") % days
    return _("Belum dapat diajukan: terbuka mulai %(first)s.") % days


def _why_not(ground: Ground, facts: Facts) -> str:
    if facts.outcome == "withdrawn":
        return _("Permohonan ini dicabut oleh pemohon.")
    if not facts.outcome:
        words = {"first": _day(first_day_late(facts.due_on))}
        return (
            _("Permohonan belum dijawab. Bila sampai batasnya tidak dijawab, huruf c terbuka mulai %(first)s.") % words
        )
    answered = {"day": _day(facts.answered_on)} if facts.answered_on else {"day": "-"}
    sentences = {
        Ground.REFUSED: _("Permohonan ini tidak ditolak, seluruhnya atau sebagian, dengan alasan pengecualian."),
        Ground.UNANSWERED: _("Permohonan ini sudah ditanggapi pada %(day)s.") % answered,
        Ground.OTHERWISE: _("Permohonan ini gugur sebelum dijawab; pilih huruf e."),
        Ground.UNFULFILLED: _("Permohonan ini ditolak dengan alasan pengecualian; pilih huruf a."),
        Ground.COST: _("Tidak ada biaya yang dikenakan."),
        Ground.LATE: _("Permohonan ini tidak dijawab melewati batasnya."),
    }
    return sentences[ground]


def _day(day: date) -> str:
    return date_format(day, "j F Y")
