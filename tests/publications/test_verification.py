"""The verification desk: who may judge what, that two reviewers never collide, and what the page says."""

import re
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from opd.models import Role, Unit, User
from publications import flags, verification
from publications.models import Publication
from publications.services import PublicationError, review_publication
from publications.verification_views import span_in_words
from tests.builders import make_activity, make_channel, make_publication, make_unit
from tests.people import make_operator, make_person, make_ppid_utama

DESK = "/admin/verifikasi/"
NEXT = f"{DESK}berikutnya/"


def pending(unit, minutes_ago=60, **fields) -> Publication:
    now = timezone.now()
    fields = {"origin": "link", "first_seen_at": now - timedelta(minutes=minutes_ago), **fields}
    return make_publication(make_activity(unit), now - timedelta(minutes=minutes_ago + 5), state="pending", **fields)


def harvested(unit, count) -> list[Publication]:
    now = timezone.now()
    return [make_publication(make_activity(unit), now, "website", first_seen_at=now) for _each in range(count)]


def people():
    diskominfo = make_unit("diskominfo")
    return make_ppid_utama(diskominfo), make_person("ppid-utama-kedua", diskominfo, Role.PPID_UTAMA)


@pytest.fixture
def pabean(db):
    return make_unit("pabean", "kelurahan", name="Pabean")


@pytest.fixture
def reviewers(db):
    return people()


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, "opd.permissions.MembershipBackend")
    return client


def page(client, path=DESK) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def address(publication) -> str:
    return reverse("verification:item", args=[publication.pk])


# --- holding ------------------------------------------------------------------------------------------------


def test_what_one_reviewer_holds_another_neither_takes_nor_judges(pabean, reviewers):
    first, second = reviewers
    posting = pending(pabean)
    verification.take(publication_id=posting.pk, actor=first)
    with pytest.raises(PublicationError, match="Rekan lain"):
        verification.take(publication_id=posting.pk, actor=second)
    with pytest.raises(PublicationError, match="Rekan lain sedang memeriksa"):
        verification.decide(publication_id=posting.pk, actor=second, verdict="accepted", reason="Cocok")
    with pytest.raises(PublicationError, match="Rekan lain sedang memeriksa"):  # the list's action obeys as well
        review_publication(publication_id=posting.pk, actor=second, verdict="rejected", reason="Salah")
    verification.decide(publication_id=posting.pk, actor=first, verdict="accepted", reason="Cocok")
    posting.refresh_from_db()
    assert (posting.state, posting.reviewed_by, posting.held_by, posting.held_until) == ("accepted", first, None, None)


def test_a_hold_that_has_run_out_is_free_again_and_the_late_verdict_of_the_first_is_told(pabean, reviewers):
    first, second = reviewers
    posting = pending(pabean)
    verification.take(publication_id=posting.pk, actor=first)
    Publication.objects.filter(pk=posting.pk).update(held_until=timezone.now() - timedelta(seconds=1))
    verification.take(publication_id=posting.pk, actor=second)
    with pytest.raises(PublicationError, match="Rekan lain"):
        verification.decide(publication_id=posting.pk, actor=first, verdict="accepted", reason="Cocok")
    verification.decide(publication_id=posting.pk, actor=second, verdict="rejected", reason="Tautan mati")
    with pytest.raises(PublicationError, match="sudah diputuskan"):
        verification.decide(publication_id=posting.pk, actor=first, verdict="accepted", reason="Cocok")


def test_giving_back_frees_only_what_one_holds(pabean, reviewers):
    first, second = reviewers
    posting = pending(pabean)
    verification.take(publication_id=posting.pk, actor=first)
    verification.release(publication_id=posting.pk, actor=second)
    posting.refresh_from_db()
    assert posting.held_by == first
    verification.release(publication_id=posting.pk, actor=first)
    verification.take(publication_id=posting.pk, actor=second)


def at_once(works) -> list:
    """Run the works in threads of their own, all let go at the same moment; their answers or errors."""
    barrier, answers = Barrier(len(works)), [None] * len(works)

    def run(number, work):
        barrier.wait()
        try:
            answers[number] = work()
        except PublicationError as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_reviewers_who_ask_for_the_next_at_once_get_different_items():
    unit = make_unit("pabean", name="Pabean")
    items = [pending(unit, minutes) for minutes in (90, 60, 30)]
    first, second = people()
    third = make_person("ppid-utama-ketiga", Unit.objects.get(slug="diskominfo"), Role.PPID_UTAMA)
    taken = at_once([lambda who=who: verification.take_next(actor=who) for who in (first, second, third)])
    assert {publication.pk for publication in taken} == {item.pk for item in items}


@pytest.mark.django_db(transaction=True)
def test_of_two_verdicts_at_once_one_counts_and_the_other_is_told():
    posting = pending(make_unit("pabean", name="Pabean"))
    verdicts = list(zip(people(), ("accepted", "rejected"), strict=True))
    answers = at_once(
        [
            lambda who=who, verdict=verdict: verification.decide(
                publication_id=posting.pk, actor=who, verdict=verdict, reason="Diperiksa"
            )
            for who, verdict in verdicts
        ]
    )
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 1
    assert "sudah diputuskan" in str(refused[0])
    winner = verdicts[answers.index(None)]
    posting.refresh_from_db()
    assert (posting.reviewed_by, posting.state) == winner


def test_the_next_is_the_oldest_that_is_free_and_not_of_the_own_unit(pabean, reviewers):
    first, second = reviewers
    pending(Unit.objects.get(slug="diskominfo"), 500)
    oldest, middle, newest = pending(pabean, 90), pending(pabean, 60), pending(pabean, 30)
    sent = pending(pabean, 400, submitted_by=first)
    assert verification.take_next(actor=first) == oldest
    assert verification.take_next(actor=second) == sent
    assert verification.take_next(actor=second, after_id=sent.pk) == middle
    assert verification.take_next(actor=second, after_id=middle.pk) == newest
    assert verification.take_next(actor=second, after_id=newest.pk) is None


def test_one_holds_neither_the_own_units_nor_decided_ones(pabean, reviewers):
    first, _second = reviewers
    own = pending(Unit.objects.get(slug="diskominfo"))
    done = make_publication(make_activity(pabean), origin="link")
    with pytest.raises(PublicationError, match="unit yang diperiksa"):
        verification.take(publication_id=own.pk, actor=first)
    with pytest.raises(PublicationError, match="sudah diputuskan"):
        verification.take(publication_id=done.pk, actor=first)
    with pytest.raises(PublicationError, match="tidak ditemukan"):
        verification.take(publication_id=own.pk, actor=make_operator(pabean))


# --- second look -----------------------------------------------------------------------------------------------


def test_about_one_in_twenty_harvested_ones_is_looked_at_again_always_the_same(pabean):
    rows = harvested(pabean, 400)
    chosen = set(verification.second_looks().values_list("pk", flat=True))
    assert 5 <= len(chosen) <= 40
    assert chosen == set(verification.second_looks().values_list("pk", flat=True))
    assert chosen < {row.pk for row in rows}


def make_look(unit) -> Publication:
    """A harvested publication that the lot has fallen on."""
    for _each in range(40):
        harvested(unit, 10)
        if found := verification.second_looks().filter(unit=unit).first():
            return found
    raise AssertionError("the lot fell on none of 400")


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_a_second_look_confirms_or_rejects_once(pabean, reviewers, verdict):
    first, second = reviewers
    look = make_look(pabean)
    verification.take(publication_id=look.pk, actor=first)
    verification.decide(publication_id=look.pk, actor=first, verdict=verdict, reason="Dilihat lagi")
    look.refresh_from_db()
    assert (look.state, look.reviewed_by, look.reason) == (verdict, first, "Dilihat lagi")
    assert look not in verification.second_looks()
    with pytest.raises(PublicationError):
        verification.decide(publication_id=look.pk, actor=second, verdict="rejected", reason="Lagi")


def test_what_the_lot_did_not_fall_on_is_not_judged_again(pabean, reviewers):
    look = make_look(pabean)
    other = Publication.objects.filter(origin="harvest").exclude(pk__in=verification.second_looks().values("pk"))[0]
    assert other != look
    with pytest.raises(PublicationError, match="sudah diputuskan"):
        verification.decide(publication_id=other.pk, actor=reviewers[0], verdict="rejected", reason="Coba")


def test_flagged_sample_and_own_rows_are_no_second_look(pabean, reviewers):
    look = make_look(pabean)
    for change in ({"flags": ["late"]}, {"is_sample": True}, {"origin": "import"}):
        before = Publication.objects.filter(pk=look.pk).values(*change)[0]
        Publication.objects.filter(pk=look.pk).update(**change)
        assert look not in verification.second_looks(), change
        Publication.objects.filter(pk=look.pk).update(**before)
    assert look in verification.second_looks()
    own = make_look(Unit.objects.get(slug="diskominfo"))
    with pytest.raises(PublicationError, match="unit yang diperiksa"):
        verification.decide(publication_id=own.pk, actor=reviewers[0], verdict="accepted", reason="Coba")


# --- numbers and words -------------------------------------------------------------------------------------------


def test_the_numbers_on_top(pabean, reviewers):
    now = timezone.now()
    oldest = pending(pabean, 300)
    pending(pabean, 10)
    for hours in (1, 3, 50):
        seen = now - timedelta(days=2, hours=hours)
        make_publication(
            make_activity(pabean), seen, origin="link", first_seen_at=seen, reviewed_at=now - timedelta(days=2)
        )
    long_ago = now - timedelta(days=31)
    make_publication(
        make_activity(pabean), long_ago, origin="link", first_seen_at=long_ago - timedelta(days=9), reviewed_at=long_ago
    )
    numbers = verification.numbers(now)
    assert (numbers.waiting, numbers.oldest, numbers.decided) == (2, oldest.first_seen_at, 3)
    assert numbers.median == timedelta(hours=3)
    body = page(client_of(reviewers[0]))
    assert "<dd>2</dd>" in body
    assert "<dd>3 jam</dd>" in body


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "kurang dari satu menit"),
        (timedelta(minutes=5), "5 menit"),
        (timedelta(days=3, hours=4, minutes=9), "3 hari 4 jam"),
        (-timedelta(hours=2), "2 jam sebelum waktu yang disebut"),
    ],
)
def test_spans_in_words(span, words):
    assert span_in_words(span) == words


def test_every_flag_that_the_code_sets_has_words():
    room = Path(verification.__file__).parent
    source = "\n".join(
        (room / name).read_text() for name in ("import_judging.py", "importing.py", "links.py", "services.py")
    )
    set_in_code = set(re.findall(r'(?:flags\.append\(|held\[|flags=\[)"([a-z_]+)"', source))
    set_in_code |= {"late", "no_claimed_date", "account_not_shown", "no_channel", "channel_unverified", "future"}
    assert len(set_in_code) > 10
    assert set_in_code <= set(flags.WORDS)


# --- the pages ----------------------------------------------------------------------------------------------------


def test_the_queue_shows_the_evidence_oldest_first(pabean, reviewers):
    first, second = reviewers
    channel = make_channel(pabean, handle="kel.pabean")
    newer = pending(pabean, 10, title="Yang baru")
    older = pending(pabean, 4000, title="Yang lama", flags=["late", "owner_unknown"], channel=channel)
    verification.take(publication_id=newer.pk, actor=second)
    body = page(client_of(first))
    assert body.index("Yang lama") < body.index("Yang baru")
    for words in (
        "Pertama terlihat lebih dari 48 jam", "cocokkan dengan kanal unit", "kel.pabean, terverifikasi",
        f'<a href="{older.permalink}" rel="noopener noreferrer external">', "<dd>5 menit</dd>",
        "Sedang diperiksa ppid-utama-kedua sampai pukul",
    ):  # fmt: skip
        assert words in body, words
    assert f'value="{older.pk}"' in body
    assert f'value="{newer.pk}"' not in body


def test_own_rows_are_shown_as_not_theirs_to_judge(pabean, reviewers):
    own = pending(Unit.objects.get(slug="diskominfo"), title="Milik unit sendiri")
    client = client_of(reviewers[0])
    for path in (DESK, address(own)):
        body = page(client, path)
        assert "Milik unit sendiri" in body
        assert "Bukan untuk Anda putuskan." in body
        assert 'value="accepted"' not in body or path == DESK
    assert f'value="{own.pk}"' not in page(client)
    response = client.post(address(own), {"verdict": "accepted", "reason": "match"}, follow=True)
    assert "Pemeriksa tidak boleh berasal dari unit yang diperiksa" in response.content.decode()
    own.refresh_from_db()
    assert own.state == "pending"


def test_a_reviewer_works_through_the_queue_with_buttons_alone(pabean, reviewers):
    client = client_of(reviewers[0])
    older, newer = pending(pabean, 60), pending(pabean, 30)
    assert client.post(NEXT).url == address(older)
    assert "Anda pegang sampai pukul" in page(client, address(older))
    data = {"verdict": "rejected", "reason": "gone", "note": "Halaman 404"}
    assert client.post(address(older), data).url == address(newer)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.state, older.reason) == ("rejected", "Tautan tidak dapat dibuka. Halaman 404")
    assert newer.held_by == reviewers[0]
    assert LogEntry.objects.get(object_id=str(older.pk)).change_message == f"Ditolak: {older.reason}"
    assert client.post(address(newer), {"act": "release"}).url == DESK
    newer.refresh_from_db()
    assert newer.held_by is None
    assert client.get(address(older)).status_code == 302
    assert client.post(address(newer), {"act": "take"}).url == address(newer)
    assert client.post(address(newer), {"act": "skip"}).url == DESK


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"verdict": "accepted"}, "Pilih alasan dari daftar"),
        ({"verdict": "accepted", "reason": "gone"}, "tidak sesuai dengan putusannya"),
        ({"verdict": "accepted", "reason": "x"}, "tidak ada dalam daftar"),
        ({"verdict": "maybe", "reason": "match"}, "Pilih terima atau tolak"),
        ({"verdict": "accepted", "note": "a\x00b"}, "arakter"),
        ({"verdict": "accepted", "note": "x" * 201}, "200"),
        ({"act": "dance"}, "Pilih terima atau tolak"),
    ],
)
def test_what_is_wrong_with_a_verdict_is_told_on_the_page(pabean, reviewers, data, why):
    posting = pending(pabean)
    for path, extra in ((address(posting), {}), (DESK, {"pilih": posting.pk})):
        if "act" in data and path == DESK:
            continue
        response = client_of(reviewers[0]).post(path, {**data, **extra})
        assert response.status_code == 200
        assert why in response.content.decode(), path
    posting.refresh_from_db()
    assert posting.state == "pending"


def test_one_verdict_for_several_tells_each_refusal(pabean, reviewers):
    first, second = reviewers
    rows = [pending(pabean, title=f"Posting {number}") for number in range(3)]
    own, held = pending(Unit.objects.get(slug="diskominfo"), title="Sendiri"), pending(pabean, title="Dipegang")
    verification.take(publication_id=held.pk, actor=second)
    data = {"pilih": [row.pk for row in (*rows, own, held)], "verdict": "accepted", "reason": "match"}
    body = client_of(first).post(DESK, data, follow=True).content.decode()
    assert "3 publikasi diputuskan" in body
    assert "Sendiri: Pemeriksa tidak boleh" in body
    assert "Dipegang: Rekan lain sedang memeriksa" in body
    assert Publication.objects.accepted().count() == 3
    assert "Centang dahulu" in client_of(first).post(DESK, {"verdict": "accepted"}).content.decode()
    for junk in ("x", "9" * 40, "9" * 5000, "-1", "²"):
        assert client_of(first).post(DESK, {"pilih": junk, "verdict": "accepted", "reason": "match"}).status_code < 400


def test_queries_do_not_grow_with_the_queue(pabean, reviewers):
    client, counts = client_of(reviewers[0]), []
    for number in (1, 20):
        for _each in range(number):
            pending(make_unit(), submitted_by=User.objects.first(), channel=make_channel(pabean))
        with CaptureQueriesContext(connection) as queries:
            page(client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_home_leads_to_the_desk_and_the_pages_hold_no_inline_style_or_script(pabean, reviewers):
    posting, client = pending(pabean), client_of(reviewers[0])
    assert f'href="{DESK}"' in page(client, "/admin/")
    for path in (DESK, address(posting)):
        body = page(client, path)
        for forbidden in ("style=", "<style", " onclick"):
            assert forbidden not in body
    assert client.get(f"{DESK}{10**30}/").status_code == 404
