"""A requester on a narrow phone without JavaScript: asks, loses the address, finds the case by number and code."""

import re

from axe_playwright_python.sync_playwright import Axe

#: The worker's part, and the mail that it queued.
WORKER = """
from correspondence.models import Mail
from requests_info.services.tracking import send_code, waiting_codes
for pk in waiting_codes():
    send_code(code_id=pk)
print(Mail.objects.filter(key__startswith="tracking:").latest("pk").text)
"""


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= 320


def test_from_asking_to_the_case_by_number_and_code(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(site.at("/permohonan/"))
    page.get_by_label("Informasi apa yang Anda minta?").fill("Laporan realisasi anggaran tahun 2023 (data contoh)")
    page.get_by_label("Untuk apa informasi itu digunakan?").fill("Penelitian")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Nama lengkap").fill("Pemohon Contoh")
    page.get_by_label("Alamat", exact=True).fill("Jalan Contoh 1")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Alamat surel").fill("pemohon@contoh.invalid")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("button", name="Kirim permohonan").click()
    secret = page.url
    number = re.search(r"PI-\d{4}-\d{4}", page.locator("h1").inner_text())[0]
    for link, kind in (("Tanda bukti (PDF)", "application/pdf"), ("ke kalender", "text/calendar")):
        answer = context.request.get(site.at(page.get_by_role("link", name=link).get_attribute("href")))
        assert answer.headers["content-type"].startswith(kind)
    assert fits(page)

    page.goto(site.at("/"))
    page.get_by_role("contentinfo").get_by_role("link", name="Lacak permohonan").click()
    page.get_by_label("Nomor pendaftaran").fill(number)
    page.get_by_role("button", name="Kirim kode").click()
    page.get_by_label("Kode dari surel").wait_for()
    assert fits(page)
    page.get_by_label("Kode dari surel").fill("12345")
    page.get_by_role("button", name="Buka permohonan").click()
    page.get_by_text("Kode terdiri atas enam angka").wait_for()
    assert fits(page)
    page.get_by_label("Kode dari surel").fill(re.search(r"^\d{6}$", site.run(WORKER), re.MULTILINE)[0])
    page.get_by_role("button", name="Buka permohonan").click()
    page.wait_for_url(secret)
    context.close()


def test_axe_finds_nothing_on_the_page_of_the_code(browser, site):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(site.at("/permohonan/lacak/"))
    page.get_by_label("Nomor pendaftaran").fill("PI-1999-0001")
    page.get_by_role("button", name="Kirim kode").click()
    for turn in range(2):
        assert Axe().run(page).response["violations"] == [], turn
        page.get_by_role("button", name="Buka permohonan").click()
    page.close()
