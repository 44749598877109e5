"""Limits without anybody at the desk: reminders once, nights made up, escalation, lapse, a changed calendar."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client

from correspondence.models import Mail
from opd.models import CalendarDay, Role
from requests_info import services, tasks
from requests_info.models import InformationRequest, Notice
from requests_info.services import limits
from tests.people import make_person

from .worlds import GRANTED, City, forward, kinds, letter_of, wib

pytestmark = pytest.mark.django_db
#: The letter of 14 March 2024: its limit is Thursday the 28th; the 29th (Good Friday) to the 31st are off.
SOON, LAST_DAY, DUE, LATE = wib(2024, 3, 25, 7), wib(2024, 3, 27, 7), wib(2024, 3, 28, 7), wib(2024, 3, 29, 7)


@pytest.fixture
def city(city) -> City:
    """Everybody can be reached, and there is a superior."""
    for person in (city.desk, city.operator, city.other):
        person.email = f"{person.username}@contoh.invalid"
        person.save()
    make_person("sekda", city.diskominfo, Role.ATASAN_PPID, email="sekda@contoh.invalid")
    return city


def night(clock, moment: datetime) -> list[Mail]:
    """What one night's work adds to the outbox. It runs twice: the second time adds nothing."""
    clock(moment)
    known = set(Mail.objects.values_list("pk", flat=True))
    tasks.keep_limits()
    new = list(Mail.objects.exclude(pk__in=known).order_by("pk"))
    for pk in InformationRequest.objects.values_list("pk", flat=True):
        tasks.keep_limits_of(pk)
    tasks.keep_limits()
    assert Mail.objects.count() == len(known) + len(new)
    return new


def names(mails: list[Mail]) -> list[str]:
    return [mail.key.split(":")[2] for mail in mails]


def test_the_letter_of_march_2024_is_reminded_of_on_the_right_days(city, clock):
    case = letter_of(city)
    forward(case, city, city.dinkes, city.pabean)
    make_person("kepala", city.dinkes, Role.ATASAN_PPID, email="kepala@contoh.invalid")
    told = {}
    day = wib(2024, 3, 18, 7)
    while day <= wib(2024, 4, 2, 7):
        told[day.day, day.month] = night(clock, day)
        day += timedelta(days=1)
    assert {when: names(mails) for when, mails in told.items() if mails} == {
        (25, 3): ["soon"],
        (27, 3): ["last_day"],
        (29, 3): ["overdue", "escalated"],
    }
    both = {city.operator.email, city.other.email}
    assert set(told[25, 3][0].recipients) == set(told[27, 3][0].recipients) == both
    assert "tinggal 3 hari kerja" in told[25, 3][0].text
    assert "tinggal 1 hari kerja" in told[27, 3][0].text
    assert both < set(told[29, 3][0].recipients)
    assert city.desk.email in told[29, 3][0].recipients
    superiors = {"sekda@contoh.invalid", "kepala@contoh.invalid"}  # told of what is late only
    assert not superiors & set(told[29, 3][0].recipients)
    assert set(told[29, 3][1].recipients) == superiors
    assert "Pasal 35" in told[29, 3][1].text
    assert kinds(case)[-1] == "escalated"
    for mails in told.values():
        for mail in mails:
            assert "Kanari" not in mail.text + mail.html + mail.subject
            assert case.token not in mail.text + mail.html


def test_what_no_unit_is_waited_for_lies_with_diskominfo(city, clock):
    case = letter_of(city)
    (part,) = forward(case, city, city.dinkes)
    services.answer_part(assignment_id=part.pk, actor=city.operator, answer="Terlampir", now=wib(2024, 3, 20, 9))
    (mail,) = night(clock, SOON)
    assert city.desk.email in mail.recipients
    assert city.operator.email not in mail.recipients
    assert "menunggu langkah Diskominfo" in mail.text


def test_a_unit_that_nobody_can_be_reached_in_is_answered_for_by_diskominfo(city, clock):
    city.other.email = ""
    city.other.save()
    forward(letter_of(city), city, city.dinkes, city.pabean)
    (mail,) = night(clock, SOON)
    assert set(mail.recipients) == {city.operator.email, city.desk.email}


def test_three_nights_off_are_made_up_once_and_truly(city, clock):
    """Both reminders came due meanwhile: both are on record as told, by one mail that says the true days left."""
    case = letter_of(city)
    assert night(clock, wib(2024, 3, 22, 7)) == []
    (mail,) = night(clock, LAST_DAY)
    assert "tinggal 1 hari kerja" in mail.text
    assert set(Notice.objects.values_list("information_request", "occasion", "mail")) == {
        (case.pk, "soon", mail.pk), (case.pk, "last_day", mail.pk),
    }  # fmt: skip


def test_nights_off_over_several_cases_leave_none_out_and_none_double(city, clock):
    moments = [wib(2024, 3, day, 9) for day in (12, 13, 14, 15, 18)]
    cases = [letter_of(city, moment) for moment in moments]
    night(clock, wib(2024, 3, 20, 7))
    night(clock, wib(2024, 3, 29, 7))
    rows = Notice.objects.values_list("information_request", "occasion", "due_on")
    assert len(rows) == len(set(rows))
    late = {case.pk for case in cases if case.due_on < date(2024, 3, 29)}
    assert late
    assert set(Notice.objects.filter(occasion="overdue").values_list("information_request", flat=True)) == late


def test_on_the_last_day_itself_it_says_today(city, clock):
    letter_of(city)
    (mail,) = night(clock, DUE)
    assert "harus dijawab hari ini" in mail.text


def test_what_is_closed_or_waits_for_its_requester_is_not_reminded_of(city, clock):
    answered, withdrawn, incomplete = (letter_of(city) for _each in range(3))
    services.decide_request(request_id=answered.pk, actor=city.desk, verdict=GRANTED, now=wib(2024, 3, 18, 9))
    services.withdraw_request(request_id=withdrawn.pk, now=wib(2024, 3, 18, 9))
    services.declare_incomplete(request_id=incomplete.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 18, 9))
    services.complete_request(request_id=incomplete.pk, added="2024", now=wib(2024, 3, 19, 9))
    assert [mail.key.split(":")[1] for mail in night(clock, SOON)] == [str(incomplete.pk)]


def test_with_nobody_to_tell_it_stays_due_until_there_is_somebody(city, clock):
    letter_of(city)
    for person in (city.desk, *type(city.desk).objects.filter(username="sekda")):
        person.email = ""
        person.save()
    assert night(clock, LATE) == []
    assert not Notice.objects.exists()
    city.desk.email = "desk@contoh.invalid"
    city.desk.save()
    assert names(night(clock, LATE)) == ["overdue"]
    make_person("atasan", city.pabean, Role.ATASAN_PPID, email="atasan@contoh.invalid")
    assert names(night(clock, LATE)) == ["escalated"]


def test_an_extended_limit_has_reminders_of_its_own(city, clock):
    case = letter_of(city)
    night(clock, LAST_DAY)
    services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Arsip lama", now=wib(2024, 3, 28, 9))
    assert night(clock, LATE) == []
    assert names(night(clock, wib(2024, 4, 16, 7))) == ["last_day"]
    assert names(night(clock, wib(2024, 4, 18, 7))) == ["overdue", "escalated"]


def test_what_is_not_completed_lapses_the_day_after_its_limit(city, clock):
    case = letter_of(city)
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 18, 9))
    assert night(clock, wib(2024, 3, 21, 23)) == []
    (mail,) = night(clock, wib(2024, 3, 22, 7))
    case.refresh_from_db()
    assert (case.status, case.outcome, mail.to) == ("lapsed", "lapsed", "kanari@contoh.id")
    assert kinds(case) == ["entered", "incomplete", "lapsed"]
    assert "21 Maret 2024" in mail.text
    assert "gugur" in Client().get(case.get_absolute_url()).content.decode()
    with pytest.raises(services.RequestError):
        services.complete_request(request_id=case.pk, added="2024", now=wib(2024, 3, 22, 8))


# --- a decree changes the days off -----------------------------------------------------------------------------


def test_a_new_day_off_moves_open_limits_and_tells_both_sides(city, clock, django_capture_on_commit_callbacks):
    case, closed = letter_of(city), letter_of(city)
    (part,) = forward(case, city, city.dinkes)
    services.withdraw_request(request_id=closed.pk, now=wib(2024, 3, 18, 9))
    clock(wib(2024, 3, 20, 9))
    with django_capture_on_commit_callbacks(execute=True):
        CalendarDay.objects.create(day=date(2024, 3, 25), name="Pilkada ulang", decree="Keppres 1/2024")
    case.refresh_from_db()
    closed.refresh_from_db()
    assert (case.due_on, closed.due_on) == (date(2024, 4, 1), date(2024, 3, 28))
    event = case.events.last()
    assert event.kind == "redated"
    assert "semula 28 Maret 2024, kini 1 April 2024" in event.note
    assert "Keppres 1/2024" in event.note
    requester, staff = Mail.objects.filter(key__contains=":redated:").order_by("key")
    assert requester.to == "kanari@contoh.id"
    assert city.operator.email in staff.recipients
    assert city.desk.email in staff.recipients
    assert case.token in requester.text
    assert case.token not in staff.text
    assert "1 April 2024" in Client().get(case.get_absolute_url()).content.decode()
    assert night(clock, wib(2024, 3, 20, 10)) == []
    part.refresh_from_db()
    assert part.due_on == date(2024, 3, 25)


def test_a_day_off_that_is_taken_back_moves_it_back_and_is_told_again(city, clock, django_capture_on_commit_callbacks):
    case = letter_of(city)
    clock(wib(2024, 3, 20, 9))
    for _each in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            day = CalendarDay.objects.create(day=date(2024, 3, 25), name="Libur", decree="1")
        with django_capture_on_commit_callbacks(execute=True):
            day.delete()
    case.refresh_from_db()
    assert case.due_on == date(2024, 3, 28)
    assert kinds(case) == ["entered", *["redated"] * 4]
    assert Mail.objects.filter(key__endswith=":requester").count() == 4


def test_a_working_day_decreed_makes_it_earlier_also_for_the_unit(city, clock):
    case = letter_of(city, wib(2024, 3, 15, 9))
    (part,) = forward(case, city, city.dinkes, due_on=case.due_on)
    assert case.due_on == date(2024, 4, 1)
    CalendarDay.objects.create(day=date(2024, 3, 29), is_off=False, name="Tetap kerja", decree="2")
    night(clock, wib(2024, 3, 20, 9))
    case.refresh_from_db()
    part.refresh_from_db()
    assert case.due_on == part.due_on == date(2024, 3, 29)
    assert "menjadi hari kerja" in case.events.last().note


def test_an_extended_limit_is_counted_anew_from_both_parts(city, clock):
    case = letter_of(city)
    services.extend_deadline(request_id=case.pk, actor=city.desk, reason="Arsip", now=wib(2024, 3, 20, 9))
    CalendarDay.objects.create(day=date(2024, 3, 25), name="Libur", decree="1")
    night(clock, wib(2024, 3, 20, 10))
    case.refresh_from_db()
    assert case.due_on == date(2024, 4, 18)
    assert case.extension.old_due_on == date(2024, 3, 28)


def test_the_days_to_complete_move_too_before_anything_lapses(city, clock):
    case = letter_of(city)
    services.declare_incomplete(request_id=case.pk, actor=city.desk, missing="Tahun?", now=wib(2024, 3, 18, 9))
    CalendarDay.objects.create(day=date(2024, 3, 20), name="Libur", decree="1")
    night(clock, wib(2024, 3, 22, 7))
    case.refresh_from_db()
    assert (case.status, case.completion_due_on) == ("incomplete", date(2024, 3, 22))


def test_a_limit_that_a_decree_moved_is_not_reported_as_late(city, clock):
    letter_of(city)
    CalendarDay.objects.create(day=date(2024, 3, 25), name="Libur", decree="1")
    assert "overdue" not in names(night(clock, LATE))
    assert not Notice.objects.filter(occasion="escalated").exists()


def test_a_change_that_touches_nobody_tells_nobody(city, clock):
    letter_of(city)
    CalendarDay.objects.create(day=date(2024, 12, 24), name="Cuti", decree="1")
    assert night(clock, wib(2024, 3, 20, 7)) == []


# --- many, and at once -------------------------------------------------------------------------------------------


def test_many_cases_are_asked_for_in_few_queries(city, django_assert_num_queries):
    for many in (1, 5):
        for _each in range(many):
            letter_of(city)
        with django_assert_num_queries(3):
            found = limits.requests_to_keep(LATE)
        assert len(found) == InformationRequest.objects.count()


def test_an_empty_register_has_nothing_due():
    assert limits.requests_to_keep(LATE) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(city):
    case = letter_of(city)
    barrier = Barrier(2)

    def work():
        barrier.wait()
        try:
            limits.keep_request(request_id=case.pk, now=LATE)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Mail.objects.filter(key__contains=":overdue:").count() == 1
    assert kinds(case) == ["entered", "escalated"]
