"""What is proposed after a month became final; again, late, after a revision, and never twice."""

import threading
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from rankings.models import Ranking
from rankings.rewards.models import Proposal, ProposalRun, RewardRule
from rankings.rewards.proposing import due_months, propose_month
from rankings.tasks import propose_due_rewards, propose_rewards_month
from tests.builders import make_entry, make_method_v1, make_ranking, make_reward_rules, make_unit

from .worlds import APRIL, FEBRUARY, JANUARY, MARCH, MONTHS, fill, finish, finish_board, noon, proposed, revise

pytestmark = pytest.mark.django_db

# --- rewards -----------------------------------------------------------------------------------------------------


def test_the_first_three_of_a_category_get_a_piagam():
    units = finish_board(JANUARY, 70, 60, 50, 40)
    propose_month(JANUARY)
    assert proposed() == sorted(("piagam", unit.slug) for unit in units[:3])
    facts = Proposal.objects.get(unit=units[1]).facts
    assert (facts["rank"], facts["units"], facts["score"]) == (2, 4, "60.0000")


def test_everyone_who_shares_the_third_place_gets_it():
    units = finish_board(JANUARY, 70, 60, 50, 50, 50, 40)
    propose_month(JANUARY)
    assert proposed() == sorted(("piagam", unit.slug) for unit in units[:5])


def test_no_places_where_fewer_than_three_units_compare():
    finish_board(JANUARY, 90, 85, category="bumd")
    propose_month(JANUARY)
    assert proposed() == []


def test_no_places_where_all_are_silent():
    finish_board(JANUARY, None, None, None)
    propose_month(JANUARY)
    assert {slug for slug, _unit in proposed()} == {"pengingat"}


def test_a_high_index_without_a_place_is_appreciated():
    units = finish_board(JANUARY, 95, 90, 85, 80, 79.9999)
    propose_month(JANUARY)
    assert ("apresiasi", units[3].slug) in proposed()
    assert [slug for slug, _unit in proposed()].count("apresiasi") == 1


def test_a_rule_for_climbers_can_be_added_as_data():
    kind = RewardRule.objects.get(slug="apresiasi").letter_kind
    RewardRule.objects.create(
        slug="naik", name="Naik", kind="reward", condition="places_risen", threshold=5, letter_kind=kind,
        wording="Naik {naik}.", effective_from=JANUARY,
    )  # fmt: skip
    ranking = make_ranking(JANUARY)
    units = fill(ranking, 9, 8, 7, 6)
    ranking.entries.filter(unit=units[3]).update(previous_rank=9)
    ranking.entries.filter(unit=units[2]).update(previous_rank=7)
    Ranking.objects.update(status="final", finalised_at=noon(JANUARY))
    propose_month(JANUARY)
    assert Proposal.objects.get(rule__slug="naik").unit == units[3]
    assert Proposal.objects.get(rule__slug="naik").facts["rise"] == 5


# --- silence -----------------------------------------------------------------------------------------------------

STEPS = {"S": "pengingat", "SS": "teguran-1", "SSS": "teguran-2", "SSSS": "teguran-3", "SSSSS": "teguran-3"}


@pytest.mark.parametrize("states", STEPS)
def test_each_month_of_silence_goes_one_step_further(states):
    unit = make_unit()
    for month, state in zip(MONTHS, states, strict=False):
        finish(month, [(unit, state)])
        propose_month(month)
    last = MONTHS[len(states) - 1]
    assert proposed(last) == [(STEPS[states], unit.slug)]
    chain = [f"2023-{number:02d}" for number in range(1, len(states) + 1)]
    assert Proposal.objects.get(month=last).facts["months"] == chain


CHAINS = {
    "SAS": ["pengingat", None, "pengingat"],
    "SnS": ["pengingat", None, "teguran-1"],
    "nS": [None, "pengingat"],
    "SSn": ["pengingat", "teguran-1", None],
}


@pytest.mark.parametrize("states", CHAINS)
def test_an_active_month_resets_and_one_not_measured_is_passed_over(states):
    unit = make_unit()
    for month, state, expected in zip(MONTHS, states, CHAINS[states], strict=False):
        finish(month, [(unit, state)])
        propose_month(month)
        assert proposed(month) == ([(expected, unit.slug)] if expected else [])


def test_a_month_before_the_unit_existed_is_not_silence():
    old, new = make_unit("lama"), make_unit("baru")
    finish(JANUARY, [(old, "S")])
    finish(FEBRUARY, [(old, "S"), (new, "S")])
    propose_month(JANUARY)
    propose_month(FEBRUARY)
    assert proposed(FEBRUARY) == [("pengingat", "baru"), ("teguran-1", "lama")]


def test_sample_months_and_real_months_never_meet_in_a_chain():
    unit = make_unit()
    finish(JANUARY, [(unit, "S")], is_sample=True)
    finish(FEBRUARY, [(unit, "S")])
    finish(MARCH, [(unit, "S")], is_sample=True)
    for month in (JANUARY, FEBRUARY, MARCH):
        propose_month(month)
        assert proposed(month) == [("pengingat", unit.slug)]
    assert list(Proposal.objects.order_by("month").values_list("is_sample", flat=True)) == [True, False, True]


def test_a_month_that_is_not_final_counts_for_nothing():
    unit = make_unit()
    make_entry(make_ranking(JANUARY), unit, None)
    finish(FEBRUARY, [(unit, "S")])
    assert propose_month(JANUARY) is None
    propose_month(FEBRUARY)
    assert proposed(FEBRUARY) == [("pengingat", unit.slug)]


def test_silence_before_the_rules_were_in_force_does_not_count():
    RewardRule.objects.filter(condition="silent_months").update(effective_from=MARCH)
    unit = make_unit()
    for month in (JANUARY, FEBRUARY, MARCH):
        finish(month, [(unit, "S")])
        propose_month(month)
    assert Proposal.objects.count() == 1
    assert proposed(MARCH) == [("pengingat", unit.slug)]


def test_a_rule_that_is_off_or_over_proposes_nothing():
    RewardRule.objects.filter(slug="pengingat").update(is_active=False)
    RewardRule.objects.filter(slug="teguran-1").update(effective_until=JANUARY)
    unit = make_unit()
    for month in (JANUARY, FEBRUARY):
        finish(month, [(unit, "S")])
        propose_month(month)
    assert proposed(JANUARY) == proposed(FEBRUARY) == []


# --- guidance ----------------------------------------------------------------------------------------------------


def test_a_unit_without_social_media_is_guided_even_if_active():
    ranking = make_ranking(JANUARY)
    make_entry(ranking, make_unit("dengan"), 1, has_social_media=True)
    make_entry(ranking, make_unit("tanpa"), 2, has_social_media=False)
    Ranking.objects.update(status="final", finalised_at=noon(JANUARY))
    propose_month(JANUARY)
    assert proposed() == [("pembinaan", "tanpa")]


def test_guidance_rests_for_the_months_of_its_rule_whatever_came_of_it():
    unit = make_unit()
    for month in MONTHS[:5]:
        ranking = make_ranking(month)
        make_entry(ranking, unit, 1, has_social_media=False)
        Ranking.objects.filter(pk=ranking.pk).update(status="final", finalised_at=noon(month))
        propose_month(month)
    assert [row.month for row in Proposal.objects.order_by("month")] == [JANUARY, APRIL]
    for month in MONTHS[:5]:
        assert propose_month(month).changed == 0


# --- again, late, together ---------------------------------------------------------------------------------------


def test_running_again_changes_nothing():
    finish_board(JANUARY, 70, 60, 50, None)
    propose_month(JANUARY)
    before = list(Proposal.objects.order_by("pk").values())
    assert propose_month(JANUARY).changed == 0
    assert list(Proposal.objects.order_by("pk").values()) == before
    assert len(before) == 4


def test_the_schedule_makes_up_each_missed_month_and_may_run_twice():
    unit = make_unit()
    for month in (JANUARY, FEBRUARY):
        finish(month, [(unit, "S")])
    assert due_months() == [JANUARY, FEBRUARY]
    propose_due_rewards.delay()
    before = list(Proposal.objects.order_by("pk").values())
    propose_due_rewards.delay()
    propose_rewards_month.delay("2023-01")
    assert list(Proposal.objects.order_by("pk").values()) == before
    assert due_months() == []
    assert (proposed(JANUARY), proposed(FEBRUARY)) == ([("pengingat", unit.slug)], [("teguran-1", unit.slug)])


def test_an_earlier_month_that_becomes_final_late_lengthens_the_chain():
    unit = make_unit()
    finish(FEBRUARY, [(unit, "S")])
    propose_month(FEBRUARY, datetime(2023, 4, 1, tzinfo=JAKARTA))
    assert proposed(FEBRUARY) == [("pengingat", unit.slug)]
    assert due_months() == []
    finish(JANUARY, [(unit, "S")], at=datetime(2023, 5, 1, tzinfo=JAKARTA))
    assert due_months() == [JANUARY, FEBRUARY]
    propose_due_rewards.delay()
    assert proposed(FEBRUARY) == [("teguran-1", unit.slug)]
    assert Proposal.objects.get(rule__slug="pengingat", month=FEBRUARY).status == "dropped"


def test_a_revision_proposes_anew_only_what_differs():
    units = finish_board(JANUARY, 70, 60, 50, 40)
    propose_month(JANUARY)
    before = {row.unit_id: row for row in Proposal.objects.all()}
    revise(JANUARY, [(units[0], 1), (units[1], 2), (units[3], 3), (units[2], 4)])
    assert due_months() == [JANUARY]
    propose_month(JANUARY)
    assert proposed() == sorted(("piagam", unit.slug) for unit in (units[0], units[1], units[3]))
    assert Proposal.objects.get(pk=before[units[0].pk].pk).ranking.revision == 2
    assert Proposal.objects.get(pk=before[units[2].pk].pk).status == "dropped"
    assert Proposal.objects.count() == 4


def test_while_a_revision_is_a_draft_the_old_month_still_holds():
    units = finish_board(JANUARY, 70, 60, 50)
    make_entry(make_ranking(JANUARY, revision=2), units[0], None)
    propose_month(JANUARY)
    assert proposed() == sorted(("piagam", unit.slug) for unit in units)


def test_queries_do_not_grow_with_the_units():
    counts = []
    for month, number in ((JANUARY, 4), (FEBRUARY, 40)):
        finish_board(month, *range(number, 0, -1), *([None] * number))
        with CaptureQueriesContext(connection) as queries:
            propose_month(month)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_give_one_result():
    make_method_v1()
    make_reward_rules()
    finish_board(JANUARY, 70, 60, 50, None)
    errors = []

    def run():
        try:
            propose_month(JANUARY)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert Proposal.objects.count() == 4
    assert ProposalRun.objects.count() == 1
