"""Changes of state: each once, by the right person, with a reason."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, connections, transaction
from django.utils import timezone

from cilegon_kip.common.jakarta import JAKARTA
from opd.models import Membership, Role
from publications.models import Activity, Photo, Publication
from publications.services import (
    PublicationError,
    publish_activity,
    refresh_portal_publication,
    review_publication,
    submit_link,
    withdraw_activity,
)
from tests.builders import make_activity, make_channel, make_publication, make_unit
from tests.people import make_operator, make_person, make_ppid_utama

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    class City:
        diskominfo = make_unit("diskominfo")
        pabean = make_unit("pabean", "kelurahan")
        gerem = make_unit("gerem", "kelurahan")

    City.ppid_utama = make_ppid_utama(City.diskominfo)
    City.operator = make_operator(City.pabean)
    City.other_operator = make_operator(City.gerem)
    return City


def draft(unit, **fields) -> Activity:
    return make_activity(unit, None, **fields)


# --- publishing ---


def test_publishing_makes_one_accepted_portal_posting_at_server_time(city):
    activity = draft(city.pabean, text="x" * 210, happened_on=datetime(2026, 11, 20, tzinfo=JAKARTA).date())
    Photo.objects.create(activity=activity, alt="Warga di posyandu")
    before = timezone.now()
    publish_activity(activity_id=activity.pk, actor=city.operator)
    activity.refresh_from_db()
    posting = activity.publications.get()
    assert activity.status == "published"
    assert before <= activity.published_at == posting.published_at <= timezone.now()
    assert (posting.kind, posting.origin, posting.state, posting.date_basis) == (
        "portal", "portal", "accepted", "server",
    )  # fmt: skip
    assert posting.permalink_key == f"portal:{activity.pk}"
    assert (posting.has_media, posting.text_length, posting.happened_on) == (True, 210, activity.happened_on)
    assert posting.submitted_by == city.operator


def test_second_publishing_is_refused_and_changes_nothing(city):
    activity = draft(city.pabean)
    first = publish_activity(activity_id=activity.pk, actor=city.operator)
    with pytest.raises(PublicationError, match="sudah terbit"):
        publish_activity(activity_id=activity.pk, actor=city.operator)
    assert activity.publications.get().published_at == first.published_at


def test_a_foreign_activity_does_not_exist_for_an_operator(city):
    activity = draft(city.gerem)
    published = make_activity(city.gerem)
    acts = [
        lambda: publish_activity(activity_id=activity.pk, actor=city.operator),
        lambda: withdraw_activity(activity_id=published.pk, actor=city.operator, reason="alasan"),
        lambda: submit_link(activity_id=activity.pk, url="https://pabean.id/a", actor=city.operator),
        lambda: publish_activity(activity_id=10**9, actor=city.operator),
    ]
    for act in acts:
        with pytest.raises(PublicationError, match="Kegiatan tidak ditemukan"):
            act()


def test_photo_without_alt_does_not_count_and_edits_are_followed(city):
    activity = draft(city.pabean, text="")
    photo = Photo.objects.create(activity=activity)
    posting = publish_activity(activity_id=activity.pk, actor=city.operator)
    assert not posting.has_media
    photo.alt = "Warga membersihkan saluran air"
    photo.save(update_fields=["alt"])
    activity.text, activity.title = "y" * 300, "Kerja bakti saluran air"
    activity.save(update_fields=["text", "title"])
    refresh_portal_publication(activity)
    published_at = posting.published_at
    posting.refresh_from_db()
    assert (posting.has_media, posting.text_length, posting.title) == (True, 300, "Kerja bakti saluran air")
    assert posting.published_at == published_at


def test_the_database_itself_keeps_the_time_of_publishing(city):
    activity = draft(city.pabean)
    publish_activity(activity_id=activity.pk, actor=city.operator)
    earlier = timezone.now() - timedelta(days=40)
    for rows in (Activity.objects.filter(pk=activity.pk), activity.publications.all()):
        with pytest.raises(InternalError), transaction.atomic():
            rows.update(published_at=earlier)


# --- withdrawing ---


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", "a\x00b", "x" * 301])
def test_withdrawing_needs_a_reason_of_fitting_length(city, reason):
    activity = make_activity(city.pabean)
    with pytest.raises(PublicationError, match=r"[aA]lasan"):
        withdraw_activity(activity_id=activity.pk, actor=city.operator, reason=reason)
    activity.refresh_from_db()
    assert activity.status == "published"


def test_withdrawn_activity_keeps_its_evidence_and_is_not_published_again(city):
    activity = draft(city.pabean)
    publish_activity(activity_id=activity.pk, actor=city.operator)
    withdraw_activity(activity_id=activity.pk, actor=city.operator, reason=" Salah  tanggal ")
    activity.refresh_from_db()
    assert (activity.status, activity.withdrawn_reason) == ("withdrawn", "Salah tanggal")
    assert activity.publications.count() == 1
    for act in (
        lambda: publish_activity(activity_id=activity.pk, actor=city.operator),
        lambda: withdraw_activity(activity_id=activity.pk, actor=city.operator, reason="lagi"),
        lambda: submit_link(activity_id=activity.pk, url="https://pabean.id/a", actor=city.operator),
    ):
        with pytest.raises(PublicationError):
            act()


def test_a_draft_cannot_be_withdrawn(city):
    activity = draft(city.pabean)
    with pytest.raises(PublicationError, match="sedang terbit"):
        withdraw_activity(activity_id=activity.pk, actor=city.operator, reason="tidak jadi")


# --- links ---


@pytest.fixture
def channels(city):
    return {
        "website": make_channel(city.pabean, "website", key="pabean.cilegon.go.id", url="https://pabean.cilegon.go.id"),
        "instagram": make_channel(city.pabean, "instagram", key="kelurahanpabean"),
    }


def send(city, url, **fields):
    activity = fields.pop("activity", None) or make_activity(city.pabean)
    return submit_link(activity_id=activity.pk, url=url, actor=city.operator, **fields)


def test_a_link_to_a_verified_channel_waits_for_verification(city, channels):
    link = send(city, "https://www.pabean.cilegon.go.id/berita/12?utm_source=wa")
    assert (link.state, link.origin, link.channel, link.kind) == ("pending", "link", channels["website"], "website")
    assert link.permalink_key == "pabean.cilegon.go.id/berita/12"
    assert link.flags == ["no_claimed_date"]
    assert link.unit == city.pabean


def test_a_post_that_does_not_say_whose_it_is_carries_a_flag_for_the_reviewer(city, channels):
    link = send(city, "https://www.instagram.com/p/C1a2B3c4D5e/?igsh=abc")
    assert link.channel == channels["instagram"]
    assert "owner_unknown" in link.flags


def test_late_and_impossible_times_are_flagged_or_refused(city, channels):
    now = timezone.now()
    late = send(city, "https://pabean.cilegon.go.id/a", claimed_at=now - timedelta(hours=49))
    assert late.flags == ["late"]
    prompt = send(city, "https://pabean.cilegon.go.id/b", claimed_at=now - timedelta(hours=47))
    assert prompt.flags == []
    with pytest.raises(PublicationError, match="masa depan"):
        send(city, "https://pabean.cilegon.go.id/c", claimed_at=now + timedelta(hours=1))
    with pytest.raises(PublicationError, match="masuk akal"):
        send(city, "https://pabean.cilegon.go.id/d", claimed_at=datetime(1999, 1, 1, tzinfo=JAKARTA))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://gerem.cilegon.go.id/berita/1", "bukan dari kanal terverifikasi"),
        ("https://www.tiktok.com/@pabean/video/7212345678901234567", "bukan dari kanal terverifikasi"),
        ("https://pabean.cilegon.go.id/", "alamat kanalnya"),
        ("https://bit.ly/3abc", "tautan pendek"),
        ("javascript:alert(1)", "http"),
        ("bukan tautan", "spasi"),
        ("https://pabean.cilegon.go.id/\x00", "tidak dikenal"),
        ("https://pabean.cilegon.go.id/" + "a" * 700, "terlalu panjang"),
    ],
)
def test_a_link_from_elsewhere_is_refused_with_the_reason(city, channels, url, why):
    with pytest.raises(PublicationError, match=why):
        send(city, url)
    assert not Publication.objects.filter(origin="link").exists()


def test_a_channel_that_waits_for_verification_is_named_as_the_reason(city):
    make_channel(city.pabean, "tiktok", key="pabean", status="unverified", verified_at=None)
    with pytest.raises(PublicationError, match="belum diverifikasi"):
        send(city, "https://www.tiktok.com/@pabean/video/7212345678901234567")


def test_a_known_link_is_refused_with_a_pointer_and_tells_nothing_of_other_units(city, channels):
    first = send(city, "https://pabean.cilegon.go.id/a")
    with pytest.raises(PublicationError) as known:
        send(city, "http://www.pabean.cilegon.go.id/a/")
    assert first.activity.title in str(known.value)
    secret = draft(city.gerem, title="RAHASIA-GEREM")
    make_publication(secret, permalink_key="pabean.cilegon.go.id/g")
    with pytest.raises(PublicationError) as foreign:
        send(city, "https://pabean.cilegon.go.id/g")
    assert "sudah tercatat di portal" in str(foreign.value)
    assert "GEREM" not in str(foreign.value).upper()


# --- verification ---


def pending(city, **fields) -> Publication:
    fields = {"submitted_by": city.operator, **fields}
    return make_publication(make_activity(city.pabean), origin="link", state="pending", **fields)


def decide(publication, actor, verdict="accepted", reason="Isi dan tanggal sesuai"):
    review_publication(publication_id=publication.pk, actor=actor, verdict=verdict, reason=reason)


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_a_verdict_is_recorded_once_with_person_time_and_reason(city, verdict):
    link = pending(city)
    decide(link, city.ppid_utama, verdict)
    link.refresh_from_db()
    assert (link.state, link.reviewed_by, link.reason) == (verdict, city.ppid_utama, "Isi dan tanggal sesuai")
    assert link.reviewed_at
    with pytest.raises(PublicationError, match="sudah diputuskan"):
        decide(link, city.ppid_utama, "rejected")


def test_a_verdict_needs_a_reason_and_a_known_word(city):
    link = pending(city)
    with pytest.raises(PublicationError, match="alasan"):
        decide(link, city.ppid_utama, reason=" ")
    with pytest.raises(PublicationError, match="Putusan"):
        decide(link, city.ppid_utama, verdict="pending")


def test_operators_do_not_review_not_even_for_others(city):
    link = pending(city)
    for actor in (city.operator, city.other_operator):
        with pytest.raises(PublicationError, match="tidak ditemukan"):
            decide(link, actor)


def test_the_submitter_and_members_of_the_unit_do_not_review(city):
    with pytest.raises(PublicationError, match="Pengirim"):
        decide(pending(city, submitted_by=city.ppid_utama), city.ppid_utama)
    member = make_person("ppid-pabean", city.pabean, Role.PPID_UTAMA)
    with pytest.raises(PublicationError, match="unit yang diperiksa"):
        decide(pending(city), member)
    Membership.objects.create(user=city.ppid_utama, unit=city.pabean, role=Role.OPERATOR)
    fresh = type(city.ppid_utama).objects.get(pk=city.ppid_utama.pk)
    with pytest.raises(PublicationError, match="unit yang diperiksa"):
        decide(pending(city), fresh)


def test_accepting_a_held_import_makes_its_activity_or_finds_it(city):
    fields = {"kind": "website", "origin": "import", "state": "pending", "unit": city.pabean, "title": "Kerja bakti"}
    first, again = (
        Publication.objects.create(**fields, permalink_key=f"a.id/{n}", published_at=timezone.now()) for n in range(2)
    )
    decide(first, city.ppid_utama)
    decide(again, city.ppid_utama)
    first.refresh_from_db()
    again.refresh_from_db()
    assert (first.state, first.activity.title, first.activity.status) == ("accepted", "Kerja bakti", "published")
    assert again.activity == first.activity


def test_only_what_is_whole_and_published_is_accepted(city):
    on_draft = make_publication(draft(city.pabean), state="pending")
    with pytest.raises(PublicationError, match="belum terbit"):
        decide(on_draft, city.ppid_utama)
    fields = {"kind": "website", "origin": "import", "state": "pending", "unit": city.pabean}
    dated = Publication.objects.create(**fields, permalink_key="a.id/1", published_at=timezone.now())
    with pytest.raises(PublicationError, match="tanpa judul"):
        decide(dated, city.ppid_utama)
    undated = Publication.objects.create(**fields, permalink_key="a.id/2", activity=make_activity(city.pabean))
    with pytest.raises(PublicationError, match="tanpa tanggal"):
        decide(undated, city.ppid_utama)
    ownerless = Publication.objects.create(**{**fields, "unit": None, "kind": "news"}, permalink_key="a.id/3")
    with pytest.raises(PublicationError, match="tanpa unit"):
        decide(ownerless, city.ppid_utama)
    decide(undated, city.ppid_utama, "rejected")
    press = Publication.objects.create(**{**fields, "kind": "news"}, permalink_key="a.id/4")
    decide(press, city.ppid_utama)
    press.refresh_from_db()
    assert press.state == "accepted"


# --- two at once ---


def run_at_once(acts) -> list[str]:
    """Each act in a thread and connection of its own, started together; what each came to."""
    gate, results = threading.Barrier(len(acts)), []

    def run(act):
        try:
            gate.wait(10)
            act()
            results.append("done")
        except (PublicationError, IntegrityError) as error:
            results.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_wins(city):
    second = make_person("ppid-utama-2", city.diskominfo, Role.PPID_UTAMA)
    for _ in range(5):
        link = pending(city)
        acts = [lambda p=link: decide(p, city.ppid_utama), lambda p=link: decide(p, second, "rejected", "Tautan mati")]
        assert run_at_once(acts) == ["PublicationError", "done"]
        link.refresh_from_db()
        winner = (link.state, link.reviewed_by, link.reason)
        assert winner in [
            ("accepted", city.ppid_utama, "Isi dan tanggal sesuai"),
            ("rejected", second, "Tautan mati"),
        ]


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_publishes_and_of_two_links_one_stays(city, channels):
    activity = draft(city.pabean)
    publish = [lambda: publish_activity(activity_id=activity.pk, actor=city.operator)] * 3
    assert run_at_once(publish) == ["PublicationError", "PublicationError", "done"]
    others = [make_activity(city.pabean), make_activity(city.pabean)]
    links = [lambda a=a: send(city, "https://pabean.cilegon.go.id/satu", activity=a) for a in others]
    assert run_at_once(links) == ["PublicationError", "done"]
    assert Publication.objects.filter(origin="link").count() == 1
