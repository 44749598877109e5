"""A channel's way into the ranking: pasted, looked at, saved, verified, visited, and its posting among the evidence.

JavaScript is off, the window is a phone's. What the worker does is done beside the server, against a site of our own.
"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.publications.harvest.hostile import by_path, says, serving

from .conftest import random_title
from .test_accessibility import REVIEWED

HOST = "situs-uji.contoh.invalid"
#: The client as it is, but for the name that leads to our own site.
WORKER = """
from dataclasses import replace
from django.conf import settings
from django.utils import timezone
from publications.channels.probing import run_probe
from publications.harvest.client import Client
from publications.harvest.fetching import Policy
from publications.harvest.visiting import visit
from publications.models import ChannelHarvest, ChannelProbe
REAL, OURS = "https://{host}", "{url}"
class Http:
    client = Client(Policy("KIPCilegon/1.0", test_servers=frozenset({{("127.0.0.1", {port})}})))
    def get(self, url, **named):
        assert url.startswith(REAL), url
        found = self.client.get(url.replace(REAL, OURS), **named)
        return replace(found, url=found.url.replace(OURS, REAL))
"""
PROBE = "for probe in ChannelProbe.objects.filter(state='waiting'): run_probe(probe.pk, Http())"
VISIT = """
for harvest in ChannelHarvest.objects.due(timezone.now()).filter(channel__key={host!r}):
    print(visit(harvest, Http(), trigger="schedule").run.outcome)
"""


@pytest.fixture
def someone(browser, site):
    """A browser of a person who logs in."""
    contexts = []

    def opened(username):
        contexts.append(browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}))
        page = contexts[-1].new_page()
        page.goto(site.at("/admin/"))
        page.locator("#id_username").fill(username)
        page.locator("#id_password").fill(site.staff[username])
        page.locator("[type=submit]").first.click()
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def faultless(browser):
    """Looks with axe, which needs script, at what a page without script shows."""
    contexts = []

    def look(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        kept, size = page.context.storage_state(), {"width": 360, "height": 800}
        contexts.append(browser.new_context(storage_state=kept, viewport=size))
        twin = contexts[-1].new_page()
        twin.goto(page.url)
        results = Axe().run(twin).response
        assert [(found["id"], found["nodes"][0]["html"]) for found in results["violations"]] == []
        assert {found["id"] for found in results["incomplete"]} <= REVIEWED

    yield look
    for context in contexts:
        context.close()


def feed(*titles):
    moment = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    items = "".join(
        f"<item><title>{title}</title><link>https://{HOST}/berita/{number}</link><pubDate>{moment}</pubDate>"
        f"<description>{'Warga dan petugas bekerja bersama. ' * 9}</description></item>"
        for number, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Situs</title>{items}</channel></rss>'.encode()


def test_a_channel_is_pasted_looked_at_saved_verified_and_visited(site, someone, faultless):
    title = random_title()
    answers = {
        "/": says("200 OK", {"Content-Type": "text/html"}, b"<html><title>Situs</title><p>Selamat datang"),
        "/feed/": says("200 OK", {"Content-Type": "application/rss+xml"}, feed(title, random_title(), random_title())),
    }
    with serving(by_path(answers)) as server:
        worker = WORKER.format(host=HOST, url=server.url, port=server.port)
        staff, diskominfo = someone("operator-pabean"), someone("ppid-utama")

        staff.locator("a[href^='/admin/kanal/']").first.click()
        faultless(staff)
        staff.get_by_role("link", name="Tambah kanal").click()
        staff.get_by_label("Alamat kanal").fill(HOST)
        faultless(staff)
        staff.get_by_role("button", name="Periksa alamat").click()
        assert "sedang melihat alamat ini" in staff.content()
        site.run(worker + PROBE)
        staff.get_by_text(title).wait_for()  # the page asks again by itself
        assert "3 kiriman" in staff.content()
        faultless(staff)
        staff.get_by_role("button", name="Simpan kanal").click()
        assert "Kanal disimpan" in staff.content()
        assert staff.get_by_role("button", name="Kunjungi sekarang").count() == 0
        faultless(staff)
        assert site.run(worker + VISIT.format(host=HOST)) == ""  # nothing before the verification

        diskominfo.goto(staff.url)
        diskominfo.get_by_label("Surat unit").check()
        diskominfo.get_by_label("Penjelasan").fill("Surat nomor 488/12")
        faultless(diskominfo)
        diskominfo.get_by_role("button", name="Verifikasi kanal").click()
        assert "Putusan dicatat" in diskominfo.content()

        staff.reload()  # on a machine for trying the portal nothing visits by itself, and the page says so
        assert "jadi kanal ini tidak dikunjungi" in staff.content()
        assert staff.get_by_role("button", name="Kunjungi sekarang").count() == 0
        assert site.run(worker + VISIT.format(host=HOST)).strip() == "ok"
        staff.reload()
        assert "Sehat" in staff.content()

    staff.goto(site.at("/unit/kelurahan-pabean/bukti/?keadaan=accepted"))
    evidence = staff.locator("li", has_text=title)
    assert "mutu A" in evidence.inner_text()
    assert "Situs web" in evidence.inner_text()
    faultless(staff)
