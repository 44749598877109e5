"""What a proposal says, in words for its letter, the desk and the public register."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import parse_month
from opd.models import Category

Facts = dict[str, Any]


def month_words(text: str) -> str:
    """`2023-01` as Januari 2023."""
    return date_format(parse_month(text), "F Y")


def index_words(score: str) -> str:
    """87,5: one place, rounded half up, as on all pages."""
    return number_format(Decimal(score).quantize(Decimal("0.1"), ROUND_HALF_UP), 1)


def listed(words: Iterable[str]) -> str:
    """a; a dan b; a, b, dan c."""
    found = list(words)
    if len(found) < 2:
        return "".join(found)
    comma = "," if len(found) > 2 else ""
    return _("%(most)s dan %(last)s") % {"most": ", ".join(found[:-1]) + comma, "last": found[-1]}


def reason_of(facts: Facts, month: str) -> str:
    """Why, from the facts that were found when the month became final."""
    if "months" in facts:
        count = len(facts["months"])
        text = _("Tanpa kegiatan yang tercatat pada %(months)s")
        if count > 1:
            text = _("Tanpa kegiatan yang tercatat pada %(months)s: %(count)d bulan tanpa diselingi bulan yang aktif")
        return text % {"months": listed(map(month_words, facts["months"])), "count": count}
    if "rank" not in facts:
        return _("Belum mempunyai akun media sosial yang terverifikasi sampai akhir %(month)s") % {
            "month": month_words(month)
        }
    text = _("Peringkat %(rank)d dari %(units)d unit di kategori %(category)s, indeks %(score)s")
    if "rise" in facts:
        text = _("Naik %(rise)d peringkat, ke peringkat %(rank)d dari %(units)d unit di kategori %(category)s")
    return text % {**facts, "category": Category(facts["category"]).label, "score": index_words(facts["score"])}


def difference(cited: Facts, found: Facts | None, month: str) -> str:
    """What a later revision says against a letter; empty while the letter holds."""
    if found == cited:
        return ""
    if found is None:
        return _("Menurut revisi terakhir, syarat surat ini tidak lagi terpenuhi.")
    words = {"now": reason_of(found, month), "then": reason_of(cited, month)}
    return (_("Menurut revisi terakhir: %(now)s. Di surat: %(then)s.") % words)[:500]
