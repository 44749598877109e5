"""The letters of a request, in official form: the written notice and the refusal."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from correspondence.models import Letter
from correspondence.services import issue_letter

from .models import Decision, InformationRequest, ObjectionDecision
from .periods import periods

Outcome = InformationRequest.Outcome


def issue_notice(request: InformationRequest, decision: Decision, on: date) -> Letter:
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
        data={"paragraphs": notice_words(request, decision)},
        actor=decision.by,
        on=on,
        addressee=f"{request.name}\n{request.address}",
        is_sample=request.is_sample,
    )


def notice_words(request: InformationRequest, decision: Decision) -> list[str]:
    """The paragraphs of the notice: Pasal 22 ayat (7) lists what has to be in it."""
    words = [
        _(
            "Menjawab permohonan informasi Saudara nomor %(number)s yang kami terima pada %(day)s,"
            " bersama ini kami beri tahukan:"
        )
        % {"number": request.number, "day": date_format(request.received_at, "j F Y")},
        _("Hasil: %(outcome)s.") % {"outcome": decision.get_outcome_display()},
        decision.explanation,
    ]
    if (test := decision.consequence_test) is not None and test.decided_on is not None:
        words.append(
            _("Dasar pengecualian: %(ground)s UU 14/2008, dengan uji konsekuensi tanggal %(day)s oleh %(by)s.")
            % {
                "ground": decision.get_ground_display(),
                "day": date_format(test.decided_on, "j F Y"),
                "by": test.decided_by,
            }
        )
    if decision.redaction:
        words.append(_("Bagian yang tidak diberikan, dan alasannya: %(text)s") % {"text": decision.redaction})
    if decision.referred_to:
        words.append(_("Informasi ini dikuasai oleh %(body)s.") % {"body": decision.referred_to})
    if decision.medium:
        words.append(_("Cara penyampaian: %(medium)s.") % {"medium": decision.medium})
    words.append(
        _("Biaya: %(cost)s.") % {"cost": f"Rp{decision.cost:,}".replace(",", ".") if decision.cost else _("tidak ada")}
    )
    words.append(
        _(
            "Bila tidak puas, Saudara berhak mengajukan keberatan kepada Atasan PPID dalam %(days)d hari kerja"
            " (Pasal 35 dan 36 UU 14/2008)."
        )
        % {"days": periods().objection}
    )
    return words


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
            "paragraphs": objection_words(decision, dispute_until),
            "signer": {"position": decision.superior_position, "name": decision.superior_name},
        },
        actor=decision.by,
        on=on,
        addressee=f"{objector.name}\n{objector.address}",
        is_sample=objection.is_sample,
    )


def objection_words(decision: ObjectionDecision, dispute_until: date) -> list[str]:
    objection = decision.objection
    about = objection.information_request
    words = [
        _("Menjawab keberatan Saudara nomor %(number)s yang kami terima pada %(day)s, kami memutuskan:")
        % {"number": objection.number, "day": date_format(localtime(objection.received_at), "j F Y")},
        _("Alasan keberatan: %(ground)s (Pasal 35 ayat (1) huruf %(letter)s UU 14/2008).")
        % {"ground": objection.get_ground_display(), "letter": objection.ground},
    ]
    if about is not None:
        words.append(_("Permohonan informasi: nomor %(number)s.") % {"number": about.number})
    words += [
        _("Keputusan: %(outcome)s.") % {"outcome": decision.get_outcome_display()},
        decision.explanation,
        _(
            "Bila tidak menerima keputusan ini, Saudara berhak mengajukan penyelesaian sengketa informasi kepada Komisi"
            " Informasi paling lambat %(day)s, yaitu %(days)d hari kerja sejak keputusan ini (Pasal 37 UU 14/2008)."
        )
        % {"day": date_format(dispute_until, "j F Y"), "days": periods().dispute},
    ]
    return words
