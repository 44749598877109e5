"""The health of channels in words, filters, who sees what, and visiting now."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from publications.channels.health import visit_soon, why_not_now
from publications.channels.probing import ChannelDeskError
from publications.channels.words import error_words
from publications.harvest.items import ERRORS, HarvestError
from publications.harvest.visiting import visit
from publications.models import ChannelHarvest, ChannelProbe, CoverageGap, HarvestRun
from tests.builders import make_channel, make_unit
from tests.people import make_operator, make_ppid_utama
from tests.publications.harvest.recording import Recording

pytestmark = pytest.mark.django_db
NOW = timezone.now


def make_harvest(unit, kind="website", error="", status=0, **fields) -> ChannelHarvest:
    """A channel that was visited a day ago, and how that ended."""
    channel = make_channel(unit, kind)
    health = {"": "ok", "bot_wall": "blocked", "auth": "needs_token"}.get(error, "failing")
    connector = "instagram" if kind == "instagram" else "feed"
    fields = {"next_run_at": NOW() + timedelta(hours=1), "health": health, "connector": connector, **fields}
    harvest = ChannelHarvest.objects.create(channel=channel, endpoint=channel.url, **fields)
    if fields["health"] != "new":
        started = NOW() - timedelta(days=1)
        HarvestRun.objects.create(
            channel=channel, started_at=started, finished_at=started, trigger="schedule", error=error, status=status,
            outcome="error" if error else "ok", note=f"catatan {error}" if error else "",
        )  # fmt: skip
    return harvest


@pytest.fixture
def city(settings):
    settings.HARVEST_ENABLED = True

    class City:
        pabean = make_unit("pabean", "kelurahan", name="Kelurahan Pabean")
        gerem = make_unit("gerem", "kelurahan", name="Kelurahan Gerem")
        diskominfo = make_unit("diskominfo")

    City.operator = make_operator(City.pabean)
    City.ppid_utama = make_ppid_utama(City.diskominfo)
    return City


def enter(client, user):
    client.force_login(user, "opd.permissions.MembershipBackend")
    return client


def names(page) -> list[str]:
    return [row.channel.handle for row in page.context["rows"]]


def test_each_error_has_words_and_advice():
    assert all(all(error_words("website", error, 0)) for error in ERRORS)
    assert error_words("website", "", 0) == ("", "")


def test_filters_show_what_they_count(city, client):
    of = city.pabean
    made = {
        "gagal": [make_harvest(of, error="http_5xx", status=502), make_harvest(of, error="bot_wall")],
        "token": [make_harvest(of, "instagram", error="auth")],
        "baru": [make_harvest(of, health="new")],
        "sehat": [make_harvest(of)],
        "pribadi": [make_harvest(of, "instagram", error="http_4xx")],
    }
    expected = {name: sorted(harvest.channel.handle for harvest in rows) for name, rows in made.items()}
    never_read = make_channel(of, "instagram")
    ChannelProbe.objects.create(unit=of, channel=never_read, kind="instagram", url=never_read.url, key=never_read.key,
                                state="failed", error="http_4xx", done_at=NOW())  # fmt: skip
    expected["pribadi"] = sorted([*expected["pribadi"], never_read.handle])
    expected["manual"] = [make_channel(of, "facebook").handle]
    expected["belum-diverifikasi"] = [make_channel(of, "x", status="unverified", verified_at=None).handle]
    make_channel(of, status="rejected")
    make_channel(of, closed_on=NOW().date() - timedelta(days=2))
    enter(client, city.ppid_utama)
    page = client.get("/admin/kanal/")
    assert page.context["total"] == 9
    assert {name: number for name, _words, number in page.context["filters"]} == {
        name: len(rows) for name, rows in expected.items()
    }
    for name, rows in expected.items():
        assert sorted(names(client.get(f"/admin/kanal/?keadaan={name}"))) == rows
    assert "Beralih ke akun profesional" in client.get("/admin/kanal/?keadaan=pribadi").content.decode()
    assert len(names(client.get("/admin/kanal/?keadaan=lain&halaman=99999999999999999999"))) == 9


def test_a_404_of_a_website_is_no_personal_account(city, client):
    make_harvest(city.pabean, "instagram", error="http_4xx", status=404)
    page = enter(client, city.operator).get("/admin/kanal/")
    assert [row.is_personal for row in page.context["rows"]] == [False]


def test_staff_see_their_own_channels_only(city, client):
    own, foreign = make_harvest(city.pabean), make_harvest(city.gerem, error="dns")
    enter(client, city.operator)
    assert names(client.get("/admin/kanal/")) == [own.channel.handle]
    assert client.get(f"/admin/kanal/{foreign.channel_id}/").status_code == 404
    assert client.post(f"/admin/kanal/{foreign.channel_id}/kunjungi/").status_code == 404


def test_a_failing_channel_says_what_happened_and_what_to_do(city, client):
    harvest = make_harvest(city.pabean, error="bot_wall", last_ok_at=NOW() - timedelta(days=9))
    CoverageGap.objects.create(channel=harvest.channel, started_on=NOW().date(), reason="Situs menolak portal")
    words = enter(client, city.operator).get(f"/admin/kanal/{harvest.channel_id}/").content.decode()
    for told in ("penghalang robot", "mengizinkan “KIPCilegon”", "catatan bot_wall", "Situs menolak portal"):
        assert told in words


def test_the_lists_need_the_same_queries_for_one_channel_and_for_many(city, client, django_assert_num_queries):
    enter(client, city.ppid_utama)
    first = make_harvest(city.pabean, error="dns")
    # session, user, memberships; numbers, visits that are late, rows of the page (counted by the filter's paginator)
    with django_assert_num_queries(7):
        client.get("/admin/kanal/")
    with django_assert_num_queries(12):
        client.get(f"/admin/kanal/{first.channel_id}/")
    for _number in range(30):
        make_harvest(make_unit(), error="timeout")
    started = NOW()
    HarvestRun.objects.bulk_create(
        HarvestRun(channel=first.channel, started_at=started, finished_at=started, trigger="schedule", outcome="ok")
        for _number in range(50)
    )
    with django_assert_num_queries(7):
        client.get("/admin/kanal/")
    with django_assert_num_queries(12):
        client.get(f"/admin/kanal/{first.channel_id}/")


# --- run now ------------------------------------------------------------------------------------------------------


def test_run_now_puts_the_channel_first_once_and_is_recorded(city, client):
    harvest = make_harvest(city.pabean)
    path = f"/admin/kanal/{harvest.channel_id}/kunjungi/"
    enter(client, city.operator).post(path)
    assert list(ChannelHarvest.objects.due(NOW())) == [harvest]
    assert LogEntry.objects.get().user == city.operator
    assert "sudah menunggu" in client.post(path, follow=True).content.decode()
    assert LogEntry.objects.count() == 1


def test_run_now_calls_the_schedule(city, client, monkeypatch, django_capture_on_commit_callbacks):
    called = []
    monkeypatch.setattr("publications.tasks.harvest_due.delay", lambda: called.append(1))
    harvest = make_harvest(city.pabean)
    with django_capture_on_commit_callbacks(execute=True):
        page = enter(client, city.operator).post(f"/admin/kanal/{harvest.channel_id}/kunjungi/", follow=True)
    assert called == [1]
    assert "dalam beberapa menit" in page.content.decode()


def test_run_now_is_refused_where_the_harvest_is_off(city, client, settings, monkeypatch):
    settings.HARVEST_ENABLED = False
    monkeypatch.setattr("publications.tasks.harvest_due.delay", lambda: pytest.fail("nothing visits here"))
    harvest = make_harvest(city.pabean)
    path = f"/admin/kanal/{harvest.channel_id}/"
    assert f'action="{path}kunjungi/"' not in enter(client, city.operator).get(path).content.decode()
    page = client.post(f"{path}kunjungi/", follow=True).content.decode()
    assert "dimatikan di pemasangan ini, jadi kanal ini tidak dikunjungi" in page
    assert not LogEntry.objects.exists()
    assert not ChannelHarvest.objects.filter(next_run_at__lte=NOW()).exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lease_until": timedelta(minutes=5)}, "sedang dikunjungi"),
        ({"status": "unverified"}, "setelah diverifikasi"),
        ({"ran": timedelta(minutes=-2)}, "baru saja dikunjungi"),
        ({"error": "rate_limited"}, "meminta menunggu"),
        ({"error": "quota"}, "meminta menunggu"),
    ],
)
def test_run_now_is_refused_where_it_would_be_rude_or_vain(city, change, told):
    harvest = make_harvest(city.pabean, error=change.get("error", ""))
    if "lease_until" in change:
        ChannelHarvest.objects.update(lease_until=NOW() + change["lease_until"])
    if "status" in change:
        harvest.channel.status, harvest.channel.verified_at = "unverified", None
        harvest.channel.save()
    if "ran" in change:
        HarvestRun.objects.update(started_at=NOW() + change["ran"], finished_at=NOW())
    with pytest.raises(ChannelDeskError, match=told):
        visit_soon(channel_id=harvest.channel_id, actor=city.operator, now=NOW())
    assert not ChannelHarvest.objects.filter(next_run_at__lte=NOW()).exists()


def test_a_channel_that_is_not_connected_cannot_be_visited(city):
    channel = make_channel(city.pabean, "facebook")
    assert "belum terhubung" in why_not_now(channel, NOW())


def test_a_visit_after_run_now_shows_on_the_channels_page(city, client):
    harvest = make_harvest(city.pabean)
    visit_soon(channel_id=harvest.channel_id, actor=city.operator, now=NOW())
    error = HarvestError("dns", "Nama situs tidak ditemukan.")
    visit(ChannelHarvest.objects.get(), Recording({harvest.endpoint: error}), trigger="schedule")
    words = enter(client, city.operator).get(f"/admin/kanal/{harvest.channel_id}/").content.decode()
    assert "Periksa ejaan alamatnya" in words
    assert "baru saja dikunjungi" in words
