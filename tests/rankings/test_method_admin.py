"""Diskominfo writes a version of the method, looks at what it would do, and activates it; nobody else does."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cilegon_kip.common.jakarta import first_of_month, local_day, month_text, next_month, previous_month
from rankings.methods import fingerprint
from rankings.models import Entry, InputFile, Method, Ranking
from rankings.services import compute_month
from tests.builders import make_counted, make_method, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
ADD, LIST = "/admin/rankings/method/add/", "/admin/rankings/method/"
BANDS = [("Sangat aktif", 80), ("Aktif", 60), ("Cukup aktif", 40), ("Kurang aktif", 20), ("Pasif", 0)]


def coming() -> date:
    return next_month(first_of_month(local_day(timezone.now())))


def typed(**changes) -> dict:
    """What the form is sent with: version 1's figures for the next month."""
    fields = {
        "effective_from": month_text(coming()),
        "volume_weight": "40",
        "consistency_weight": "30",
        "reach_weight": "20",
        "completeness_weight": "10",
        "daily_limit": "3",
        "text_min_length": "200",
        "late_hours": "48",
        "note": "Uji coba",
    }
    for place, (label, low) in enumerate(BANDS, start=1):
        fields |= {f"band_{place}_label": label, f"band_{place}_from": str(low)}
    return {**fields, **changes}


@pytest.fixture
def unit():
    """A unit that leads by many thin activities, and a peer with one full activity, in a finished month."""
    unit, peer = make_unit("banyak", name="Dinas Banyak"), make_unit("lengkap", name="Dinas Lengkap")
    for day in range(2, 8):
        make_counted(unit, date(2023, 1, day))
    make_counted(peer, date(2023, 1, 2), text="u" * 200, happened_on=date(2023, 1, 1))
    compute_month(date(2023, 1, 1))
    return unit


@pytest.fixture
def utama(client, unit):
    person = make_ppid_utama(make_unit("diskominfo"))
    client.force_login(person)
    return person


def page(client, address, status=200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def send(client, address, status=302, button="_save", **changes) -> str:
    response = client.post(address, {**typed(**changes), button: "1"})
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def change(method) -> str:
    return reverse("admin:rankings_method_change", args=[method.pk])


def act(method, name) -> str:
    return reverse(f"admin:rankings_method_{name}", args=[method.pk])


def rows() -> list:
    return [list(table.objects.order_by("pk").values()) for table in (Method, Ranking, Entry, InputFile)]


# --- writing -----------------------------------------------------------------------------------------------


def test_the_form_begins_as_a_copy_of_the_newest_version(client, utama):
    body = page(client, ADD)
    assert "Versi 2: ditulis, belum berlaku" in body
    for piece in (
        'name="volume_weight" value="40"',
        f'name="effective_from" value="{month_text(coming())}"',
        'name="band_1_label" value="Sangat aktif"',
        'name="band_5_from" value="0"',
    ):
        assert piece in body
    assert "bands" not in re.findall(r'name="(\w+)"', body)


def test_what_is_written_is_kept_and_does_not_rank_yet(client, utama):
    send(client, ADD, volume_weight="33.33", consistency_weight="36.67", band_5_label="", band_5_from="",
         band_4_from="0")  # fmt: skip
    method = Method.objects.get(version=2)
    assert [str(weight) for weight in vars(method.weights).values()] == ["0.3333", "0.3667", "0.2000", "0.1000"]
    assert method.bands[-1] == {"from": 0, "label": "Kurang aktif"}
    assert (len(method.bands), method.effective_from, method.activated_at) == (4, coming(), None)
    assert page(client, "/peringkat/metode/2/", 404)
    assert LogEntry.objects.get().object_id == str(method.pk)
    send(client, change(method), daily_limit="5")
    assert Method.objects.get(version=2).daily_limit == 5


def test_a_second_version_leads_to_the_one_being_written(client, utama):
    send(client, ADD)
    response = client.get(ADD, follow=True)
    assert "Versi 2 masih ditulis; lanjutkan di sini." in response.content.decode()
    assert client.post(ADD, typed()).status_code == 302
    assert Method.objects.count() == 2


WRONG = {
    "sum": ({"volume_weight": "35"}, "completeness_weight", "Jumlah keempat bobot 95%, kurang 5% dari 100%."),
    "negative": ({"volume_weight": "-5"}, "volume_weight", "lebih besar dari atau sama dengan 0"),
    "digits": ({"volume_weight": "40.001"}, "volume_weight", "2 angka desimal"),
    "word": ({"volume_weight": "NaN"}, "volume_weight", "Masukkan"),
    "limit": ({"daily_limit": "0"}, "daily_limit", "lebih besar dari atau sama dengan 1"),
    "huge": ({"late_hours": "9" * 30}, "late_hours", "lebih kecil dari atau sama dengan"),
    "month": ({"effective_from": "2026-13"}, "effective_from", "Tulis bulan seperti 2026-12."),
    "day": ({"effective_from": "2026-12-01"}, "effective_from", "Tulis bulan seperti 2026-12."),
    "past": ({"effective_from": "2023-02"}, "effective_from", "tidak berlaku surut"),
    "order": ({"band_2_from": "90"}, "band_1_label", "tertinggi ke terendah"),
    "zero": ({"band_5_from": "5"}, "band_1_label", "mulai dari 0"),
    "name": ({"band_2_label": "Menuju Informatif"}, "band_1_label", "Komisi Informasi"),
    "half": ({"band_5_label": ""}, "band_5_label", "Isi nama golongan ini"),
    "other half": ({"band_5_from": ""}, "band_5_from", "Isi indeks terendah golongan ini."),
    "note": ({"note": "  "}, "note", "harus diisi"),
    "nul": ({"note": "a\x00b"}, "note", "null"),
}


@pytest.mark.parametrize("button", ["_save", "_preview", "_activate"])
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(client, utama, case, button):
    changes, field, words = WRONG[case]
    body = send(client, ADD, 200, button, **changes)
    row = body.partition(f'id="id_{field}_error"')[2].partition("</ul>")[0]
    assert words.lower() in row.lower()
    assert f'<a href="#id_{field}">' in body
    assert "Galat: Versi 2" in body
    assert 'name="reach_weight" value="20"' in body
    assert "Seandainya" not in body
    assert Method.objects.count() == 1


def test_a_published_month_is_refused_at_its_field(client, utama):
    month = coming()
    Ranking.objects.create(
        month=month, status="draft", method=Method.objects.get(), computed_at=timezone.now(), working_days=20
    )
    assert "sudah ada rancangan atau peringkat finalnya" in send(client, ADD, 200)


def test_all_that_is_wrong_is_said_at_once(client, utama):
    body = send(client, ADD, 200, volume_weight="35", note="", band_2_from="90", effective_from="2023-02")
    for field in ("completeness_weight", "note", "band_1_label", "effective_from"):
        assert f'id="id_{field}_error"' in body


def test_an_empty_form_is_answered_and_not_saved(client, utama):
    assert client.post(ADD, {}).status_code == 200
    assert Method.objects.count() == 1


def test_hostile_text_is_only_text(client, utama):
    body = send(client, ADD, 200, "_preview", note="<script>x</script>", band_1_label="<b>Giat</b>")
    assert "<script>x" not in body
    assert "<b>Giat" not in body


# --- the preview -------------------------------------------------------------------------------------------


def test_the_preview_shows_typed_values_and_saves_nothing(client, utama):
    before = rows()
    body = send(client, ADD, 200, "_preview", volume_weight="0", consistency_weight="0", reach_weight="0",
                completeness_weight="100", effective_from="2090-01")  # fmt: skip
    assert "<strong>2 dari 2 unit</strong> pindah peringkat" in body
    assert "Seandainya Januari 2023 dihitung dengan versi ini, bukan versi 1" in body
    assert "turun 1" in body
    assert "naik 1" in body
    assert 'name="completeness_weight" value="100"' in body
    assert 'name="effective_from" value="2090-01"' in body
    assert (rows(), LogEntry.objects.count()) == (before, 0)


def test_the_preview_of_a_damaged_file_says_so(client, utama):
    InputFile.objects.update(content=b"x")
    assert "tidak dapat dihitung ulang" in send(client, ADD, 200, "_preview")


def test_without_a_finished_month_it_says_so(client, utama):
    Ranking.objects.all().delete()
    assert "Belum ada bulan yang selesai" in send(client, ADD, 200, "_preview")


def test_the_preview_asks_the_same_for_few_and_many_units(client, utama):
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            send(client, ADD, 200, "_preview")
        counts.append(len(queries))
        for number in range(30):
            make_counted(make_unit(), date(2023, 1, 1 + number))
        compute_month(date(2023, 1, 1))
    assert counts[0] == counts[1] <= 15


# --- activating --------------------------------------------------------------------------------------------


def test_save_and_activate_leads_over_a_page_that_shows_what_changes(client, utama):
    response = client.post(ADD, {**typed(daily_limit="1"), "_activate": "1"})
    method = Method.objects.get(version=2)
    assert response["Location"] == act(method, "activate")
    body = page(client, act(method, "activate"))
    assert "Kegiatan dihitung per hari, paling banyak: 1 (sebelumnya 3)" in body
    assert "Seandainya Januari 2023" in body
    assert not Method.objects.get(version=2).is_activated
    assert client.post(act(method, "activate"), {"seen": fingerprint(method)}).status_code == 302
    method.refresh_from_db()
    assert (method.is_activated, method.activated_by) == (True, utama)
    assert "versi 2" in page(client, "/peringkat/metode/2/")


def test_activating_what_was_not_seen_is_refused_with_the_new_content(client, utama):
    method = make_method(2, coming(), activated=False)
    seen = fingerprint(method)
    Method.objects.filter(pk=method.pk).update(daily_limit=9)
    for wrong in (seen, "", "x"):
        response = client.post(act(method, "activate"), {"seen": wrong})
        assert "berubah sejak Anda melihatnya" in response.content.decode()
        assert "paling banyak: 9" in response.content.decode()
    assert not Method.objects.get(pk=method.pk).is_activated


def test_an_activated_version_is_read_only_with_the_reason(client, utama):
    method = make_method(2, coming())
    body = page(client, change(method))
    assert "sudah diaktifkan dan tampil untuk publik" in body
    assert 'name="_save"' not in body
    assert act(method, "deactivate") in body
    assert client.post(change(method), typed(daily_limit="9")).status_code == 404
    assert client.post(reverse("admin:rankings_method_delete", args=[method.pk]), {"post": "yes"}).status_code == 404
    assert client.get(act(method, "activate")).status_code == 302
    assert client.post(act(method, "deactivate")).status_code == 302
    assert not Method.objects.get(pk=method.pk).is_activated
    assert 'name="_save"' in page(client, change(method))


def test_a_used_version_is_read_only_with_the_reason_and_cannot_be_taken_back(client, utama):
    method = Method.objects.get(version=1)
    body = page(client, change(method))
    assert "sejak Januari 2023 peringkat dihitung dengannya" in body
    assert act(method, "deactivate") not in body
    response = client.post(act(method, "deactivate"))
    assert "sejak Januari 2023 peringkat dihitung dengannya" in response.content.decode()
    assert Method.objects.get(version=1).is_activated


def test_a_version_being_written_is_deleted_and_no_other(client, utama):
    method = make_method(2, coming(), activated=False)
    assert client.post(reverse("admin:rankings_method_delete", args=[method.pk]), {"post": "yes"}).status_code == 302
    data = {"action": "delete_selected", "_selected_action": [Method.objects.get().pk], "post": "yes"}
    client.post(LIST, data)
    assert Method.objects.get().version == 1


def test_an_operator_finds_no_page_and_changes_nothing(client, unit):
    method = make_method(2, coming(), activated=False)
    before = rows()
    client.force_login(make_operator(unit))
    for address in (LIST, ADD, change(method), act(method, "activate"), act(method, "deactivate")):
        assert client.get(address).status_code == 404
        assert client.post(address, {**typed(), "seen": fingerprint(method)}).status_code == 404
    assert rows() == before


def test_a_version_of_a_running_month_may_be_written_but_not_of_the_one_before(client, utama):
    running = coming() - timedelta(days=1)
    send(client, ADD, 302, effective_from=month_text(running))
    method = Method.objects.get(version=2)
    assert method.effective_from == first_of_month(running)
    past = month_text(previous_month(running))
    assert "tidak berlaku surut" in send(client, change(method), 200, effective_from=past)
