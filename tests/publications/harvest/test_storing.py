"""What a page of items becomes: each case that sites are known for, by its name."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opd.models import Channel
from publications.harvest.items import Item
from publications.harvest.records import ChannelHarvest, HarvestRun, PublicationRevision, Sighting
from publications.harvest.storing import store_page
from publications.models import Activity, Publication
from tests.builders import make_channel, make_unit

SITE = "https://dinas.example.id"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def make_harvest(site: str = "dinas.example.id", **fields) -> ChannelHarvest:
    """A verified website that has been visited each hour for a month."""
    channel = make_channel(make_unit(), "website", url=f"https://{site}", key=site, **fields)
    make_run(channel, hours_ago=1)
    return ChannelHarvest.objects.create(
        channel=channel, connector="feed", endpoint=f"https://{site}/feed",
        coverage_from=NOW - timedelta(days=30), last_ok_at=NOW - timedelta(hours=1),
    )  # fmt: skip


def make_run(channel: Channel, hours_ago: float, outcome: str = "ok") -> HarvestRun:
    moment = NOW - timedelta(hours=hours_ago)
    return HarvestRun.objects.create(
        channel=channel, started_at=moment, finished_at=moment, outcome=outcome, trigger="schedule"
    )


def item(number: int = 1, hours_ago: float = 2, **changes) -> Item:
    moment = NOW - timedelta(hours=hours_ago)
    told = {
        "source_id": f"{SITE}/?p={number}", "permalink": f"{SITE}/tulisan-{number}/", "title": f"Rapat nomor {number}",
        "text": f"Rapat nomor {number} dihadiri camat, lurah, dan warga.", "claimed_raw": moment.isoformat(),
        "claimed_at": moment, "date_basis": "offset",
    }  # fmt: skip
    return Item(**{**told, **changes})


def only() -> Publication:
    return Publication.objects.get()


# --- the plain case -----------------------------------------------------------------------------------------------


def test_a_new_posting_of_a_verified_channel_counts_at_once():
    harvest = make_harvest()
    tally = store_page(harvest, [item(media="image", text="a" * 400)], NOW)
    stored = only()
    assert (tally.seen, tally.new, tally.refused) == (1, 1, 0)
    assert (stored.state, stored.flags, stored.origin, stored.kind) == ("accepted", [], "harvest", "website")
    assert (stored.activity.unit, stored.activity.status) == (harvest.channel.unit, "published")
    assert (stored.has_media, stored.text_length, len(stored.excerpt)) == (True, 400, 300)
    assert (stored.published_at, stored.first_seen_at, stored.date_basis) == (NOW - timedelta(hours=2), NOW, "offset")


def test_the_same_page_twice_changes_nothing_but_when_it_was_last_seen():
    harvest, page = make_harvest(), [item(number) for number in range(5)]
    store_page(harvest, page, NOW)
    again = store_page(harvest, page, NOW + timedelta(hours=1))
    assert (again.new, again.changed, dict(again.recognised)) == (0, 0, {"exact": 5})
    assert (Publication.objects.count(), Activity.objects.count(), Sighting.objects.count()) == (5, 5, 5)
    assert set(Sighting.objects.values_list("first_seen_at", "last_seen_at")) == {(NOW, NOW + timedelta(hours=1))}


def test_one_address_twice_in_a_page_is_one_posting():
    page = [item(), item(source_id="lain"), item(2, permalink=f"{SITE}/tulisan-1?utm_source=x")]
    tally = store_page(make_harvest(), page, NOW)
    assert (tally.new, Publication.objects.count()) == (1, 1)


# --- what sites are known for ---------------------------------------------------------------------------------------


def test_an_edited_posting_is_a_revision_on_its_old_day():
    harvest = make_harvest()
    store_page(harvest, [item()], NOW)
    tally = store_page(harvest, [item(title="Rapat <b>diralat", text="Isi lain.")], NOW + timedelta(hours=1))
    assert (tally.new, tally.changed, only().title) == (0, 1, "Rapat <b>diralat")
    revision = PublicationRevision.objects.get()
    assert revision.changes["title"] == ["Rapat nomor 1", "Rapat <b>diralat"]
    assert only().published_at == NOW - timedelta(hours=2)


def test_a_redated_posting_stays_on_its_first_day():
    harvest = make_harvest()
    store_page(harvest, [item(hours_ago=24 * 3)], NOW - timedelta(days=3))
    tally = store_page(harvest, [item(hours_ago=0, text="Isi lain.")], NOW)
    assert tally.new == 0
    assert only().published_at == NOW - timedelta(days=3)
    assert "claimed_raw" in PublicationRevision.objects.get().changes


def test_a_posting_with_a_new_guid_and_address_is_the_same_posting():
    harvest = make_harvest()
    store_page(harvest, [item()], NOW)
    tally = store_page(harvest, [item(source_id="baru", permalink=f"{SITE}/rapat-yang-lain/")], NOW)
    assert (tally.new, dict(tally.recognised)) == (0, {"title": 1})
    assert (Publication.objects.count(), Sighting.objects.count()) == (1, 2)
    assert dict(store_page(harvest, [item(source_id="baru")], NOW).recognised) == {"exact": 1}


def test_two_postings_of_one_title_that_stand_side_by_side_are_two():
    harvest = make_harvest()
    page = [item(1, title="Posyandu Mawar"), item(2, hours_ago=26, title="Posyandu Mawar")]
    assert store_page(harvest, page, NOW).new == 2
    assert store_page(harvest, [*page, item(3, title="Posyandu Mawar")], NOW).new == 1


def test_a_title_that_comes_back_after_a_week_is_new():
    harvest = make_harvest()
    store_page(harvest, [item(1, hours_ago=24 * 8, title="Apel pagi")], NOW - timedelta(days=8))
    assert store_page(harvest, [item(2, title="Apel pagi")], NOW).new == 1


def test_a_site_that_moved_to_https_and_another_name_is_the_same_site():
    harvest = make_harvest()
    store_page(
        harvest, [item(source_id="http://www.lama.example.id/?p=1", permalink="http://www.dinas.example.id/a/")], NOW
    )
    moved = [item(source_id="https://dinas.example.id/?p=1", permalink=f"{SITE}/a/")]
    assert dict(store_page(harvest, moved, NOW).recognised) == {"loose": 1}


def test_twenty_old_posts_that_flood_in_as_new_wait_for_a_person():
    harvest = make_harvest()
    tally = store_page(harvest, [item(number, hours_ago=24 * 10) for number in range(20)], NOW)
    assert tally.new == 20
    assert set(Publication.objects.values_list("state", flat=True)) == {"pending"}
    assert all(publication.flags == ["late"] for publication in Publication.objects.all())
    assert Activity.objects.count() == 0


def test_after_an_outage_of_ours_nobody_is_punished():
    """Nothing could have been seen in these five days, so nothing is late."""
    harvest = make_harvest()
    HarvestRun.objects.update(started_at=NOW - timedelta(days=5))
    make_run(harvest.channel, 20, "error")
    make_run(harvest.channel, 10, "partial")
    make_run(harvest.channel, 5, "gap")
    store_page(harvest, [item(hours_ago=24 * 4)], NOW)
    assert only().state == "accepted"


def test_deleted_and_posted_again_stays_the_first():
    harvest = make_harvest()
    store_page(harvest, [item(hours_ago=24 * 5)], NOW - timedelta(days=5))
    store_page(harvest, [], NOW - timedelta(days=2))
    tally = store_page(harvest, [item(9, hours_ago=0, title="Rapat nomor 1")], NOW)
    assert (tally.new, dict(tally.recognised)) == (0, {"title": 1})
    assert only().published_at == NOW - timedelta(days=5)


def test_the_first_visit_fills_the_history_and_holds_the_running_month():
    harvest = make_harvest()
    harvest.coverage_from = harvest.last_ok_at = None
    store_page(harvest, [item(1, 24 * 60), item(2, 24 * 5), item(3, 3)], NOW)
    told = {stored.permalink[-2]: (stored.state, stored.flags) for stored in Publication.objects.all()}
    assert told == {
        "1": ("accepted", ["backfill"]), "2": ("pending", ["late", "backfill"]), "3": ("accepted", ["backfill"]),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"claimed_at": NOW + timedelta(hours=1)}, "future"),
        ({"claimed_at": None, "date_basis": "none"}, "no_date"),
        ({"title": "", "text": "", "media": "image"}, "no_title"),
        ({"permalink": "https://lain.example.id/x"}, "other_site"),
        ({"original": "https://lain.example.id/x"}, "other_site"),
    ],
)
def test_what_is_doubtful_waits(changes, flag):
    store_page(make_harvest(), [item(**changes)], NOW)
    assert (only().state, only().flags) == ("pending", [flag])
    assert only().reason


def test_an_unverified_channel_counts_nothing_yet():
    store_page(make_harvest(status=Channel.Status.UNVERIFIED), [item()], NOW)
    assert (only().state, only().flags) == ("pending", ["channel_unverified"])


def test_without_an_address_nothing_is_stored():
    tally = store_page(make_harvest(), [item(permalink=""), item(permalink="https://" + "a" * 700)], NOW)
    assert (tally.seen, tally.refused, Publication.objects.count()) == (2, 2, 0)


def test_another_units_posting_stays_theirs():
    theirs, ours = make_harvest(), make_harvest("lain.example.id")
    store_page(theirs, [item()], NOW)
    tally = store_page(ours, [item(source_id="x")], NOW)
    assert (tally.new, tally.refused, only().unit) == (0, 1, theirs.channel.unit)


def test_a_link_that_staff_sent_before_is_recognised():
    harvest = make_harvest()
    sent = Publication.objects.create(
        unit=harvest.channel.unit, kind="website", permalink=f"{SITE}/tulisan-1", title="Rapat", origin="link",
        permalink_key="dinas.example.id/tulisan-1",
    )  # fmt: skip
    tally = store_page(harvest, [item()], NOW)
    assert (tally.new, dict(tally.recognised)) == (0, {"permalink": 1})
    assert only().pk == sent.pk


def test_the_same_activity_on_two_channels_is_one_activity():
    website = make_harvest()
    instagram = ChannelHarvest.objects.create(
        channel=make_channel(website.channel.unit, "instagram"), connector="instagram",
        endpoint="https://www.instagram.com/dinas/", coverage_from=website.coverage_from, last_ok_at=website.last_ok_at,
    )  # fmt: skip
    store_page(website, [item(title="Musrenbang Kecamatan Ciwandan 2026")], NOW)
    post = item(source_id="1", permalink="https://www.instagram.com/p/C1/", title="Musrenbang Kecamatan Ciwandan 2026!")
    store_page(instagram, [post], NOW)
    assert (Publication.objects.count(), Activity.objects.count()) == (2, 1)


def test_queries_do_not_grow_with_the_page():
    counts = []
    for number, size in enumerate((2, 60)):
        harvest = make_harvest(f"situs{number}.example.id")
        site = f"https://situs{number}.example.id"
        page = [item(n, permalink=f"{site}/{n}", title=f"Judul {n} {number}", source_id=f"{n}") for n in range(size)]
        for _again in range(2):
            with CaptureQueriesContext(connection) as queries:
                store_page(harvest, page, NOW)
            counts.append(len(queries))
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]
    assert max(counts) < 25
