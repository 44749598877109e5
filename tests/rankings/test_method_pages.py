"""The public pages of the method's versions, and what the database holds about them."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from rankings.boards.methods import differences, percent
from rankings.models import Method, Ranking
from rankings.services import compute_month, method_for
from tests.builders import make_counted, make_method, make_ranking, make_unit
from tests.people import make_ppid_utama

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH = date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)
FUTURE = date(2090, 1, 1)


def wib(*parts):
    return datetime(*parts, tzinfo=JAKARTA)


def text_of(client, address, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


# --- the database ------------------------------------------------------------------------------------------


def test_a_version_takes_no_effect_by_being_saved():
    draft = make_method(2, FEBRUARY, activated=False, daily_limit=1)
    assert method_for(FEBRUARY).version == 1
    assert compute_month(FEBRUARY, wib(2023, 3, 1)).method.version == 1
    with pytest.raises(IntegrityError, match="tidak dapat berlaku surut"), transaction.atomic():
        Method.objects.filter(pk=draft.pk).update(activated_at=wib(2023, 3, 1))
    assert method_for(FEBRUARY).version == 1


def test_an_activated_version_cannot_be_changed_or_deleted_before_its_first_month_either():
    coming = make_method(2, FUTURE)
    rows = Method.objects.filter(pk=coming.pk)
    for act in (lambda: rows.update(daily_limit=9), lambda: rows._raw_delete(rows.db), coming.delete):
        with pytest.raises(IntegrityError, match="versi 2 sudah diaktifkan"), transaction.atomic():
            act()
    rows.update(activated_at=None)
    rows.update(daily_limit=9)
    rows.delete()


def test_a_provisional_month_does_not_hold_back_a_version_but_uses_it_up():
    make_counted(make_unit(), date(2023, 3, 2))
    compute_month(MARCH, wib(2023, 3, 10))
    coming = make_method(2, MARCH)
    assert compute_month(MARCH, wib(2023, 3, 11)).method == coming
    with pytest.raises(Exception, match="versi 2 sudah dipakai"), transaction.atomic():
        Method.objects.filter(pk=coming.pk).update(activated_at=None)


def test_versions_follow_each_other_in_time():
    make_method(2, FUTURE)
    with pytest.raises(IntegrityError, match="sesudah versi sebelumnya"), transaction.atomic():
        make_method(3, date(2089, 1, 1))
    make_method(3, date(2090, 2, 1))


@pytest.mark.parametrize("month", [JANUARY, FEBRUARY])
def test_no_month_is_ranked_by_a_version_that_is_not_in_force_in_it(month):
    second = make_method(2, FEBRUARY)
    wrong = second if month == JANUARY else Method.objects.get(version=1)
    with pytest.raises(IntegrityError, match="metode yang berlaku"), transaction.atomic():
        make_ranking(month, method=wrong)
    ranking = make_ranking(month, method=method_for(month))
    with pytest.raises(IntegrityError, match="metode yang berlaku"), transaction.atomic():
        Ranking.objects.filter(pk=ranking.pk).update(method=wrong)


def test_weights_outside_zero_and_one_and_a_silent_activation_are_refused():
    for fields, name in (
        ({"volume_weight": Decimal("1.2"), "consistency_weight": Decimal("-0.5")}, "method_weights_in_range"),
        ({"note": ""}, "method_activated_is_explained"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make_method(2, FUTURE, **fields)
    person = make_ppid_utama(make_unit())
    with pytest.raises(IntegrityError, match="method_activated_by_at"), transaction.atomic():
        make_method(2, FUTURE, activated=False, activated_by=person)


# --- the pages ---------------------------------------------------------------------------------------------


def test_a_version_being_written_is_nobodys_business(client):
    make_method(2, FUTURE, activated=False, note="RAHASIA")
    text_of(client, "/peringkat/metode/2/", 404)
    for address in ("/peringkat/metode/", "/peringkat/metode/1/"):
        text = text_of(client, address)
        assert "RAHASIA" not in text
        assert "Versi 2" not in text
    assert "versi 1" in text_of(client, "/peringkat/metode/")


def test_the_method_in_force_is_shown_and_the_coming_one_announced(client):
    make_method(2, FUTURE, note="Konsistensi lebih berarti.", volume_weight="0.3", consistency_weight="0.4")
    text = text_of(client, "/peringkat/metode/")
    assert "Metode Indeks Keaktifan, versi 1" in text
    assert 'Mulai Januari 2090 berlaku <a href="/peringkat/metode/2/">versi 2</a>' in text
    coming = text_of(client, "/peringkat/metode/2/")
    assert "Versi ini akan berlaku mulai Januari 2090." in coming
    assert 'Yang berlaku bulan ini adalah <a href="/peringkat/metode/1/">versi 1</a>' in coming
    assert "Konsistensi lebih berarti." in coming
    assert "Belum ada bulan yang dihitung dengan versi ini." in coming
    assert "0,30 × volume + 0,40 × konsistensi" in coming


def test_history_tells_each_difference_and_the_months_of_a_version(client):
    make_counted(make_unit(), date(2023, 1, 5))
    compute_month(JANUARY, wib(2023, 2, 1))
    bands = [{"from": 50, "label": "Giat"}, {"from": 0, "label": "Sepi"}]
    second = make_method(2, FEBRUARY, daily_limit=5, bands=bands, volume_weight="0.3333", consistency_weight="0.3667")
    make_counted(make_unit(), date(2023, 2, 5))
    compute_month(FEBRUARY, wib(2023, 3, 1))
    text = text_of(client, "/peringkat/metode/1/")
    assert "berlaku untuk bulan sampai Januari 2023" in text
    assert '<a href="/peringkat/2023-01/">Januari</a>' in text
    assert "/peringkat/2023-02/" not in text.partition("Riwayat versi")[0].partition("Bulan yang memakai")[2]
    assert "Kegiatan dihitung per hari, paling banyak: 5 (sebelumnya 3)" in text
    assert "Bobot volume: 33,33% (sebelumnya 40%)" in text
    assert "Golongan: Giat mulai 50, Sepi mulai 0 (sebelumnya Sangat aktif mulai 80" in text
    assert "Bobot jangkauan" not in text.partition("Riwayat versi")[2]
    assert '<a href="/peringkat/2023-02/">Februari</a>' in text_of(client, f"/peringkat/metode/{second.version}/")
    assert "Versi ini berlaku sejak Februari 2023" in text_of(client, "/peringkat/metode/")


def test_a_version_that_changes_no_figure_says_so(client):
    make_method(2, FUTURE)
    assert "Angkanya sama dengan versi sebelumnya." in text_of(client, "/peringkat/metode/2/")
    assert differences(*Method.objects.order_by("version")) == []


def test_hostile_note_is_only_text(client):
    make_method(2, FUTURE, note="<script>alert(1)</script>")
    assert "<script>alert" not in text_of(client, "/peringkat/metode/2/")


@pytest.mark.parametrize(
    ("weight", "words"), [("0.4000", "40%"), ("0.3333", "33,33%"), ("0.1250", "12,5%"), ("0.0000", "0%"), ("1", "100%")]
)
def test_weights_in_percent(weight, words):
    assert percent(Decimal(weight)) == words


def test_page_runs_the_same_queries_for_few_and_many_versions(client):
    with CaptureQueriesContext(connection) as few:
        text_of(client, "/peringkat/metode/")
    for number in range(2, 12):
        make_method(number, date(2090, number, 1))
    with CaptureQueriesContext(connection) as many:
        text_of(client, "/peringkat/metode/")
    assert len(few) == len(many) <= 4
