"""A simulated load: made, labelled, counted and removed without a trace."""

from collections import Counter
from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Channel, Unit
from publications.models import Activity, Publication
from rankings.models import Entry, Evidence
from rankings.services import compute_month
from rankings.simulation import SimulationError, remove_simulation, simulate
from tests.builders import make_counted, make_final, make_unit

JANUARY = date(2023, 1, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def kecamatan():
    return make_unit("kecamatan-grogol", category="kecamatan")


def run(**options):
    call_command("simulate", **{"units": 20, "publications": 50, "month": "2023-01", **options})


def test_units_of_all_categories_and_accepted_sample_postings_are_made(kecamatan):
    run()
    units = Unit.objects.filter(slug__startswith="simulasi-")
    assert Counter(units.values_list("category", flat=True)) == {
        "kelurahan": 10,
        "opd": 6,
        "kecamatan": 2,
        "bumd": 2,
    }
    assert all("Simulasi" in unit.name for unit in units)
    postings = Publication.objects.filter(unit__in=units, state="accepted", is_sample=True)
    assert postings.filter(counted_on__range=(JANUARY, date(2023, 1, 31))).count() == 50
    assert all(".invalid/" in posting.permalink for posting in postings)


def test_the_month_is_ranked_with_them_and_without_them_again_as_before(kecamatan):
    unit = make_unit("dinkes")
    make_counted(unit, date(2023, 1, 9), is_sample=True)
    before = compute_month(JANUARY).entries.order_by("pk").values().get(unit=unit)
    run()
    assert compute_month(JANUARY).entries.filter(state="ranked").count() == 21
    call_command("simulate", remove=True)
    after = compute_month(JANUARY).entries.order_by("pk").values().get(unit=unit)
    assert after == before
    assert (Unit.objects.count(), Activity.objects.count(), Publication.objects.count()) == (2, 1, 1)
    assert (Entry.objects.count(), Evidence.objects.count(), Channel.objects.count()) == (2, 1, 0)


def test_a_second_simulation_adds_to_the_first(kecamatan):
    run()
    run(units=3, publications=7)
    assert Unit.objects.filter(slug__startswith="simulasi-").count() == 23
    assert Publication.objects.count() == 57


def test_nothing_is_posted_after_now(kecamatan):
    now = datetime(2023, 1, 3, 12, tzinfo=JAKARTA)
    simulate(units=10, publications=40, month=JANUARY, now=now)
    assert Publication.objects.count() == 40
    assert not Publication.objects.filter(published_at__gt=now).exists()


def test_removal_names_the_months_to_compute_again(kecamatan):
    run()
    compute_month(JANUARY)
    assert remove_simulation().months == (JANUARY,)


def test_a_final_month_with_simulated_units_is_not_touched(kecamatan):
    run()
    compute_month(JANUARY)
    make_final(JANUARY)
    with pytest.raises(SimulationError, match="final"):
        remove_simulation()
    assert Unit.objects.filter(slug__startswith="simulasi-").count() == 20


def test_a_month_with_real_postings_is_left_alone(kecamatan):
    make_counted(kecamatan, date(2023, 1, 9))
    with pytest.raises(CommandError, match="publikasi nyata"):
        run()
    assert Unit.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"month": "2023-13"}, "bukan bulan"),
        ({"month": "2098-01"}, "belum dimulai"),
        ({"month": None}, "Sebutkan"),
        ({"units": -1}, "--units"),
        ({"units": 10**9}, "--units"),
        ({"publications": -5}, "--publications"),
        ({"publications": 10**12}, "--publications"),
        ({"units": 0}, "Belum ada unit simulasi"),
    ],
)
def test_bad_arguments_are_refused_in_words_and_change_nothing(kecamatan, options, words):
    with pytest.raises(CommandError, match=words):
        run(**options)
    assert (Unit.objects.count(), Publication.objects.count()) == (1, 0)


def test_refused_outside_a_local_set_up(kecamatan, settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="--yes"):
        run()
    assert Unit.objects.count() == 1


def test_kelurahan_need_a_kecamatan():
    with pytest.raises(CommandError, match="load_register"):
        run(units=5, publications=0)
