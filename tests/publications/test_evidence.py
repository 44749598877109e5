"""`/unit/<slug>/bukti/`: what a unit published, with permalink, grade, state and reason."""

from datetime import datetime, timedelta

import pytest

from cilegon_kip.common.jakarta import JAKARTA
from publications.grades import grade_of
from publications.models import ExistenceCheck, Publication
from tests.builders import NOON, make_activity, make_channel, make_publication, make_unit

pytestmark = pytest.mark.django_db
PATH = "/unit/pabean/bukti/"


@pytest.fixture
def unit():
    return make_unit("pabean", "kelurahan", name="Kelurahan Pabean")


@pytest.mark.parametrize(
    ("fields", "grade"),
    [
        ({"origin": "portal"}, "P"),
        ({"origin": "harvest", "channel_id": 1}, "A"),
        ({"origin": "harvest", "channel_id": 1, "flags": ["late"], "reviewed_at": NOON}, "C"),
        ({"origin": "harvest", "channel_id": 1, "reviewed_at": NOON}, "A"),  # a second look at what was not odd
        ({"origin": "import", "channel_id": 1, "flags": ["backfill"]}, "A"),
        ({"origin": "import", "flags": ["no_channel"], "reviewed_at": NOON}, "C"),
        ({"origin": "link", "channel_id": 1, "was_found": True}, "B"),
        ({"origin": "link", "channel_id": 1, "was_found": True, "flags": ["owner_unknown"]}, "C"),
        ({"origin": "link", "channel_id": 1}, "C"),
        ({"origin": "harvest", "channel_id": 1, "state": "pending"}, ""),
        ({"origin": "portal", "state": "rejected"}, ""),
    ],
)
def test_grades(fields, grade):
    was_found = fields.pop("was_found", False)
    assert grade_of(Publication(**{"state": "accepted", **fields}), was_found=was_found) == grade


def test_a_link_whose_address_answered_is_better_proved(unit, client):
    seen, unseen = (make_publication(make_activity(unit), origin="link", reviewed_at=NOON) for _time in range(2))
    for publication, answer in ((seen, "yes"), (seen, "unknown"), (unseen, "unknown")):
        ExistenceCheck.objects.create(publication=publication, checked_at=NOON, answer=answer)
    grades = {piece.publication.pk: piece.grade for piece in client.get(PATH).context["pieces"]}
    assert grades == {seen.pk: "B", unseen.pk: "C"}


def test_everything_is_listed_with_its_reason_but_only_what_counts_is_linked(unit, client):
    activity = make_activity(unit, title="Senam pagi")
    make_publication(activity, channel=make_channel(unit), permalink="https://www.instagram.com/p/AAA/")
    held = {
        "state": "pending",
        "reason": "Waktu terbitnya belum tiba.",
        "permalink": "https://www.instagram.com/p/BBB/",
    }
    make_publication(activity, title="Rapat", **held)
    make_publication(activity, title="Iklan", state="rejected", reason="Bukan kegiatan unit.")
    make_publication(activity, title="Arsip", reason="Diterima atas pemeriksaan budi.", origin="import")
    make_publication(make_activity(unit, None, title="Draf rahasia"), state="pending", origin="link")
    make_publication(make_activity(make_unit(), title="Unit lain"))
    words = client.get(PATH).content.decode()
    for told in ("4 publikasi: 2 diterima, 1 menunggu verifikasi, 1 ditolak", "Waktu terbitnya belum tiba.",
                 "Bukan kegiatan unit.", "mutu A", 'href="https://www.instagram.com/p/AAA/"'):  # fmt: skip
        assert told in words
    for hidden in ('href="https://www.instagram.com/p/BBB/"', "Draf rahasia", "Unit lain", "budi"):
        assert hidden not in words


def test_month_and_state_filter_and_a_wrong_filter_is_named(unit, client):
    activity = make_activity(unit)
    make_publication(activity, title="Januari", published_at=datetime(2023, 1, 31, 23, 59, tzinfo=JAKARTA))
    make_publication(activity, title="Februari", published_at=datetime(2023, 2, 1, tzinfo=JAKARTA), state="pending")
    page = client.get(f"{PATH}?bulan=2023-01").content.decode()
    assert ("Januari</a>" in page or ">Januari" in page, ">Februari<" in page) == (True, False)
    assert "/peringkat/2023-01/kelurahan/pabean/" in page
    pending = client.get(f"{PATH}?keadaan=pending").context["pieces"]
    assert [piece.publication.title for piece in pending] == ["Februari"]
    for query in ("bulan=kemarin", "keadaan=lain"):
        assert client.get(f"{PATH}?{query}").status_code == 400
    assert client.get("/unit/tidak-ada/bukti/").status_code == 404


def test_many_postings_cost_the_same_queries_and_come_in_pages(unit, client, django_assert_num_queries):
    for number in range(60):
        make_publication(make_activity(unit), NOON + timedelta(hours=number))
    with django_assert_num_queries(6):
        first = client.get(PATH)
    assert len(first.context["pieces"]) == 50
    assert len(client.get(f"{PATH}?halaman=2").context["pieces"]) == 10
