"""Two sample months with all categories, computed as the worker computes them."""

from datetime import date, datetime

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Boundary, Category, Unit
from rankings.models import Ranking
from rankings.services import compute_month
from tests.builders import make_channel, make_counted, make_unit

JANUARY, FEBRUARY = date(2023, 1, 1), date(2023, 2, 1)
AFTER = datetime(2023, 3, 1, 8, 0, tzinfo=JAKARTA)
SQUARE = "M{x} 10l80 0 0 80 -80 0z"


def make_city(each: int = 4) -> list[Unit]:
    """So many units of each category; the last of each is silent and has no channel."""
    kecamatan = [make_unit(f"kecamatan-{n}", Category.KECAMATAN) for n in range(each)]
    units = [*kecamatan]
    units += [make_unit(f"opd-{n}", Category.OPD, name=f"Dinas {n}") for n in range(each)]
    units += [make_unit(f"bumd-{n}", Category.BUMD, name=f"BUMD {n}") for n in range(each)]
    kelurahan = [make_unit(f"kelurahan-{n}", Category.KELURAHAN, parent=kecamatan[0]) for n in range(each)]
    for place, unit in enumerate(kelurahan):
        Boundary.objects.create(unit=unit, path=SQUARE.format(x=10 + 90 * place), width=600, height=400)
    return [*units, *kelurahan]


def publish(units: list[Unit], month: date) -> None:
    """The first of a category publishes on most days; the order turns round each month."""
    for category in Category.values:
        found = [unit for unit in units if unit.category == category][:-1]
        if month.month % 2 == 0:
            found.reverse()
        for place, unit in enumerate(found):
            for day in range(1, 2 + 3 * (len(found) - place)):
                make_counted(unit, month.replace(day=day), is_sample=True, title=f"Kegiatan {unit.slug} {day}")


def make_months(each: int = 4) -> tuple[Ranking, Ranking]:
    units = make_city(each)
    for unit in units:
        if not unit.slug.endswith(str(each - 1)):
            make_channel(unit, is_sample=True)
    for month in (JANUARY, FEBRUARY):
        publish(units, month)
    first, second = (compute_month(month, AFTER) for month in (JANUARY, FEBRUARY))
    return first, second
