"""Objections on the public page and in the month's input file: facts, no persons, and provable."""

import gzip
import json
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cilegon_kip.common.jakarta import JAKARTA
from publications.models import Publication
from rankings.finalising import finalise_ranking, revise_ranking
from rankings.models import InputFile, Ranking, Rebuttal
from rankings.rebuttals.making import ClaimedGap
from rankings.services import compute_month
from rankings.verifying import verify_file, verify_ranking

from .test_deciding import decide
from .world import AFTER, JANUARY, REASON, make_world

pytestmark = pytest.mark.django_db
PAGE = "/peringkat/2023-01/opd/dinas-uji/"


@pytest.fixture
def world():
    return make_world()


def body(response) -> str:
    return " ".join(response.content.decode().split())


def content(ranking) -> bytes:
    return gzip.decompress(bytes(InputFile.objects.get(ranking=ranking).content))


def lines(ranking) -> list[dict]:
    return [json.loads(line) for line in content(ranking).splitlines()]


def test_page_shows_an_open_objection_then_its_verdict(client, world):
    assert "Sanggahan unit" not in body(client.get(PAGE))
    rebuttal = world.object("https://dinas-uji.example/berita/1", "https://dinas-uji.example/berita/2")
    shown = body(client.get(PAGE))
    assert "Diajukan 8 Februari 2023: menunggu putusan" in shown
    assert REASON in shown
    assert 'href="https://dinas-uji.example/berita/1" rel="nofollow' in shown
    decide(rebuttal, world.ppid_utama, True, False)
    shown = body(client.get(PAGE))
    assert "Diajukan 8 Februari 2023: diterima sebagian" in shown
    assert "Unggahan yang belum tercatat</b>: diterima. Tautannya cocok" in shown
    assert "ditolak. Bukan kegiatan" in shown
    assert "Putusan Diskominfo, 9 Februari 2023:" in shown
    assert "Sesuai bukti" in shown
    for person in (world.operator, world.ppid_utama):
        assert person.username not in shown
    assert rebuttal.get_absolute_url() == f"{PAGE}#sanggahan"


def test_page_of_another_unit_and_of_another_revision_do_not_show_it(client, world):
    decide(world.object(), world.ppid_utama)
    assert "Sanggahan unit" not in body(client.get("/peringkat/2023-01/opd/dinas-lain/"))
    finalise_ranking(month=JANUARY, now=AFTER)
    assert "Sanggahan unit" in body(client.get(PAGE))
    revise_ranking(month=JANUARY, reason="Keliru", now=datetime(2023, 3, 1, tzinfo=JAKARTA))
    assert "Sanggahan unit" not in body(client.get(PAGE))


def test_page_asks_the_same_number_of_queries_for_many(client, world):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    decide(world.object(), world.ppid_utama)
    before = count()
    for number in range(2, 6):
        decide(world.object(f"https://dinas-uji.example/berita/{number}"), world.ppid_utama)
    assert count() == before


def test_file_without_decided_objections_is_as_it_always_was(world):
    world.object()
    ranking = compute_month(JANUARY, AFTER)
    assert lines(ranking)[0]["format"] == "kip-peringkat-masukan/1"
    assert {line["line"] for line in lines(ranking)} == {"month", "unit", "channel", "publication"}
    assert verify_ranking(ranking).differences == []


def test_file_tells_the_objection_and_its_decision_without_persons(world):
    gap = ClaimedGap(world.instagram, JANUARY, datetime(2023, 1, 2, tzinfo=JAKARTA).date())
    rebuttal = world.object("https://dinas-uji.example/berita/1", gaps=[gap])
    ranking = decide(rebuttal, world.ppid_utama, True, False)
    head, *_, last = lines(ranking)
    link = rebuttal.items.get(kind="link").publication
    assert head["format"] == "kip-peringkat-masukan/2"
    assert last == {
        "line": "rebuttal",
        "id": rebuttal.pk,
        "unit": "dinas-uji",
        "made_at": "2023-02-08T16:59:59Z",
        "reason": REASON,
        "decided_at": "2023-02-08T17:00:00Z",
        "outcome": "partial",
        "answer": "Sesuai bukti",
        "items": [
            {"kind": "link", "publication": link.pk, "key": "dinas-uji.example/berita/1", "claimed_on": "2023-01-20",
             "verdict": "accepted", "answer": "Tautannya cocok"},
            {"kind": "gap", "channel": "dinas.uji", "channel_kind": "instagram", "claimed_on": "2023-01-01",
             "claimed_until": "2023-01-02", "verdict": "rejected", "answer": "Bukan kegiatan"},
        ],
    }  # fmt: skip
    for person in (world.operator, world.ppid_utama):
        assert person.username not in content(ranking).decode()
    assert verify_ranking(ranking).differences == []
    assert verify_file(bytes(InputFile.objects.get().content)).differences == []


def test_same_objections_give_the_same_bytes(world):
    ranking = decide(world.object(), world.ppid_utama)
    before = ranking.input_sha256
    assert compute_month(JANUARY, datetime(2023, 2, 20, tzinfo=JAKARTA)).input_sha256 == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"answer":"Sesuai bukti"', '"answer":"Sesuai buktj"', "sanggahan {id}: dalam berkas dan tersimpan tidak sama"),
        ('"outcome":"accepted"', '"outcome":"rejected"', "sanggahan {id}: dalam berkas dan tersimpan tidak sama"),
        ('"unit":"dinas-uji"}', '"unit":"dinas-apa"}', "sanggahan {id}: unit dinas-apa tidak ada dalam berkas"),
        ("masukan/2", "masukan/1", "format"),
        ("masukan/2", "masukan/3", "format"),
    ],
)
def test_a_changed_line_is_found_and_named(world, old, new, said):
    rebuttal = world.object()
    ranking = decide(rebuttal, world.ppid_utama)
    text = content(ranking).decode()
    head, last = text[: text.rindex("\n", 0, -1) + 1], text[text.rindex("\n", 0, -1) + 1 :]
    changed = head.replace(old, new) + last if "masukan" in old else head + last.replace(old, new)
    assert changed != text
    InputFile.objects.update(content=gzip.compress(changed.encode()))
    assert said.format(id=rebuttal.pk) in " ".join(verify_ranking(ranking).differences)


def test_a_line_taken_out_is_found(world):
    rebuttal = world.object()
    ranking = decide(rebuttal, world.ppid_utama)
    kept = [line for line in content(ranking).splitlines(keepends=True) if b'"line":"rebuttal"' not in line]
    packed = gzip.compress(b"".join(kept).replace(b"masukan/2", b"masukan/1"))
    InputFile.objects.update(content=packed)
    wrong = " ".join(verify_ranking(ranking).differences)
    assert f"sanggahan {rebuttal.pk}: dalam berkas dan tersimpan tidak sama" in wrong
    assert "SHA-256" in wrong


def test_accepted_publication_that_the_file_does_not_know_is_named(world):
    rebuttal = world.object()
    ranking = decide(rebuttal, world.ppid_utama)
    number = Publication.objects.get(flags__contains=["rebuttal"]).pk
    changed = content(ranking).replace(f'"publication":{number}'.encode(), b'"publication":999999')
    packed = gzip.compress(changed)
    assert f"sanggahan {rebuttal.pk}: publikasi 999999 diterima" in " ".join(verify_file(packed).differences)


def test_final_month_proves_itself_with_its_objections(world):
    decide(world.object(), world.ppid_utama)
    finalise_ranking(month=JANUARY, now=AFTER)
    ranking = Ranking.objects.get()
    assert (ranking.status, Rebuttal.objects.get().outcome) == ("final", "accepted")
    assert verify_ranking(ranking).differences == []
