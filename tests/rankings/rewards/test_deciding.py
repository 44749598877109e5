"""A person decides; until then nothing goes out. What was decided stays, in the services and in the database."""

import threading
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pypdf import PdfReader

import rankings
from cilegon_kip.common.jakarta import JAKARTA, local_day
from correspondence.models import Letter, Mail
from correspondence.services import issue_letter, letter_pdf, withdraw_letter
from opd.models import Role
from rankings.rewards.deciding import (
    RewardError,
    approve_proposal,
    note_met_guidance,
    note_withdrawn_letters,
    reject_proposal,
    withdraw_reward,
)
from rankings.rewards.letters import preview
from rankings.rewards.models import Proposal
from rankings.rewards.proposing import propose_month
from rankings.tasks import propose_due_rewards
from tests.builders import make_channel, make_entry, make_method_v1, make_ranking, make_reward_rules, make_unit
from tests.people import make_operator, make_person, make_superuser

from .worlds import FEBRUARY, JANUARY, MARCH, close, finish, finish_board, proposed, revise

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief():
    return make_chief()


def make_chief():
    return make_person("ppid-utama", make_unit("diskominfo"), Role.PPID_UTAMA, first_name="Nama", last_name="Penguji")


def silent(unit, *months):
    for month in months:
        finish(month, [(unit, "S")])
        propose_month(month)


def one(**conditions) -> Proposal:
    return Proposal.objects.get(**conditions)


def words_of(content: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(text.replace("-\n", "").split())


def letter_words(proposal: Proposal) -> str:
    proposal.refresh_from_db()
    return words_of(letter_pdf(proposal.letter))


# --- issued by a person ------------------------------------------------------------------------------------------


def test_approval_issues_a_numbered_letter_in_the_name_of_the_person_and_tells_the_unit(
    chief, django_capture_on_commit_callbacks
):
    first, *_others = finish_board(JANUARY, 87.45, 60, 50)
    first.email = "dinas@contoh.invalid"
    first.save()
    propose_month(JANUARY)
    with django_capture_on_commit_callbacks(execute=True):
        approve_proposal(proposal_id=one(unit=first).pk, actor=chief)
    issued = one(unit=first)
    assert (issued.status, issued.decided_by) == ("issued", chief)
    assert issued.decided_at is not None
    assert issued.letter.kind.slug == "certificate"
    words = letter_words(issued)
    for part in (issued.letter.number, first.name, "peringkat 1 dari 3", "Januari 2023", "87,5", "Nama Penguji"):
        assert part in words, part
    mail = Mail.objects.get()
    assert (mail.to, mail.letter, mail.status) == ("dinas@contoh.invalid", issued.letter, "sent")
    assert issued.letter.number in mail.text


def test_the_mail_is_plain_in_its_text_and_escaped_in_its_html(chief):
    unit = make_unit(name="Dinas <b>A</b> & 'B'", email="dinas@contoh.invalid")
    silent(unit, JANUARY)
    approve_proposal(proposal_id=one().pk, actor=chief)
    withdraw_reward(proposal_id=one().pk, actor=chief, reason="Salah <i>hitung</i> & kirim")
    issued, withdrawn = Mail.objects.order_by("pk")
    assert "Kepada Dinas <b>A</b> & 'B'," in issued.text
    assert "Dinas &lt;b&gt;A&lt;/b&gt; &amp;" in issued.html
    assert "Anda berhak menjawab" in issued.text
    assert "Salah <i>hitung</i> & kirim" in withdrawn.text
    assert "Salah &lt;i&gt;" in withdrawn.html
    assert withdrawn.letter is None


def test_a_unit_without_an_address_gets_its_letter_without_mail(chief):
    first, *_others = finish_board(JANUARY, 87, 60, 50)
    propose_month(JANUARY)
    approve_proposal(proposal_id=one(unit=first).pk, actor=chief)
    assert one(unit=first).letter_id
    assert not Mail.objects.exists()


def test_a_sample_letter_says_so_and_never_goes_to_a_real_address(chief):
    unit = make_unit(email="asli@cilegon.go.id")
    operator = make_operator(unit)
    operator.email = "orang@cilegon.go.id"
    operator.save()
    finish(JANUARY, [(unit, "S")], is_sample=True)
    propose_month(JANUARY)
    approve_proposal(proposal_id=one().pk, actor=chief)
    letter = one().letter
    assert letter.is_sample
    assert letter.number.startswith("CONTOH/")
    assert "DATA CONTOH" in letter_words(one())
    mail = Mail.objects.get()
    assert mail.to == f"{unit.slug}@contoh.invalid"
    assert mail.subject.startswith("[Data contoh]")
    assert "cilegon.go.id" not in mail.to + mail.text + mail.html


def test_warnings_name_the_facts_the_letters_before_and_the_right_to_answer(chief):
    unit = make_unit("dinsos", name="Dinas Sosial")
    silent(unit, JANUARY, FEBRUARY, MARCH)
    for month in (JANUARY, FEBRUARY, MARCH):
        approve_proposal(proposal_id=one(month=month).pk, actor=chief)
    reminder, first, second = (one(month=month) for month in (JANUARY, FEBRUARY, MARCH))
    assert [row.letter.kind.slug for row in (reminder, first, second)] == ["reminder", "warning-1", "warning-2"]
    words = letter_words(second)
    for part in (
        "3 (tiga) bulan",
        "Januari 2023, Februari 2023, dan Maret 2023",
        reminder.letter.number,
        first.letter.number,
        "Anda berhak menjawab surat ini",
        "Dinas Sosial",
    ):
        assert part in words, part
    assert "menyusul" not in letter_words(reminder)


def test_a_guidance_letter_has_its_due_date_in_working_days(chief):
    unit = make_unit()
    ranking = make_ranking(JANUARY)
    make_entry(ranking, unit, 1, has_social_media=False)
    close(ranking)
    propose_month(JANUARY)
    at = datetime(2026, 3, 2, 10, tzinfo=JAKARTA)
    approve_proposal(proposal_id=one().pk, actor=chief, now=at)
    # 3-17 March 11 working days, 18-24 Nyepi and Idul Fitri, 25 March-2 April 7, 3 April Good Friday, 6 and 7: 2.
    assert one().due_on == date(2026, 4, 7)
    assert "7 April 2026" in letter_words(one())


def test_text_of_strangers_stays_text_in_the_letter(chief):
    evil = '#eval("1+1") *tebal* $x$ @tautan <kode> \\n // komentar'
    unit = make_unit(name=evil)
    silent(unit, JANUARY)
    approve_proposal(proposal_id=one().pk, actor=chief)
    assert '#eval("1+1") *tebal* $x$ @tautan <kode>' in letter_words(one())


def test_a_preview_numbers_nothing_and_keeps_nothing(chief):
    unit = make_unit()
    silent(unit, JANUARY)
    words = words_of(preview(one(), chief, local_day(timezone.now())))
    assert "pratinjau, belum bernomor" in words
    assert one().status == "proposed"
    assert not Letter.objects.exists()


# --- no sanction without a person's decision ---------------------------------------------------------------------


def test_the_machine_alone_never_issues_anything():
    unit = make_unit(email="dinas@contoh.invalid")
    for month in (JANUARY, FEBRUARY, MARCH):
        finish(month, [(unit, "S")])
    for _round in range(3):
        propose_due_rewards.delay()
    assert set(Proposal.objects.values_list("status", flat=True)) == {"proposed"}
    assert not Letter.objects.exists()
    assert not Mail.objects.exists()


def test_letters_leave_the_ranking_only_through_a_decision():
    """Whoever calls the letters' room elsewhere goes past the person: here is the one door."""
    callers = {"issue_letter(": set(), "letters.issue(": set()}
    for path in Path(rankings.__file__).parent.rglob("*.py"):
        for call, found in callers.items():
            if call in path.read_text():
                found.add(path.name)
    assert callers == {"issue_letter(": {"letters.py"}, "letters.issue(": {"deciding.py"}}


def real_letter(chief) -> Letter:
    """A genuine letter that somebody would hang on an undecided proposal."""
    return issue_letter(
        kind="reminder", unit=make_unit(), subject="Lain", template="letters/plain.typ", data={"paragraphs": ["x"]},
        actor=chief, on=date(2026, 3, 2),
    )  # fmt: skip


FORGED = {
    "no one": {"status": "issued"},
    "no person": {"status": "issued", "decided_at": "now", "letter": True},
    "no moment": {"status": "issued", "decided_by": True, "letter": True},
    "no letter": {"status": "issued", "decided_by": True, "decided_at": "now"},
    "rejected by nobody": {"status": "rejected", "decision_reason": "x"},
    "rejected without a reason": {"status": "rejected", "decided_by": True, "decided_at": "now"},
    "withdrawn without a letter": {"status": "withdrawn"},
    "a letter on a proposal": {"letter": True},
}


@pytest.mark.parametrize("forged", FORGED)
def test_the_database_refuses_a_sanction_that_no_person_decided(chief, forged):
    unit = make_unit()
    silent(unit, JANUARY)
    real = {"decided_by": chief, "decided_at": timezone.now(), "letter": real_letter(chief)}
    values = {name: real.get(name, value) for name, value in FORGED[forged].items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(unit=unit).update(**values)
    row = one(unit=unit)
    assert (row.status, row.letter_id) == ("proposed", None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rankings_proposal SET status = 'issued'",
        "UPDATE rankings_proposal SET status = 'issued', decided_at = now()",
        "INSERT INTO rankings_proposal (month, unit_id, rule_id, ranking_id, is_sample, facts, status, proposed_at,"
        " decision_reason, withdrawn_reason, doubt) SELECT '2022-11-01', unit_id, rule_id, ranking_id, false, '{}',"
        " 'issued', now(), '', '', '' FROM rankings_proposal LIMIT 1",
    ],
)
def test_sql_cannot_issue_either(statement):
    silent(make_unit(), JANUARY)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_was_decided_cannot_be_rewritten(chief):
    unit, other = make_unit(), make_unit()
    silent(unit, JANUARY)
    approve_proposal(proposal_id=one().pk, actor=chief)
    for values in (
        {"decided_by": make_superuser()},
        {"decided_at": timezone.now()},
        {"facts": {}},
        {"unit": other},
        {"status": "proposed", "decided_by": None, "decided_at": None, "letter": None},
        {"status": "rejected", "letter": None, "decision_reason": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(unit=unit).update(**values)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM rankings_proposal")
    assert one().status == "issued"


def test_only_ppid_utama_decides(chief):
    unit = make_unit()
    silent(unit, JANUARY)
    for person in (make_operator(unit), make_person("atasan", unit, Role.ATASAN_PPID, first_name="A")):
        for act in (
            lambda who: approve_proposal(proposal_id=one().pk, actor=who),
            lambda who: reject_proposal(proposal_id=one().pk, actor=who, reason="x"),
        ):
            with pytest.raises(RewardError, match="tidak berhak"):
                act(person)
    approve_proposal(proposal_id=one().pk, actor=chief)
    with pytest.raises(RewardError, match="tidak berhak"):
        withdraw_reward(proposal_id=one().pk, actor=make_person("lain", unit), reason="x")


def test_a_real_letter_needs_the_name_of_its_person():
    nameless = make_person("tanpa-nama", make_unit("diskominfo"), Role.PPID_UTAMA)
    silent(make_unit(), JANUARY)
    with pytest.raises(RewardError, match="Nama lengkap"):
        approve_proposal(proposal_id=one().pk, actor=nameless)
    assert not Letter.objects.exists()


# --- once --------------------------------------------------------------------------------------------------------


def test_a_second_decision_is_refused(chief):
    silent(make_unit(), JANUARY)
    approve_proposal(proposal_id=one().pk, actor=chief)
    for act in (
        lambda: approve_proposal(proposal_id=one().pk, actor=chief),
        lambda: reject_proposal(proposal_id=one().pk, actor=chief, reason="Keliru"),
    ):
        with pytest.raises(RewardError, match="sudah diputuskan"):
            act()
    assert Letter.objects.count() == 1


def test_a_refusal_needs_a_reason_of_bearable_length(chief):
    silent(make_unit(), JANUARY)
    for reason in ("", "  ", "\x00", "x" * 501):
        with pytest.raises(RewardError):
            reject_proposal(proposal_id=one().pk, actor=chief, reason=reason)
    reject_proposal(proposal_id=one().pk, actor=chief, reason=" Unit  baru dibentuk ")
    assert (one().status, one().decision_reason) == ("rejected", "Unit baru dibentuk")


@pytest.mark.django_db(transaction=True)
def test_of_ten_clicks_at_once_one_wins():
    make_method_v1()
    make_reward_rules()
    chief = make_chief()
    silent(make_unit(), JANUARY)
    key, results = one().pk, []

    def click():
        try:
            approve_proposal(proposal_id=key, actor=chief)
            results.append("issued")
        except RewardError as error:
            results.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("issued") == 1
    assert len(results) == 10
    assert Letter.objects.count() == 1


# --- the ladder --------------------------------------------------------------------------------------------------


def test_warnings_are_decided_in_the_order_of_their_months(chief):
    silent(make_unit(), JANUARY, FEBRUARY)
    with pytest.raises(RewardError, match="Putuskan dahulu usulan unit ini untuk Januari 2023"):
        approve_proposal(proposal_id=one(month=FEBRUARY).pk, actor=chief)


def test_a_refused_month_does_not_count_any_more(chief):
    unit = make_unit()
    silent(unit, JANUARY, FEBRUARY)
    assert proposed(FEBRUARY) == [("teguran-1", unit.slug)]
    reject_proposal(proposal_id=one(month=JANUARY).pk, actor=chief, reason="Kantor kebanjiran")
    assert proposed(FEBRUARY) == [("pengingat", unit.slug)]
    silent(unit, MARCH)
    assert proposed(MARCH) == [("teguran-1", unit.slug)]
    assert one(month=MARCH).facts["months"] == ["2023-02", "2023-03"]


def test_a_month_refused_once_is_not_proposed_again_on_another_step(chief):
    unit = make_unit()
    silent(unit, JANUARY, FEBRUARY)
    reject_proposal(proposal_id=one(month=FEBRUARY).pk, actor=chief, reason="Dimaklumi")
    reject_proposal(proposal_id=one(month=JANUARY).pk, actor=chief, reason="Dimaklumi")
    assert proposed(FEBRUARY) == []


# --- revision, doubt, withdrawal ---------------------------------------------------------------------------------


def test_a_letter_whose_reason_no_longer_holds_is_marked_and_not_touched(chief):
    units = finish_board(JANUARY, 70, 60, 50, 40)
    propose_month(JANUARY)
    for unit in units[:3]:
        approve_proposal(proposal_id=one(unit=unit).pk, actor=chief)
    revise(JANUARY, [(units[0], 1), (units[1], 3), (units[2], 4), (units[3], 2)])
    propose_month(JANUARY)
    assert "peringkat 2" in one(unit=units[1]).doubt.lower()
    assert "tidak lagi terpenuhi" in one(unit=units[2]).doubt
    assert {row.status for row in Proposal.objects.filter(unit__in=units[:3])} == {"issued"}
    assert proposed() == [("piagam", units[3].slug)]
    assert propose_month(JANUARY).changed == 0


def test_a_withdrawn_letter_is_followed_by_the_right_one(chief):
    units = finish_board(JANUARY, 70, 60, 50)
    propose_month(JANUARY)
    approve_proposal(proposal_id=one(unit=units[0]).pk, actor=chief)
    revise(JANUARY, [(units[0], 2), (units[1], 1), (units[2], 3)])
    propose_month(JANUARY)
    old = one(unit=units[0])
    withdraw_reward(proposal_id=old.pk, actor=chief, reason="Peringkat direvisi")
    old.refresh_from_db()
    assert (old.status, old.withdrawn_by, old.letter.withdrawn_reason) == ("withdrawn", chief, "Peringkat direvisi")
    new = one(unit=units[0], status="proposed")
    assert new.facts["rank"] == 2
    with pytest.raises(RewardError, match="Hanya surat yang terbit"):
        withdraw_reward(proposal_id=old.pk, actor=chief, reason="Lagi")


def test_a_letter_taken_back_as_it_is_is_not_proposed_again_and_excuses_its_month(chief):
    unit = make_unit()
    silent(unit, JANUARY, FEBRUARY)
    approve_proposal(proposal_id=one(month=JANUARY).pk, actor=chief)
    approve_proposal(proposal_id=one(month=FEBRUARY).pk, actor=chief)
    withdraw_reward(proposal_id=one(month=JANUARY).pk, actor=chief, reason="Jawaban unit terbukti")
    assert proposed(JANUARY) == []
    standing = one(month=FEBRUARY, status="issued")
    assert "tidak lagi terpenuhi" in standing.doubt
    lower = one(month=FEBRUARY, status="proposed")
    assert lower.rule.slug == "pengingat"
    with pytest.raises(RewardError, match="masih berlaku Teguran Tertulis 1"):
        approve_proposal(proposal_id=lower.pk, actor=chief)
    withdraw_reward(proposal_id=standing.pk, actor=chief, reason="Turun satu tahap")
    approve_proposal(proposal_id=lower.pk, actor=chief)


def test_a_letter_withdrawn_at_the_desk_of_letters_counts_as_withdrawn(chief):
    silent(make_unit(), JANUARY)
    approve_proposal(proposal_id=one().pk, actor=chief)
    withdraw_letter(letter_id=one().letter_id, actor=chief, reason="Salah kirim")
    assert note_withdrawn_letters() == 1
    assert note_withdrawn_letters() == 0
    assert (one().status, one().withdrawn_reason, one().withdrawn_by) == ("withdrawn", "Salah kirim", chief)


def test_nothing_is_issued_while_the_month_is_being_corrected(chief):
    units = finish_board(JANUARY, 70, 60, 50)
    propose_month(JANUARY)
    make_ranking(JANUARY, revision=2)
    with pytest.raises(RewardError, match="direvisi"):
        approve_proposal(proposal_id=one(unit=units[0]).pk, actor=chief)


# --- guidance ----------------------------------------------------------------------------------------------------


@pytest.fixture
def guided():
    unit = make_unit()
    ranking = make_ranking(JANUARY)
    make_entry(ranking, unit, 1, has_social_media=False)
    close(ranking)
    propose_month(JANUARY)
    return unit


def test_a_verified_account_closes_the_open_guidance_letter(chief, guided):
    approve_proposal(proposal_id=one().pk, actor=chief)
    today = local_day(timezone.now())
    channel = make_channel(guided, status="unverified", verified_at=None)
    assert note_met_guidance(today) == 0
    channel.status, channel.verified_at = "verified", timezone.now()
    channel.save()
    assert note_met_guidance(today) == 1
    assert note_met_guidance(today) == 0
    assert one().met_on == today


def test_no_guidance_goes_out_to_a_unit_that_has_an_account_by_now(chief, guided):
    make_channel(guided)
    with pytest.raises(RewardError, match="kini mempunyai media sosial"):
        approve_proposal(proposal_id=one().pk, actor=chief)
