"""The letters of a request, in official form: the written notice and the refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import local_day
from correspondence.models import Letter
from correspondence.services import issue_letter

from .models import Assignment, Decision, InformationRequest, ObjectionDecision
from .periods import periods

Outcome = InformationRequest.Outcome
#: A paragraph, or `{"rows": [[name, value], …]}`: what `letters/plain.typ` sets.
Part = str | dict[str, Any]
#: So many letters of what was asked are quoted; the number leads to the whole.
QUOTED = 600


def issue_notice(request: InformationRequest, decision: Decision, on: date, object_until: date) -> Letter:
    """*Pemberitahuan tertulis*, or the refusal with its ground; both tell the right to object."""
    is_refusal = decision.outcome == Outcome.REFUSED
    subject = (
        _("Penolakan permohonan informasi %(number)s")
        if is_refusal
        else _("Pemberitahuan tertulis atas permohonan informasi %(number)s")
    ) % {"number": request.number}
    return issue_letter(
        kind="request-refusal" if is_refusal else "request-notice",
        unit=None,
        subject=subject,
        template="letters/plain.typ",
        data={"paragraphs": notice_parts(request, decision, object_until), "addressee_place": _("tempat")},
        actor=decision.by,
        on=on,
        addressee=f"{request.name}\n{request.address}",
        is_sample=request.is_sample,
    )


def notice_parts(request: InformationRequest, decision: Decision, object_until: date) -> list[Part]:
    """What Pasal 22 ayat (7) lists: held or not and by whom, given or not and why, medium, cost; and the next right."""
    parts: list[Part] = [
        _(
            "Menjawab permohonan informasi Saudara nomor %(number)s yang kami terima pada %(day)s,"
            " bersama ini kami beri tahukan:"
        )
        % {"number": request.number, "day": _day(local_day(request.received_at))},
        {"rows": list(_notice_rows(request, decision))},
        *_paragraphs(decision.explanation),
    ]
    if (test := decision.consequence_test) is not None and test.decided_on is not None:
        parts.append(
            _("Dasar pengecualian menurut UU 14/2008: %(ground)s. Uji konsekuensi tanggal %(day)s oleh %(by)s.")
            % {"ground": decision.get_ground_display(), "day": _day(test.decided_on), "by": test.decided_by}
        )
    if decision.redaction:
        parts.append(_("Bagian yang tidak diberikan, dan alasannya: %(text)s") % {"text": decision.redaction})
    parts.append(
        _(
            "Bila tidak puas, Saudara berhak mengajukan keberatan kepada Atasan PPID dalam %(days)d hari kerja, yaitu"
            " paling lambat %(until)s (Pasal 35 dan 36 UU 14/2008)."
        )
        % {"days": periods().objection, "until": _day(object_until)}
    )
    return parts


def _notice_rows(request: InformationRequest, decision: Decision) -> Iterator[list[str]]:
    yield [_("Informasi yang diminta"), Truncator(request.wanted).chars(QUOTED)]
    yield [_("Hasil"), str(decision.get_outcome_display())]
    answered = request.assignments.filter(state=Assignment.State.ANSWERED).select_related("unit")
    if decision.referred_to:
        yield [_("Dikuasai oleh"), decision.referred_to]
    elif decision.outcome != Outcome.NOT_HELD and (units := "; ".join(row.unit.name for row in answered)):
        yield [_("Dikuasai oleh"), units]
    if decision.medium:
        yield [_("Cara penyampaian"), decision.medium]
    cost = f"Rp{decision.cost:,}".replace(",", ".") if decision.cost else _("tidak ada")
    yield [_("Biaya"), cost]


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def issue_objection_decision(decision: ObjectionDecision, on: date, dispute_until: date) -> Letter:
    """The superior's written answer, signed by the superior; it tells the right to a dispute and its last day."""
    objection = decision.objection
    objector = objection.objector
    return issue_letter(
        kind="objection-decision",
        unit=None,
        subject=_("Keputusan atas keberatan %(number)s") % {"number": objection.number},
        template="letters/plain.typ",
        data={
            "paragraphs": objection_parts(decision, dispute_until),
            "addressee_place": _("tempat"),
            "signer": {"position": decision.superior_position, "name": decision.superior_name},
        },
        actor=decision.by,
        on=on,
        addressee=f"{objector.name}\n{objector.address}",
        is_sample=objection.is_sample,
    )


def objection_parts(decision: ObjectionDecision, dispute_until: date) -> list[Part]:
    objection = decision.objection
    about = objection.information_request
    ground = {"ground": objection.get_ground_display(), "letter": objection.ground}
    rows = [[_("Alasan keberatan"), _("%(ground)s (Pasal 35 ayat (1) huruf %(letter)s UU 14/2008)") % ground]]
    if about is not None:
        rows.insert(0, [_("Permohonan informasi"), about.number])
    rows.append([_("Keputusan"), str(decision.get_outcome_display())])
    return [
        _("Menjawab keberatan Saudara nomor %(number)s yang kami terima pada %(day)s, kami memutuskan:")
        % {"number": objection.number, "day": _day(local_day(objection.received_at))},
        {"rows": rows},
        *_paragraphs(decision.explanation),
        _(
            "Bila tidak menerima keputusan ini, Saudara berhak mengajukan penyelesaian sengketa informasi kepada Komisi"
            " Informasi paling lambat %(day)s, yaitu %(days)d hari kerja sejak keputusan ini (Pasal 37 UU 14/2008)."
        )
        % {"day": _day(dispute_until), "days": periods().dispute},
    ]
