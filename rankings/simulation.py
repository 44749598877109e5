"""A load of made-up units and postings, to see how the portal behaves when it is big: `manage.py simulate`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, last_of_month, local_day, midnight, month_text
from opd.models import Category, Channel, Unit
from publications.models import Activity, Publication
from publications.sample.copying import copy_rows, give_ids
from publications.sample.tables import seeded

from .models import Entry, Evidence, Ranking

PREFIX = "simulasi-"
#: Of every ten simulated units.
SHARES = (Category.KELURAHAN,) * 5 + (Category.OPD,) * 3 + (Category.KECAMATAN, Category.BUMD)
KINDS = ("website", "instagram", "facebook")
MAX_UNITS, MAX_PUBLICATIONS = 20_000, 1_000_000
BATCH = 10_000


class SimulationError(Exception):
    """The simulation is refused; the message is for people."""


@dataclass(frozen=True)
class Simulated:
    units: int
    publications: int
    months: tuple[date, ...] = ()


def check_allowed(*, insist: bool = False) -> None:
    if not (settings.LOCAL or insist):
        raise SimulationError(
            _("Simulasi hanya untuk pemasangan lokal (KIP_LOCAL=1). Bila Anda yakin, tambahkan --yes.")
        )


@transaction.atomic
def simulate(*, units: int, publications: int, month: date, now: datetime | None = None) -> Simulated:
    """Add so many units, and so many accepted postings of simulated units in the month (never after `now`)."""
    now = now or timezone.now()
    _check(units, publications, month, now)
    offset = Unit.objects.filter(slug__startswith=PREFIX).count()
    _make_units(offset, units)
    everyone = list(Unit.objects.filter(slug__startswith=PREFIX).order_by("pk"))
    if publications and not everyone:
        raise SimulationError(_("Belum ada unit simulasi: --units harus lebih dari 0."))
    serial = Publication.objects.filter(unit__slug__startswith=PREFIX).count()
    for start in range(0, publications, BATCH):
        _make_postings(everyone, month, now, serial + start, min(BATCH, publications - start))
    return Simulated(units, publications)


@transaction.atomic
def remove_simulation() -> Simulated:
    """Delete all simulated units with their postings and entries; months that had them must be computed again."""
    ours = Unit.objects.filter(slug__startswith=PREFIX)
    touched = Ranking.objects.filter(entries__unit__in=ours).distinct()
    if final := touched.filter(status=Ranking.Status.FINAL).first():
        raise SimulationError(_("Bulan %(month)s sudah final dan memuat unit simulasi.") % {"month": final})
    months = tuple(touched.order_by("month").values_list("month", flat=True))
    Evidence.objects.filter(unit__in=ours).delete()
    Entry.objects.filter(unit__in=ours).delete()
    postings, _rows = Publication.objects.filter(unit__in=ours).delete()
    Activity.objects.filter(unit__in=ours).delete()
    Channel.objects.filter(unit__in=ours).delete()
    units = ours.filter(parent__isnull=False).delete()[0] + ours.delete()[0]
    return Simulated(units, postings, months)


def _check(units: int, publications: int, month: date, now: datetime) -> None:
    if not 0 <= units <= MAX_UNITS:
        raise SimulationError(_("--units harus 0 sampai %(max)d.") % {"max": MAX_UNITS})
    if not 0 <= publications <= MAX_PUBLICATIONS:
        raise SimulationError(_("--publications harus 0 sampai %(max)d.") % {"max": MAX_PUBLICATIONS})
    if month > local_day(now):
        raise SimulationError(_("Bulan %(month)s belum dimulai.") % {"month": month_text(month)})
    real = Publication.objects.filter(counted_on__range=(month, last_of_month(month)), is_sample=False)
    if publications and real.own().accepted().exists():
        raise SimulationError(
            _("Bulan %(month)s memuat publikasi nyata; simulasi akan menggesernya.") % {"month": month_text(month)}
        )


def _make_units(offset: int, count: int) -> None:
    numbers = range(offset + 1, offset + count + 1)
    first = [_unit(number) for number in numbers if SHARES[number % len(SHARES)] != Category.KELURAHAN]
    Unit.objects.bulk_create(first, batch_size=1000)
    parents = list(Unit.objects.filter(category=Category.KECAMATAN).order_by("pk"))
    kelurahan = [_unit(number) for number in numbers if SHARES[number % len(SHARES)] == Category.KELURAHAN]
    if kelurahan and not parents:
        raise SimulationError(_("Belum ada kecamatan. Jalankan dahulu: manage.py load_register"))
    for number, unit in enumerate(kelurahan):
        unit.parent = parents[number % len(parents)]
    Unit.objects.bulk_create(kelurahan, batch_size=1000)
    Channel.objects.bulk_create([_channel(unit) for unit in [*first, *kelurahan]], batch_size=1000)


def _unit(number: int) -> Unit:
    category = SHARES[number % len(SHARES)]
    return Unit(
        slug=f"{PREFIX}{number:05}",
        name=_("%(category)s Simulasi %(number)d") % {"category": category.label, "number": number},
        short_name=f"Simulasi {number}",
        category=category,
        source="simulasi",
    )


def _channel(unit: Unit) -> Channel:
    key = f"instagram.contoh.invalid/{unit.slug}"
    return Channel(
        unit=unit,
        kind="instagram",
        url=f"https://{key}",
        handle=f"@contoh.{unit.slug}",
        key=key,
        status=Channel.Status.VERIFIED,
        verified_at=datetime(2021, 12, 1, 9, tzinfo=JAKARTA),
        verified_how="Simulasi",
        opened_on=date(2021, 12, 1),
        is_sample=True,
    )


def _make_postings(units: list[Unit], month: date, now: datetime, start: int, count: int) -> None:
    """One activity for each posting; the units get them in turn, at moments spread over the month."""
    first = midnight(month)
    last = datetime.combine(last_of_month(month), time(23, 59, 59), tzinfo=JAKARTA)
    seconds = int((min(last, now) - first).total_seconds())
    rng = seeded("simulate", month_text(month), start)
    activities = []
    for number in range(start, start + count):
        moment = first + timedelta(seconds=rng.randint(0, seconds))
        activities.append(_activity(units[number % len(units)], number, moment))
    give_ids(activities)
    publications = [_publication(activity, start + n, rng.choice(KINDS)) for n, activity in enumerate(activities)]
    give_ids(publications)
    copy_rows(activities)
    copy_rows(publications)


def _activity(unit: Unit, number: int, moment: datetime) -> Activity:
    return Activity(
        unit=unit,
        title=f"Kegiatan simulasi {number + 1}",
        text="Kegiatan buatan untuk menguji beban. Data contoh.",
        place=unit.name,
        theme="pemerintahan",
        happened_on=local_day(moment),
        status=Activity.Status.PUBLISHED,
        published_at=moment,
        created_at=moment,
        updated_at=moment,
        is_sample=True,
    )


def _publication(activity: Activity, number: int, kind: str) -> Publication:
    moment = activity.created_at
    key = f"{kind}.contoh.invalid/simulasi/{activity.pk}"
    return Publication(
        unit=activity.unit,
        activity=activity,
        kind=kind,
        permalink=f"https://{key}",
        permalink_key=key,
        title=activity.title,
        has_media=number % 3 > 0,
        text_length=len(activity.text) + 40 * (number % 6),
        happened_on=activity.happened_on,
        published_at=moment,
        date_basis=Publication.DateBasis.OFFSET,
        first_seen_at=moment,
        origin=Publication.Origin.HARVEST,
        state=Publication.State.ACCEPTED,
        is_sample=True,
    )
