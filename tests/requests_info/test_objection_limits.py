"""Limits of objections without anybody at the desk: told once, nights made up, silence told to whoever objected."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client
from icalendar import Calendar

from correspondence.models import Mail
from opd.models import CalendarDay, Role
from requests_info import services, tasks
from requests_info.models import Notice, Objection
from requests_info.services import Registered, objection_limits
from tests.people import make_person

from .test_objecting import decide, object_to, periodic
from .worlds import City, letter_of, wib

pytestmark = pytest.mark.django_db
#: The objection of 1 April 2024: 30 working days over Idul Fitri end on Tuesday, 28 May; the 23rd and 24th are off.
SOON, LAST_DAY, LATE = wib(2024, 5, 22, 7), wib(2024, 5, 27, 7), wib(2024, 5, 29, 7)


@pytest.fixture
def city() -> City:
    city = City()
    city.desk.email = "desk@contoh.invalid"
    city.desk.save()
    make_person("kadis", city.dinkes, Role.ATASAN_PPID, email="kadis@contoh.invalid")
    make_person("sekda", city.diskominfo, Role.ATASAN_PPID, email="sekda@contoh.invalid")
    return city


def silent(city) -> Objection:
    """Against the silence of March 2024: no unit was asked, so the Sekda decides."""
    objection = object_to(letter_of(city), now=wib(2024, 4, 1, 9))
    assert (objection.unit, objection.due_on) == (city.diskominfo, date(2024, 5, 28))
    return objection


@pytest.fixture
def clock(monkeypatch):
    """The moment at which the worker believes to run."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_to


def night(clock, moment: datetime) -> list[Mail]:
    """What one night adds to the outbox about objections. It runs twice: the second time adds nothing."""
    clock(moment)
    known = set(Mail.objects.values_list("pk", flat=True))
    tasks.keep_limits()
    count = Mail.objects.count()
    for pk in Objection.objects.values_list("pk", flat=True):
        tasks.keep_limits_of_objection(pk)
    tasks.keep_limits()
    assert Mail.objects.count() == count
    return list(Mail.objects.exclude(pk__in=known).filter(key__startswith="objection:").order_by("pk"))


def names(mails: list[Mail]) -> list[str]:
    return [mail.key.split(":")[2] for mail in mails]


def test_the_superior_is_reminded_on_the_right_days_and_silence_is_reported_and_told(city, clock):
    objection, told, day = silent(city), {}, wib(2024, 5, 15, 7)
    while day <= wib(2024, 6, 3, 7):
        told[day.month, day.day] = night(clock, day)
        day += timedelta(days=1)
    assert {when: names(mails) for when, mails in told.items() if mails} == {
        (5, 21): ["soon"], (5, 27): ["last_day"], (5, 29): ["overdue", "silent"],
    }  # fmt: skip
    assert told[5, 21][0].recipients == ["sekda@contoh.invalid"]
    assert "tinggal 3 hari kerja" in told[5, 21][0].text
    report, word = told[5, 29]
    assert report.recipients == ["sekda@contoh.invalid", "desk@contoh.invalid"]
    assert word.recipients == ["kanari@contoh.id"]
    assert "paling lambat 19 Juni 2024" in word.text
    for mail in (*told[5, 21], *told[5, 27], report):
        assert objection.token not in mail.text + mail.html
        assert "Kanari" not in mail.text + mail.html
    assert list(objection.events.values_list("kind", flat=True)) == ["received", "escalated"]
    assert "19 Juni 2024" in Client().get(objection.get_absolute_url()).content.decode()


def test_a_units_objection_is_late_before_its_own_superior_the_citys_and_the_desk(city, clock):
    objection = periodic(city.dinkes, now=wib(2024, 4, 1, 9))
    (report,) = night(clock, LATE)  # no address of whoever objects
    assert report.recipients == ["kadis@contoh.invalid", "sekda@contoh.invalid", "desk@contoh.invalid"]
    assert objection.events.last().kind == "escalated"


def test_nights_off_are_made_up_in_one_mail_that_says_the_true_days(city, clock):
    objection = silent(city)
    assert night(clock, wib(2024, 5, 17, 7)) == []
    (mail,) = night(clock, LAST_DAY)
    assert "tinggal 1 hari kerja" in mail.text
    assert set(Notice.objects.exclude(objection=None).values_list("objection", "occasion", "mail")) == {
        (objection.pk, "soon", mail.pk), (objection.pk, "last_day", mail.pk),
    }  # fmt: skip


def test_after_many_nights_off_only_that_it_is_late_is_told(city, clock):
    silent(city)
    assert names(night(clock, wib(2024, 7, 1, 7))) == ["overdue", "silent"]


def test_a_decided_objection_is_not_reminded_of(city, clock):
    decide(silent(city), city.desk, now=wib(2024, 4, 24, 9))
    assert night(clock, LAST_DAY) == night(clock, LATE) == []


def test_with_nobody_to_tell_it_stays_due(city, clock):
    silent(city)
    people = type(city.desk).objects.exclude(email="")
    people.update(email="")
    assert night(clock, LATE) == []
    assert not Notice.objects.exists()
    type(city.desk).objects.filter(pk=city.desk.pk).update(email="desk@contoh.invalid")
    assert names(night(clock, LATE)) == ["overdue", "silent"]


def test_a_new_day_off_moves_open_objections_and_tells_both_sides(city, clock, django_capture_on_commit_callbacks):
    objection, closed = silent(city), periodic(city.dinkes, now=wib(2024, 4, 1, 9))
    decide(closed, city.desk, now=wib(2024, 4, 24, 9))
    clock(wib(2024, 5, 6, 9))
    with django_capture_on_commit_callbacks(execute=True):
        CalendarDay.objects.create(day=date(2024, 5, 13), name="Pilkada ulang", decree="Keppres 1/2024")
    objection.refresh_from_db()
    closed.refresh_from_db()
    assert (objection.due_on, closed.due_on) == (date(2024, 5, 29), date(2024, 5, 28))
    event = objection.events.last()
    assert event.kind == "redated"
    assert "semula 28 Mei 2024, kini 29 Mei 2024" in event.note
    assert "Keppres 1/2024" in event.note
    objector, staff = Mail.objects.filter(key__contains=f"objection:{objection.pk}:redated").order_by("key")
    assert (objector.to, staff.to) == ("kanari@contoh.id", "sekda@contoh.invalid")
    assert objection.token in objector.text
    assert objection.token not in staff.text
    assert night(clock, wib(2024, 5, 6, 10)) == []
    assert "overdue" not in names(night(clock, LATE))
    assert names(night(clock, wib(2024, 5, 30, 7))) == ["overdue", "silent"]


def test_many_objections_are_asked_for_in_few_queries(city, django_assert_num_queries):
    for many in (1, 5):
        for _each in range(many):
            periodic(city.dinkes, now=wib(2024, 4, 1, 9))
        with django_assert_num_queries(3):
            found = objection_limits.objections_to_keep(LATE)
        assert len(found) == Objection.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(city):
    objection, barrier = silent(city), Barrier(2)

    def work():
        barrier.wait()
        try:
            objection_limits.keep_objection(objection_id=objection.pk, now=LATE)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Mail.objects.filter(key__contains=":overdue:").count() == 1
    assert list(objection.events.values_list("kind", flat=True)) == ["received", "escalated"]


def test_the_dates_of_an_objection_are_a_calendar_without_secrets(city):
    objection = silent(city)
    path = f"{objection.get_absolute_url()}kalender.ics"
    assert path in Client().get(objection.get_absolute_url()).content.decode()

    def dates() -> dict:
        content = Client().get(path).content
        for secret in (objection.token, "Kanari", "anggaran"):
            assert secret not in content.decode()
        rows = Calendar.from_ical(content).walk("VEVENT")
        stage = f"{objection.number}-"
        return {
            str(row["uid"]).split("@")[0].removeprefix(stage): (row.decoded("dtstart"), row["status"]) for row in rows
        }

    assert dates() == {
        "diterima": (date(2024, 4, 1), "CONFIRMED"),
        "batas": (date(2024, 5, 28), "CONFIRMED"),
        "sengketa-akhir": (date(2024, 6, 19), "TENTATIVE"),
    }
    decide(objection, city.desk, now=wib(2024, 4, 24, 9))
    registered = Registered("1", date(2024, 5, 13))
    services.register_dispute(objection_id=objection.pk, actor=city.desk, registered=registered)
    assert dates() == {
        "diterima": (date(2024, 4, 1), "CONFIRMED"),
        "batas": (date(2024, 5, 28), "CONFIRMED"),
        "diputuskan": (date(2024, 4, 24), "CONFIRMED"),
        "sengketa-akhir": (date(2024, 5, 17), "CONFIRMED"),
        "sengketa": (date(2024, 5, 13), "CONFIRMED"),
    }
