"""What a unit is told would raise it is what the job then gives: random cities, computed again after each step."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Category
from publications.models import Activity, Publication
from rankings import boards
from rankings.boards.entry import KIND_LABELS
from rankings.boards.raising import climb, steps
from rankings.boards.standing import free_days
from rankings.models import Entry, Evidence, Ranking
from rankings.services import compute_month
from tests.builders import make_activity, make_counted, make_entry, make_publication, make_ranking, make_unit
from tests.people import make_operator
from tests.rankings.worlds import dense_city, rolled_back, store

pytestmark = pytest.mark.django_db
JANUARY, AFTER = date(2023, 1, 1), datetime(2023, 2, 1, 12, tzinfo=JAKARTA)
TODAY = date(2023, 2, 1)
DAYS = [JANUARY + timedelta(days=n) for n in range(31)]
PUBLISHED_AS = {"website": "website", "instagram": "instagram", "other_social": "facebook"}


def compute() -> Ranking:
    return compute_month(JANUARY, AFTER)


def entry_of(unit_id: int) -> Entry:
    return Entry.objects.select_related("ranking__method").get(unit=unit_id, ranking__month=JANUARY)


def kind_of(entry: Entry) -> str:
    return PUBLISHED_AS[entry.kinds_used[0]] if entry.kinds_used else "website"


def act(entry: Entry, day: date) -> None:
    """One complete activity of the unit on that day, on a kind of channel that it uses, as the promise has it."""
    moment = datetime(day.year, day.month, day.day, 10, tzinfo=JAKARTA)
    sample = entry.ranking.is_sample
    activity = make_activity(entry.unit, moment, text="u" * 300, happened_on=day, is_sample=sample)
    make_publication(activity, moment, kind_of(entry), has_media=True, is_sample=sample, permalink_key=uuid4().hex)


def free(entry: Entry) -> list[date]:
    taken = set(
        Evidence.objects.filter(ranking=entry.ranking, unit=entry.unit, rule="counted").values_list("counted_on")
    )
    return [day for day in DAYS if (day,) not in taken]


def also_on(entry: Entry, words: str) -> None:
    """Another posting of a counted activity on the kind that the step names, at the same moment."""
    kind = next(kind for kind, label in KIND_LABELS.items() if str(label) in words)
    first = Evidence.objects.filter(ranking=entry.ranking, unit=entry.unit, rule="counted").first().publication
    make_publication(
        first.activity, first.published_at, PUBLISHED_AS[kind], is_sample=entry.ranking.is_sample,
        permalink_key=uuid4().hex,
    )  # fmt: skip


def complete(entry: Entry) -> None:
    counted = Evidence.objects.filter(ranking=entry.ranking, unit=entry.unit, rule="counted").values("activity")
    Activity.objects.filter(pk__in=counted).update(text="u" * 300, happened_on=JANUARY)
    Publication.objects.filter(activity__in=counted).update(has_media=True)


def carry_out(entry: Entry, words: str) -> None:
    if "hari yang masih kosong" in words:
        act(entry, free(entry)[0])
    elif "dimuat juga" in words:
        also_on(entry, words)
    else:
        complete(entry)


seeds = st.integers(0, 2**32)
quiet = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@given(seeds, st.integers(0, 7))
@quiet
def test_each_promised_gain_is_what_the_job_gives(seed, place):
    with rolled_back():
        store(dense_city(seed))
        ranking = compute()
        entries = list(ranking.entries.exclude(state="not_measured").order_by("unit__slug"))
        entry = entry_of(entries[place % len(entries)].unit_id)
        for step in steps(entry):
            if "hari yang masih kosong" in step.words and not free(entry):
                continue
            with rolled_back():
                carry_out(entry, step.words)
                compute()
                assert entry_of(entry.unit_id).score - entry.score == step.gain, step.words


@given(seeds, st.integers(0, 7))
@quiet
def test_the_promised_days_bring_the_promised_place_and_one_day_less_does_not(seed, place):
    with rolled_back():
        store(dense_city(seed))
        ranking = compute()
        entries = list(ranking.entries.exclude(rank=1).exclude(state="not_measured").order_by("unit__slug"))
        assume(entries)
        entry = entry_of(entries[place % len(entries)].unit_id)
        promised = boards.standing(entry, TODAY).climb
        days = free(entry)
        reached = entry.rank
        for number, day in enumerate(days[:10], start=1):
            act(entry, day)
            compute()
            reached = entry_of(entry.unit_id).rank
            if reached != entry.rank:
                assert promised is not None
                assert (promised.days, promised.rank) == (number, reached)
                return
        assert promised is None


# --- known cases ---------------------------------------------------------------------------------------------


@pytest.fixture
def four():
    """Four kelurahan with 8, 6, 5 and 2 thin activities, one a day, and a silent one."""
    found = [
        make_unit(slug, Category.KELURAHAN, name=f"Kelurahan {slug.title()}") for slug in ("a", "b", "c", "d", "e")
    ]
    for unit, count in zip(found, (8, 6, 5, 2), strict=False):
        for day in range(1, count + 1):
            make_counted(unit, date(2023, 1, day))
    compute()
    return found


def standing_of(unit) -> boards.Standing:
    return boards.unit_record(unit, TODAY).finished


def test_days_and_place_for_each(four):
    climbs = [standing_of(unit).climb for unit in four]
    assert climbs[0] is None  # the first
    assert all(found is not None for found in climbs[1:])
    assert [found.rank < 1 + place for place, found in enumerate(climbs[1:], start=1)] == [True] * 4
    assert climbs[4].days == 1  # a silent unit has a place from its first day on


def test_a_unit_that_was_not_measured_is_promised_nothing():
    ranking = make_ranking()
    entry = make_entry(ranking, make_unit(), None, state=Entry.State.NOT_MEASURED)
    assert climb(entry, [make_entry(ranking, make_unit(), 1, points=[1, 0, 0, 0], active_days=1)], 31) is None


def test_no_day_is_promised_that_the_month_does_not_have(four):
    entry = entry_of(four[3].pk)
    peers = list(Entry.objects.filter(category="kelurahan", state="ranked").select_related("ranking__method"))
    needed = climb(entry, peers, 31).days
    assert climb(entry, peers, needed - 1) is None
    assert climb(entry, peers, 0) is None


def test_in_a_running_month_only_days_to_come_are_free():
    unit, leader = make_unit(), make_unit()
    make_counted(unit, date(2023, 1, 29))
    for day in range(1, 30):
        make_counted(leader, date(2023, 1, day))
    compute_month(JANUARY, datetime(2023, 1, 30, 12, tzinfo=JAKARTA))
    entry = entry_of(unit.pk)
    active = [date(2023, 1, 29)]
    for today, free_count in ((date(2023, 1, 29), 2), (date(2023, 1, 30), 2), (date(2023, 1, 31), 1)):
        assert free_days(entry.ranking, active, today) == free_count
    Ranking.objects.update(status="draft", objection_until=TODAY)
    assert free_days(entry_of(unit.pk).ranking, active, TODAY) == 30


def test_what_was_left_out_is_counted_by_rule_most_first(four):
    unit = four[0]
    for hour in (13, 14, 15, 16):
        make_counted(unit, date(2023, 1, 1), hour)
    waiting = make_activity(unit, datetime(2023, 1, 20, tzinfo=JAKARTA))
    make_publication(waiting, waiting.published_at, state="pending")
    compute()
    found = standing_of(unit)
    assert [(one.rule, one.count) for one in found.left_out] == [("daily_limit", 2), ("pending", 1)]
    assert sum(one.count for one in found.left_out) == found.entry.left_out
    assert found.active_days == [date(2023, 1, day) for day in range(1, 9)]


# --- where it is read ----------------------------------------------------------------------------------------


def text_of(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("place", ["unit", "entry", "home"])
def test_the_promise_is_read_on_all_three_pages(client, four, place):
    unit = four[2]
    if place == "home":
        client.force_login(make_operator(unit), "opd.permissions.MembershipBackend")
    address = {"unit": "/unit/c/", "entry": "/peringkat/2023-01/kelurahan/c/", "home": "/admin/"}[place]
    promised = standing_of(unit).climb
    body = text_of(client, address)
    assert f"{promised.days} hari aktif lagi akan membawanya ke peringkat {promised.rank}." in body
    assert "5 hari aktif, tanggal: 1, 2, 3, 4, 5." in body


def test_a_silent_unit_reads_which_place_one_day_brings(client, four):
    promised = standing_of(four[4]).climb
    for address in ("/unit/e/", "/peringkat/2023-01/kelurahan/e/"):
        words = f"1 hari aktif saja sudah akan membawanya ke peringkat {promised.rank}."
        assert words in text_of(client, address)


def test_home_tells_components_and_what_was_left_out_and_why(client, four):
    unit = four[1]
    waiting = make_activity(unit, datetime(2023, 1, 20, tzinfo=JAKARTA))
    make_publication(waiting, waiting.published_at, state="pending")
    compute()
    client.force_login(make_operator(unit), "opd.permissions.MembershipBackend")
    for address in ("/admin/", "/unit/b/"):
        body = text_of(client, address)
        assert "Yang tidak dihitung (1)" in body
        assert "<li>Menunggu verifikasi: 1</li>" in body
        assert 'href="/peringkat/2023-01/kelurahan/b/#tidakdihitung"' in body
    body = text_of(client, "/admin/")
    assert "ln(1 + 6 kegiatan) ÷ ln(1 + 8 kegiatan terbanyak)" in body
    assert "<details open>" in body
    assert "Kelurahan A" not in body


def test_home_tells_of_the_running_month_too(client, four):
    today = datetime.now(tz=JAKARTA)
    make_counted(four[1], today.date(), 0)
    compute_month(today.date().replace(day=1))
    client.force_login(make_operator(four[1]), "opd.permissions.MembershipBackend")
    body = text_of(client, "/admin/")
    assert "(sementara)" in body
    assert "1 kegiatan dihitung pada 1 hari aktif, peringkat 1." in body


def test_a_unit_without_an_entry_in_the_finished_month_is_told_so(client, four):
    young = make_unit("muda", active_from=date(2023, 2, 1))
    make_counted(young, date(2023, 2, 2))
    compute_month(date(2023, 2, 1), datetime(2023, 2, 10, tzinfo=JAKARTA))
    client.force_login(make_operator(young), "opd.permissions.MembershipBackend")
    assert "Unit ini belum ada dalam peringkat bulan itu." in text_of(client, "/admin/")


def test_standings_of_many_units_take_two_queries(four):
    entries = list(Entry.objects.select_related("ranking__method", "unit"))
    counts = []
    for number in (1, len(entries)):
        with CaptureQueriesContext(connection) as queries:
            boards.standings(entries[:number], TODAY)
        counts.append(len(queries))
    assert counts == [2, 2]
    assert boards.standings([], TODAY) == []


def test_peers_of_another_category_or_month_are_never_compared_with(four):
    other = make_unit("bumd", Category.BUMD)
    make_counted(other, date(2023, 1, 2))
    second = make_unit("bumd-2", Category.BUMD)
    for day in (2, 3, 4):
        make_counted(second, date(2023, 1, day))
    compute()
    found = {one.entry.unit.slug: one for one in boards.standings(list(Entry.objects.all()), TODAY)}
    assert found["bumd"].climb.rank == 1
    assert [slug for slug, one in found.items() if one.climb is None] == ["a", "bumd-2"]  # the two first
