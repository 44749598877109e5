"""The life of a version of the method: who writes it, what is refused with which words, and what activation does."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from cilegon_kip.common.jakarta import JAKARTA
from publications.lateness import late_flags
from rankings.methods import (
    FIELDS,
    MethodError,
    activate_method,
    bands_problem,
    copy_of_newest,
    deactivate_method,
    fingerprint,
    frozen_because,
    month_problem,
    open_version,
    save_method,
    weights_problem,
)
from rankings.models import Method
from rankings.services import compute_month, method_for
from rankings.verifying import verify_ranking
from tests.builders import make_counted, make_final, make_method, make_ranking, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH, APRIL = (date(2023, month, 1) for month in (1, 2, 3, 4))
TODAY = date(2023, 2, 10)


def wib(*parts):
    return datetime(*parts, tzinfo=JAKARTA)


NOW = wib(2023, 2, 10)


@pytest.fixture
def actor():
    return make_ppid_utama(make_unit("diskominfo"))


def values(**changes) -> dict:
    """Version 1's figures for March, with these changes."""
    first = Method.objects.get(version=1)
    return {**{name: getattr(first, name) for name in FIELDS}, "effective_from": MARCH, "note": "Uji", **changes}


def write(actor, **changes) -> Method:
    return save_method(method=copy_of_newest(TODAY), values=values(**changes), actor=actor, today=TODAY)


def activate(method, actor, now=NOW) -> Method:
    return activate_method(method_id=method.pk, seen=fingerprint(method), actor=actor, now=now)


# --- writing -----------------------------------------------------------------------------------------------


def test_a_new_version_is_a_copy_of_the_newest_for_the_next_free_month():
    newest = make_method(2, date(2023, 5, 1), daily_limit=7)
    copy = copy_of_newest(TODAY)
    assert (copy.pk, copy.version, copy.effective_from, copy.daily_limit) == (None, 3, date(2023, 6, 1), 7)
    assert (copy.weights, copy.bands, copy.note) == (newest.weights, newest.bands, "")


def test_it_is_written_again_and_again_till_activation(actor):
    method = write(actor, daily_limit=4)
    assert (method.version, method.activated_at, method_for(MARCH).version) == (2, None, 1)
    save_method(method=method, values=values(daily_limit=5), actor=actor, today=TODAY)
    assert Method.objects.get(version=2).daily_limit == 5
    activate(Method.objects.get(version=2), actor)
    with pytest.raises(MethodError, match="sudah diaktifkan"):
        save_method(method=method, values=values(daily_limit=6), actor=actor, today=TODAY)
    assert Method.objects.get(version=2).daily_limit == 5


def test_only_one_version_is_written_at_a_time(actor):
    write(actor)
    with pytest.raises(MethodError, match="Versi 2 masih ditulis"):
        write(actor)
    assert open_version().version == 2


@pytest.mark.parametrize("act", ["write", "activate", "deactivate"])
def test_an_operator_may_do_none_of_it(actor, act):
    person = make_operator(make_unit())
    method = write(actor)
    if act == "deactivate":
        activate(method, actor)
    with pytest.raises(MethodError, match="tidak berhak"):
        {
            "write": lambda: save_method(method=method, values=values(), actor=person, today=TODAY),
            "activate": lambda: activate(method, person),
            "deactivate": lambda: deactivate_method(method_id=method.pk, actor=person, now=NOW),
        }[act]()


# --- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (("0.4", "0.3", "0.2", "0.1"), ""),
        (("1", "0", "0", "0"), ""),
        (("0.4", "0.3", "0.2", "0.05"), "Jumlah keempat bobot 95%, kurang 5% dari 100%."),
        (("0.4", "0.3", "0.2", "0.1001"), "Jumlah keempat bobot 100,01%, lebih 0,01% dari 100%."),
        (("1.2", "-0.2", "0", "0"), "Tiap bobot harus 0% sampai 100%."),
    ],
)
def test_weights_sum_to_a_hundred_percent(weights, words):
    assert weights_problem([Decimal(weight) for weight in weights]) == words


def bands(*pairs) -> list[dict]:
    return [{"from": low, "label": label} for low, label in pairs]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (bands((50, "Giat"), (0, "Sepi")), ""),
        (bands((0, "Semua")), "dua sampai 5"),
        (bands(*((n * 10, f"G{n}") for n in range(5, -1, -1))), "dua sampai 5"),
        (bands((50, "Giat"), (10, "Sepi")), "mulai dari 0"),
        (bands((20, "Sepi"), (50, "Giat"), (0, "x")), "tertinggi ke terendah"),
        (bands((50, "Giat"), (50, "Sama"), (0, "x")), "tertinggi ke terendah"),
        (bands((101, "Giat"), (0, "x")), "paling tinggi 100"),
        (bands((50, "Giat"), (0, "giat")), "tidak boleh sama"),
        (bands((50, "Giat"), (0, "  ")), "bernama"),
        (bands((50, "x" * 41), (0, "Sepi")), "paling panjang 40"),
        *[
            (bands((50, name), (0, "Sepi")), "Komisi Informasi")
            for name in ("Informatif", "MENUJU INFORMATIF", "Cukup informatif", "kurang Informatif", "Tidak Informatif")
        ],
    ],
)
def test_bands_go_down_to_zero_and_leave_komisi_informasi_its_names(rows, words):
    found = bands_problem(rows)
    assert words in found
    assert bool(words) == bool(found)


def test_a_version_is_never_for_a_month_past_published_or_before_its_predecessor():
    make_method(2, MARCH)
    make_ranking(FEBRUARY)
    for month, words in (
        (JANUARY, "tidak berlaku surut"),
        (FEBRUARY, "Bulan Februari 2023 sudah ada rancangan"),
        (MARCH, "Versi 2 berlaku sejak Maret 2023"),
        (date(2023, 4, 2), "awal bulan"),
        (APRIL, ""),
    ):
        found = month_problem(month, 3, TODAY)
        assert words in found
        assert bool(words) == bool(found)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"volume_weight": Decimal("0.5")}, "completeness_weight"),
        ({"effective_from": JANUARY}, "effective_from"),
        ({"note": "  "}, "note"),
        ({"bands": []}, "bands"),
    ],
)
def test_the_service_refuses_what_the_form_refuses(actor, changes, field):
    with pytest.raises(MethodError) as refusal:
        write(actor, **changes)
    assert refusal.value.field == field
    assert Method.objects.count() == 1


# --- activating --------------------------------------------------------------------------------------------


def test_activation_names_the_person_and_ranks_the_months_from_then_on(actor):
    method = activate(write(actor, daily_limit=1), actor)
    assert (method.activated_at, method.activated_by) == (NOW, actor)
    assert (method_for(FEBRUARY).version, method_for(MARCH).version) == (1, 2)
    unit = make_unit()
    for hour in (8, 9):
        make_counted(unit, date(2023, 3, 3), hour)
    ranking = compute_month(MARCH, wib(2023, 4, 1))
    assert (ranking.method, ranking.entries.get(unit=unit).activities) == (method, 1)


def test_a_second_activation_is_refused(actor):
    method = write(actor)
    activate(method, actor)
    with pytest.raises(MethodError, match="sudah diaktifkan"):
        activate(method, actor)


def test_nobody_activates_what_they_have_not_seen(actor):
    method = write(actor)
    seen = fingerprint(method)
    save_method(method=method, values=values(daily_limit=1), actor=actor, today=TODAY)
    with pytest.raises(MethodError, match="berubah sejak Anda melihatnya"):
        activate_method(method_id=method.pk, seen=seen, actor=actor, now=NOW)
    assert open_version().pk == method.pk


def test_a_version_left_lying_until_its_month_was_published_is_not_activated(actor):
    method = write(actor)
    make_ranking(MARCH)
    with pytest.raises(MethodError, match="Maret 2023 sudah ada rancangan"):
        activate(method, actor)
    with pytest.raises(MethodError, match="tidak berlaku surut"):
        activate(method, actor, now=wib(2023, 4, 2))


def test_an_activation_is_taken_back_before_its_month_and_before_use_only(actor):
    method = activate(write(actor), actor)
    deactivate_method(method_id=method.pk, actor=actor, now=NOW)
    assert method_for(MARCH).version == 1
    with pytest.raises(MethodError, match="tidak sedang aktif"):
        deactivate_method(method_id=method.pk, actor=actor, now=NOW)
    activate(Method.objects.get(pk=method.pk), actor)
    with pytest.raises(MethodError, match="sudah berlaku"):
        deactivate_method(method_id=method.pk, actor=actor, now=wib(2023, 3, 1))
    compute_month(MARCH, wib(2023, 3, 5))
    with pytest.raises(MethodError, match="sejak Maret 2023 peringkat dihitung dengannya"):
        deactivate_method(method_id=method.pk, actor=actor, now=wib(2023, 3, 5))


def test_version_one_of_a_new_portal_cannot_be_taken_back(actor):
    with pytest.raises(MethodError, match="sudah berlaku"):
        deactivate_method(method_id=Method.objects.get().pk, actor=actor, now=NOW)


def test_a_deleted_version_is_told_as_such(actor):
    method = write(actor)
    Method.objects.filter(pk=method.pk).delete()
    with pytest.raises(MethodError, match="sudah dihapus"):
        activate(method, actor)


def test_the_reason_why_it_is_frozen_follows_its_life(actor):
    method = write(actor)
    assert frozen_because(method) == ""
    activate(method, actor)
    method.refresh_from_db()
    assert "tampil untuk publik" in frozen_because(method)
    make_ranking(MARCH, method=method)
    assert "sejak Maret 2023" in frozen_because(method)


def test_months_of_each_version_are_proved_by_their_own(actor):
    """Old months stay as they were, also when recomputed as a revision; each file carries its own method."""
    from rankings.finalising import revise_ranking

    units = [make_unit() for _each in range(3)]
    for month in (1, 3):
        for place, unit in enumerate(units):
            for day in range(1, 4 + place):
                make_counted(unit, date(2023, month, day), text="u" * 100 * place)
    compute_month(JANUARY, wib(2023, 2, 1))
    weights = {"volume_weight": Decimal("0.1"), "completeness_weight": Decimal("0.4"), "text_min_length": 100}
    activate(write(actor, daily_limit=1, **weights), actor)
    compute_month(MARCH, wib(2023, 4, 1))
    make_final(JANUARY)
    revised = revise_ranking(month=JANUARY, reason="Uji", now=wib(2023, 4, 2))
    assert revised.method.version == 1
    for ranking in (method_for(JANUARY).rankings.all() | method_for(MARCH).rankings.all()).distinct():
        verdict = verify_ranking(ranking)
        assert (verdict.differences, len(verdict.entries)) == ([], 4)


def test_activation_waits_for_a_run_that_is_about_to_publish(actor):
    """Both locks stand in one place; without them a month could become a draft by the method just replaced."""
    method = write(actor)
    with transaction.atomic():
        activate(method, actor)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relation::regclass::text, mode FROM pg_locks"
                " WHERE pid = pg_backend_pid() AND relation IS NOT NULL"
            )
            held = set(cursor.fetchall())
    assert {("rankings_ranking", "ShareLock"), ("rankings_method", "ShareRowExclusiveLock")} <= held


def test_the_late_limit_of_the_claimed_month_decides_what_waits():
    make_method(2, FEBRUARY, late_hours=100)
    for claimed, hours, flags in (
        (wib(2023, 1, 31, 23), 49, ["late"]),
        (wib(2023, 1, 31, 23), 48, []),
        (wib(2023, 2, 1, 0), 100, []),
        (wib(2023, 2, 1, 0), 101, ["late"]),
    ):
        assert late_flags(claimed, claimed + timedelta(hours=hours)) == flags
    Method.objects.update(activated_at=None)
    Method.objects.all().delete()
    assert late_flags(wib(2023, 2, 1), wib(2023, 2, 3, 1)) == ["late"]
