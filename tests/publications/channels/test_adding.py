"""Adding a channel: paste an address, see what is there, save it, prove that it is the unit's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opd.channels import normalise
from opd.models import Channel
from publications.channels import probing
from publications.channels.hurried import Hurried
from publications.channels.ownership import links_of, proof_token
from publications.channels.probing import ChannelDeskError, ask_probe, run_probe, save_channel
from publications.harvest.items import HarvestError
from publications.models import ChannelHarvest, ChannelProbe
from tests.builders import make_channel, make_unit
from tests.people import make_operator, make_person, make_ppid_utama
from tests.publications.harvest.recording import Recording
from tests.publications.harvest.samples import rss

pytestmark = pytest.mark.django_db
SITE = "https://dinas.example.id"


def feed(days: int) -> str:
    """One entry for each of the last days, the newest an hour ago."""
    moments = [timezone.now() - timedelta(days=day, hours=1) for day in range(days)]
    return rss(
        *(
            f"<item><title>Rapat hari ke-{number}</title><link>{SITE}/{number}</link>"
            f"<pubDate>{moment:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for number, moment in enumerate(moments)
        )
    )


@pytest.fixture
def city():
    class City:
        pabean = make_unit("pabean", "kelurahan", name="Kelurahan Pabean")
        gerem = make_unit("gerem", "kelurahan", name="Kelurahan Gerem")
        diskominfo = make_unit("diskominfo")

    City.operator, City.other = make_operator(City.pabean), make_operator(City.gerem)
    City.ppid_utama = make_ppid_utama(City.diskominfo)
    return City


@pytest.fixture
def world(monkeypatch, django_capture_on_commit_callbacks):
    """What the internet answers; the worker works at once."""

    class World:
        answers: dict = {}

        @staticmethod
        def post(client, path, data=None):
            with django_capture_on_commit_callbacks(execute=True):
                answer = client.post(path, data or {})
            return client.get(answer["Location"])

    monkeypatch.setattr("publications.harvest.visiting.portal_client", lambda turns: Recording(World.answers))
    return World


def enter(client, user):
    client.force_login(user, "opd.permissions.MembershipBackend")
    return client


def look(city, address: str, answers: dict) -> ChannelProbe:
    probe = ask_probe(unit=city.pabean, address=normalise(address), actor=city.operator)
    run_probe(probe.pk, Recording(answers))
    probe.refresh_from_db()
    return probe


def test_a_pasted_address_is_looked_at_shown_and_saved(city, client, world):
    world.answers = {SITE: "<html><p>x", f"{SITE}/feed/": feed(5)}
    page = world.post(enter(client, city.operator), "/admin/kanal/baru/", {"alamat": "dinas.example.id"})
    words = page.content.decode()
    assert "Umpan (RSS, Atom)" in words
    assert "5 kiriman" in words
    assert [f"Rapat hari ke-{number}" in words for number in range(5)] == [True, True, True, False, False]
    assert not Channel.objects.exists()
    page = world.post(client, page.request["PATH_INFO"])
    channel = Channel.objects.get()
    assert (channel.unit, channel.key, channel.status) == (city.pabean, "dinas.example.id", "unverified")
    assert channel.harvest.endpoint == f"{SITE}/feed/"
    assert page.request["PATH_INFO"] == f"/admin/kanal/{channel.pk}/"
    assert proof_token(channel) in page.content.decode()


def test_an_address_that_cannot_be_read_is_explained_and_saved_all_the_same(city, client, world):
    world.answers = {SITE: HarvestError("tls", "Sertifikat atau sambungan aman situs ini tidak sah.")}
    page = world.post(enter(client, city.operator), "/admin/kanal/baru/", {"alamat": SITE})
    assert "Minta pengelola server memperbarui sertifikatnya" in page.content.decode()
    world.post(client, page.request["PATH_INFO"])
    assert Channel.objects.get().url == SITE
    assert not ChannelHarvest.objects.exists()


def test_saving_twice_gives_one_channel(city):
    probe = look(city, SITE, {SITE: "<html>", f"{SITE}/feed/": feed(1)})
    first, second = (save_channel(probe_id=probe.pk, actor=city.operator) for _time in range(2))
    assert first == second


def test_the_page_asks_again_only_while_a_worker_may_still_answer(city, client):
    probe = ask_probe(unit=city.pabean, address=normalise(SITE), actor=city.operator)
    path = f"/admin/kanal/baru/{probe.pk}/"
    assert enter(client, city.operator).get(path)["Refresh"] == "3"
    ChannelProbe.objects.update(asked_at=timezone.now() - timedelta(minutes=4))
    late = client.get(path)
    assert "Refresh" not in late
    assert "Pemeriksa belum menjawab" in late.content.decode()
    run_probe(probe.pk, Recording({SITE: "<html>", f"{SITE}/feed/": feed(1)}))
    assert "Refresh" not in client.get(path)


def test_a_second_worker_changes_nothing(city):
    probe = look(city, SITE, {SITE: "<html>", f"{SITE}/feed/": feed(1)})
    run_probe(probe.pk, Recording({}))
    again = ChannelProbe.objects.get()
    assert (again.state, again.done_at) == ("found", probe.done_at)


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("", "", "harus diisi"),
        ("@dinkes", "", "Pilih jenis kanalnya"),
        ("javascript:alert(1)", "", "http"),
        ("https://10.0.0.1/", "", "bukan nama situs"),
        ("https://www.instagram.com/p/abc/", "", "bukan alamat akun"),
        ("Dinas Kesehatan Cilegon", "facebook", "bukan nama halamannya"),
        ("s.id/dinkes", "", "tautan pendek"),
    ],
)
def test_what_is_no_address_is_refused_at_the_field(city, client, text, kind, told):
    page = enter(client, city.operator).post("/admin/kanal/baru/", {"alamat": text, "jenis": kind})
    assert page.status_code == 200
    assert told in str(page.context["form"].errors["alamat"])
    assert not ChannelProbe.objects.exists()


def test_an_address_of_another_unit_is_taken_and_no_more_is_told(city, client):
    make_channel(city.gerem, "website", key="dinas.example.id", url=SITE)
    page = enter(client, city.operator).post("/admin/kanal/baru/", {"alamat": SITE})
    assert "kanal sebuah unit" in str(page.context["form"].errors["alamat"])
    assert "Gerem" not in page.content.decode()
    probe = ChannelProbe.objects.create(
        unit=city.pabean, asked_by=city.operator, kind="website", url=SITE, key="dinas.example.id",
        state="failed", error="dns", done_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(ChannelDeskError, match="kanal sebuah unit"):
        save_channel(probe_id=probe.pk, actor=city.operator)


def test_nobody_adds_for_another_unit(city, client):
    with pytest.raises(ChannelDeskError, match="Unit tidak ditemukan"):
        ask_probe(unit=city.gerem, address=normalise(SITE), actor=city.operator)
    probe = look(city, SITE, {})
    with pytest.raises(ChannelDeskError, match="tidak ditemukan"):
        save_channel(probe_id=probe.pk, actor=city.other)
    both = make_person("dua-unit", city.pabean)
    both.memberships.create(unit=city.gerem, role="operator")
    form = {"alamat": SITE, "unit": city.diskominfo.pk}
    assert "unit" in enter(client, both).post("/admin/kanal/baru/", form).context["form"].errors


def test_a_person_has_so_many_probes_an_hour(city, monkeypatch):
    monkeypatch.setattr(probing, "MOST", 2)
    for number in range(2):
        ask_probe(unit=city.pabean, address=normalise(f"s{number}.example.id"), actor=city.operator)
    with pytest.raises(ChannelDeskError, match="satu jam"):
        ask_probe(unit=city.pabean, address=normalise(SITE), actor=city.operator)
    ask_probe(unit=city.gerem, address=normalise(SITE), actor=city.other)


def test_all_requests_of_a_probe_share_one_deadline():
    http = Recording({SITE: feed(1)})
    assert Hurried(http, 60).get(SITE).status == 200
    with pytest.raises(HarvestError, match="terlalu lambat") as caught:
        Hurried(http, -1).get(SITE)
    assert caught.value.kind == "timeout"
    assert len(http.asked) == 1


# --- whose it is --------------------------------------------------------------------------------------------------


def test_a_link_on_the_units_verified_site_proposes_the_account_but_verifies_nothing(city, client):
    make_channel(city.pabean, "website", key="pabean.example.id", url="https://pabean.example.id")
    make_channel(city.gerem, "website", key="gerem.example.id", url="https://gerem.example.id")
    page = '<html><a href="//www.instagram.com/Pabean.Cilegon/?igsh=1">IG</a><a href="/berita">Berita</a>'
    answers = {"https://pabean.example.id": page, "https://gerem.example.id": '<a href="https://x.com/pabean">'}
    probe = look(city, "instagram.com/pabean.cilegon", answers)
    assert probe.linked_from == "https://pabean.example.id"
    channel = save_channel(probe_id=probe.pk, actor=city.operator)
    assert channel.status == "unverified"
    form = enter(client, city.ppid_utama).get(f"/admin/kanal/{channel.pk}/").context["verify"]
    assert (form["via"].value(), "https://pabean.example.id" in form["how"].value()) == ("link", True)
    assert look(city, "x.com/pabean", answers).linked_from == ""  # another unit's site proves nothing


def test_a_strangers_page_is_read_without_harm():
    page = b'<a href="javascript:x">a</a><a href="http://u:p@x.example/">b</a><a>c</a><a href="/d">d</a>' * 3000
    assert links_of(page, "text/html", SITE) == [f"{SITE}/d"]
    assert links_of(b"", "", SITE) == []


def test_verifying_and_rejecting_on_the_channels_page(city, client):
    channel = make_channel(city.pabean, "website", status="unverified", verified_at=None, key="a.example.id", url=SITE)
    path = f"/admin/kanal/{channel.pk}/putusan/"
    page = enter(client, city.ppid_utama).post(f"{path}terima/", {"via": "letter", "how": ""})
    assert "how" in page.context["verify"].errors
    client.post(f"{path}terima/", {"via": "letter", "how": "Surat nomor 488/12"})
    channel.refresh_from_db()
    assert (channel.status, channel.verified_via, channel.verified_how) == ("verified", "letter", "Surat nomor 488/12")
    assert channel.verified_by == city.ppid_utama
    client.post(f"{path}tolak/", {"reason": "Akun sudah dijual."})
    channel.refresh_from_db()
    assert (channel.status, channel.rejected_reason, channel.verified_how) == ("rejected", "Akun sudah dijual.", "")
    again = client.post(f"{path}tolak/", {"reason": "Lagi."}, follow=True)
    assert "sudah diputuskan" in again.content.decode()


def test_another_address_is_another_account(city, client, world):
    """The token changes, the verification is open again, and how the old account was read is forgotten."""
    world.answers = {SITE: "<html>", f"{SITE}/feed/": feed(1)}
    channel = save_channel(probe_id=look(city, SITE, world.answers).pk, actor=city.operator)
    old = proof_token(channel)
    form = {"unit": city.pabean.pk, "kind": "website", "url": "https://baru.example.id", "remark": "", "source": ""}
    enter(client, city.ppid_utama).post(f"/admin/opd/channel/{channel.pk}/change/", form)
    channel = Channel.objects.get()
    assert (channel.key, channel.status) == ("baru.example.id", "unverified")
    assert not ChannelHarvest.objects.exists()
    assert proof_token(channel) != old
    world.answers = {"https://baru.example.id": "<html>", "https://baru.example.id/feed/": feed(1)}
    page = world.post(enter(client, city.operator), f"/admin/kanal/{channel.pk}/periksa/")
    world.post(client, page.request["PATH_INFO"])
    assert ChannelHarvest.objects.get().endpoint == "https://baru.example.id/feed/"
    assert Channel.objects.count() == 1


def test_a_probe_of_the_old_address_is_not_used_for_the_new_one(city):
    probe = look(city, SITE, {SITE: "<html>", f"{SITE}/feed/": feed(1)})
    channel = save_channel(probe_id=probe.pk, actor=city.operator)
    Channel.objects.filter(pk=channel.pk).update(key="lain.example.id")
    with pytest.raises(ChannelDeskError, match="sudah diubah"):
        save_channel(probe_id=probe.pk, actor=city.operator)


def test_the_address_of_a_probe_is_the_one_form_of_it(city):
    probe = look(city, "HTTP://WWW.Dinas.Example.id/index.php?utm_source=x", {})
    assert (probe.kind, probe.key) == ("website", "dinas.example.id")
