"""The words of the timeline: parties, numbers, limits with the days counted and passed over, every step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, local_day
from correspondence.letterhead import sender
from opd.calendar import period_between
from requests_info.models import Objection, ObjectionDecision, ObjectionEvent, RequestEvent
from requests_info.services import dispute_counts_from, last_day_of_dispute

from .records import Records

if TYPE_CHECKING:
    from .archive import Member

Pairs = list[tuple[str, str]]


def timeline_words(records: Records, papers: list[Member], *, is_internal: bool) -> dict[str, Any]:
    """For `requests/bundle.typ`."""
    objection, day = records.objection, local_day(records.as_of)
    return {
        "paper": {
            **sender(),
            "kind": _("Berkas Keberatan dan Sengketa Informasi"),
            "number": objection.number,
            "subject": _("lini masa"),
            "day": [day.year, day.month, day.day],
            "is_sample": objection.is_sample,
        },
        "as_of": _("Keadaan %(day)s") % {"day": _moment(records.as_of)},
        "is_internal": is_internal,
        "facts": [
            {"title": _("Para pihak"), "rows": _parties(records)},
            {"title": _("Nomor"), "rows": _numbers(records)},
            {"title": _("Tanggal"), "rows": _dates(records)},
            {"title": _("Pokok perkara"), "rows": _subject(records)},
        ],
        "limits": list(_limits(records)),
        "steps": [_step(event, is_internal) for event in records.events],
        "parts": _parts(records) if is_internal else [],
        "notes": records.dispute.note if is_internal and records.dispute else "",
        "papers": [[paper.name, paper.title, paper.number, _day(paper.dated_on), paper.sha256] for paper in papers],
    }


def _parties(records: Records) -> Pairs:
    objector = records.objection.objector
    gone = _("(data pribadi sudah dihapus)")
    return [
        (_("Pemohon"), objector.name or gone),
        (_("Alamat pemohon"), objector.address or gone),
        (_("Termohon"), _("Pejabat Pengelola Informasi dan Dokumentasi Pemerintah %s") % settings.CITY_NAME),
        (_("Atasan PPID"), records.objection.unit.name),
    ]


def _numbers(records: Records) -> Pairs:
    rows = []
    if records.request is not None:
        rows.append((_("Permohonan informasi"), records.request.number))
    rows += [(_("Keberatan"), f"{row.number} ({_('huruf')} {row.ground})") for row in records.objections]
    rows += [(letter.kind.name, letter.number) for letter in records.letters]
    if (dispute := records.dispute) is not None:
        rows.append((_("Sengketa di Komisi Informasi"), dispute.number))
    return [(str(name), str(value)) for name, value in rows]


def _dates(records: Records) -> Pairs:
    """What came in and went out, each with its limit."""
    rows: Pairs = []
    if (request := records.request) is not None:
        rows.append((_("Permohonan diterima"), _in_and_out(request.received_at, request.due_on, request.closed_at)))
    for objection in records.objections:
        name = _("Keberatan %(number)s diterima") % {"number": objection.number}
        rows.append((name, _in_and_out(objection.received_at, objection.due_on, objection.closed_at)))
    rows.append((_("Batas mengajukan sengketa"), _day(last_day_of_dispute(records.objection))))
    if (dispute := records.dispute) is not None:
        rows.append((_("Sengketa didaftarkan"), _day(dispute.registered_on)))
    return rows


def _in_and_out(received_at: datetime, due_on: date, closed_at: datetime | None) -> str:
    days = {"received": _day(local_day(received_at)), "due": _day(due_on)}
    if closed_at is None:
        return _("%(received)s; batas %(due)s; belum dijawab") % days
    start, end = local_day(received_at), local_day(closed_at)
    used = len(period_between(start, end).counted)
    return _("%(received)s; batas %(due)s; dijawab %(closed)s (%(used)d hari kerja)") % {
        **days,
        "closed": _day(end),
        "used": used,
    }


def _subject(records: Records) -> Pairs:
    objection, request = records.objection, records.request
    rows: Pairs = []
    if request is not None:
        rows += [
            (_("Informasi yang diminta"), request.wanted),
            (_("Tujuan penggunaan"), request.purpose),
            (_("Hasil permohonan"), request.get_outcome_display() or request.get_status_display()),
        ]
    rows += [
        (
            _("Alasan keberatan"),
            f"{objection.get_ground_display()} (Pasal 35 ayat (1) {_('huruf')} {objection.ground})",
        ),
        (_("Uraian keberatan"), objection.text),
    ]
    decision = ObjectionDecision.objects.filter(objection=objection).select_related("response").first()
    if decision is None:
        return [*rows, (_("Keputusan keberatan"), _("belum ada"))]
    decider = f"{decision.superior_name}, {decision.superior_position}"
    rows.append((_("Keputusan keberatan"), f"{decision.get_outcome_display()} ({decider})"))
    if (response := getattr(decision, "response", None)) is not None:
        rows.append((_("Tanggapan pemohon"), f"{response.get_answer_display()}, {_day(local_day(response.at))}"))
    if (dispute := records.dispute) is not None:
        outcome = (
            f"{dispute.get_outcome_display()}, {_day(dispute.decided_on)}" if dispute.decided_on else _("belum ada")
        )
        rows.append((_("Hasil sengketa"), outcome))
    return rows


# --- the limits, with every day ---------------------------------------------------------------------------------------


def _limits(records: Records) -> Iterator[dict[str, Any]]:
    if (request := records.request) is not None:
        first = records.extension.old_due_on if records.extension else request.due_on
        yield _limit(_("Jawaban permohonan (Pasal 22 ayat 7)"), request.clock_started_on, first)
        if records.extension is not None:
            yield _limit(_("Perpanjangan (Pasal 22 ayat 8)"), first, request.due_on)
    for objection in records.objections:
        name = {"number": objection.number}
        received_on = local_day(objection.received_at)
        yield _limit(_("Keputusan atas keberatan %(number)s (Pasal 36 ayat 2)") % name, received_on, objection.due_on)
    yield _dispute_limit(records.objection)


def _dispute_limit(objection: Objection) -> dict[str, Any]:
    return _limit(
        _("Sengketa di Komisi Informasi (Pasal 37 ayat 2)"),
        dispute_counts_from(objection),
        last_day_of_dispute(objection),
    )


def _limit(title: str, start: date, end: date) -> dict[str, Any]:
    period = period_between(start, end)
    return {
        "title": title,
        "span": _("Hari nol %(start)s; hari terakhir %(end)s; %(count)d hari kerja.")
        % {"start": _day(start), "end": date_format(end, "l, j F Y"), "count": len(period.counted)},
        "counted": ", ".join(date_format(day, "j M") for day in period.counted),
        "skipped": "; ".join(f"{date_format(row.day, 'j M')} ({row.why})" for row in period.skipped) or "-",
    }


# --- the steps ------------------------------------------------------------------------------------------------------


def _step(event: RequestEvent | ObjectionEvent, is_internal: bool) -> list[str]:
    """When, about what, what happened; who acted only for the city's own use."""
    about = event.objection.number if isinstance(event, ObjectionEvent) else event.information_request.number
    words = f"{event.get_kind_display()}: {event.note}" if event.note else event.get_kind_display()
    if is_internal and event.actor is not None:
        words = f"{words} ({event.actor.get_full_name() or event.actor.get_username()})"
    return [_moment(event.at), about, "\n".join([words, *_written(event)])]


def _written(event: RequestEvent | ObjectionEvent) -> list[str]:
    """What was written with a step, and which files came with it; both sides have read it."""
    if isinstance(event, ObjectionEvent):
        return []
    message = getattr(event, "message", None)
    files = [f"{_('Berkas')}: {file.get_kind_display()} ({file.format.upper()})" for file in event.files.all()]
    return [*([message.text] if message else []), *files]


def _parts(records: Records) -> list[list[str]]:
    rows = []
    for part in records.parts:
        dates = [_("diteruskan %(day)s") % {"day": _moment(part.created_at)}]
        dates.append(_("batas unit %(day)s") % {"day": _day(part.due_on)})
        if part.answered_at is not None:
            dates.append(f"{part.get_state_display().lower()} {_moment(part.answered_at)}")
        rows.append([part.unit.name, "; ".join(dates), part.task, part.answer])
    return rows


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _moment(moment: datetime) -> str:
    local = moment.astimezone(JAKARTA)
    return f"{_day(local.date())} {local:%H.%M}"
