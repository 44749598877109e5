"""The home of unit staff says where their unit stands and what would raise it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opd.models import Membership, Role
from rankings.boards.raising import steps
from rankings.models import Entry, Ranking
from rankings.services import compute_month
from tests.builders import make_counted, make_final, make_ranking, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
HOME = "/admin/"


@pytest.fixture
def pabean():
    unit = make_unit("pabean", name="Kelurahan Pabean")
    leader = make_unit("gerem", name="Kelurahan Gerem")
    make_counted(unit, date(2023, 1, 10))
    for day in (10, 11, 12):
        make_counted(leader, date(2023, 1, day))
    compute_month(date(2023, 1, 1))
    return unit


def body_for(client, user) -> str:
    client.force_login(user)
    return " ".join(client.get(HOME).content.decode().split())


def test_an_operator_reads_rank_index_and_the_step_that_raises_most(client, pabean):
    entry = Entry.objects.get(unit=pabean)
    best = steps(entry)[0]
    body = body_for(client, make_operator(pabean))
    assert "Kelurahan Pabean: peringkat Januari 2023" in body
    assert f"Peringkat <strong>2</strong> di kategori {entry.get_category_display()}" in body
    assert f"<strong>{entry.score:.1f}</strong>".replace(".", ",") in body
    assert "baru" in body
    assert f"{best.words} (+{best.gain:.1f}".replace(".", ",") in body
    assert "Gerem" not in body


def test_a_silent_unit_is_told_so_and_how_to_begin(client, pabean):
    silent = make_unit("deringo")
    compute_month(date(2023, 1, 1))
    body = body_for(client, make_operator(silent))
    assert "Tidak ada kegiatan terverifikasi" in body
    assert "Yang paling menaikkan indeks: Satu kegiatan lengkap" in body


def test_nothing_stands_there_without_a_finished_month_and_for_the_whole_city(client, pabean):
    assert "own-place" not in body_for(client, make_ppid_utama(make_unit("diskominfo")))
    Ranking.objects.all().delete()
    make_ranking(status=Ranking.Status.PROVISIONAL)
    assert "own-place" not in body_for(client, make_operator(pabean))


def test_queries_do_not_grow_with_the_units_of_a_person(client, pabean):
    user = make_operator(pabean)
    client.force_login(user)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        counts.append(len(queries))
        for unit in [make_unit() for _each in range(5)]:
            Membership.objects.create(user=user, unit=unit, role=Role.OPERATOR)
        compute_month(date(2023, 1, 1))
    assert client.get(HOME).content.decode().count("own-place-line") == 11
    assert counts[0] == counts[1]


def test_months_that_wait_to_become_final_stand_on_the_home_of_who_may(client, pabean):
    person = make_ppid_utama(make_unit("diskominfo"))
    Ranking.objects.update(objection_until=date(2099, 1, 5))
    assert "Peringkat siap difinalkan (0)" in body_for(client, person)
    Ranking.objects.update(objection_until=date(2023, 2, 8))
    body = body_for(client, person)
    assert "Peringkat siap difinalkan (1)" in body
    assert "yang terlama Januari 2023" in body
    assert "siap difinalkan" not in body_for(client, make_operator(pabean))
    make_final()
    assert "Peringkat siap difinalkan (0)" in body_for(client, person)


def test_objecting_is_offered_only_while_the_window_is_open(client, pabean):
    operator, offer = make_operator(pabean), "bila ada yang keliru."
    Ranking.objects.update(objection_until=date(2099, 1, 5))
    assert offer in body_for(client, operator)
    Ranking.objects.update(objection_until=date(2023, 2, 8))
    assert offer not in body_for(client, operator)
