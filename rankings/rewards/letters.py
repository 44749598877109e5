"""What a letter says: the rule's words filled with the facts of one proposal, before and after it has a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common import typeset
from cilegon_kip.common.jakarta import parse_month
from correspondence import codes, letterhead
from correspondence.models import Letter
from correspondence.services import issue_letter
from opd.calendar import count_period
from opd.models import Category, User

from .models import Proposal, ProposalQuerySet, RewardRule
from .wording import paragraphs
from .words import index_words, listed, month_words

#: Small numbers are also written out, as in other official letters.
NUMBERS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")


@dataclass(frozen=True)
class Draft:
    """A letter that only lacks its number."""

    template: str
    subject: str
    data: dict[str, Any]
    due_on: date | None


def draft_of(proposal: Proposal, on: date) -> Draft:
    rule = proposal.rule
    due_on = count_period(on, rule.due_working_days).due_on if rule.due_working_days else None
    words = paragraphs(rule.wording, values_of(proposal, due_on))
    subject = _("%(rule)s, %(month)s") % {"rule": rule.name, "month": month_words(proposal.month_text)}
    template = "letters/certificate.typ" if rule.is_certificate else "letters/plain.typ"
    return Draft(template, subject, {"paragraphs": words, "honoured": proposal.unit.name}, due_on)


def values_of(proposal: Proposal, due_on: date | None) -> dict[str, object]:
    """What stands in the places of the rule's words (`wording.NAMES`)."""
    facts, rule = proposal.facts, proposal.rule
    months = facts.get("months", [])
    return {
        "unit": proposal.unit.name,
        "kategori": Category(facts["category"]).label,
        "bulan": month_words(proposal.month_text),
        "peringkat": facts.get("rank", ""),
        "jumlah_unit": facts.get("units", ""),
        "indeks": index_words(facts["score"]) if "score" in facts else "",
        "kegiatan": facts.get("activities", ""),
        "hari_aktif": facts.get("active_days", ""),
        "naik": facts.get("rise", ""),
        "jumlah_bulan": number(len(months)),
        "daftar_bulan": listed(map(month_words, months)),
        "surat_sebelumnya": earlier_letters(proposal),
        "tenggat": date_format(due_on, "j F Y") if due_on else "",
        "hari_tenggat": number(rule.due_working_days) if rule.due_working_days else "",
    }


def number(value: int) -> str:
    """2 (dua)."""
    return f"{value} ({NUMBERS[value]})" if value < len(NUMBERS) else str(value)


def earlier_letters(proposal: Proposal) -> str:
    """The sentence that names the letters which came before, with number and date; empty if none stands."""
    letters = Letter.objects.valid().filter(proposal__in=_leading_to(proposal)).select_related("kind")
    named = [
        _("%(kind)s nomor %(number)s tanggal %(day)s")
        % {"kind": letter.kind.name, "number": letter.number, "day": date_format(letter.issued_on, "j F Y")}
        for letter in letters.order_by("proposal__month")
    ]
    if not named:
        return ""
    return _("Surat ini menyusul %(letters)s.") % {"letters": listed(named)}


def _leading_to(proposal: Proposal) -> ProposalQuerySet:
    """Issued warnings of the same chain; any guidance before. Rewards follow from nothing."""
    kind = proposal.rule.kind
    rows: ProposalQuerySet = Proposal.objects.issued().filter(
        unit=proposal.unit_id, is_sample=proposal.is_sample, rule__kind=kind, month__lt=proposal.month
    )
    if kind == RewardRule.Kind.WARNING:
        return rows.filter(month__in=[parse_month(text) for text in proposal.facts["months"]])
    return rows if kind == RewardRule.Kind.GUIDANCE else rows.none()


def issue(proposal: Proposal, draft: Draft, actor: User, on: date) -> Letter:
    return issue_letter(
        kind=proposal.rule.letter_kind.slug,
        unit=proposal.unit,
        subject=draft.subject,
        template=draft.template,
        data=draft.data,
        actor=actor,
        on=on,
        is_sample=proposal.is_sample,
    )


def preview(proposal: Proposal, actor: User, on: date) -> bytes:
    """The letter as it would go out today, without a number: nothing is kept."""
    draft = draft_of(proposal, on)
    letter = Letter(
        kind=proposal.rule.letter_kind,
        number=_("(pratinjau, belum bernomor)"),
        issued_on=on,
        unit=proposal.unit,
        subject=draft.subject,
        addressee=letterhead.head_of(proposal.unit),
        code="0" * codes.LENGTH,
        is_sample=proposal.is_sample,
        created_by=actor,
    )
    return typeset.pdf(draft.template, {**draft.data, "letter": letterhead.parts(letter, draft.data)})
