"""The life of a month: when it may become final, by whom, what is open, and how it is corrected afterwards."""

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import CalendarDay
from publications.models import CoverageGap, Publication
from rankings.finalising import (
    AlreadyFinalError,
    finalise_ranking,
    months_to_finalise,
    open_questions,
    revise_ranking,
)
from rankings.models import Entry, Evidence, InputFile, Ranking
from rankings.services import RankingError, compute_month
from rankings.tasks import compute_ranking_month, finalise_due_rankings, finalise_ranking_month
from tests.builders import make_activity, make_channel, make_counted, make_final, make_publication, make_unit
from tests.people import make_operator, make_ppid_utama

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = date(2023, 1, 1), date(2023, 2, 1)


def wib(*parts):
    return datetime(*parts, tzinfo=JAKARTA)


DRAFTED, LAST_DAY, AFTER = wib(2023, 2, 1, 0, 30), wib(2023, 2, 8, 23, 59, 59), wib(2023, 2, 9)


@pytest.fixture
def unit():
    unit = make_unit(slug="dinas-uji", name="Dinas Uji")
    make_counted(unit, date(2023, 1, 10))
    compute_month(JANUARY, DRAFTED)
    return unit


def waiting(unit, day=date(2023, 1, 20), **fields):
    moment = wib(day.year, day.month, day.day)
    return make_publication(make_activity(unit, moment), moment, state="pending", **fields)


def rows():
    return [list(table.objects.order_by("pk").values()) for table in (Ranking, Entry, Evidence, InputFile)]


def run(command, *args, **options):
    out = StringIO()
    call_command(command, *args, stdout=out, **options)
    return out.getvalue()


# --- draft to final ----------------------------------------------------------------------------------------


def test_draft_becomes_final_after_the_window_and_says_who_and_when(unit):
    person = make_ppid_utama(unit)
    before = rows()
    ranking = finalise_ranking(month=JANUARY, actor=person, now=AFTER)
    stored = Ranking.objects.get()
    assert (stored.status, stored.finalised_by, stored.finalised_at) == ("final", person, AFTER)
    assert (stored.computed_at, ranking.pk) == (DRAFTED, stored.pk)
    assert rows()[1:] == before[1:]


def test_refused_before_the_window_is_over_with_the_date(unit):
    before = rows()
    with pytest.raises(RankingError, match="sampai 8 Februari 2023"):
        finalise_ranking(month=JANUARY, now=LAST_DAY)
    assert rows() == before


def test_running_month_unknown_month_and_final_month_are_refused(unit):
    with pytest.raises(RankingError, match="Belum ada peringkat"):
        finalise_ranking(month=FEBRUARY, now=AFTER)
    make_counted(unit, date(2023, 2, 3))
    compute_month(FEBRUARY, AFTER)
    with pytest.raises(RankingError, match="masih sementara"):
        finalise_ranking(month=FEBRUARY, now=AFTER)
    finalise_ranking(month=JANUARY, now=AFTER)
    before = rows()
    with pytest.raises(AlreadyFinalError, match=r"sudah final sejak 9 Februari 2023 00\.00"):
        finalise_ranking(month=JANUARY, now=wib(2023, 3, 1))
    assert rows() == before


def test_operator_may_neither_finalise_nor_revise(unit):
    operator = make_operator(unit)
    with pytest.raises(RankingError, match="tidak berhak"):
        finalise_ranking(month=JANUARY, actor=operator, now=AFTER)
    make_final(JANUARY)
    with pytest.raises(RankingError, match="tidak berhak"):
        revise_ranking(month=JANUARY, reason="Keliru", actor=operator)


def test_what_was_decided_since_the_draft_is_shown_before_it_becomes_final(unit):
    make_counted(unit, date(2023, 1, 11))
    with pytest.raises(RankingError, match="baru saja dihitung ulang"):
        finalise_ranking(month=JANUARY, now=AFTER)
    assert (Ranking.objects.get().status, Entry.objects.get().activities) == ("draft", 2)  # the new draft is kept
    assert finalise_ranking(month=JANUARY, now=AFTER).status == "final"


def test_open_questions_hold_it_up_until_a_person_says_that_they_are_known(unit):
    waiting(unit)
    compute_month(JANUARY, AFTER)
    with pytest.raises(RankingError, match="1 publikasi menunggu verifikasi dan 0 unit"):
        finalise_ranking(month=JANUARY, now=AFTER)
    assert finalise_ranking(month=JANUARY, now=AFTER, despite_open=True).status == "final"


def test_open_questions_name_units_and_change_nothing(unit):
    other = make_unit(name="Dinas Lain")
    for _ in range(2):
        waiting(unit)
    waiting(other)
    waiting(unit, date(2023, 2, 1))  # another month
    waiting(unit, is_sample=True)
    news = waiting(unit)
    Publication.objects.filter(pk=news.pk).update(kind="news", activity=None)
    CoverageGap.objects.create(channel=make_channel(other), started_on=date(2023, 1, 31), reason="Diblokir")
    Publication.objects.filter(is_sample=True).delete()
    ranking = compute_month(JANUARY, AFTER)
    before = rows()
    with CaptureQueriesContext(connection) as queries:
        found = open_questions(ranking)
    assert len(queries) == 3
    assert [(row.name, row.waiting) for row in found.waiting] == [("Dinas Uji", 2), ("Dinas Lain", 1)]
    assert [entry.unit for entry in found.not_measured] == [other]
    assert (found.waiting_count, rows()) == (3, before)


def test_real_links_are_no_question_of_a_sample_month(unit):
    waiting(unit)
    waiting(unit, is_sample=True)
    ranking = compute_month(JANUARY, AFTER)
    assert ranking.is_sample
    assert open_questions(ranking).waiting_count == 1


def test_job_for_a_final_month_changes_nothing_and_says_so(unit, caplog):
    finalise_ranking(month=JANUARY, now=AFTER)
    make_counted(unit, date(2023, 1, 11))
    before = rows()
    compute_ranking_month.delay("2023-01")
    assert rows() == before
    assert "ranking 2023-01 is final and stays as it is" in caplog.text
    assert "sudah final, tidak dihitung ulang" in run("compute_ranking", "2023-01")
    assert rows() == before


# --- by command and by itself --------------------------------------------------------------------------------


def test_command_names_what_is_open_then_finalises_then_says_that_it_is(unit):
    waiting(unit)
    compute_month(JANUARY, DRAFTED)
    out = StringIO()
    with pytest.raises(CommandError, match="Masih terbuka"):
        call_command("finalise_ranking", "2023-01", stdout=out)
    assert "Menunggu verifikasi: Dinas Uji, 1 publikasi" in out.getvalue()
    make_ppid_utama(unit)
    printed = run("finalise_ranking", "2023-01", despite_open=True, by="ppid-utama")
    ranking = Ranking.objects.get()
    assert f"kini final. SHA-256 masukan: {ranking.input_sha256}" in printed
    assert ranking.finalised_by.username == "ppid-utama"
    before = rows()
    assert "sudah final sejak" in run("finalise_ranking", "2023-01")
    assert rows() == before


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["2023-13"], "bukan bulan"),
        (["2022-12"], "Belum ada peringkat"),
        (["2023-01", "--by", "siapa"], "Tidak ada pengguna aktif"),
        (["2023-01", "--by", "operator-dinas-uji"], "tidak berhak"),
    ],
)
def test_command_refuses_in_words(unit, args, message):
    make_operator(unit)
    with pytest.raises(CommandError, match=message):
        run("finalise_ranking", *args)
    assert Ranking.objects.get().status == "draft"


def test_nothing_becomes_final_by_itself_unless_the_city_says_so(unit, settings):
    assert settings.FINALISE_AFTER_DAYS is None
    finalise_due_rankings()
    assert Ranking.objects.get().status == "draft"


def test_month_becomes_final_by_itself_some_working_days_after_the_window(unit, settings):
    settings.FINALISE_AFTER_DAYS = 2  # 9 and 10 February
    assert [months_to_finalise(date(2023, 2, day)) for day in (8, 9, 10, 11)] == [[], [], [], [JANUARY]]
    CalendarDay.objects.create(day=date(2023, 2, 10), name="Libur daerah", decree="1/2023")
    assert [months_to_finalise(date(2023, 2, day)) for day in (11, 13, 14)] == [[], [], [JANUARY]]
    settings.FINALISE_AFTER_DAYS = 0
    assert [months_to_finalise(date(2023, 2, day)) for day in (8, 9)] == [[], [JANUARY]]


def test_what_is_open_and_sample_months_wait_for_a_person(unit, settings):
    settings.FINALISE_AFTER_DAYS = 0
    held = waiting(unit)
    make_counted(unit, date(2022, 12, 5), is_sample=True)
    compute_month(date(2022, 12, 1), DRAFTED)
    finalise_due_rankings()
    finalise_ranking_month("2023-01")
    assert set(Ranking.objects.values_list("status", flat=True)) == {"draft"}
    Publication.objects.filter(pk=held.pk).update(state="rejected", reason="Bukan milik unit")
    compute_month(JANUARY, DRAFTED)
    for _ in range(2):
        finalise_due_rankings()
    ranking = Ranking.objects.get(status="final")
    assert (ranking.month, ranking.finalised_by) == (JANUARY, None)


# --- revision ------------------------------------------------------------------------------------------------


def test_revision_names_the_old_one_and_why_and_leaves_it_readable(unit):
    person = make_ppid_utama(unit)
    old = finalise_ranking(month=JANUARY, actor=person, now=AFTER)
    make_counted(unit, date(2023, 1, 11))
    before = [Ranking.objects.filter(pk=old.pk).values().get(), list(old.entries.values()), list(old.evidence.values())]
    new = revise_ranking(month=JANUARY, reason=" Satu  kegiatan\nterlewat ", actor=person, now=wib(2023, 3, 1))
    assert (new.revision, new.status, new.supersedes, new.revision_reason) == (
        2, "draft", old, "Satu kegiatan terlewat"
    )  # fmt: skip
    assert new.objection_until == date(2023, 3, 8)
    assert (old.entries.get().activities, new.entries.get().activities) == (1, 2)
    assert Ranking.objects.current().get() == new
    assert before == [
        Ranking.objects.filter(pk=old.pk).values().get(), list(old.entries.values()), list(old.evidence.values())
    ]  # fmt: skip
    with pytest.raises(RankingError, match="sanggahan"):
        finalise_ranking(month=JANUARY, now=wib(2023, 3, 8))
    assert finalise_ranking(month=JANUARY, now=wib(2023, 3, 9)).revision == 2
    assert list(Ranking.objects.order_by("revision").values_list("status", flat=True)) == ["final", "final"]


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501, "a\x00b"])
def test_revision_needs_a_reason(unit, reason):
    make_final(JANUARY)
    with pytest.raises(RankingError, match="alasan"):
        revise_ranking(month=JANUARY, reason=reason)
    assert Ranking.objects.count() == 1


def test_only_what_is_final_is_revised_and_only_once_at_a_time(unit):
    for month in (JANUARY, FEBRUARY):
        with pytest.raises(RankingError, match="belum final"):
            revise_ranking(month=month, reason="Keliru")
    make_final(JANUARY)
    assert "Revisi 2 peringkat 2023-01 dibuat" in run("revise_ranking", "2023-01", reason="Keliru")
    with pytest.raises(CommandError, match="belum final"):
        run("revise_ranking", "2023-01", reason="Keliru lagi")
    assert Ranking.objects.count() == 2


# --- in the workspace ------------------------------------------------------------------------------------------


def page(act):
    return reverse(f"admin:rankings_ranking_{act}", args=[Ranking.objects.order_by("-revision").first().pk])


def test_ppid_utama_sees_what_is_open_and_finalises_by_post_only(client, unit):
    waiting(unit)
    compute_month(JANUARY, DRAFTED)
    person = make_ppid_utama(unit)
    client.force_login(person)
    assert page("finalise") in client.get(page("change")).content.decode()
    shown = client.get(page("finalise")).content.decode()
    assert "1 publikasi menunggu verifikasi" in shown
    assert "Dinas Uji: 1" in shown
    refused = client.post(page("finalise"))
    assert "Masih terbuka pada 2023-01" in refused.content.decode()
    assert Ranking.objects.get().status == "draft"
    answer = client.post(page("finalise"), {"despite_open": "on"}, follow=True).content.decode()
    assert "Peringkat 2023-01 kini final." in answer
    assert Ranking.objects.get().finalised_by == person
    assert page("finalise") not in answer
    assert "sudah final sejak" in client.post(page("finalise")).content.decode()


def test_page_says_that_nothing_is_open_and_refuses_while_the_window_is_open(client, unit):
    Ranking.objects.update(objection_until=date(2099, 1, 1))
    client.force_login(make_ppid_utama(unit))
    shown = client.get(page("finalise")).content.decode()
    assert "Tidak ada yang terbuka" in shown
    assert "despite_open" not in shown
    assert "berlaku sampai 1 Januari 2099" in client.post(page("finalise")).content.decode()
    assert Ranking.objects.get().status == "draft"


def test_ppid_utama_begins_a_revision_with_a_reason(client, unit):
    make_final(JANUARY)
    client.force_login(make_ppid_utama(unit))
    assert page("revise") in client.get(page("change")).content.decode()
    for reason in ("", "a\x00b", "x" * 501):
        assert client.post(page("revise"), {"reason": reason}).status_code == 200
    assert Ranking.objects.count() == 1
    client.post(page("revise"), {"reason": "Satu kegiatan terlewat"})
    assert Ranking.objects.get(revision=2).revision_reason == "Satu kegiatan terlewat"
