"""What a date in a feed or page says, how sure it is, and when it says nothing. Pure.

The month is what the ranking counts, and seven hours decide places: an unknown zone is the channel's own, a date that
is not in the calendar is none (never "rolled over" into the next month), and what moves with the reader ("kemarin")
is no date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from publications.date_limits import ZONES, OutOfRangeError, fixed_zone, moment_of

from .date_words import DAY_NUMBERS, FOREIGN_ZONES, LABELS, MARKET_DAYS, MONTHS, RELATIVE, WEEKDAYS

OFFSET, GMT_FIELD, CHANNEL_ZONE, DATE_ONLY, NONE = "offset", "gmt_field", "channel_zone", "date_only", "none"
MAX_LENGTH = 100
#: Texts that only the slow reader could know, at most so many a file.
SLOW_READINGS = 40

_CLOCK = (
    r"(?P<hour>\d{1,2})(?P<sep>[:.-])(?P<minute>\d{1,2})(?:(?P=sep)(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?"
)
_ZONE = r"(?:\s?(?P<zone>(?:UTC|GMT)?\s?[+\-\u2212]\d{1,2}(?::?\d{2})?(?!\d)|[A-Za-z]{1,5}(?![A-Za-z])))?"
_TIME = rf"(?:(?:[ ,|T:/\u2022\u2013\u2014-]|\bpukul\b|\bpkl\b\.?|\bjam\b|\bat\b)*{_CLOCK}{_ZONE})?"
_DAY, _MONTH, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<month>[A-Za-z]{3,9})\.?", r"(?P<year>\d{4})"
PATTERNS = [
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        rf"{_YEAR}(?P<s>[-/.])(?P<month>\d{{1,2}})(?P=s){_DAY}{_TIME}",
        rf"{_DAY}[ /.-]{{0,2}}{_MONTH}[ ,/-]{{0,2}}(?P<year>\d{{4}}|\d{{2}}){_TIME}",
        rf"{_MONTH} {{0,2}}{_DAY},? {_YEAR}{_TIME}",
        rf"{_MONTH} {{0,2}}{_DAY} {_CLOCK}{_ZONE} {_YEAR}",
        rf"{_DAY}(?P<s>[-/.])(?P<month>\d{{1,2}})(?P=s)(?P<year>\d{{4}}|\d{{2}}){_TIME}",
        rf"{_YEAR}(?P<month>\d{{2}})(?P<day>\d{{2}})(?:T?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?{_ZONE})?",
    )
]
#: How nine of ten feeds write it, tried before anything is taken apart.
RFC_822 = re.compile(
    r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4}|[A-Z]{1,4})", re.ASCII
)
RFC_3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_LABEL = re.compile(rf"^(?:(?:{'|'.join(LABELS)})\b[ :]*)+", re.IGNORECASE)
_WEEKDAY = re.compile(rf"^(?:{'|'.join(WEEKDAYS)})\b\.?(?: (?:{'|'.join(MARKET_DAYS)})\b)?[ ,]*", re.IGNORECASE)
_CITY = re.compile(r" ?\[?\bAsia/(Jakarta|Pontianak|Makassar|Jayapura)\]?$", re.IGNORECASE)
_CITY_ZONES = {"jakarta": " WIB", "pontianak": " WIB", "makassar": " WITA", "jayapura": " WIT"}
_OFFSET_AND_NAME = re.compile(r"([+-]\d{2}:?\d{2}) ?[A-Za-z]{2,5}$")
#: What programs write for "no time": zero in their own counting.
_UNSET = re.compile(r"\b(?:0000|0001|1601|1899|1900|1970)\b")
_COMMENT = re.compile(r"\(([^()]*)\)")
_RELATIVE = re.compile(rf"\b(?:{'|'.join(RELATIVE)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """A date as it was written, the instant it names (UTC) or None, and on what that rests."""

    raw: str
    moment: datetime | None = None
    basis: str = NONE
    #: The clock on the wall as written, and its distance from Greenwich where one was written.
    wall: datetime | None = None
    offset: timedelta | None = None
    #: A day in the calendar that cannot be believed: before 2005, or still to come.
    is_out_of_range: bool = False


@dataclass
class DateReader:
    """Reads the dates of one file: `zone` is the channel's, `now` the time of fetching."""

    zone: tzinfo
    now: datetime
    _known: dict[str, Reading] = field(default_factory=dict)
    _slow: int = 0

    def read(self, text: str) -> Reading:
        """The instant that the text names; a text that names none has basis `none`."""
        known = self._known.get(text)
        if known is None:
            raw = " ".join(text[: MAX_LENGTH * 2].split())[:MAX_LENGTH]
            try:
                known = self._read(raw)
            except OutOfRangeError as error:
                known = Reading(raw, is_out_of_range=not (error.is_early and _UNSET.search(raw)))
            except (ValueError, OverflowError):  # not in the calendar, or out of range
                known = Reading(raw)
            self._known[text] = known
        return known

    def read_gmt(self, text: str) -> Reading:
        """A field that is documented to be UTC although it writes no zone (WordPress `date_gmt`)."""
        reading = DateReader(UTC, self.now).read(text)
        if reading.basis != CHANNEL_ZONE:
            return reading
        return Reading(reading.raw, reading.moment, GMT_FIELD, reading.wall, timedelta(0))

    def first(self, texts: Sequence[str]) -> Reading:
        """The first that names an instant; where another shows that its `Z` was local time, that other.

        What is no date gives way to the next. A real day out of range does not: else a posting of 2004, or of next
        year, would count on the day of its last change.
        """
        if len(texts) == 1:
            return self.read(texts[0])
        readings = [self.read(text) for text in texts if text.strip()]
        told = [reading for reading in readings if reading.moment or reading.is_out_of_range]
        if not told or told[0].is_out_of_range:
            return [*told, *readings, Reading("")][0]
        return next((other for other in told[1:] if _corrects(other, told[0])), told[0])

    def _read(self, raw: str) -> Reading:
        if usual := RFC_822.fullmatch(raw):
            day, month, year, *clock, zone = usual.groups()
            return self._usual(raw, year, month, day, clock, zone)
        if usual := RFC_3339.fullmatch(raw):
            year, month, day, *clock, zone = usual.groups()
            return self._usual(raw, year, month, day, clock, zone)
        if not any(character.isdigit() for character in raw):
            return Reading(raw)
        text, weekday, comment = _plain(raw)
        for pattern in PATTERNS:
            if parts := pattern.fullmatch(text):
                return self._from_parts(raw, parts, weekday, comment)
        return self._read_slowly(raw, text)

    def _usual(self, raw: str, year: str, month: str, day: str, clock: list[str], zone: str | None) -> Reading:
        hour, minute, second = map(int, clock)
        wall = datetime(int(year), _month(month), int(day), hour, minute, second)  # noqa: DTZ001
        return self._at(raw, wall, zone_of(zone or ""))

    def _from_parts(self, raw: str, parts: re.Match[str], weekday: int | None, comment: str) -> Reading:
        found = parts.groupdict()
        wall = _day(parts, weekday)
        if found["hour"] is None:
            return Reading(raw, moment_of(wall, self.zone, self.now), DATE_ONLY, wall)
        hour = _hour(int(found["hour"]), (found.get("half") or "").lower())
        wall = wall.replace(hour=hour, minute=int(found["minute"]), second=int(found["second"] or 0))
        return self._at(raw, wall, zone_of(found["zone"] or "") or zone_of(comment))

    def _at(self, raw: str, wall: datetime, zone: timezone | None) -> Reading:
        basis = CHANNEL_ZONE if zone is None else OFFSET
        offset = None if zone is None else zone.utcoffset(None)
        return Reading(raw, moment_of(wall, zone or self.zone, self.now), basis, wall, offset)

    def _read_slowly(self, raw: str, text: str) -> Reading:
        """An unknown way to write a date, by dateparser; believed only if it says no more than the text does."""
        self._slow += 1
        numbers = [int(number) for number in re.findall(r"\d{1,4}", text)]
        year = next((number for number in numbers if number >= 2000), 0)
        if not year or len(numbers) < 2 or _RELATIVE.search(text) or self._slow > SLOW_READINGS:
            return Reading(raw)
        import dateparser

        settings = {"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"], "STRICT_PARSING": True,
                    "PARSERS": ["absolute-time"], "RELATIVE_BASE": self.now.replace(tzinfo=None)}  # fmt: skip
        found = dateparser.parse(text, languages=["id", "en"], settings=settings)
        if found is None or found.year != year or found.day not in numbers:
            return Reading(raw)
        wall = found.replace(tzinfo=None, microsecond=0)
        if len(numbers) <= 3 and ":" not in text:
            return Reading(
                raw, moment_of(wall.replace(hour=0, minute=0, second=0), self.zone, self.now), DATE_ONLY, wall
            )
        if wall.minute not in numbers or wall.hour % 12 not in {number % 12 for number in numbers}:
            return Reading(raw)
        offset = found.utcoffset()
        return self._at(raw, wall, None if offset is None else timezone(offset))


@lru_cache(256)
def zone_of(text: str) -> timezone | None:
    """`+0700`, `GMT+7`, `WIB` as a zone; None for a name that nobody agreed on. ValueError beyond 14 hours."""
    text = text.strip().upper().replace("\u2212", "-")
    if cut := re.fullmatch(r"([+-]0\d)(\d)", text):  # `-040` for `-0400`
        text = f"{cut[1]}{cut[2]}0"
    if parts := re.fullmatch(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d{2})?", text):
        return fixed_zone(parts[1], int(parts[2]), int(parts[3] or 0))
    hours = ZONES.get(text, FOREIGN_ZONES.get(text))
    return None if hours is None else timezone(timedelta(hours=hours))


def _corrects(other: Reading, first: Reading) -> bool:
    """The same clock on the wall with a zone, where the first had none or said Greenwich."""
    if first.basis == DATE_ONLY or first.offset or not other.offset or not first.wall or not other.wall:
        return False
    return abs(other.wall - first.wall) < timedelta(minutes=1)


def _plain(raw: str) -> tuple[str, int | None, str]:
    """Without label, weekday and comments; which weekday it was, and the last comment, which may name the zone."""
    comments = _COMMENT.findall(raw)
    text = " ".join(_COMMENT.sub(" ", raw).split()) if comments else raw
    text = re.sub(r"jum['\u2019`\u2018\u00b4]at", "Jumat", _LABEL.sub("", text), flags=re.IGNORECASE)
    text = _CITY.sub(lambda city: _CITY_ZONES[city[1].lower()], text)
    text = _OFFSET_AND_NAME.sub(r"\1", text)
    day = _WEEKDAY.match(text)
    weekday = DAY_NUMBERS.get(day[0][:3].lower()) if day else None
    return _WEEKDAY.sub("", text).strip(" ,|"), weekday, comments[-1] if comments else ""


def _day(parts: re.Match[str], weekday: int | None) -> datetime:
    """The day; the American order holds only where nothing else fits the weekday ("Sun, 10/04/2026" is in October)."""
    year, month, day = _year(parts["year"]), _month(parts["month"]), int(parts["day"])
    if weekday is not None and parts["month"].isdecimal() and parts.start("day") < parts.start("month"):
        plain, american = _date(year, month, day), _date(year, day, month)
        if american and american.weekday() == weekday and (plain is None or plain.weekday() != weekday):
            return american
    return datetime(year, month, day)  # noqa: DTZ001


def _date(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day)  # noqa: DTZ001
    except ValueError:
        return None


def _year(text: str) -> int:
    """RFC 822 wrote two digits."""
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    try:
        return MONTHS[text.lower()]
    except KeyError:
        raise ValueError(text) from None


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} {half}m")
    return hour % 12 + (12 if half == "p" else 0)
