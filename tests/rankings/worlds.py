"""Random little cities: a hypothesis strategy, and the rows it makes in the database and for the reference."""

import random
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from django.db import transaction
from hypothesis import strategies as st

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import CalendarDay, Channel, Unit
from publications.models import Activity, CoverageGap, Photo, Publication
from rankings.models import Method
from rankings.score import Weights

from .reference import ActivityRow, ChannelRow, GapRow, MethodRow, PublicationRow, UnitRow, World

FIRST, LAST = date(2023, 1, 1), date(2023, 1, 31)
#: Of January 2023, besides the weekends: the day after Imlek, as the calendar has it.
NATIONAL_DAYS_OFF = {date(2023, 1, 1), date(2023, 1, 22), date(2023, 1, 23)}
NOON = datetime(2023, 1, 10, 12, tzinfo=JAKARTA)
WEIGHTS = [
    Weights(),
    Weights(Decimal("0.5"), Decimal("0.2"), Decimal("0.3"), Decimal(0)),
    Weights(Decimal("0.1"), Decimal("0.1"), Decimal("0.1"), Decimal("0.7")),
    Weights(Decimal("0.3333"), Decimal("0.3333"), Decimal("0.3333"), Decimal("0.0001")),
]
#: Days counted from 1 January: before, the ends of the month, inside, after.
DENSE = (-2, 0, 3, 3, 4, 5, 9, 14, 21, 30, 31)
KINDS = ["portal", "website", "instagram", "facebook", "youtube", "tiktok"]

# Few days, so that days fill up and months meet: the ends of the month to the second, and three inside.
moments = st.builds(
    lambda day, time: datetime(2023, 1, 1, tzinfo=JAKARTA) + timedelta(days=day, seconds=time),
    st.sampled_from([-20, -1, 0, 4, 4, 4, 9, 14, 30, 31]),
    st.sampled_from([0, 1, 43200, 86399]),
)
days = st.sampled_from([None, date(2022, 12, 31), FIRST, date(2023, 1, 15), LAST, date(2023, 2, 1)])


@st.composite
def spans(draw):
    """(start, end) with start <= end, either end open."""
    start, end = draw(days), draw(days)
    return (end, start) if start and end and start > end else (start, end)


postings = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(KINDS),
        "state": st.sampled_from(["accepted"] * 5 + ["pending", "rejected"]),
        "published_at": moments,
        "has_media": st.booleans(),
        "text_length": st.sampled_from([0, 199, 200, 1000]),
        "is_sample": st.sampled_from([False] * 6 + [True]),
    }
)
activities = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["published"] * 6 + ["withdrawn", "draft"]),
        "text": st.sampled_from(["", "a" * 199, "a" * 200, "a" + " " * 250, "é" * 200]),
        "happened_on": st.sampled_from([None, date(2023, 1, 4)]),
        "alts": st.lists(st.sampled_from(["", " ", "Petugas memeriksa pompa"]), max_size=2),
        "postings": st.lists(postings, max_size=3),
    }
)
channels = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["website", "instagram", "facebook", "youtube"]),
        "verified": st.sampled_from([True, True, False]),
        "is_sample": st.sampled_from([False, False, True]),
        "open": spans(),
        "gaps": st.lists(spans().filter(lambda span: span[0] is not None), max_size=1),
    }
)
units = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["opd", "opd", "bumd"]),
        "active": st.one_of(st.just((None, None)), spans()),
        "channels": st.lists(channels, max_size=2),
        "activities": st.lists(activities, max_size=7),
    }
)


@st.composite
def cities(draw, samples=None):
    """A city with at most five units; half of them have sample rows."""
    city = {
        "units": draw(st.lists(units, min_size=1, max_size=5)),
        "news": draw(st.lists(moments, max_size=2)),
        "days_off": draw(st.sets(st.sampled_from([date(2023, 1, n) for n in (1, 2, 3, 6, 7)]), max_size=3)),
        "weights": draw(st.sampled_from(WEIGHTS)),
        "daily_limit": draw(st.integers(1, 4)),
    }
    with_samples = draw(st.booleans()) if samples is None else samples
    if not with_samples:
        for unit in city["units"]:
            for activity in unit["activities"]:
                for posting in activity["postings"]:
                    posting["is_sample"] = False
    return city


def dense_city(seed):
    """A fuller city than hypothesis draws by itself: crowded days, twins that tie, several postings each."""
    pick = random.Random(seed)
    moments_of = [datetime(2023, 1, 1, tzinfo=JAKARTA) + timedelta(days=n, hours=h) for n in DENSE for h in (0, 9)]

    def posting():
        return {
            "kind": pick.choice(KINDS),
            "state": pick.choice(["accepted"] * 9 + ["pending"]),
            "published_at": pick.choice(moments_of),
            "has_media": pick.random() < 0.3,
            "text_length": pick.choice([0, 0, 199, 200]),
            "is_sample": pick.random() < sample_share,
        }

    def activity():
        return {
            "status": pick.choice(["published"] * 9 + ["withdrawn"]),
            "text": pick.choice(["", "", "a" * 200]),
            "happened_on": pick.choice([None, FIRST]),
            "alts": pick.choice([[], [], [""], ["Rapat"]]),
            "postings": [posting() for _ in range(pick.choice([1, 1, 2, 3]))],
        }

    def unit():
        return {
            "category": pick.choice(["opd", "bumd"]),
            "active": (None, None),
            "channels": [],
            "activities": [activity() for _ in range(pick.choice([0, 1, 3, 12, 25]))],
        }

    sample_share = pick.choice([0, 0, 0.1])
    found = [unit() for _ in range(pick.randint(2, 6))]
    twins = [{**pick.choice(found)} for _ in range(2)]
    return {
        "units": found + twins,
        "news": [],
        "days_off": set(),
        "weights": pick.choice(WEIGHTS),
        "daily_limit": pick.randint(1, 4),
    }


@contextmanager
def rolled_back():
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def store(city, shuffle=lambda rows: None) -> World:
    """Write the city to the database, in the order that `shuffle` leaves; give it back for the reference."""
    world = World(method=MethodRow(city["weights"], city["daily_limit"]))
    world.days_off = NATIONAL_DAYS_OFF | set(city["days_off"])
    weights = {f"{name}_weight": getattr(city["weights"], name) for name in vars(city["weights"])}
    Method.objects.update(activated_at=None)  # an activated one is not changed
    Method.objects.update(daily_limit=city["daily_limit"], activated_at=NOON, **weights)
    CalendarDay.objects.bulk_create(CalendarDay(day=day, name="Libur", decree="Uji") for day in city["days_off"])
    numbers = count(1)
    pairs = [(f"unit-{next(numbers)}", spec) for spec in city["units"]]
    shuffle(pairs)
    rows = [unit_row(slug, spec) for slug, spec in pairs]
    Unit.objects.bulk_create(rows)
    for row in rows:
        world.units.append(UnitRow(row.pk, row.category, row.active_from, row.active_until))
    specs = [(row.pk, spec) for row, (_, spec) in zip(rows, pairs, strict=True)]
    store_channels(world, [(unit, channel) for unit, spec in specs for channel in spec["channels"]])
    store_activities(world, [(unit, act) for unit, spec in specs for act in spec["activities"]], shuffle)
    store_news(world, rows[0], city["news"])
    return world


def unit_row(slug, spec) -> Unit:
    start, end = spec["active"]
    return Unit(slug=slug, name=slug, short_name=slug, category=spec["category"], active_from=start, active_until=end)


def store_channels(world: World, specs) -> None:
    rows = [
        Channel(
            unit_id=unit,
            kind=spec["kind"],
            key=f"kanal-{uuid4().hex}",
            status="verified" if spec["verified"] else "unverified",
            verified_at=NOON if spec["verified"] else None,
            is_sample=spec["is_sample"],
            opened_on=spec["open"][0],
            closed_on=spec["open"][1],
        )
        for unit, spec in specs
    ]
    Channel.objects.bulk_create(rows)
    for row, (unit, spec) in zip(rows, specs, strict=True):
        world.channels.append(ChannelRow(row.pk, unit, row.kind, spec["verified"], row.is_sample, *spec["open"]))
        world.gaps += [GapRow(row.pk, start, end) for start, end in spec["gaps"]]
    CoverageGap.objects.bulk_create(
        CoverageGap(channel_id=gap.channel, started_on=gap.started_on, ended_on=gap.ended_on, reason="Uji")
        for gap in world.gaps
    )


def store_activities(world: World, specs, shuffle=lambda rows: None) -> None:
    """Activities with photos and postings; a repeated permalink is impossible, so each gets its own."""
    specs = list(specs)
    shuffle(specs)
    rows = [activity_row(unit, spec) for unit, spec in specs]
    Activity.objects.bulk_create(rows)
    postings = []
    for row, (unit, spec) in zip(rows, specs, strict=True):
        world.activities.append(ActivityRow(row.pk, unit, row.status, row.text, row.happened_on, spec["alts"]))
        postings += [(row, posting) for posting in spec["postings"]]
    Photo.objects.bulk_create(
        Photo(activity_id=activity.id, alt=alt) for activity in world.activities for alt in activity.alts
    )
    shuffle(postings)
    store_postings(world, postings)


def activity_row(unit: int, spec) -> Activity:
    withdrawn = spec["status"] == "withdrawn"
    return Activity(
        unit_id=unit,
        title="Kegiatan",
        text=spec["text"],
        happened_on=spec["happened_on"],
        status=spec["status"],
        published_at=None if spec["status"] == "draft" else NOON,
        withdrawn_at=NOON if withdrawn else None,
        withdrawn_reason="Keliru" if withdrawn else "",
    )


def store_postings(world: World, postings) -> None:
    rows = [
        Publication(
            unit_id=activity.unit_id,
            activity=activity,
            origin="portal" if spec["kind"] == "portal" else "import",
            date_basis="server" if spec["kind"] == "portal" else "offset",
            permalink_key=f"https://contoh.invalid/{uuid4().hex}",
            reason="Bukan milik unit" if spec["state"] == "rejected" else "",
            **spec,
        )
        for activity, spec in postings
    ]
    Publication.objects.bulk_create(rows)
    world.publications += [publication_row(row) for row in rows]


def store_news(world: World, unit: Unit, moments_of_news) -> None:
    rows = [
        Publication(
            unit=unit,
            kind="news",
            origin="import",
            state="accepted",
            published_at=moment,
            permalink_key=f"https://koran.invalid/{uuid4().hex}",
        )
        for moment in moments_of_news
    ]
    Publication.objects.bulk_create(rows)
    world.publications += [publication_row(row) for row in rows]


def publication_row(row: Publication) -> PublicationRow:
    return PublicationRow(
        id=row.pk,
        unit=row.unit_id,
        activity=row.activity_id,
        kind=row.kind,
        state=row.state,
        published_at=row.published_at,
        origin=row.origin,
        has_media=row.has_media,
        text_length=row.text_length,
        is_sample=row.is_sample,
    )
