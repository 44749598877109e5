from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction

from publications.merging import (
    Match,
    MergeError,
    Posting,
    match_postings,
    merge_activities,
    merged_into,
)
from publications.models import Activity, Photo
from tests.builders import NOON, make_activity, make_publication, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
TITLE = "Kelurahan Gerem gelar Musrenbang tahun 2023"
DAY = date(2023, 1, 10)


def match(unit_id: int, title: str) -> Match:
    return match_postings([Posting(1, unit_id, title, DAY)])[1]


@pytest.mark.parametrize(
    ("title", "days", "same"),
    [
        (TITLE, 0, True),
        (TITLE.upper() + "!!!", 3, True),
        ("#Kelurahan_Gerem gelar: Musrenbang, tahun 2023", -3, True),
        (TITLE, 4, False),
        (TITLE, -4, False),
        ("Kelurahan Gerem gelar Musrenbang tahun 2024", 0, False),
        ("Kelurahan Pabean gelar Musrenbang tahun 2023", 0, False),
        ("", 0, False),
        ("\\ % _ '", 0, False),
    ],
)
def test_same_title_within_three_days_is_the_same_activity(title, days, same):
    stored = make_activity(make_unit(), NOON, title=TITLE)
    day = DAY + timedelta(days=days)
    [*found] = match_postings([Posting(7, stored.unit_id, title, day)]).items()
    assert [(number, match.activity_id) for number, match in found if match.is_same] == (
        [(7, stored.pk)] if same else []
    )


def test_alike_titles_are_only_proposed():
    stored = make_activity(make_unit(), title=TITLE)
    near = match(stored.unit_id, "Kelurahan Gerem gelar Musrenbang tahun 2024")
    assert near.activity_id == stored.pk
    assert 0.75 <= near.likeness < 0.9
    assert not near.is_same


def test_titles_that_differ_in_a_number_are_not_the_same():
    stored = make_activity(make_unit(), title="Posyandu balita sehat RW 03 Lingkungan Cikuasa")
    assert not match(stored.unit_id, "Posyandu balita sehat RW 04 Lingkungan Cikuasa").is_same
    assert match(stored.unit_id, "Posyandu balita sehat, RW 03, Lingkungan Cikuasa").is_same


def test_other_units_drafts_withdrawn_and_sample_rows_never_match():
    unit = make_unit()
    make_activity(make_unit(), title=TITLE)
    make_activity(unit, None, title=TITLE)
    make_activity(unit, title=TITLE, status="withdrawn", withdrawn_at=NOON, withdrawn_reason="keliru")
    make_activity(unit, title=TITLE, is_sample=True)
    assert match_postings([Posting(1, unit.pk, TITLE, DAY)]) == {}


def test_earlier_posting_of_the_same_list_is_found():
    unit, other = make_unit(), make_unit()
    found = match_postings(
        [
            Posting(1, unit.pk, TITLE, DAY),
            Posting(2, other.pk, TITLE, DAY),
            Posting(3, unit.pk, TITLE.lower(), DAY + timedelta(days=2)),
            Posting(4, unit.pk, TITLE, DAY + timedelta(days=9)),
        ]
    )
    assert {number: match.number for number, match in found.items()} == {3: 1}


@pytest.fixture
def pair():
    unit = make_unit()
    keep = make_activity(unit, NOON, title=TITLE, place="Aula")
    other = make_activity(unit, NOON - timedelta(days=1), title=TITLE, text="Uraian", place="Balai", happened_on=DAY)
    make_publication(keep, kind="website")
    make_publication(other, NOON - timedelta(days=1))
    Photo.objects.create(activity=other, alt="Warga")
    return keep, other


def test_merging_moves_everything_and_old_address_leads_on(pair):
    keep, other = pair
    actor = make_ppid_utama(make_unit())
    merge_activities(keep_id=keep.pk, other_ids=[other.pk], actor=actor)
    keep.refresh_from_db()
    other.refresh_from_db()
    assert sorted(keep.publications.values_list("kind", flat=True)) == ["instagram", "website"]
    assert keep.photos.count() == 1
    assert (keep.text, keep.place, keep.happened_on, keep.published_at) == ("Uraian", "Aula", DAY, NOON)
    assert (other.status, other.merged_into_id) == ("withdrawn", keep.pk)
    assert str(keep.pk) in other.withdrawn_reason
    assert merged_into(other.pk) == keep
    assert merged_into(keep.pk) is None
    entries = {int(entry.object_id): entry.get_change_message() for entry in LogEntry.objects.filter(user=actor)}
    assert set(entries) == {keep.pk, other.pk}
    assert str(other.pk) in entries[keep.pk]


def test_address_leads_on_over_two_mergers(pair):
    first, second = pair
    third = make_activity(first.unit, title="Lain")
    actor = make_ppid_utama(make_unit())
    merge_activities(keep_id=second.pk, other_ids=[first.pk], actor=actor)
    merge_activities(keep_id=third.pk, other_ids=[second.pk], actor=actor)
    assert merged_into(first.pk) == merged_into(second.pk) == third
    assert third.publications.count() == 2


def test_merging_twice_is_refused(pair):
    keep, other = pair
    actor = make_ppid_utama(make_unit())
    merge_activities(keep_id=keep.pk, other_ids=[other.pk], actor=actor)
    with pytest.raises(MergeError):
        merge_activities(keep_id=keep.pk, other_ids=[other.pk], actor=actor)
    assert LogEntry.objects.count() == 2


def test_what_cannot_be_merged_is_refused_and_left_alone(pair):
    keep, other = pair
    actor = make_ppid_utama(make_unit())
    foreign = make_activity(make_unit(), title=TITLE)
    draft = make_activity(keep.unit, None)
    sample = make_activity(keep.unit, is_sample=True)
    for others in ([], [keep.pk], [foreign.pk], [draft.pk], [sample.pk], [other.pk, 10**12]):
        with pytest.raises(MergeError):
            merge_activities(keep_id=keep.pk, other_ids=others, actor=actor)
    assert keep.publications.count() == other.publications.count() == 1
    assert not Activity.objects.exclude(merged_into=None).exists()


def test_unit_staff_cannot_merge(pair):
    keep, other = pair
    with pytest.raises(MergeError):
        merge_activities(keep_id=keep.pk, other_ids=[other.pk], actor=make_operator(keep.unit))
    assert other.publications.count() == 1


def test_database_refuses_a_merged_activity_that_is_published(pair):
    keep, other = pair
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.filter(pk=other.pk).update(merged_into=keep)
