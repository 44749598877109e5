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


def narrow(browser):
    """Pages as an old phone shows them."""
    return browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})


def ask(page, site, paper=None) -> str:
    """Through all steps, past what is published already; the number."""
    page.goto(site.at("/permohonan/"))
    page.get_by_label("Informasi apa yang Anda minta?").fill("Mohon jadwal posyandu balita tahun 2023 (data contoh)")
    page.get_by_label("Untuk apa informasi itu digunakan?").fill("Penelitian")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("heading", name="Mungkin sudah diumumkan").wait_for()
    assert "posyandu" in page.get_by_role("main").get_by_role("listitem").first.inner_text().lower()
    assert fits(page)
    page.get_by_role("button", name="Bukan ini, lanjutkan permohonan").click()
    if paper:
        page.get_by_label("Kelompok orang dengan kuasa").check()
    page.get_by_label("Nama lengkap").fill("Pemohon Contoh")
    page.get_by_label("Alamat", exact=True).fill("Jalan Contoh 1")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_label("Alamat surel").fill("pemohon@contoh.invalid")
    page.get_by_role("button", name="Lanjut").click()
    page.get_by_role("heading", name="Periksa jawaban Anda").wait_for()
    assert fits(page)
    if paper:
        page.get_by_label("Surat kuasa", exact=True).set_input_files(paper)
    page.get_by_role("button", name="Kirim permohonan").click()
    return re.search(r"PI-\d{4}-\d{4}", page.locator("h1").inner_text())[0]


def test_from_asking_to_the_case_by_number_and_code(browser, site):
    context = narrow(browser)
    page = context.new_page()
    number = ask(page, site)
    secret = page.url
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


#: The desk's part: it writes, and decides.
DESK = """
from uuid import uuid4
from opd.models import User
from requests_info import services
from requests_info.models import InformationRequest
from requests_info.services.deciding import Verdict
case = InformationRequest.objects.get(number="{number}")
desk = User.objects.get(username="ppid-utama")
{act}
"""
WRITE = 'services.write_to_requester(request_id=case.pk, actor=desk, text="Ini sudah cukup?", form_token=uuid4())'
DECIDE = 'services.decide_request(request_id=case.pk, actor=desk, verdict=Verdict("granted", "Terlampir."))'


def test_a_group_sends_its_paper_writes_with_the_desk_and_rates_the_answer(browser, site, tmp_path):
    paper, note = tmp_path / "kuasa.pdf", tmp_path / "foto.pdf"
    paper.write_bytes(b"%PDF-1.7\n%%EOF\n")
    note.write_bytes(b"<script>alert(1)</script>")
    context = narrow(browser)
    page = context.new_page()
    number = ask(page, site, paper)
    given = page.get_by_role("link", name="Surat kuasa, PDF").get_attribute("href")
    assert "attachment" in context.request.get(site.at(given)).headers["content-disposition"]

    page.get_by_text("Tulis pesan", exact=True).click()
    page.get_by_label("Pesan", exact=True).fill("Semua kelurahan, ya.")
    page.get_by_label("Lampiran (boleh dikosongkan)").set_input_files(note)
    page.get_by_role("button", name="Kirim pesan").click()
    page.get_by_role("alert").get_by_text("apa pun nama berkasnya").wait_for()
    assert page.get_by_label("Pesan", exact=True).input_value() == "Semua kelurahan, ya."
    assert fits(page)
    page.get_by_role("button", name="Kirim pesan").click()
    page.get_by_role("status").get_by_text("Pesan Anda sudah terkirim").wait_for()
    site.run(DESK.format(number=number, act=WRITE))
    page.reload()
    page.get_by_text("Ini sudah cukup?").wait_for()
    assert page.get_by_label("Pesan", exact=True).is_visible(), "the desk waits for an answer"
    assert fits(page)

    site.run(DESK.format(number=number, act=DECIDE))
    page.reload()
    page.get_by_label("4: puas").check()
    page.get_by_role("button", name="Kirim penilaian").click()
    page.get_by_role("status").get_by_text("Terima kasih").wait_for()
    assert fits(page)
    secret = page.url
    context.close()

    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(secret)
    assert Axe().run(page).response["violations"] == []
    page.close()


def test_axe_finds_nothing_while_asking_and_on_a_new_case(browser, site):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(site.at("/permohonan/"))
    page.get_by_label("Informasi apa yang Anda minta?").fill("Mohon jadwal posyandu balita tahun 2023 (data contoh)")
    page.get_by_label("Untuk apa informasi itu digunakan?").fill("Penelitian")
    for button in ("Lanjut", "Bukan ini, lanjutkan permohonan", "Lanjut"):
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        assert Axe().run(page).response["violations"] == [], button
    ask(page, site)
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_role("button", name="Kirim pesan").click()
    page.get_by_role("alert").wait_for()
    page.wait_for_load_state()
    assert Axe().run(page).response["violations"] == []
    page.close()


def test_axe_finds_nothing_on_the_page_of_the_code(browser, site):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(site.at("/permohonan/lacak/"))
    page.get_by_label("Nomor pendaftaran").fill("PI-1999-0001")
    page.get_by_role("button", name="Kirim kode").click()
    for turn in range(2):
        assert Axe().run(page).response["violations"] == [], turn
        page.get_by_role("button", name="Buka permohonan").click()
    page.close()
