"""Files are made once for a ranking as it stands, stay as they are when it is final, and cost two queries to serve."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from rankings.files import keeping
from rankings.models import Entry, Ranking, RankingFile
from rankings.tasks import make_missing_files, make_ranking_files
from tests.builders import NOON, make_entry, make_final, make_method_v1, make_ranking, make_unit

KINDS = list(keeping.MAKERS)
OPENING = {"csv": b"\xef\xbb\xbfbulan", "json": b"{", "xlsx": b"PK", "pdf": b"%PDF-1.7", "png": b"\x89PNG"}


@pytest.fixture
def month(db):
    ranking = make_ranking()
    for place in range(1, 5):
        make_entry(ranking, make_unit(f"opd-{place}"), rank=place)
    return ranking


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["2023-01", "2023-01/opd"])
def test_every_kind_is_served_for_a_month_and_a_category(client, month, place, kind):
    response = client.get(f"/peringkat/{place}.{kind}")
    assert response.status_code == 200
    assert response.content.startswith(OPENING[kind])
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"
    again = client.get(f"/peringkat/{place}.{kind}", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_second_reader_gets_what_the_first_one_had_made(client, month, monkeypatch):
    first = client.get("/peringkat/2023-01.json").content
    monkeypatch.setitem(keeping.MAKERS, "json", lambda *given: pytest.fail("made twice"))
    assert client.get("/peringkat/2023-01.json").content == first


def test_a_draft_whose_window_has_passed_gets_files_that_say_so(month, monkeypatch):
    Ranking.objects.update(objection_until=NOON.date())
    month.refresh_from_db()
    monkeypatch.setattr(Ranking, "window_is_over", False)
    before = bytes(keeping.file_of(month, "", "xlsx").content)
    monkeypatch.setattr(Ranking, "window_is_over", True)
    assert month in keeping.rankings_without_files()
    assert bytes(keeping.file_of(month, "", "xlsx").content) != before


@pytest.mark.parametrize("kind", KINDS)
def test_serving_costs_the_same_few_queries_whatever_the_size(client, month, kind, django_assert_max_num_queries):
    client.get(f"/peringkat/2023-01.{kind}")
    with django_assert_max_num_queries(3):
        client.get(f"/peringkat/2023-01.{kind}")


def test_a_changed_draft_gets_a_new_file_and_keeps_one_row(client, month):
    client.get("/peringkat/2023-01.csv")
    Ranking.objects.update(computed_at=NOON + timedelta(hours=1))
    Entry.objects.filter(rank=4).delete()
    assert b"opd-4" not in client.get("/peringkat/2023-01.csv").content
    assert RankingFile.objects.count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_making_a_file_again_gives_the_same_bytes(client, month, kind):
    first = client.get(f"/peringkat/2023-01.{kind}").content
    RankingFile.objects.all().delete()
    assert client.get(f"/peringkat/2023-01.{kind}").content == first


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_a_final_month_stays_when_a_unit_is_renamed(client, month, kind):
    make_final(month.month)
    first = client.get(f"/peringkat/2023-01.{kind}").content
    unit = make_unit("lain")
    type(unit).objects.filter(slug="opd-1").update(name="Nama baru")
    assert client.get(f"/peringkat/2023-01.{kind}").content == first


def test_an_older_revision_is_still_there_and_another_is_a_404(client, month):
    make_final(month.month)
    make_entry(make_ranking(revision=2), make_unit("revisi"), rank=1)
    old, new = (client.get("/peringkat/2023-01.csv", {"revisi": number}) for number in ("1", "2"))
    assert (b"opd-1" in old.content, b"opd-1" in new.content) == (True, False)
    assert new.content == client.get("/peringkat/2023-01.csv").content
    assert 'filename="kip-cilegon-peringkat-2023-01-revisi-2.csv"' in new["Content-Disposition"]
    for wrong in ("3", "0", "-1", "x", "\u0661", "99999"):
        assert client.get("/peringkat/2023-01.csv", {"revisi": wrong}).status_code == 404


def test_sizes_on_the_page_are_those_of_the_files_and_nothing_is_made_for_them(client, month):
    page = client.get("/peringkat/2023-01/opd/")
    assert [file["size"] for file in page.context["files"]] == [None] * len(KINDS)
    assert RankingFile.objects.count() == 0
    keeping.make_files(month)
    for address, place in (("/peringkat/2023-01/opd/", "2023-01/opd"), ("/peringkat/2023-01/", "2023-01")):
        for file in client.get(address).context["files"]:
            assert file["url"].startswith(f"/peringkat/{place}.")
            assert file["size"] == len(client.get(file["url"]).content)


def test_the_task_makes_all_files_and_a_second_run_none(month):
    make_ranking_files(month.pk)
    names = set(RankingFile.objects.values_list("category", "kind"))
    assert names == {(category, kind) for category in ("", "opd") for kind in KINDS}
    ids = list(RankingFile.objects.values_list("pk", "sha256"))
    make_ranking_files(month.pk)
    assert list(RankingFile.objects.values_list("pk", "sha256")) == ids
    assert keeping.make_files(month) == 0


def test_the_schedule_finds_what_is_missing_and_passes_over_a_ranking_that_is_gone(month):
    make_missing_files.delay()
    assert keeping.rankings_without_files() == []
    Ranking.objects.update(computed_at=NOON + timedelta(hours=1))
    assert keeping.rankings_without_files() == [month]
    make_ranking_files(month.pk + 1000)


def test_redis_is_not_needed(client, month, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert client.get("/peringkat/2023-01.csv").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_file(monkeypatch):
    make_method_v1()
    make_entry(make_ranking(), make_unit("opd-1"), rank=1)
    made, answers = [], []
    real = keeping.MAKERS["csv"]
    monkeypatch.setitem(keeping.MAKERS, "csv", lambda *given: made.append(1) or real(*given))

    def ask():
        try:
            answers.append(Client().get("/peringkat/2023-01.csv"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert {response.status_code for response in answers} == {200}
    assert len({response.content for response in answers}) == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_a_turn_is_told_to_come_back(monkeypatch):
    make_method_v1()
    make_entry(make_ranking(), make_unit("opd-1"), rank=1)
    monkeypatch.setattr(keeping, "WAIT", "200ms")
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [keeping.LOCK])
            held.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    response = Client().get("/peringkat/2023-01.csv")
    done.set()
    holder.join()
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert Client().get("/peringkat/2023-01.csv").status_code == 200


def run(*args, **options):
    out = StringIO()
    call_command("make_files", *args, stdout=out, **options)
    return out.getvalue()


def test_the_command_makes_what_is_missing_and_only_on_request_what_is_final(client, month):
    assert run("2023-01") == f"2023-01 revisi 1: {2 * len(KINDS)} berkas dibuat\n"
    assert run("2023-01") == "2023-01 revisi 1: 0 berkas dibuat\n"
    make_final(month.month)
    assert run(missing=True) == f"2023-01 revisi 1: {2 * len(KINDS)} berkas dibuat\n"
    type(make_unit("lain")).objects.filter(slug="opd-1").update(name="Nama baru")
    assert b"Nama baru" not in client.get("/peringkat/2023-01.csv").content
    run("2023-01", again=True)
    assert b"Nama baru" in client.get("/peringkat/2023-01.csv").content


@pytest.mark.parametrize("given", [([], {}), (["2023-01"], {"missing": True}), ([], {"missing": True, "again": True})])
def test_the_command_wants_to_know_which_months(month, given):
    with pytest.raises(CommandError, match="Sebutkan bulan"):
        run(*given[0], **given[1])


@pytest.mark.parametrize("text", ["2019-01", "kapan"])
def test_the_command_names_a_month_that_is_not_there(month, text):
    with pytest.raises(CommandError, match=text):
        run("2023-01", text)
    assert RankingFile.objects.count() == 0
