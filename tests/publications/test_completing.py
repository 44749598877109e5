"""What an import left open is filled in once by a reviewer, and never what the source said."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from cilegon_kip.common.jakarta import local_day
from opd.models import Membership, Role, User
from publications import verification
from publications.completing import complete_publication, open_fields
from publications.models import Publication
from publications.services import PublicationError
from tests.builders import make_channel, make_unit
from tests.people import make_operator, make_person, make_ppid_utama

DAY = date(2023, 1, 12)


def held(**fields) -> Publication:
    fields = {"kind": "website", "origin": "import", "flags": ["unit_unclear", "no_title", "no_date"], **fields}
    return Publication.objects.create(permalink="https://a.id/1", permalink_key="a.id/1", **fields)


@pytest.fixture
def pabean(db):
    return make_unit("pabean", "kelurahan", name="Pabean")


@pytest.fixture
def reviewer(db):
    return make_ppid_utama(make_unit("diskominfo"))


def test_the_open_fields_are_filled_and_their_flags_go(pabean, reviewer):
    posting = held()
    assert open_fields(posting) == ["unit", "title", "published_at"]
    complete_publication(publication_id=posting.pk, actor=reviewer, unit=pabean, title=" Kerja  bakti ", posted_on=DAY)
    posting.refresh_from_db()
    assert (posting.unit, posting.title, posting.counted_on) == (pabean, "Kerja bakti", DAY)
    assert (posting.date_basis, posting.claimed_raw, posting.flags) == ("date_only", "2023-01-12", ["completed"])
    assert posting.state == "pending"


def test_what_the_source_said_stays(pabean, reviewer):
    moment = timezone.now()
    posting = held(title="Judul sumber", published_at=moment, claimed_raw="hari ini")
    complete_publication(publication_id=posting.pk, actor=reviewer, unit=pabean, title="Lain", posted_on=DAY)
    posting.refresh_from_db()
    assert (posting.title, posting.published_at, posting.claimed_raw) == ("Judul sumber", moment, "hari ini")
    with pytest.raises(PublicationError, match="sedikitnya satu"):
        complete_publication(publication_id=posting.pk, actor=reviewer, title="Lain")


@pytest.mark.parametrize("days", [1, -366 * 30])
def test_a_day_that_cannot_be_is_refused(pabean, reviewer, days):
    posting = held()
    with pytest.raises(PublicationError, match="antara 1 Januari 2005 dan hari ini"):
        complete_publication(
            publication_id=posting.pk, actor=reviewer, posted_on=local_day(timezone.now()) + timedelta(days=days)
        )


def test_nobody_completes_for_the_own_unit_or_another_units_channel(pabean, reviewer):
    posting = held()
    Membership.objects.create(user=reviewer, unit=pabean, role=Role.OPERATOR)
    fresh = User.objects.get(pk=reviewer.pk)
    with pytest.raises(PublicationError, match="unit yang diperiksa"):
        complete_publication(publication_id=posting.pk, actor=fresh, unit=pabean)
    foreign = make_channel(make_unit("gerem"), "website", key="gerem.cilegon.go.id", url="https://gerem.cilegon.go.id")
    Publication.objects.filter(pk=posting.pk).update(channel=foreign)
    with pytest.raises(PublicationError, match="kanal unit lain"):
        complete_publication(publication_id=posting.pk, actor=fresh, unit=make_unit("kotasari"))


def test_only_reviewers_and_only_what_waits_and_is_not_held_by_another(pabean, reviewer):
    posting = held()
    with pytest.raises(PublicationError, match="tidak menunggu"):
        complete_publication(publication_id=posting.pk, actor=make_operator(pabean), title="Judul")
    colleague = make_person("ppid-utama-kedua", make_unit("setda"), Role.PPID_UTAMA)
    verification.take(publication_id=posting.pk, actor=colleague)
    with pytest.raises(PublicationError, match="Rekan lain"):
        complete_publication(publication_id=posting.pk, actor=reviewer, title="Judul")
    Publication.objects.filter(pk=posting.pk).update(state="rejected", reason="Tidak ada", held_by=None)
    with pytest.raises(PublicationError, match="tidak menunggu"):
        complete_publication(publication_id=posting.pk, actor=reviewer, title="Judul")


def test_on_the_desk_a_held_row_is_completed_then_accepted(pabean, reviewer):
    posting, client = held(), Client()
    client.force_login(reviewer, "opd.permissions.MembershipBackend")
    path = f"/admin/verifikasi/{posting.pk}/"
    assert "Lengkapi dahulu" in client.get(path).content.decode()
    bad = client.post(path, {"act": "complete", "unit": "999999", "posted_on": "kemarin"})
    assert bad.status_code == 200
    assert bad.content.decode().count("errorlist") == 2
    client.post(path, {"act": "complete", "unit": pabean.pk, "title": "Kerja bakti", "posted_on": "2023-01-12"})
    assert LogEntry.objects.filter(object_id=posting.pk, change_message__contains="unit, judul, tanggal").exists()
    assert "Lengkapi dahulu" not in client.get(path).content.decode()
    client.post(path, {"verdict": "accepted", "reason": "match"})
    posting.refresh_from_db()
    assert (posting.state, posting.activity.title) == ("accepted", "Kerja bakti")
    again = client.post(path, {"act": "complete", "title": "Lagi"}, follow=True)
    assert "sudah diputuskan" in again.content.decode()
