"""The method once more: slow, plain Python on plain rows, sharing no line with the SQL.

It follows the published text of the method, activity by activity, and does its arithmetic with the
small functions of `rankings.score` (which the hand-computed table in `test_score.py` pins down).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from rankings import score as rules

WIB = timezone(timedelta(hours=7))


@dataclass
class UnitRow:
    id: int
    category: str
    active_from: date | None = None
    active_until: date | None = None


@dataclass
class ChannelRow:
    id: int
    unit: int
    kind: str
    verified: bool = True
    is_sample: bool = False
    opened_on: date | None = None
    closed_on: date | None = None


@dataclass
class GapRow:
    channel: int
    started_on: date
    ended_on: date | None


@dataclass
class ActivityRow:
    id: int
    unit: int
    status: str = "published"
    text: str = ""
    happened_on: date | None = None
    alts: list[str] = field(default_factory=list)


@dataclass
class PublicationRow:
    id: int
    unit: int
    activity: int | None
    kind: str
    state: str
    published_at: datetime | None
    origin: str
    has_media: bool = False
    text_length: int = 0
    is_sample: bool = False

    @property
    def day(self) -> date | None:
        return self.published_at.astimezone(WIB).date() if self.published_at else None


@dataclass
class MethodRow:
    weights: rules.Weights = field(default_factory=rules.Weights)
    daily_limit: int = 3
    text_min_length: int = 200


@dataclass
class World:
    units: list[UnitRow] = field(default_factory=list)
    channels: list[ChannelRow] = field(default_factory=list)
    gaps: list[GapRow] = field(default_factory=list)
    activities: list[ActivityRow] = field(default_factory=list)
    publications: list[PublicationRow] = field(default_factory=list)
    days_off: set[date] = field(default_factory=set)
    method: MethodRow = field(default_factory=MethodRow)


def overlaps(start: date | None, end: date | None, first: date, last: date) -> bool:
    return (start is None or start <= last) and (end is None or end >= first)


def rank_month(world: World, first: date, last: date) -> tuple[dict[int, dict], dict[int, tuple[str, int | None]]]:
    """Entries by unit id, and (rule, points) by publication id."""
    month = _Month(world, first, last)
    for unit in month.units:
        month.collect(unit)
    for category in {unit.category for unit in month.units}:
        month.score_category([unit for unit in month.units if unit.category == category])
    return month.entries, month.evidence


class _Month:
    def __init__(self, world: World, first: date, last: date):
        self.world, self.first, self.last = world, first, last
        self.activities = {activity.id: activity for activity in world.activities}
        self.units = [unit for unit in world.units if overlaps(unit.active_from, unit.active_until, first, last)]
        in_month = [row for row in world.publications if row.day and first <= row.day <= last]
        self.is_sample = any(row.is_sample for row in in_month)
        self.own = [row for row in in_month if row.kind != "news"]
        self.entries: dict[int, dict] = {}
        self.evidence: dict[int, tuple[str, int | None]] = {}
        self.points: dict[int, list[int]] = {}

    def admissible(self, row: PublicationRow) -> bool:
        if self.is_sample:
            return row.is_sample or row.origin == "portal"
        return not row.is_sample

    def postings_of(self, activity_id: int) -> list[PublicationRow]:
        """Accepted postings of an activity up to the end of the month, earliest first."""
        rows = [
            row
            for row in self.world.publications
            if row.activity == activity_id and row.state == "accepted" and row.kind != "news"
            if row.day <= self.last and self.admissible(row)
        ]
        return sorted(rows, key=lambda row: (row.published_at, row.id))

    def refusal(self, row: PublicationRow) -> str | None:
        """The rule that keeps a posting out by itself, if any."""
        if not self.admissible(row):
            return "not_sample" if self.is_sample else "sample"
        if row.state != "accepted":
            return row.state
        status = self.activities[row.activity].status
        return {"withdrawn": "withdrawn", "draft": "pending"}.get(status)

    def conditions(self, activity_id: int) -> tuple[bool, bool, bool]:
        activity, rows = self.activities[activity_id], self.postings_of(activity_id)
        enough = self.world.method.text_min_length
        media = any(alt.strip(" ") for alt in activity.alts) or any(row.has_media for row in rows)
        text = len(activity.text.strip(" \t\n\r")) >= enough or any(row.text_length >= enough for row in rows)
        return media, text, activity.happened_on is not None

    def collect(self, unit: UnitRow) -> None:
        by_day = defaultdict(list)
        kinds, accepted, left_out = set(), 0, 0
        for row in (row for row in self.own if row.unit == unit.id):
            rule = self.refusal(row)
            if rule is None:
                kinds.add(rules.reach_kind(row.kind))
                earliest = self.postings_of(row.activity)[0]
                if earliest.day < self.first:
                    rule = "earlier_month"
                elif earliest.id != row.id:
                    rule = "same_activity"
                else:
                    by_day[row.day].append(row)
                    continue
            accepted += rule == "same_activity"
            left_out += rule != "same_activity"
            self.evidence[row.id] = (rule, None)
        met = []
        for rows in by_day.values():
            rows.sort(key=self.most_complete_first)
            for place, row in enumerate(rows):
                conditions = self.conditions(row.activity)
                if place < self.world.method.daily_limit:
                    met.append(conditions)
                    self.evidence[row.id] = ("counted", sum(conditions))
                else:
                    left_out += 1
                    self.evidence[row.id] = ("daily_limit", None)
        self.points[unit.id] = [sum(conditions) for conditions in met]
        self.entries[unit.id] = {
            "category": unit.category,
            "activities": len(met),
            "active_days": len(by_day),
            "points": [self.points[unit.id].count(number) for number in range(4)],
            "with_media": sum(media for media, _, _ in met),
            "with_text": sum(text for _, text, _ in met),
            "with_date": sum(dated for _, _, dated in met),
            "publications": accepted + len(met),
            "left_out": left_out,
            **self.channels(unit, kinds),
        }

    def most_complete_first(self, row: PublicationRow) -> tuple:
        media, text, dated = self.conditions(row.activity)
        return (-(media + text + dated), row.published_at, not media, not text, not dated, row.activity)

    def channels(self, unit: UnitRow, used: set[str]) -> dict:
        channels = [
            channel
            for channel in self.world.channels
            if channel.unit == unit.id
            and channel.verified
            and (self.is_sample or not channel.is_sample)
            and overlaps(channel.opened_on, channel.closed_on, self.first, self.last)
        ]
        kind_of = {channel.id: rules.reach_kind(channel.kind) for channel in channels}
        gaps = {
            kind_of[gap.channel]
            for gap in self.world.gaps
            if gap.channel in kind_of and overlaps(gap.started_on, gap.ended_on, self.first, self.last)
        }
        return {
            "kinds_used": [kind for kind in rules.EXPECTED_KINDS if kind in used],
            "kinds_not_measured": [kind for kind in rules.EXPECTED_KINDS if kind in gaps - used],
            "has_social_media": any(kind != "website" for kind in kind_of.values()),
            "state": "not_measured" if gaps else "silent",
        }

    def score_category(self, units: list[UnitRow]) -> None:
        max_n = max(self.entries[unit.id]["activities"] for unit in units)
        ranked = [unit.id for unit in units if self.entries[unit.id]["activities"]]
        for unit in units:
            self.score_unit(unit.id, max_n)
        keys = [
            (self.entries[key]["score"], self.entries[key]["activities"], self.entries[key]["active_days"])
            for key in ranked
        ]
        for key, rank in zip(ranked, rules.ranks(keys), strict=True):
            self.entries[key] |= {"state": "ranked", "rank": rank}

    def score_unit(self, key: int, max_n: int) -> None:
        entry, weights = self.entries[key], self.world.method.weights
        n = entry["activities"]
        parts = (
            rules.volume(n, max_n),
            rules.consistency(entry["active_days"], self.working_days()),
            rules.reach(len(entry["kinds_used"]), len(entry["kinds_not_measured"])) if n else Decimal(0),
            rules.completeness(self.points[key], max_n, weights),
        )
        names = ("volume", "consistency", "reach", "completeness")
        entry |= {name: rules.rounded(part, 6) for name, part in zip(names, parts, strict=True)}
        entry |= {"rank": None, "max_activities": max_n, "score": rules.score(*parts, weights)}

    def working_days(self) -> int:
        days = (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))
        return sum(day.weekday() < 5 and day not in self.world.days_off for day in days)
