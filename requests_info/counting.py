"""How the limits of a case are counted, day by day: the same for page, desk and receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from opd.calendar import Period, count_period

from .models import Extension, InformationRequest, Objection
from .periods import periods
from .services import dispute_counts_from


@dataclass(frozen=True)
class Span:
    """One period of a case with everything its reader needs to count it again."""

    #: The event of day 0, the length and its article, in a sentence.
    words: str
    start: date
    days: int
    period: Period


@dataclass(frozen=True)
class Count:
    """All periods up to a limit."""

    spans: list[Span]
    due_on: date

    @property
    def remark(self) -> str:
        """If the calendar changed after the case was closed: its limit stays, as it held then."""
        if self.spans[-1].period.due_on == self.due_on:
            return ""
        return _(
            "Kalender hari libur berubah sesudah perkara ini selesai; batas yang berlaku waktu itu, %(day)s, tetap."
        ) % {"day": date_format(self.due_on, "j F Y")}


def count_of_request(request: InformationRequest, extension: Extension | None) -> Count:
    lengths = periods()
    spans = [
        _span(
            request.clock_started_on,
            lengths.notice,
            _(
                "Hari diterimanya, %(day)s, adalah hari nol. Yang dihitung %(count)d hari kerja sesudahnya, Senin"
                " sampai Jumat tanpa hari libur dan cuti bersama (Pasal 22 ayat 7 UU 14/2008)."
            ),
        )
    ]
    if extension is not None:
        words = _("Diperpanjang satu kali: dihitung %(count)d hari kerja lagi sesudah %(day)s (Pasal 22 ayat 8).")
        spans.append(_span(spans[0].period.due_on, lengths.extension, words))
    return Count(spans, request.due_on)


def count_of_completion(request: InformationRequest) -> Count | None:
    """The requester's own days, while the request waits to be completed (practice)."""
    if request.declared_incomplete_at is None or request.completion_due_on is None or not request.is_open:
        return None
    words = _("Dihitung %(count)d hari kerja sesudah %(day)s, hari pelengkapannya diminta.")
    span = _span(local_day(request.declared_incomplete_at), periods().completion, words)
    return Count([span], request.completion_due_on)


def count_of_objection(objection: Objection) -> Count:
    words = _(
        "Hari diterimanya, %(day)s, adalah hari nol. Yang dihitung %(count)d hari kerja sesudahnya, Senin sampai"
        " Jumat tanpa hari libur dan cuti bersama (Pasal 36 ayat 2 UU 14/2008)."
    )
    span = _span(local_day(objection.received_at), periods().objection_answer, words)
    return Count([span], objection.due_on)


def count_of_dispute(objection: Objection, until: date) -> Count:
    """From the decision, or from the end of its limit where there is none: Pasal 37 ayat (2)."""
    start = dispute_counts_from(objection)
    words = (
        _("Dihitung %(count)d hari kerja sesudah keputusan pada %(day)s (Pasal 37 ayat 2 UU 14/2008).")
        if objection.closed_at
        else _("Dihitung %(count)d hari kerja sesudah batas keputusan, %(day)s (Pasal 37 ayat 2 UU 14/2008).")
    )
    return Count([_span(start, periods().dispute, words)], until)


def _span(start: date, days: int, words: str) -> Span:
    period = count_period(start, days)
    return Span(words % {"day": date_format(start, "j F Y"), "count": days}, start, days, period)
