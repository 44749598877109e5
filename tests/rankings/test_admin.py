"""The ranking in the workspace: Diskominfo looks and computes again; nobody types a rank."""

from datetime import date

import pytest
from django.urls import reverse

from rankings.models import Entry, Evidence, Method, Ranking
from rankings.services import compute_month
from tests.builders import make_counted, make_final, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
JANUARY = date(2023, 1, 1)
#: Versions of the method are written by hand: test_method_admin.py.
MODELS = [Ranking, Entry, Evidence]


@pytest.fixture
def unit():
    unit = make_unit(slug="dinas-uji")
    make_counted(unit, date(2023, 1, 10))
    compute_month(JANUARY)
    return unit


def address(model, act, *args):
    return reverse(f"admin:rankings_{model._meta.model_name}_{act}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_diskominfo_sees_lists_and_rows_and_cannot_change_them(client, unit, model):
    client.force_login(make_ppid_utama(unit))
    row = model.objects.first()
    assert client.get(address(model, "changelist")).status_code == 200
    shown = client.get(address(model, "change", row.pk))
    assert shown.status_code == 200
    assert b'name="_save"' not in shown.content
    for act, args in (("add", []), ("delete", [row.pk])):
        assert client.get(address(model, act, *args)).status_code == 404
    assert client.post(address(model, "change", row.pk), {"rank": 1}).status_code == 404


@pytest.mark.parametrize("model", [Method, *MODELS])
def test_operator_finds_none_of_it(client, unit, model):
    client.force_login(make_operator(unit))
    row = model.objects.first()
    for act, args in (("changelist", []), ("change", [row.pk]), ("history", [row.pk])):
        assert client.get(address(model, act, *args)).status_code == 404


def compute_again(client, ranking):
    data = {"action": "compute_again", "_selected_action": [ranking.pk]}
    return client.post(address(Ranking, "changelist"), data, follow=True)


def test_diskominfo_computes_a_draft_again(client, unit):
    client.force_login(make_ppid_utama(unit))
    make_counted(unit, date(2023, 1, 11))
    answer = compute_again(client, Ranking.objects.get())
    assert "1 bulan dihitung ulang." in answer.content.decode()
    assert Entry.objects.get().activities == 2


def test_final_ranking_is_not_computed_again(client, unit):
    client.force_login(make_ppid_utama(unit))
    make_final(JANUARY)
    make_counted(unit, date(2023, 1, 11))
    answer = compute_again(client, Ranking.objects.get())
    assert "Peringkat 2023-01 sudah final" in answer.content.decode()
    assert Entry.objects.get().activities == 1


@pytest.mark.parametrize("model", [Entry, Evidence])
def test_lists_run_a_constant_number_of_queries(client, unit, model, django_assert_max_num_queries):
    client.force_login(make_ppid_utama(unit))
    for number in range(20):
        make_counted(make_unit(), date(2023, 1, 2 + number))
    compute_month(JANUARY)
    with django_assert_max_num_queries(12):
        assert client.get(address(model, "changelist")).status_code == 200


def test_a_month_tells_its_days_off_in_words(client, unit):
    client.force_login(make_ppid_utama(unit))
    body = client.get(address(Ranking, "change", Ranking.objects.get().pk)).content.decode()
    assert "1 Januari 2023: Tahun Baru Masehi" in body
    assert "2023-01-01" not in body


def test_a_final_month_leads_on_to_its_rewards(client, unit):
    client.force_login(make_ppid_utama(unit))
    page, link = address(Ranking, "change", Ranking.objects.get().pk), f'href="{reverse("rewards:overview")}"'
    assert link not in client.get(page).content.decode()
    make_final()
    assert link in client.get(page).content.decode()
