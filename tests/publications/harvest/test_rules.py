"""The rules against counting twice, too early, too late or for somebody else; each case by its name."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from opd.models import Channel
from publications import tasks
from publications.flags import WORDS
from publications.harvest.bursts import mark_bursts
from publications.harvest.existence import check_due, due
from publications.harvest.items import HarvestError, Item
from publications.harvest.judging import HOLDS, out_of_order
from publications.harvest.records import ExistenceCheck, PublicationRevision
from publications.harvest.releasing import release_due
from publications.harvest.sharing import mark_recent_shares
from publications.harvest.storing import store_page
from publications.harvest.ways import connector_for
from publications.models import Activity, Publication
from publications.verification import second_looks
from tests.people import make_person

from .recording import Recording
from .test_storing import NOW, SITE, item, make_harvest, make_run, only

pytestmark = pytest.mark.django_db
RELEASE = (
    "CILEGON – Pemerintah Kota Cilegon membuka layanan terpadu bagi warga di alun-alun pada akhir pekan depan. Warga "
    "cukup membawa kartu keluarga; petugas dari delapan dinas melayani mulai pagi sampai sore tanpa dipungut biaya."
)


def states() -> list[tuple[str, list[str]]]:
    return list(Publication.objects.order_by("published_at", "pk").values_list("state", "flags"))


# --- a source that changes its mind -------------------------------------------------------------------------------


def test_redated_into_the_next_month_it_counts_in_the_first():
    """Also the database refuses to move it."""
    harvest, october = make_harvest(), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    store_page(harvest, [item(claimed_at=october, claimed_raw="lama")], october + timedelta(hours=1))
    store_page(harvest, [item(claimed_at=NOW, claimed_raw="baru", text="Isi lain sama sekali.")], NOW)
    assert only().counted_on == date(2026, 10, 31)
    assert PublicationRevision.objects.get().changes["claimed_raw"] == ["lama", "baru"]
    with pytest.raises(InternalError), transaction.atomic():
        Publication.objects.update(published_at=NOW)


def test_moved_to_a_new_address_the_evidence_leads_there():
    harvest = make_harvest()
    store_page(harvest, [item(source_id="http://lama.example.id/?p=1", permalink=f"{SITE}/lama/")], NOW)
    store_page(harvest, [item(source_id=f"{SITE}/?p=1", permalink=f"{SITE}/baru/")], NOW)
    assert (only().permalink, only().permalink_key) == (f"{SITE}/baru/", "dinas.example.id/baru")
    assert PublicationRevision.objects.get().changes == {"permalink": [f"{SITE}/lama/", f"{SITE}/baru/"]}


def test_an_edited_headline_is_the_activitys_too_unless_a_person_wrote_it():
    harvest = make_harvest()
    store_page(harvest, [item()], NOW)
    store_page(harvest, [item(title="Rapat yang diralat")], NOW)
    assert Activity.objects.get().title == "Rapat yang diralat"
    Activity.objects.update(title="Ditulis petugas", created_by=make_person("pemeriksa"))
    store_page(harvest, [item(title="Diralat lagi")], NOW)
    assert (Activity.objects.get().title, only().title) == ("Ditulis petugas", "Diralat lagi")


def test_two_names_of_one_posting_do_not_revise_each_other():
    harvest, text = make_harvest(), "Bimbingan teknis pengelolaan arsip dinamis bagi seluruh sekretaris kelurahan."
    page = [item(1, 30, text=text), item(2, 20, text=text + "!", title="Bimtek arsip")]
    store_page(harvest, page[:1], NOW)
    for _visit in range(3):
        store_page(harvest, page, NOW)
    assert (Publication.objects.count(), PublicationRevision.objects.count()) == (1, 0)


# --- posted again -------------------------------------------------------------------------------------------------


def test_the_same_text_within_a_month_is_the_first_posting_also_while_both_stand():
    harvest, text = make_harvest(), "Bimbingan teknis pengelolaan arsip dinamis bagi seluruh sekretaris kelurahan."
    store_page(harvest, [item(1, 24 * 20, text=text)], NOW - timedelta(days=20))
    page = [item(2, 3, title="Bimtek arsip", text=text.upper()), item(1, 24 * 20, text=text)]
    assert dict(store_page(harvest, page, NOW).recognised) == {"text": 1, "exact": 1}
    assert only().permalink.endswith("tulisan-1/")


def test_of_two_equal_texts_on_one_page_the_earlier_counts():
    text = "Bimbingan teknis pengelolaan arsip dinamis bagi seluruh sekretaris kelurahan."
    harvest, page = make_harvest(), [item(2, 3, title="Lagi", text=text), item(1, 30, title="Bimtek", text=text)]
    assert store_page(harvest, page, NOW).new == 1
    assert only().title == "Bimtek"
    assert store_page(harvest, page, NOW).new == 0


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (31, "Jadwal pelayanan keliling di kelurahan: Senin sampai Jumat pukul 08.00."),
        (7, "Jadwal pelayanan keliling di kelurahan: Senin sampai Jumat pukul 09.00."),
        (7, "Selamat pagi!"),
    ],
)
def test_later_or_with_other_numbers_or_short_it_is_another_posting(days, text):
    first = (
        "Selamat pagi!" if len(text) < 40 else "Jadwal pelayanan keliling di kelurahan: Senin sampai Jumat pukul 08.00."
    )
    harvest = make_harvest()
    store_page(harvest, [item(1, 24 * days, title="Pertama", text=first)], NOW - timedelta(days=days))
    assert store_page(harvest, [item(2, 1, title="Kedua", text=text)], NOW).new == 1


# --- the same text in several units --------------------------------------------------------------------------------


def post_release(number: int, hours_ago: float, text: str = RELEASE, **changes) -> None:
    site = f"unit{number}.example.id"
    told = {"permalink": f"https://{site}/siaran", "source_id": f"{number}", "text": text, "title": "Layanan terpadu"}
    store_page(make_harvest(site), [item(number, hours_ago, **{**told, **changes})], NOW)


def test_the_same_text_in_five_units_counts_for_the_first_publisher():
    for number, hours in enumerate((20, 18, 30, 10, 12)):
        post_release(number, hours)
    assert [flags for _state, flags in states()] == [[], ["share"], ["share"], ["share"], ["share"]]
    assert [state for state, _flags in states()] == ["accepted", *["rejected"] * 4]
    assert all(
        "Siaran pers" in reason for reason in Publication.objects.exclude(flags=[]).values_list("reason", flat=True)
    )
    assert Publication.objects.get(flags=[]).permalink == "https://unit2.example.id/siaran"


def test_in_two_units_or_days_apart_or_short_it_is_no_press_release():
    for number, hours in enumerate((20, 18, 100)):  # the third more than three days before
        post_release(number, hours)
    for number in range(10, 14):
        post_release(number, 5, text="Selamat Hari Pahlawan. Mari kenang jasa para pahlawan.", title="Hari Pahlawan")
    for number in range(20, 24):  # a title that everybody uses, and texts of their own
        post_release(
            number, 5, title="Apel pagi", text=f"{'Lurah, camat, dan warga hadir lengkap. ' * 3}{number}" * number
        )
    assert not any("share" in flags for _state, flags in states())


def test_a_press_release_that_was_touched_up_is_one():
    post_release(1, 20)
    post_release(2, 18, text=RELEASE.replace("akhir", "awal"))
    post_release(3, 16, text=RELEASE + " (adm)")
    assert [flags for _state, flags in states()] == [[], ["share"], ["share"]]


def test_what_a_person_decided_stays_and_what_two_visits_missed_is_found():
    for number in range(3):
        post_release(number, 20 - number)
    Publication.objects.update(state="accepted", flags=[])
    decided = Publication.objects.order_by("published_at")[1]
    Publication.objects.filter(pk=decided.pk).update(reviewed_at=NOW, reviewed_by=make_person("pemeriksa"))
    assert mark_recent_shares(NOW) == 1
    assert [state for state, _flags in states()] == ["accepted", "accepted", "rejected"]
    assert mark_recent_shares(NOW) == 0


# --- bursts, backdating, the future -----------------------------------------------------------------------------


def spread(*hours_ago: float, start: int = 0) -> list[Item]:
    return [item(start + number, hours) for number, hours in enumerate(hours_ago)]


def test_more_than_ten_in_an_hour_is_marked_counts_and_is_looked_at():
    harvest = make_harvest()
    store_page(harvest, spread(*(2 + number / 20 for number in range(11)), 40), NOW)
    assert mark_bursts(date(2026, 11, 1)) == 11
    assert set(Publication.objects.values_list("state", flat=True)) == {"accepted"}
    assert sum("burst" in flags for _state, flags in states()) == 11
    assert mark_bursts(date(2026, 11, 1)) == 0
    assert second_looks().filter(flags__contains=["burst"]).count() == 11


def test_ten_in_an_hour_or_a_day_without_clock_are_no_burst():
    store_page(make_harvest(), spread(*(2 + number / 20 for number in range(10))), NOW)
    days = [
        item(number, 30, date_basis="date_only", permalink=f"https://b.example.id/{number}") for number in range(12)
    ]
    store_page(make_harvest("b.example.id"), days, NOW)
    assert mark_bursts(date(2026, 11, 1)) == 0


def test_more_than_half_of_a_month_on_its_last_two_days_is_marked():
    harvest, end = make_harvest(), datetime(2026, 11, 30, 12, tzinfo=UTC)
    harvest.channel.harvest_runs.all().delete()
    for number, days in enumerate((12, 9, 1, 0, 0)):
        store_page(harvest, [item(number, claimed_at=end - timedelta(days=days))], end - timedelta(days=days))
    assert mark_bursts(date(2026, 11, 1)) == 3
    assert ["month_end" in flags for _state, flags in states()] == [False, False, True, True, True]
    store_page(harvest, [item(9, claimed_at=end - timedelta(days=20))], end - timedelta(days=20))
    assert mark_bursts(date(2026, 11, 1)) == 3  # half is not more than half: the marks go again
    assert not any("month_end" in flags for _state, flags in states())


def test_wordpress_numbers_betray_a_date_that_was_set_back():
    week = [item(number, 24 * (10 - number), serial=100 + number) for number in range(6)]
    late_draft = item(20, 1, serial=99)
    set_back = item(21, 24 * 20, serial=110)
    assert out_of_order([*week, late_draft]) == set()
    assert out_of_order([*week, set_back]) == {set_back.source_id}
    assert out_of_order([*week[:4], set_back]) == set()  # too few to compare with
    harvest = make_harvest()
    harvest.coverage_from = None  # also at the first visit
    store_page(harvest, [*week, set_back], NOW)
    assert Publication.objects.get(flags__contains=["out_of_order"]).state == "pending"


def test_a_posting_of_tomorrow_is_held_and_released_when_its_time_comes():
    harvest = make_harvest()
    store_page(harvest, [item(claimed_at=NOW + timedelta(hours=3))], NOW)
    assert (only().state, only().flags, Activity.objects.count()) == ("pending", ["future"], 0)
    assert release_due(NOW + timedelta(hours=2)) == 0
    assert release_due(NOW + timedelta(hours=3)) == 1
    assert (only().state, only().flags, only().reason) == ("accepted", [], "")
    assert only().activity.published_at == NOW + timedelta(hours=3)
    assert release_due(NOW + timedelta(hours=4)) == 0


def test_a_posting_of_next_week_waits_without_a_date_and_gets_it_when_it_can_be_believed():
    """The parser refuses what is more than a day ahead; the visit on the day sees it again."""
    harvest = make_harvest()
    store_page(harvest, [item(claimed_at=None, claimed_raw="nanti", date_basis="none")], NOW)
    assert only().flags == ["no_date"]
    then = NOW + timedelta(days=7)
    store_page(harvest, [item(claimed_at=then, claimed_raw="nanti")], then - timedelta(hours=5))
    assert (only().state, only().flags, only().published_at) == ("pending", ["future"], then)
    assert release_due(then) == 1
    assert only().counted_on == date(2026, 12, 1)


def test_a_date_that_is_told_too_late_is_for_a_person():
    harvest = make_harvest()
    store_page(harvest, [item(claimed_at=None, date_basis="none")], NOW)
    store_page(harvest, [item(hours_ago=24 * 20)], NOW + timedelta(hours=1))
    assert (only().state, only().flags) == ("pending", ["late"])


def test_what_waited_for_its_channel_counts_once_that_is_verified():
    harvest = make_harvest(status=Channel.Status.UNVERIFIED)
    store_page(harvest, [item(1), item(2, permalink="https://lain.example.id/x")], NOW)
    assert release_due(NOW) == 0
    Channel.objects.update(
        status=Channel.Status.VERIFIED, verified_at=NOW, verified_how="surat", verified_by=make_person("pemeriksa")
    )
    assert release_due(NOW) == 1
    assert sorted(states()) == [("accepted", []), ("pending", ["other_site"])]
    assert release_due(NOW) == 0


def test_without_whole_readings_nothing_is_late():
    harvest = make_harvest()
    for outcome, hours in (("gap", 1), ("partial", 2), ("error", 3)):
        make_run(harvest.channel, hours, outcome)
    store_page(harvest, [item(hours_ago=24 * 3)], NOW)
    assert only().flags == ["late"]  # there is a whole one an hour ago
    Publication.objects.all().delete()
    harvest.channel.harvest_runs.filter(outcome="ok").delete()
    store_page(harvest, [item(2, hours_ago=24 * 3)], NOW)
    assert only().flags == []


def test_a_short_posting_without_picture_is_listed_as_thin_and_counts():
    harvest = make_harvest()
    store_page(harvest, [item(text="Hadir.")], NOW)
    assert (only().state, only().flags) == ("accepted", ["thin"])
    store_page(harvest, [item(text="Hadir: camat, lurah, ketua RW, dan seluruh kader posyandu.")], NOW)
    assert only().flags == []


def test_every_flag_has_words():
    assert {*HOLDS, "thin", "burst", "month_end", "share", "gone", "backfill"} <= WORDS.keys()


def test_the_tasks_of_the_worker_run_twice_and_change_nothing_twice(monkeypatch, settings):
    """By the clock of today: a posting of an hour ago that waited, a burst, and an address that answers."""
    now = timezone.now()
    harvest = make_harvest(status=Channel.Status.UNVERIFIED)
    moment = now - timedelta(hours=1)
    page = [item(n, claimed_at=moment, source_id=f"{n}", permalink=f"{SITE}/{n}/") for n in range(12)]
    store_page(harvest, page, now)
    proof = {"verified_at": now, "verified_how": "surat", "verified_by": make_person("pemeriksa")}
    Channel.objects.update(status=Channel.Status.VERIFIED, **proof)
    http = Recording({SITE: "<p>ada"})
    monkeypatch.setattr("publications.harvest.visiting.portal_client", lambda turns: http)
    settings.HARVEST_ENABLED = True
    for _time in range(2):
        tasks.settle_postings()
        tasks.mark_bursts()
        tasks.check_existence()
        assert Publication.objects.filter(state="accepted", flags__contains=["burst"]).count() == 12


# --- deleted postings -------------------------------------------------------------------------------------------

DECEMBER = datetime(2026, 12, 1, 1, tzinfo=UTC)


def look(http: Recording, now: datetime) -> int:
    return check_due(now, http, connector_for)


def test_where_the_harvest_is_off_no_posting_is_asked_for(monkeypatch):
    asked = []
    monkeypatch.setattr("publications.harvest.existence.check_due", lambda *arguments: asked.append(arguments))
    tasks.check_existence()
    assert asked == []


def test_deleted_is_only_what_is_gone_three_times_over_two_days():
    store_page(make_harvest(), [item()], NOW)
    http = Recording({SITE: "<p>beranda", f"{SITE}/tulisan-1": (404, b"", {})})
    assert look(http, DECEMBER) == 1
    assert look(http, DECEMBER + timedelta(hours=20)) == 0  # not yet again
    assert look(http, DECEMBER + timedelta(hours=24)) == 1
    assert only().state == "accepted"
    assert look(http, DECEMBER + timedelta(hours=48)) == 1
    assert (only().state, only().flags) == ("rejected", ["gone"])
    assert "dari 01-12-2026 sampai 03-12-2026" in only().reason
    assert look(http, DECEMBER + timedelta(hours=99)) == 0


@pytest.mark.parametrize(
    "answer", [(403, b"", {}), (500, b"", {}), (429, b"", {}), HarvestError("timeout", "x"), "<p>ada"]
)
def test_what_is_not_sure_is_never_gone(answer):
    store_page(make_harvest(), [item()], NOW)
    http = Recording({SITE: "<p>beranda", f"{SITE}/tulisan-1": answer})
    for day in range(5):
        look(http, DECEMBER + timedelta(days=day))
    assert only().state == "accepted"
    assert ExistenceCheck.objects.count() == 1


def test_a_site_that_is_closed_or_has_moved_deletes_nothing():
    store_page(make_harvest(), spread(*range(2, 8), start=1), NOW)
    closed = Recording({SITE: (404, b"", {})})
    look(closed, DECEMBER)
    assert set(ExistenceCheck.objects.values_list("answer", flat=True)) == {"unknown"}
    ExistenceCheck.objects.all().delete()
    moved = Recording({SITE: "<p>beranda", f"{SITE}/tulisan": (404, b"", {})})
    for day in range(4):
        look(moved, DECEMBER + timedelta(days=day))
    assert set(Publication.objects.values_list("state", flat=True)) == {"accepted"}


def test_only_what_counts_in_the_month_before_is_asked_for():
    harvest = make_harvest()
    old = [item(1, 24 * 40), item(2, 30), item(3, 2, permalink="https://lain.example.id/x")]
    store_page(harvest, [old[0]], NOW - timedelta(days=40))
    store_page(harvest, old[1:], NOW)
    assert [posting.title for posting in due(DECEMBER)] == ["Rapat nomor 2"]
    assert not due(NOW).exclude(title="Rapat nomor 1").exists()  # the running month is not over


def test_deleted_and_posted_again_it_counts_on_its_first_day():
    harvest = make_harvest()
    store_page(harvest, [item(hours_ago=48)], NOW - timedelta(days=2))
    Publication.objects.update(state="rejected", flags=["gone"], reason="Dihapus.")
    store_page(harvest, [item(hours_ago=48)], NOW)
    assert only().state == "rejected"  # a feed may be stale
    store_page(harvest, [item(9, hours_ago=0, title="Rapat nomor 1")], NOW)
    assert (only().state, only().flags, only().permalink) == ("accepted", [], f"{SITE}/tulisan-9/")
    assert only().published_at == NOW - timedelta(hours=48)
