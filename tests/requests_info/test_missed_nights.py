"""The schedule is off for three days and comes back: what came due is told once, truly, and nothing twice.

Letters of six days and an objection; whatever the nights were, afterwards the same occasions are on record.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from correspondence.models import Mail
from correspondence.outbox import deliver_mail, sweep
from opd.models import CalendarDay, Role
from requests_info import services, tasks
from requests_info.models import InformationRequest, Notice
from tests.people import make_person

from .test_objecting import object_to
from .worlds import letter_of, wib

pytestmark = pytest.mark.django_db
FIRST, LAST = wib(2024, 3, 20, 7), wib(2024, 4, 3, 7)
OFF = {date(2024, 3, 26), date(2024, 3, 27), date(2024, 3, 28)}


@pytest.fixture
def world(city):
    """Letters due from 25 March to 2 April, and an objection whose decision is due in this time."""
    city.desk.email = "desk@contoh.invalid"
    city.desk.save()
    make_person("sekda", city.diskominfo, Role.ATASAN_PPID, email="sekda@contoh.invalid")
    for day in (8, 13, 14, 15, 18, 19):
        letter_of(city, wib(2024, 3, day, 9))
    silent = letter_of(city, wib(2024, 1, 10, 9))
    object_to(silent, now=wib(2024, 2, 12, 9))
    services.withdraw_request(request_id=silent.pk, now=wib(2024, 2, 12, 10))
    return city


def run_schedule(clock, moment: datetime) -> list[str]:
    """One morning, twice; the subjects of what went out."""
    clock(moment)
    before = len(mail.outbox)
    for _each in range(2):
        tasks.keep_limits()
        now = datetime.now(UTC)  # the outbox' own clock is the true one
        for pk in sweep(now):
            deliver_mail(pk, now)
    return [sent.subject for sent in mail.outbox[before:]]


def live_through(clock, off: set[date]) -> dict[date, list[str]]:
    told, moment = {}, FIRST
    while moment <= LAST:
        if moment.date() not in off:
            told[moment.date()] = run_schedule(clock, moment)
        moment += timedelta(days=1)
    return told


def occasions() -> set[tuple]:
    return set(Notice.objects.values_list("information_request", "objection", "occasion", "due_on"))


def test_three_nights_off_leave_nothing_out_and_send_nothing_twice(world, clock):
    told = live_through(clock, OFF)
    first_after = told[date(2024, 3, 29)]
    assert len([subject for subject in first_after if "lewat batas" in subject]) >= 2
    everything = {"soon", "last_day", "overdue", "escalated"}
    # By hand: the schedule ran on the 25th, then not before Good Friday, the 29th; the 1st is the next working day.
    expected = {
        date(2024, 3, 26): everything,
        date(2024, 3, 27): everything - {"last_day"},  # due on the 26th: when it was made up, the limit had passed
        date(2024, 3, 28): everything - {"last_day"},
        date(2024, 4, 1): everything,  # both reminders in the one mail of the 29th
        date(2024, 4, 2): everything,
        date(2024, 4, 3): {"soon", "last_day"},
    }
    cases = InformationRequest.objects.open()
    assert {case.due_on: set(case.notices.values_list("occasion", flat=True)) for case in cases} == expected
    of_objection = set(Notice.objects.exclude(objection=None).values_list("occasion", "due_on"))
    assert {("soon", date(2024, 3, 28)), ("overdue", date(2024, 3, 28))} <= of_objection
    assert ("last_day", date(2024, 3, 28)) not in of_objection
    rows = Notice.objects.count()
    assert rows == len(occasions())
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == len(mail.outbox)
    assert set(Mail.objects.values_list("status", flat=True)) == {"sent"}
    assert run_schedule(clock, LAST + timedelta(hours=1)) == []


def test_what_is_late_is_told_alike_whether_nights_were_missed_or_not(world, clock):
    live_through(clock, OFF | {date(2024, 3, 29), date(2024, 3, 30), date(2024, 4, 1)})
    late = {row for row in occasions() if row[2] in ("overdue", "escalated", "silent")}
    Notice.objects.all().delete()
    live_through(clock, set())
    assert late == {row for row in occasions() if row[2] in ("overdue", "escalated", "silent")}
    assert late


def test_a_day_off_decreed_while_the_schedule_was_off_moves_the_limits_before_anybody_is_told(world, clock):
    run_schedule(clock, wib(2024, 3, 25, 7))
    CalendarDay.objects.create(day=date(2024, 3, 27), name="Libur daerah", decree="SE 1/2024")
    told = run_schedule(clock, wib(2024, 3, 29, 7))
    case = InformationRequest.objects.get(clock_started_on=date(2024, 3, 14))
    assert case.due_on == date(2024, 4, 1)
    assert f"Batas waktu permohonan {case.number} dihitung ulang" in told
    assert f"Permohonan {case.number} lewat batas jawaban" not in told
    assert set(case.events.values_list("kind", flat=True)) == {"entered", "redated"}
