"""The story of 2024 on narrow phones without JavaScript: desk, citizen and units, while the server's days go by.

What each day has to show is held by `tests/requests_info/test_story_2024.py`; here the same is clicked.
"""

import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from io import BytesIO
from zipfile import ZipFile

import pytest

from .conftest import ROOT, free_port, wait_for

DESK = "/admin/permohonan/"
WIB = timezone(timedelta(hours=7))
#: What the schedule does on a morning.
MORNING = """
from datetime import datetime
from requests_info.services.limits import keep_request, requests_to_keep
from requests_info.services.objection_limits import keep_objection, objections_to_keep
now = datetime.fromisoformat({moment!r})
for pk in requests_to_keep(now):
    keep_request(request_id=pk, now=now)
for pk in objections_to_keep(now):
    keep_objection(objection_id=pk, now=now)
"""
CASE = """
from requests_info.models import InformationRequest
case = InformationRequest.objects.get(number={number!r})
print(case.pk, case.get_absolute_url())
"""


class Days:
    """A server over the site's database whose clock the test moves; each visit has a browser of its own."""

    def __init__(self, browser, site, url, clock) -> None:
        self.browser, self.site, self.url, self.clock = browser, site, url, clock
        self.contexts = []

    def at(self, *moment: int) -> None:
        self.moment = datetime(2024, *moment, tzinfo=WIB)
        self.clock.write_text(self.moment.isoformat())

    def morning(self, *day: int) -> None:
        self.at(*day, 7)
        self.site.run(MORNING.format(moment=self.moment.isoformat()))

    def visit(self, path: str, username: str = ""):
        self.contexts.append(
            self.browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
        )
        page = self.contexts[-1].new_page()
        page.goto(self.url + path)
        if username:
            page.locator("#id_username").fill(username)
            page.locator("#id_password").fill(self.site.staff[username])
            page.locator("[type=submit]").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        return page

    def reads(self, path: str, *parts: str) -> None:
        """The citizen finds these words on a page."""
        words = " ".join(self.visit(path).locator("main").inner_text().split())
        for part in parts:
            assert part in words, (part, words)


@pytest.fixture
def days(browser, site, tmp_path):
    port, clock = free_port(), tmp_path / "clock"
    clock.write_text("2024-03-14T09:00:00+07:00")
    own = {"KIP_TEST_CLOCK": str(clock), "SITE_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "gunicorn", "tests.browser.moved_clock", f"--bind=127.0.0.1:{port}", "--threads=4"]
    with (tmp_path / "web.log").open("wb") as log:
        environment = {**os.environ, **site.environment, **own}
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    made = Days(browser, site, f"http://127.0.0.1:{port}", clock)
    try:
        wait_for(f"{made.url}/healthz", server, tmp_path / "web.log")
        yield made
    finally:
        for context in made.contexts:
            context.close()
        server.terminate()
        server.wait(timeout=60)


def sees(page, text: str) -> None:
    page.get_by_text(text).first.wait_for()


def test_the_letter_of_14_march_2024(days):
    number, pk, secret = enter_the_letter(days)
    forward_to_two_units(days, pk, number)
    objection = object_when_it_is_ripe(days, secret)
    answer_late(days, pk, secret)
    decide_and_dispute(days, objection)


def enter_the_letter(days) -> tuple[str, str, str]:
    days.at(3, 14, 10)
    page = days.visit(f"{DESK}catat/", "ppid-utama")
    page.locator("[name=sumber]").select_option("letter")
    page.locator("[name=diterima]").fill("2024-03-14")
    page.get_by_label("Informasi yang diminta").fill("Rincian anggaran publikasi 2023 (data contoh)")
    page.get_by_label("Tujuan penggunaan").fill("Pengawasan anggaran")
    page.get_by_label("Nama lengkap").fill("Pemohon Contoh")
    page.locator("[name=alamat]").fill("Jalan Contoh 1")
    page.locator("[name=surel]").fill("pemohon@contoh.invalid")
    page.get_by_role("button", name="Catat dan beri nomor").click()
    sees(page, "dicatat dengan nomor PI-2024-")
    sees(page, "Kamis, 28 Maret 2024")
    number = page.locator(".breadcrumbs").inner_text().rpartition("›")[2].strip()
    pk, secret = days.site.run(CASE.format(number=number)).split()
    days.reads(secret, number, "paling lambat 28 Maret 2024", "14 Maret 2024")
    return number, pk, secret


def forward_to_two_units(days, pk: str, number: str) -> None:
    days.at(3, 15, 9)
    page = days.visit(f"{DESK}{pk}/", "ppid-utama")
    page.get_by_label("Pokok permohonan untuk register umum").fill("Anggaran publikasi 2023")
    page.get_by_label("Teruskan kepada").select_option(label=["Dinas Kesehatan", "Kelurahan Pabean"])
    page.get_by_label("Batas unit").fill("2024-03-25")
    page.get_by_role("button", name="Teruskan", exact=True).click()
    sees(page, "Dinas Kesehatan: menunggu jawaban unit")
    sees(page, "Kelurahan Pabean: menunggu jawaban unit")
    answer_part(days, pk, "operator-dinkes", (3, 20, 9))


def answer_part(days, pk: str, username: str, moment: tuple[int, ...]) -> None:
    days.at(*moment)
    page = days.visit(f"{DESK}{pk}/", username)
    page.get_by_label("Jawaban unit, atau alasan bila dikembalikan").fill("Rincian bagian kami terlampir.")
    page.get_by_role("button", name="Serahkan jawaban").click()
    sees(page, "sudah dijawab unit")


def object_when_it_is_ripe(days, secret: str) -> str:
    days.morning(3, 25)
    days.at(3, 28, 23, 59)
    closed = "Belum dapat diajukan: permohonan boleh dijawab sampai 28 Maret 2024. Terbuka mulai 29 Maret 2024."
    days.reads(f"{secret}keberatan/", closed)
    days.morning(3, 29)
    days.at(4, 1, 9)
    sees(days.visit(f"{DESK}?tampil=lewat", "ppid-utama"), "Anggaran publikasi 2023")
    days.reads(secret, "Batas jawaban sudah lewat")
    page = days.visit(f"{secret}keberatan/")
    sees(page, "Dapat diajukan sejak 29 Maret 2024 sampai 27 Mei 2024.")
    page.get_by_label("Permohonan tidak ditanggapi").check()
    page.get_by_label("Mengapa Anda keberatan?").fill("Surat kami tidak dijawab sampai hari ini.")
    page.get_by_role("button", name="Kirim keberatan").click()
    sees(page, "Keputusan Atasan PPID Anda terima paling lambat 28 Mei 2024.")
    sees(page, "KB-2024-")
    return page.url.removeprefix(days.url)


def answer_late(days, pk: str, secret: str) -> None:
    answer_part(days, pk, "operator-pabean", (4, 23, 9))
    days.at(4, 24, 9)
    page = days.visit(f"{DESK}{pk}/", "ppid-utama")
    page.locator("[name=outcome]").select_option("granted")
    page.get_by_label("Isi pemberitahuan").fill("Rincian kedua unit kami berikan bersama surat ini.")
    page.get_by_role("button", name="Putuskan", exact=True).click()
    sees(page, "Dijawab: Dikabulkan seluruhnya")
    days.reads(secret, "24 April 2024", "Rincian kedua unit kami berikan bersama surat ini.")


def decide_and_dispute(days, objection: str) -> None:
    days.at(4, 24, 15)
    page = days.visit(f"{DESK}keberatan/", "ppid-utama")
    page.get_by_role("link", name="KB-2024-").first.click()
    desk = page.url.removeprefix(days.url)
    page.locator("[name=outcome]").select_option("upheld")
    page.get_by_label("Isi keputusan").fill("Keberatan diterima: jawaban terlambat.")
    page.get_by_label("Nama Atasan PPID yang memutuskan").fill("Nama Contoh")
    page.get_by_label("Jabatan Atasan PPID").fill("Sekretaris Daerah")
    page.get_by_role("button", name="Putuskan", exact=True).click()
    sees(page, "Keberatan diterima seluruhnya")
    days.reads(objection, "ajukan sengketa ke Komisi Informasi paling lambat Jumat, 17 Mei 2024")
    days.at(5, 17, 9)
    page = days.visit(desk, "ppid-utama")
    page.get_by_label("Nomor register Komisi Informasi").fill("Contoh 015/2024")
    page.get_by_label("Tanggal didaftarkan").fill("2024-05-17")
    page.get_by_role("button", name="Catat sengketa").click()
    sees(page, "Sengketa Contoh 015/2024")
    days.reads(objection, "Contoh 015/2024")
    page = days.visit(objection)
    link = page.get_by_role("link", name="Unduh berkas (ZIP)").get_attribute("href")
    with ZipFile(BytesIO(page.context.request.get(days.url + link).body())) as archive:
        assert "00-lini-masa.pdf" in archive.namelist()
        assert len([name for name in archive.namelist() if "PPID" in name]) == 2
