"""Objecting: by the unit's own staff, in the window, once at a time, with evidence that holds."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Membership, Role
from publications.models import Publication
from publications.verification import waiting
from rankings.finalising import finalise_ranking, revise_ranking
from rankings.models import Ranking, Rebuttal, RebuttalItem
from rankings.rebuttals.making import ClaimedGap, ClaimedLink, RebuttalError
from rankings.services import RankingError, compute_month
from tests.builders import make_activity, make_channel, make_final, make_publication
from tests.people import make_person

from .world import AFTER, DRAFTED, JANUARY, WITHIN, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def left_out(world, state="rejected", unit=None, **fields):
    moment = fields.pop("moment", datetime(2023, 1, 20, 9, tzinfo=JAKARTA))
    reason = "Tautan tidak dapat dibuka" if state == "rejected" else ""
    return make_publication(make_activity(unit or world.unit, moment), moment, state=state, reason=reason, **fields)


def test_operator_objects_with_a_link_that_waits_like_a_submitted_one(world):
    rebuttal = world.object("https://dinas-uji.example/berita/1")
    item = rebuttal.items.get()
    publication = item.publication
    assert (rebuttal.status, rebuttal.made_by, rebuttal.outcome) == ("open", world.operator, "")
    assert (item.kind, item.claimed_on, item.verdict) == ("link", date(2023, 1, 20), "")
    assert (publication.state, publication.channel, publication.counted_on) == (
        "pending", world.website, date(2023, 1, 20)
    )  # fmt: skip
    assert publication.flags == ["late", "rebuttal"]
    assert publication.submitted_by == world.operator
    assert not waiting().exists()  # it has a desk of its own
    assert world.ranking.entries.get(unit=world.unit).activities == 1


def test_instagram_does_not_show_whose_it_is_and_says_so(world):
    publication = world.object("https://www.instagram.com/p/Cx123abc/").items.get().publication
    assert (publication.channel, publication.flags) == (world.instagram, ["owner_unknown", "late", "rebuttal"])


def test_pelaksana_may_too(world):
    assert world.object(actor=world.pelaksana).made_by == world.pelaksana


def test_strangers_and_the_city_may_not(world):
    atasan = make_person("atasan", world.unit, Role.ATASAN_PPID)
    resting = make_person("libur", world.unit, is_active=False)
    for actor in (world.other_operator, world.ppid_utama, atasan, resting):
        with pytest.raises(RebuttalError, match="petugas unit"):
            world.object(actor=actor)
    Membership.objects.create(user=world.ppid_utama, unit=world.unit, role=Role.PPID_UTAMA)
    world.ppid_utama = type(world.ppid_utama).objects.get(pk=world.ppid_utama.pk)
    with pytest.raises(RebuttalError, match="petugas unit"):
        world.object(actor=world.ppid_utama)
    assert not Rebuttal.objects.exists()


def test_the_window_ends_with_its_last_day_in_jakarta(world):
    assert world.ranking.objection_until == date(2023, 2, 8)
    with pytest.raises(RebuttalError, match="berakhir pada 8 Februari 2023"):
        world.object(now=AFTER)  # 17.00 UTC of the 8th
    assert world.object(now=WITHIN).is_open


def test_provisional_final_and_unknown_months_are_refused(world):
    Ranking.objects.update(status="provisional", objection_until=None)
    with pytest.raises(RebuttalError, match="setelah bulan berakhir"):
        world.object()
    with pytest.raises(RebuttalError, match="setelah bulan berakhir"):
        world.object(month=date(2022, 5, 1))
    Ranking.objects.update(status="draft", objection_until=date(2023, 2, 8))
    make_final(JANUARY)
    with pytest.raises(RebuttalError, match="sudah final"):
        world.object()


def test_one_open_objection_at_a_time(world):
    world.object()
    with pytest.raises(RebuttalError, match="masih menunggu putusan"):
        world.object("https://dinas-uji.example/berita/2")
    with pytest.raises(IntegrityError, match="rebuttal_one_open"), transaction.atomic():
        Rebuttal.objects.create(ranking=world.ranking, unit=world.unit, reason="Lagi", made_by=world.operator)


@pytest.mark.parametrize("reason", ["", " \n ", "…", "\x00", "x" * 2001])
def test_reason_is_needed_and_bounded(world, reason):
    with pytest.raises(RebuttalError):
        world.object(reason=reason)
    assert not Publication.objects.filter(state="pending").exists()


def test_reason_keeps_its_lines_and_loses_what_nobody_sees(world):
    rebuttal = world.object(reason=" <script>alert(1)</script>\u202e\x00 \n\n kami  ada\u200b ")
    assert rebuttal.reason == "<script>alert(1)</script>\n\nkami ada"


def test_evidence_is_needed(world):
    with pytest.raises(RebuttalError, match="sedikitnya satu bukti"):
        world.object(links=[])
    with pytest.raises(RebuttalError, match="Paling banyak 20"):
        world.object(*[f"https://dinas-uji.example/berita/{n}" for n in range(21)])


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("javascript:alert(1)", "http"),
        ("https://dinas-lain.example/berita/1", "bukan dari kanal terverifikasi"),
        ("https://dinas-uji.example", "alamat kanalnya"),
        ("https://bit.ly/abc", "tautan pendek"),
        ("https://evil.example/dinas-uji.example", "bukan dari kanal terverifikasi"),
        ("https://dinas-uji.example/" + "a" * 600, "terlalu panjang"),
        ("", "http"),
    ],
)
def test_links_are_checked_like_submitted_ones_and_nothing_is_kept(world, url, said):
    with pytest.raises(RebuttalError, match=said):
        world.object("https://dinas-uji.example/berita/1", url)
    assert not Rebuttal.objects.exists()
    assert not Publication.objects.filter(state="pending").exists()


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(2022, 12, 31), date(2023, 2, 1), date(9999, 1, 1)])
def test_day_must_be_of_the_month(world, day):
    with pytest.raises(RebuttalError, match="di luar bulan"):
        world.object(day=day)


@pytest.mark.parametrize("title", ["", "\u200b", "!!!", "x" * 201])
def test_link_needs_a_title(world, title):
    claim = ClaimedLink("https://dinas-uji.example/1", date(2023, 1, 20), title)
    with pytest.raises(RebuttalError, match="judul"):
        world.object(links=[claim])


def test_the_same_link_twice(world):
    for second in ("https://dinas-uji.example/berita/1", "http://www.dinas-uji.example/berita/1/?utm_source=x"):
        with pytest.raises(RebuttalError, match="dua kali"):
            world.object("https://dinas-uji.example/berita/1", second)


def test_a_rejected_publication_can_be_named_by_choice_or_by_its_link(world):
    refused = left_out(
        world, permalink_key="dinas-uji.example/a", permalink="https://dinas-uji.example/a", kind="website"
    )
    assert world.object(left_out=[refused]).items.get().kind == "left_out"
    RebuttalItem.objects.all().delete()
    Rebuttal.objects.all().delete()
    item = world.object("https://dinas-uji.example/a").items.get()
    assert (item.kind, item.publication) == ("left_out", refused)


def test_what_counts_and_what_is_anothers_or_of_another_month_cannot_be_named(world):
    for publication in (
        left_out(world, "accepted"),
        left_out(world, unit=world.other),
        left_out(world, moment=datetime(2023, 2, 1, tzinfo=JAKARTA)),
    ):
        with pytest.raises(RebuttalError, match="tidak termasuk"):
            world.object(left_out=[publication])


def test_accepted_and_foreign_month_links_say_so(world):
    fields = {"kind": "website", "state": "accepted"}
    left_out(world, permalink_key="dinas-uji.example/a", **fields)
    with pytest.raises(RebuttalError, match="sudah diterima"):
        world.object("https://dinas-uji.example/a")
    left_out(world, permalink_key="dinas-uji.example/b", moment=datetime(2023, 2, 1, tzinfo=JAKARTA), **fields)
    with pytest.raises(RebuttalError, match="tercatat terbit 1 Februari 2023, di luar bulan ini"):
        world.object("https://dinas-uji.example/b")


def test_own_posting_recorded_for_another_unit_is_an_owner_error_and_its_name_is_not_told(world):
    theirs = left_out(world, "accepted", world.other, kind="website", permalink_key="dinas-uji.example/a")
    item = world.object("https://dinas-uji.example/a").items.get()
    assert (item.kind, item.publication) == ("owner", theirs)


def test_press_report_is_no_evidence(world):
    news = left_out(world, permalink_key="dinas-uji.example/a")
    Publication.objects.filter(pk=news.pk).update(kind="news", activity=None)
    with pytest.raises(RebuttalError, match="liputan media"):
        world.object("https://dinas-uji.example/a")


def test_a_channel_that_could_not_be_read(world):
    gap = ClaimedGap(world.instagram, date(2023, 1, 5), date(2023, 1, 9))
    item = world.object(gaps=[gap]).items.get()
    assert (item.kind, item.channel, item.claimed_on, item.claimed_until) == (
        "gap",
        world.instagram,
        gap.first,
        gap.last,
    )


def test_wrong_channels_and_days_are_refused(world):
    foreign = make_channel(world.other)
    unverified = make_channel(world.unit, "youtube", status="unverified", verified_at=None)
    sample = make_channel(world.unit, "facebook", is_sample=True)
    closed = make_channel(world.unit, "tiktok", closed_on=date(2022, 12, 31))
    day = date(2023, 1, 5)
    for channel in (foreign, unverified, sample, closed):
        with pytest.raises(RebuttalError, match="bukan kanal terverifikasi"):
            world.object(gaps=[ClaimedGap(channel, day, day)])
    for first, last in ((day, date(2023, 1, 4)), (date(2022, 12, 31), day), (day, date(2023, 2, 1))):
        with pytest.raises(RebuttalError, match="berurutan"):
            world.object(gaps=[ClaimedGap(world.instagram, first, last)])


def test_sample_channels_prove_nothing_in_a_real_month(world):
    fields = {"url": "https://contoh.example", "handle": "", "key": "contoh.example"}
    make_channel(world.unit, "website", is_sample=True, **fields)
    with pytest.raises(RebuttalError, match="data contoh"):
        world.object("https://contoh.example/berita/1")


def test_in_a_sample_month_what_is_contested_becomes_sample_data_too(world):
    Ranking.objects.update(is_sample=True)
    assert world.object().items.get().publication.is_sample


def test_revision_drafts_have_a_window_too(world):
    finalise_ranking(month=JANUARY, now=AFTER)
    revised = revise_ranking(month=JANUARY, reason="Satu terlewat", now=datetime(2023, 3, 1, tzinfo=JAKARTA))
    assert world.object(now=datetime(2023, 3, 8, 23, tzinfo=JAKARTA)).ranking == revised
    with pytest.raises(RankingError, match="Sanggahan pada 2023-01 belum diputuskan: Dinas Uji"):
        finalise_ranking(month=JANUARY, now=datetime(2023, 3, 9, tzinfo=JAKARTA), despite_open=True)


# --- what the database refuses -------------------------------------------------------------------------------


def test_database_refuses_an_objection_against_a_final_month_and_finality_over_an_open_one(world):
    rebuttal = world.object()
    with pytest.raises(IntegrityError, match="belum diputuskan"), transaction.atomic():
        make_final(JANUARY)
    RebuttalItem.objects.all().delete()
    rebuttal.delete()
    make_final(JANUARY)
    with pytest.raises(IntegrityError, match="sudah final"), transaction.atomic():
        Rebuttal.objects.create(ranking=world.ranking, unit=world.unit, reason="x", made_by=world.operator)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "decided"},
        {"status": "decided", "outcome": "accepted", "answer": "Ya"},
        {"outcome": "accepted"},
        {"answer": "Ya"},
        {"status": "other"},
        {"reason": ""},
    ],
)
def test_database_refuses_half_decisions(world, values):
    rebuttal = world.object()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rebuttal.objects.filter(pk=rebuttal.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"verdict": "accepted"},
        {"answer": "Ya"},
        {"kind": "gap"},
        {"publication": None},
        {"kind": "x"},
        {"verdict": "x"},
    ],
)
def test_database_refuses_half_items(world, values):
    item = world.object().items.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        RebuttalItem.objects.filter(pk=item.pk).update(**values)


def test_evidence_of_an_objection_cannot_be_deleted(world):
    publication = world.object().items.get().publication
    with pytest.raises(ProtectedError):
        publication.delete()


def test_job_leaves_an_open_objection_as_it_is(world):
    rebuttal = world.object()
    ranking = compute_month(JANUARY, AFTER)
    assert ranking.rebuttals.get() == rebuttal
    assert ranking.evidence.get(publication=rebuttal.items.get().publication).rule == "pending"
    assert ranking.computed_at == AFTER != DRAFTED
