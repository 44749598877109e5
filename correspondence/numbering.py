"""How the number of a letter is written. The format is data of its series: no rule of a city stands in code."""

from __future__ import annotations

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PLACEHOLDERS = ("klasifikasi", "urut", "tahun", "bulan")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
SAMPLE_PREFIX = "CONTOH/"


def check_format(text: str) -> None:
    """Each letter's number must differ from all others, so sequence and year are in it."""
    names = re.findall(r"\{([^{}]*)\}", text)
    unknown = sorted(set(names) - set(PLACEHOLDERS))
    if unknown or re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
        raise ValidationError(_("Yang dikenal hanya {klasifikasi}, {urut}, {tahun} dan {bulan}."))
    if not {"urut", "tahun"} <= set(names):
        raise ValidationError(_("Format nomor harus memuat {urut} dan {tahun}."))


def written(text: str, *, classification: str, sequence: int, on: date, is_sample: bool = False) -> str:
    """`488/001/PPID/2026` for `{klasifikasi}/{urut}/PPID/{tahun}`; {bulan} is the month in Roman numerals."""
    values = {
        "klasifikasi": classification,
        "urut": f"{sequence:03d}",
        "tahun": str(on.year),
        "bulan": ROMAN[on.month - 1],
    }
    number = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text)
    return f"{SAMPLE_PREFIX}{number}" if is_sample else number
