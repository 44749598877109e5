"""Sample channels, months and gaps in the database: what is missing is added, what is there is left alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, first_of_month, local_day, months_between, next_month, previous_month
from opd.models import Category, Channel, Unit
from publications.models import Activity, CoverageGap

from .copying import copy_rows, give_ids
from .documents import load_documents
from .photos import load_photos
from .rows import activity_row, publication_rows
from .schedule import Slot, month_gaps, slots
from .tables import FOUNDING_FIRST, FOUNDING_LAST, Profile, profiles
from .writing import Area, words

#: Two loads at once wait for each other.
LOCK = 20230131
RECENT_MONTHS = 6


class SampleError(Exception):
    """Sample data cannot be loaded here; the message is for people."""


@dataclass
class Report:
    channels: int = 0
    activities: int = 0
    publications: int = 0
    gaps: int = 0
    photos: int = 0
    documents: int = 0
    months: list[date] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """A unit with everything that its sample rows need."""

    unit: Unit
    profile: Profile
    area: Area
    channels: dict[str, Channel]


def check_allowed(*, insist: bool = False) -> None:
    """Made-up data has no place on a server that citizens use."""
    if not (settings.LOCAL or insist):
        raise SampleError(
            _("Data contoh hanya untuk pemasangan lokal (KIP_LOCAL=1). Bila Anda yakin, tambahkan --yes-sample.")
        )


def load_sample(now: datetime | None = None, *, insist: bool = False) -> Report:
    """Bring the sample months up to `now`; a second run changes nothing."""
    check_allowed(insist=insist)
    now = now or timezone.now()
    report = Report()
    with transaction.atomic():
        _wait_for_other_loads()
        places = _places(report)
        for month in sample_months(local_day(now)):
            _load_month(month, places, now, report)
        _refresh_statistics()
        running = first_of_month(local_day(now))
        report.documents = load_documents([place.unit for place in places], now)
        report.photos = load_photos([previous_month(running), running])
    return report


def _refresh_statistics() -> None:
    """The planner has not seen the rows of this transaction: joins over them took minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE publications_activity, publications_publication, opd_channel")


def sample_months(today: date) -> list[date]:
    """The founding thirteen, the running one and the five before, and those that were begun earlier."""
    running = first_of_month(today)
    first_recent = running
    for _step in range(RECENT_MONTHS - 1):
        first_recent = previous_month(first_recent)
    months = {*months_between(FOUNDING_FIRST, FOUNDING_LAST), *months_between(first_recent, running)}
    begun = Activity.objects.filter(is_sample=True).annotate(month=TruncMonth("published_at", tzinfo=JAKARTA))
    known = {local_day(moment) for moment in begun.order_by().values_list("month", flat=True).distinct()}
    return sorted(month for month in months | known if month <= running)


def _wait_for_other_loads() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _places(report: Report) -> list[Place]:
    slugs = [profile.slug for profile in profiles()]
    units = {unit.slug: unit for unit in Unit.objects.filter(slug__in=slugs).select_related("parent")}
    if missing := [slug for slug in slugs if slug not in units]:
        raise SampleError(
            _("Unit %(slugs)s belum ada. Jalankan dahulu: manage.py load_register") % {"slugs": ", ".join(missing[:5])}
        )
    channels = _sample_channels(units, report)
    areas = _areas(list(units.values()))
    return [Place(units[profile.slug], profile, areas[profile.slug], channels[profile.slug]) for profile in profiles()]


def _sample_channels(units: dict[str, Unit], report: Report) -> dict[str, dict[str, Channel]]:
    rows = [
        _channel(units[profile.slug], channel.kind, channel.opened_on)
        for profile in profiles()
        for channel in profile.channels()
    ]
    before = Channel.objects.filter(is_sample=True).count()
    Channel.objects.bulk_create(rows, ignore_conflicts=True)
    found: dict[str, dict[str, Channel]] = defaultdict(dict)
    for channel in Channel.objects.filter(is_sample=True, unit__in=units.values()).select_related("unit"):
        found[channel.unit.slug][channel.kind] = channel
    report.channels = Channel.objects.filter(is_sample=True).count() - before
    return found


def _channel(unit: Unit, kind: str, opened_on: date) -> Channel:
    key = f"{kind}.contoh.invalid/{unit.slug}"
    return Channel(
        unit=unit,
        kind=kind,
        url=f"https://{key}",
        handle=key if kind == "website" else f"@contoh.{unit.slug}",
        key=key,
        status=Channel.Status.VERIFIED,
        verified_at=datetime(opened_on.year, opened_on.month, opened_on.day, 9, tzinfo=JAKARTA) + timedelta(days=7),
        verified_how="Data contoh",
        source="Data contoh",
        opened_on=opened_on,
        is_sample=True,
    )


def _areas(units: list[Unit]) -> dict[str, Area]:
    kelurahan = sorted((u for u in units if u.category == Category.KELURAHAN), key=lambda u: u.slug)
    kecamatan = sorted((u for u in units if u.category == Category.KECAMATAN), key=lambda u: u.slug)
    all_names = tuple(u.short_name for u in kelurahan)
    districts = tuple(u.short_name for u in kecamatan)
    areas = {}
    for unit in units:
        children = tuple(u.short_name for u in kelurahan if unit.pk in (u.parent_id, u.pk))
        areas[unit.slug] = Area(unit.slug, unit.category, unit.name, unit.short_name, children or all_names, districts)
    return areas


def _load_month(month: date, places: list[Place], now: datetime, report: Report) -> None:
    there = _known_moments(month)
    missing = [
        (place, slot)
        for place in places
        for slot in slots(place.profile, place.unit.category, month)
        if slot.ends_at <= now and (place.unit.pk, slot.moment) not in there
    ]
    gaps = _load_gaps(month, places, now)
    report.gaps += gaps
    if missing:
        _insert(missing, report)
    if missing or gaps:
        report.months.append(month)


def _known_moments(month: date) -> set[tuple[int, datetime]]:
    first = datetime(month.year, month.month, 1, tzinfo=JAKARTA)
    after = next_month(month)
    end = datetime(after.year, after.month, 1, tzinfo=JAKARTA)
    rows = Activity.objects.filter(is_sample=True, published_at__gte=first, published_at__lt=end)
    return {(unit, moment) for unit, moment in rows.order_by().values_list("unit_id", "published_at") if moment}


def _insert(missing: list[tuple[Place, Slot]], report: Report) -> None:
    written = [(place, slot, words(place.area, slot)) for place, slot in missing]
    activities = [activity_row(place.unit, slot, text) for place, slot, text in written]
    give_ids(activities)
    publications = [
        row
        for activity, (place, slot, text) in zip(activities, written, strict=True)
        for row in publication_rows(activity, place.channels, slot, text)
    ]
    give_ids(publications)
    copy_rows(activities)
    copy_rows(publications)
    report.activities += len(activities)
    report.publications += len(publications)


def _load_gaps(month: date, places: list[Place], now: datetime) -> int:
    """Gaps of the month; one that still lasts has no end yet."""
    by_slug = {place.unit.slug: place for place in places}
    today, changed = local_day(now), 0
    for gap in month_gaps(month):
        if gap.started_on > today:
            continue
        ended_on = gap.ended_on if gap.ended_on < today else None
        row, created = CoverageGap.objects.get_or_create(
            channel=by_slug[gap.slug].channels[gap.kind],
            started_on=gap.started_on,
            defaults={"ended_on": ended_on, "reason": gap.reason},
        )
        if not created and row.ended_on is None and ended_on is not None:
            row.ended_on = ended_on
            row.save(update_fields=["ended_on"])
            created = True
        changed += created
    return changed
