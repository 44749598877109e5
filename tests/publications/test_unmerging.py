"""A merge taken back, and a posting given an activity of its own: what was brought returns, what came later stays."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction

from publications.merging import MergeError, merge_activities, merged_into
from publications.models import Activity, ActivityMerge, Photo, Publication
from publications.services import PublicationError
from publications.unmerging import open_merges, split_publication, undo_merge
from tests.builders import make_activity, make_publication, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    class City:
        unit, diskominfo = make_unit(), make_unit("diskominfo")

    City.ppid_utama, City.operator = make_ppid_utama(City.diskominfo), make_operator(City.unit)
    City.kept = make_activity(City.unit, title="Senam")
    City.other = make_activity(City.unit, title="Senam pagi", text="Uraian lengkap", place="Alun-alun")
    City.own, City.brought = make_publication(City.kept), make_publication(City.other)
    City.photo = Photo.objects.create(activity=City.other, sizes=[[9, 9]] * 3)
    return City


def merge(city, keep=None, others=None) -> ActivityMerge:
    keep, others = keep or city.kept, others or [city.other]
    merge_activities(keep_id=keep.pk, other_ids=[row.pk for row in others], actor=city.ppid_utama)
    return ActivityMerge.objects.get(other=others[0], undone_at=None)


def undo(city, row: ActivityMerge, reason="Dua acara berbeda") -> Activity:
    return undo_merge(merge_id=row.pk, actor=city.ppid_utama, reason=reason)


def holders(*rows) -> list[int | None]:
    for row in rows:
        row.refresh_from_db()
    return [row.activity_id for row in rows]


def test_taking_a_merge_back_restores_both_activities(city):
    before = list(Activity.objects.order_by("pk").values("status", "text", "place", "withdrawn_reason", "merged_into"))
    undo(city, merge(city))
    assert (
        list(Activity.objects.order_by("pk").values("status", "text", "place", "withdrawn_reason", "merged_into"))
        == before
    )
    assert holders(city.own, city.brought, city.photo) == [city.kept.pk, city.other.pk, city.other.pk]
    assert merged_into(city.other.pk) is None
    row = ActivityMerge.objects.get()
    assert (row.undone_by, row.undone_reason) == (city.ppid_utama, "Dua acara berbeda")
    assert LogEntry.objects.filter(change_message__contains="dibatalkan: Dua acara berbeda").count() == 2


def test_what_came_or_was_written_after_the_merge_stays(city):
    row = merge(city)
    later = make_publication(city.kept)
    Activity.objects.filter(pk=city.kept.pk).update(text="Ditulis orang sesudahnya")
    undo(city, row)
    city.kept.refresh_from_db()
    assert (city.kept.text, city.kept.place) == ("Ditulis orang sesudahnya", "")
    assert holders(later) == [city.kept.pk]


def test_a_merge_is_taken_back_once_and_may_be_made_again(city):
    row = merge(city)
    undo(city, row)
    with pytest.raises(MergeError, match="sudah dibatalkan"):
        undo(city, row)
    second = merge(city)
    undo(city, second)
    assert holders(city.brought) == [city.other.pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityMerge.objects.bulk_create(ActivityMerge(kept=city.kept, other=city.other) for _time in range(2))


def test_chains_come_apart_in_any_order(city):
    heir = make_activity(city.unit, title="Senam bersama")
    inner, outer = merge(city), merge(city, heir, [city.kept])
    city.other.refresh_from_db()
    assert city.other.merged_into == heir
    undo(city, inner)
    assert holders(city.own, city.brought) == [heir.pk, city.other.pk]
    undo(city, outer)
    assert holders(city.own, city.brought) == [city.kept.pk, city.other.pk]

    inner, outer = merge(city), merge(city, heir, [city.kept])
    undo(city, outer)
    city.other.refresh_from_db()
    assert city.other.merged_into == city.kept
    assert [row.pk for row in open_merges(city.kept)] == [inner.pk]
    undo(city, inner)
    assert holders(city.own, city.brought) == [city.kept.pk, city.other.pk]


def test_only_diskominfo_and_only_with_a_reason(city):
    row = merge(city)
    with pytest.raises(MergeError, match="tidak ada"):
        undo_merge(merge_id=row.pk, actor=city.operator, reason="x")
    with pytest.raises(PublicationError, match="alasan"):
        undo(city, row, " ")
    with pytest.raises(MergeError, match="tidak ada"):
        undo_merge(merge_id=0, actor=city.ppid_utama, reason="x")
    assert holders(city.brought) == [city.kept.pk]


def test_a_posting_gets_its_own_activity(city):
    twin = make_publication(city.kept, title="Senam di tempat lain", flags=["backfill"])
    made = split_publication(publication_id=twin.pk, actor=city.ppid_utama, reason="Bukan acara yang sama")
    twin.refresh_from_db()
    assert (twin.activity, twin.flags) == (made, ["backfill", "split"])
    assert (made.title, made.published_at, made.status) == ("Senam di tempat lain", twin.published_at, "published")
    assert LogEntry.objects.filter(change_message__contains="Bukan acara yang sama").count() == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"kind": "portal"}, "di portal"), ({"state": "pending"}, "diterima"), ({"title": ""}, "berjudul")],
)
def test_a_posting_that_cannot_stand_alone_is_not_split(city, fields, told):
    posting = make_publication(city.kept, **fields)
    with pytest.raises(MergeError, match=told):
        split_publication(publication_id=posting.pk, actor=city.ppid_utama, reason="x")


def test_the_last_posting_stays_with_its_activity(city):
    with pytest.raises(MergeError, match="tidak mempunyai publikasi lain"):
        split_publication(publication_id=city.own.pk, actor=city.ppid_utama, reason="x")
    with pytest.raises(MergeError, match="tidak ada"):
        split_publication(publication_id=city.own.pk, actor=city.operator, reason="x")
    assert Publication.objects.get(pk=city.own.pk).activity == city.kept


def test_both_are_done_on_the_activitys_page(city, client):
    row = merge(city)
    client.force_login(city.ppid_utama, "opd.permissions.MembershipBackend")
    page = client.get(f"/admin/publications/activity/{city.kept.pk}/change/").content.decode()
    for path in (f"/admin/publications/activity/batal/{row.pk}/", f"/admin/publications/activity/pisah/{city.own.pk}/"):
        assert path in page
        assert "Bidang ini harus diisi" in client.post(path, {"reason": ""}).content.decode()
    client.post(f"/admin/publications/activity/batal/{row.pk}/", {"reason": "Dua acara"})
    assert holders(city.brought) == [city.other.pk]
    again = client.post(f"/admin/publications/activity/batal/{row.pk}/", {"reason": "Dua acara"}, follow=True)
    assert "sudah dibatalkan" in again.content.decode()
