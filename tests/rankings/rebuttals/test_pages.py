"""The workspace's pages: a unit objects from its phone, Diskominfo decides, each sees only what is theirs."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Membership, Role, Unit
from publications.models import Publication
from rankings.models import Entry, Ranking, Rebuttal
from rankings.rebuttals.making import ClaimedGap
from rankings.services import compute_month
from tests.builders import make_activity, make_final, make_publication, make_unit
from tests.people import make_person

from .world import JANUARY, make_world

pytestmark = pytest.mark.django_db
MAKE = "/admin/sanggahan/baru/2023-01/dinas-uji/"
LIST = "/admin/sanggahan/"


@pytest.fixture
def world():
    found = make_world()
    Ranking.objects.update(objection_until=date(2099, 1, 5))
    found.ranking.refresh_from_db()
    return found


def form(*links, **fields):
    rows = {f"link-{n}-{name}": value for n, row in enumerate(links) for name, value in row.items()}
    return {"reason": "Satu kegiatan terlewat", "link-TOTAL_FORMS": "5", "link-INITIAL_FORMS": "0", **rows, **fields}


def link(url="https://dinas-uji.example/berita/1", day="2023-01-20", title="Kerja bakti"):
    return {"url": url, "day": day, "title": title}


def body(response) -> str:
    return " ".join(response.content.decode().split())


def test_operator_finds_the_month_objects_and_reads_that_it_waits(client, world):
    client.force_login(world.operator)
    assert "Peringkat Januari 2023 dapat disanggah sampai 5 Januari 2099." in body(client.get("/admin/"))
    assert f'href="{MAKE}"' in body(client.get(LIST))
    assert "Masa sanggahan berlaku sampai 5 Januari 2099" in body(client.get(MAKE))
    answer = client.post(MAKE, form(link()), follow=True)
    rebuttal = Rebuttal.objects.get()
    assert answer.redirect_chain == [(reverse("rebuttals:item", args=[rebuttal.pk]), 302)]
    assert "Sanggahan dicatat" in body(answer)
    assert rebuttal.items.get().publication.title == "Kerja bakti"
    again = body(client.get(MAKE))
    assert "masih menunggu putusan" in again
    assert "<textarea" not in again
    assert "Sanggahan (1)" in body(client.get("/admin/"))


def test_place_on_the_home_page_leads_to_the_objection(client, world):
    client.force_login(world.operator)
    assert f'<a href="{MAKE}">Sanggah' in body(client.get("/admin/"))


def test_late_by_a_moment_says_why_and_keeps_what_was_typed(client, world):
    Ranking.objects.update(objection_until=date(2023, 2, 8))
    client.force_login(world.operator)
    shown = body(client.get(MAKE))
    assert "Masa sanggahan berakhir pada 8 Februari 2023" in shown
    assert "<textarea" not in shown
    answer = client.post(MAKE, form(link(), reason="Panjang sekali"))
    assert answer.status_code == 200
    assert "Panjang sekali" in body(answer)
    assert "berakhir pada 8 Februari 2023" in body(answer)
    assert not Rebuttal.objects.exists()
    assert "tidak ada bulan yang dapat disanggah" in body(client.get("/admin/"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "sedikitnya satu bukti"),
        (link(day=""), "Sebutkan tanggal terbitnya"),
        (link(title=""), "Tulis judulnya"),
        (link(url=""), "Tempelkan tautannya"),
        (link(day="1970-01-01"), "Hanya unggahan pada Januari 2023"),
        (link(day="kemarin"), "tanggal"),
        (link(url="https://dinas-lain.example/x"), "bukan dari kanal terverifikasi"),
        (link(url="javascript:alert(1)"), "http"),
        (link(url="x" * 601), "600"),
        (link(title="\x00"), "Null"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, world, given, said):
    client.force_login(world.operator)
    answer = client.post(MAKE, form(given))
    assert answer.status_code == 200
    assert said.lower() in body(answer).lower()
    assert not Rebuttal.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": ""},
        {"reason": "x" * 2001},
        {"reason": "\x00"},
        {"link-TOTAL_FORMS": "1000"},
        {"link-TOTAL_FORMS": "x"},
        {"link-TOTAL_FORMS": ""},
        {"left_out": "999"},
        {"channel": "x"},
        {"channel": "1", "first": "2023-01-05"},
        {"first": "2023-01-05", "last": "2023-01-04"},
    ],
)
def test_odd_forms_are_answered_with_a_sentence(client, world, fields):
    make_publication(
        make_activity(world.unit), datetime(2023, 1, 20, tzinfo=JAKARTA), state="rejected", reason="Tautan mati"
    )
    compute_month(JANUARY)
    client.force_login(world.operator)
    answer = client.post(MAKE, {**form(link()), **fields})
    assert answer.status_code == 200
    assert "errorlist" in body(answer)
    assert not Rebuttal.objects.exists()


def test_a_left_out_publication_is_ticked_and_a_channel_named(client, world):
    moment = datetime(2023, 1, 20, tzinfo=JAKARTA)
    refused = make_publication(make_activity(world.unit, moment), moment, state="rejected", reason="Tautan mati")
    compute_month(JANUARY)
    client.force_login(world.operator)
    assert f"{refused} (20 Januari 2023): Ditolak dalam verifikasi" in body(client.get(MAKE))
    gap = {"channel": world.instagram.pk, "first": "2023-01-05", "last": "2023-01-09"}
    client.post(MAKE, form(left_out=refused.pk, **gap))
    assert [item.kind for item in Rebuttal.objects.get().items.all()] == ["left_out", "gap"]


def test_hostile_text_is_text(client, world):
    client.force_login(world.operator)
    evil = "<img src=x onerror=alert(1)>"
    client.post(MAKE, form(link(title=f"{evil} bakti"), reason=f"{evil} kami"))
    pages = [reverse("rebuttals:item", args=[Rebuttal.objects.get().pk]), LIST, "/peringkat/2023-01/opd/dinas-uji/"]
    for page in pages:
        shown = client.get(page).content.decode()
        assert "<img src=x" not in shown
        assert "&lt;img src=x onerror" in shown


def test_others_do_not_find_it(client, world):
    rebuttal = world.object()
    own = reverse("rebuttals:item", args=[rebuttal.pk])
    atasan = make_person("atasan", world.unit, Role.ATASAN_PPID)
    for person, pages in (
        (world.other_operator, (MAKE, own)),
        (world.ppid_utama, (MAKE,)),
        (atasan, (MAKE, own, LIST)),
    ):
        client.force_login(person)
        for page in pages:
            assert client.get(page).status_code == client.post(page, form(link())).status_code == 404, (person, page)
    client.force_login(world.other_operator)
    assert "Dinas Uji" not in body(client.get(LIST))
    client.force_login(world.operator)
    assert client.get(own).status_code == 200
    assert client.post(own, {}).status_code == 404
    for page in ("0000-01", "9999-12", "2022-05"):
        assert client.get(f"/admin/sanggahan/baru/{page}/dinas-uji/").status_code == 404


def decision(rebuttal, verdict="accepted", **fields):
    rows = {}
    for item in rebuttal.items.all():
        rows |= {f"verdict_{item.pk}": verdict, f"answer_{item.pk}": "Tautannya cocok"}
    return {**rows, "answer": "Bukti kuat", **fields}


def test_ppid_utama_sees_what_waits_and_decides(client, world):
    rebuttal = world.object()
    client.force_login(world.ppid_utama)
    assert "Sanggahan (1)" in body(client.get("/admin/"))
    listed = body(client.get(LIST))
    assert reverse("rebuttals:item", args=[rebuttal.pk]) in listed
    page = reverse("rebuttals:item", args=[rebuttal.pk])
    shown = body(client.get(page))
    assert "Dua kegiatan kami tidak dihitung." in shown
    assert "https://dinas-uji.example/berita/1" in shown
    for wrong in ({}, decision(rebuttal, "x"), decision(rebuttal, answer=""), decision(rebuttal, answer="\x00")):
        answer = client.post(page, wrong)
        assert (answer.status_code, "errorlist" in body(answer)) == (200, True)
    answer = body(client.post(page, decision(rebuttal), follow=True))
    assert "peringkat 2023-01 dihitung ulang" in answer
    rebuttal.refresh_from_db()
    assert (rebuttal.outcome, rebuttal.decided_by) == ("accepted", world.ppid_utama)
    assert Entry.objects.get(unit=world.unit).activities == 2
    assert "sudah diputuskan" in body(client.post(page, decision(rebuttal)))
    assert "Sanggahan (0)" in body(client.get("/admin/"))


def test_ppid_utama_of_the_unit_itself_sees_it_but_does_not_decide(client, world):
    Membership.objects.create(user=world.ppid_utama, unit=world.unit, role=Role.OPERATOR)
    rebuttal = world.object()
    client.force_login(world.ppid_utama)
    page = reverse("rebuttals:item", args=[rebuttal.pk])
    shown = body(client.get(page))
    assert "Bukan untuk Anda putuskan." in shown
    assert "<textarea" not in shown
    assert "tidak diputuskan oleh petugas dari unit" in body(client.post(page, decision(rebuttal)))
    assert Rebuttal.objects.get().is_open
    assert "Sanggahan (0)" in body(client.get("/admin/"))


def test_finalise_page_names_the_objection_and_cannot_pass_over_it(client, world):
    rebuttal = world.object()
    compute_month(JANUARY)
    Ranking.objects.update(objection_until=date(2023, 2, 8))
    client.force_login(world.ppid_utama)
    page = reverse("admin:rankings_ranking_finalise", args=[world.ranking.pk])
    assert reverse("rebuttals:item", args=[rebuttal.pk]) in body(client.get(page))
    answer = body(client.post(page, {"despite_open": "on"}))
    assert "belum diputuskan: Dinas Uji" in answer
    assert Ranking.objects.get().status == "draft"


def test_final_month_says_so(client, world):
    make_final(JANUARY)
    client.force_login(world.operator)
    assert "sudah final" in body(client.get(MAKE))


def test_queries_do_not_grow_with_objections(client, world):
    client.force_login(world.ppid_utama)
    pages = [LIST, "/admin/"]
    world.object(gaps=[ClaimedGap(world.instagram, date(2023, 1, 5), date(2023, 1, 6))])

    def counts():
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            found.append(len(queries))
        return found

    before = counts()
    Unit.objects.bulk_create(Unit(slug=f"u-{n}", name=f"U {n}", short_name="u", category="opd") for n in range(40))
    for unit in Unit.objects.filter(slug__startswith="u-"):
        Rebuttal.objects.create(ranking=world.ranking, unit=unit, reason="Sanggah", made_by=world.operator)
    assert counts() == before


def test_links_row_is_no_way_to_another_units_publication(client, world):
    client.force_login(world.operator)
    moment = datetime(2023, 1, 20, tzinfo=JAKARTA)
    foreign = make_publication(make_activity(make_unit(), moment), moment, state="rejected", reason="RAHASIA")
    answer = client.post(MAKE, form(left_out=foreign.pk))
    assert "RAHASIA" not in body(answer)
    assert not Rebuttal.objects.exists()
    assert Publication.objects.filter(state="pending").count() == 0


def test_a_very_long_list_of_left_out_publications_stays_a_page(client, world):
    moment = datetime(2023, 1, 20, tzinfo=JAKARTA)
    activity = make_activity(world.unit, moment)
    rows = [make_publication(activity, moment, state="rejected", reason="Tautan mati") for _ in range(105)]
    compute_month(JANUARY)
    client.force_login(world.operator)
    with CaptureQueriesContext(connection) as queries:
        shown = body(client.get(MAKE))
    assert shown.count('name="left_out"') == 100
    assert len(queries) < 30
    many = {"left_out": [row.pk for row in rows[:21]]}
    assert "Paling banyak 20" in body(client.post(MAKE, form(**many)))
    assert not Rebuttal.objects.exists()
