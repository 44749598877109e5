"""The date that a source claims for a posting: what it says, how sure it is, and when it cannot be true. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA

from .date_limits import EARLIEST_YEAR, TOLERANCE, ZONES, OutOfRangeError, fixed_zone, moment_of
from .models import Publication

ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|WIB|WITA|WIT|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
Basis = Publication.DateBasis


class DateRefusedError(ValueError):
    """The text is no possible date; the message says why."""


@dataclass(frozen=True)
class Claim:
    moment: datetime | None
    basis: str
    is_future: bool = False


def parse_claim(text: str, now: datetime) -> Claim:
    """ISO 8601. Without a zone it is Jakarta's time; a date alone is the beginning of that day there."""
    text = text.strip()
    if not text:
        return Claim(None, Basis.NONE)
    parts = ISO.fullmatch(text)
    if parts is None:
        raise DateRefusedError(
            _("Tanggal “%(text)s” bukan ISO 8601 (contoh: 2023-01-31 atau 2023-01-31T08:00+07:00).")
            % {"text": text[:40]}
        )
    year, month, day, hour, minute, second, zone = parts.groups()
    try:
        clock = time(int(hour or 0), int(minute or 0), int(second or 0))
        naive = datetime.combine(date(int(year), int(month), int(day)), clock)
        moment = moment_of(naive, _zone(zone), now)
    except OutOfRangeError as error:
        raise DateRefusedError(_out_of_range(text, error)) from None
    except (ValueError, OverflowError):
        raise DateRefusedError(_("Tanggal “%(text)s” tidak ada di kalender.") % {"text": text[:40]}) from None
    basis = Basis.DATE_ONLY if hour is None else Basis.OFFSET if zone else Basis.CHANNEL_ZONE
    return Claim(moment, basis, is_future=moment > now + TOLERANCE)


def parse_day(text: str) -> date | None:
    """The day of the event; empty gives None."""
    text = text.strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise DateRefusedError(
            _("Tanggal kegiatan “%(text)s” tidak tertulis seperti 2023-01-31.") % {"text": text[:40]}
        )
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DateRefusedError(_("Tanggal kegiatan “%(text)s” tidak ada di kalender.") % {"text": text}) from None
    if not EARLIEST_YEAR <= day.year <= 2100:
        raise DateRefusedError(_("Tanggal kegiatan “%(text)s” di luar tahun yang mungkin.") % {"text": text})
    return day


def _zone(text: str | None) -> tzinfo:
    if text is None:
        return JAKARTA
    if text in ZONES:
        return timezone(timedelta(hours=ZONES[text]))
    return fixed_zone(text[0], int(text[1:3]), int(text[-2:]))


def _out_of_range(text: str, error: OutOfRangeError) -> str:
    if error.is_early:
        return _("Tanggal “%(text)s” sebelum tahun %(year)d.") % {"text": text, "year": EARLIEST_YEAR}
    return _("Tanggal “%(text)s” belum tiba.") % {"text": text}
