"""When and where a unit posts in a month: the same for the same unit and month, on every machine and day.

Every unit and month has a random generator of its own, so the order of loading, the date and the other units
do not matter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from cilegon_kip.common.jakarta import JAKARTA, last_of_month

from .tables import FOUNDING_LAST, Gap, Pace, Profile, gaps, limits, seeded, story

#: Most postings a day, except for the odd burst that the daily limit of the method cuts.
USUAL_PER_DAY = 3
WEEKEND_WEIGHT = 0.25


@dataclass(frozen=True)
class Post:
    """One posting; `state` is accepted, pending or rejected."""

    kind: str
    moment: datetime
    state: str = "accepted"
    seen_after: timedelta = timedelta()

    @property
    def seen_at(self) -> datetime:
        return self.moment + self.seen_after

    @property
    def reviewed_at(self) -> datetime | None:
        return self.seen_at + timedelta(hours=20) if self.state == "rejected" else None


@dataclass(frozen=True)
class Slot:
    """One activity and its postings, the first of them at `moment`, which no other activity of the unit has.

    `ends_at` is when all that is told of it has happened.
    """

    number: int
    moment: datetime
    posts: tuple[Post, ...]
    care: float
    withdrawn_at: datetime | None = None
    ends_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        moments = [post.reviewed_at or post.seen_at for post in self.posts]
        object.__setattr__(self, "ends_at", max([*moments, *filter(None, [self.withdrawn_at])]))


def slots(profile: Profile, category: str, month: date) -> list[Slot]:
    """All activities of the unit in the month, in order of time."""
    rng = seeded(profile.slug, f"{month:%Y-%m}")
    named = story().get((month, profile.slug))
    pace = pace_of(profile, category, month, rng)
    if not pace.activities:
        return []
    per_day = _days_of_activities(rng, month, pace, burst=named is None and rng.random() < 0.07)
    moments = _moments(rng, per_day)
    kinds = _kinds_of_month(rng, profile, month, keep_all=named is not None)
    return [_slot(rng, number, moment, kinds, pace.care, month) for number, moment in enumerate(moments, 1)]


def pace_of(profile: Profile, category: str, month: date, rng: Random) -> Pace:
    """The story's pace where it names the unit, none in a silent month, else the usual one, more or less."""
    named = story().get((month, profile.slug))
    if named is not None:
        return named
    is_told = (month, category) in limits()  # then only the story says who is silent
    is_quiet = not is_told and month in quiet_months(profile, month.year, month.month > 6)
    if is_quiet or _is_silenced_by_gap(profile.slug, month):
        return Pace(0, 0, 0)
    years_on = max(0, month.year - FOUNDING_LAST.year)
    usual = profile.activities * (1 + 0.06 * years_on) * rng.triangular(0.55, 1.5, 0.95)
    most, most_days = limits().get((month, category), (45, 31))
    activities = max(1, min(most, round(usual)))
    days = max(-(-activities // USUAL_PER_DAY), round(activities * profile.steady), 1)
    return Pace(activities, min(days, most_days, activities), profile.care)


def quiet_months(profile: Profile, year: int, second_half: bool) -> set[date]:
    """Some units fall silent for one, two or three months of a half year."""
    rng = seeded(profile.slug, "quiet", year, second_half)
    if rng.random() >= profile.quiet * 1.5:
        return set()
    start, length = rng.randint(1, 6), rng.choice((1, 1, 2, 3))
    first = 6 if second_half else 0
    return {date(year, first + number, 1) for number in range(start, min(start + length, 7))}


def month_gaps(month: date) -> list[Gap]:
    """Gaps that begin in the month."""
    return [gap for gap in gaps() if month <= gap.started_on <= last_of_month(month)]


def _is_silenced_by_gap(slug: str, month: date) -> bool:
    return any(gap.slug == slug and gap.silent and gap.covers(month, last_of_month(month)) for gap in gaps())


def _days_of_activities(rng: Random, month: date, pace: Pace, *, burst: bool) -> Counter[date]:
    """How many activities on which day: every chosen day has one, the rest is spread, a burst lies on one day."""
    days = [month + timedelta(days=n) for n in range(last_of_month(month).day)]
    weighted = sorted(days, key=lambda day: rng.random() ** (1 if day.weekday() < 5 else 1 / WEEKEND_WEIGHT))
    chosen = sorted(weighted[-pace.days :])
    per_day = Counter(chosen)
    for _extra in range(pace.activities - len(chosen)):
        free = [day for day in chosen if per_day[day] < USUAL_PER_DAY]
        per_day[rng.choice(free or chosen)] += 1
    if burst:
        per_day[rng.choice(chosen)] += rng.randint(3, 5)
    return per_day


def _moments(rng: Random, per_day: Counter[date]) -> list[datetime]:
    """Distinct moments in office hours and a little after, in order."""
    moments = []
    for day in sorted(per_day):
        for minute in rng.sample(range(7 * 60, 20 * 60), per_day[day]):
            clock = time(minute // 60, minute % 60, rng.randrange(60))
            moments.append(datetime.combine(day, clock, tzinfo=JAKARTA))
    return sorted(moments)


def _kinds_of_month(rng: Random, profile: Profile, month: date, *, keep_all: bool) -> list[str]:
    """The unit's kinds without those that a gap hides; now and then one is left unused."""
    hidden = {
        gap.kind
        for gap in gaps()
        if gap.slug == profile.slug and gap.started_on <= last_of_month(month) and gap.ended_on >= month
    }
    kinds = [kind for kind in profile.kinds_on(month) if kind not in hidden] or ["portal"]
    if not keep_all and len(kinds) > 1 and rng.random() < 0.3:
        kinds.remove(rng.choice(kinds))
    return kinds


def _slot(rng: Random, number: int, moment: datetime, kinds: list[str], care: float, month: date) -> Slot:
    main = kinds[number - 1] if number <= len(kinds) else rng.choice(kinds)
    posts = [_post(rng, main, moment)]
    others = [kind for kind in kinds if kind != main]
    if others and rng.random() < 0.3:
        posts.append(_post(rng, rng.choice(others), _later(rng, moment, month)))
    chance = rng.random()
    if chance < 0.02:
        posts.append(_post(rng, _link_kind(rng, kinds), _later(rng, moment, month), "rejected"))
    elif chance < 0.026 and month > FOUNDING_LAST:
        posts.append(_post(rng, _link_kind(rng, kinds), _later(rng, moment, month), "pending"))
    withdrawn_at = moment + timedelta(hours=rng.randint(20, 90)) if 0.5 < chance < 0.503 and number > 3 else None
    return Slot(number, moment, tuple(posts), care, withdrawn_at)


def _post(rng: Random, kind: str, moment: datetime, state: str = "accepted") -> Post:
    """Seen at once on the portal, soon where it is harvested; what waits for a reviewer was sent in late."""
    minutes = rng.randint(4, 90)
    if kind == "portal":
        return Post(kind, moment, state)
    return Post(kind, moment, state, timedelta(hours=60) if state == "pending" else timedelta(minutes=minutes))


def _later(rng: Random, moment: datetime, month: date) -> datetime:
    """Minutes to two days later. Past the end of the month only where the next one is a sample month too."""
    later = moment + timedelta(minutes=rng.randint(20, 2 * 24 * 60))
    end = datetime.combine(last_of_month(month), time(23, 59, 30), tzinfo=JAKARTA)
    return later if month < FOUNDING_LAST else min(later, end)


def _link_kind(rng: Random, kinds: list[str]) -> str:
    """What is sent as a link lies outside the portal."""
    return rng.choice([kind for kind in kinds if kind != "portal"] or ["website"])
