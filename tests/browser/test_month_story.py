"""A whole month, as the people live it: import, draft, objection, decision, final, letters, and what all then read.

A month before all sample months, so that nothing else on the site changes. JavaScript is off, the window is a phone's.
"""

import json
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

MONTH, BEFORE = "2021-03", "2021-02"
SILENT = "Kelurahan Randakari"
ENTRY = f"/peringkat/{MONTH}/kelurahan/pabean/"
PERMALINK = "https://pabean.contoh.invalid/berita/bakti-sosial"
ROWS = [
    ("kelurahan-pabean", 3, "Penyuluhan gizi balita di posyandu"),
    ("kelurahan-pabean", 9, "Musyawarah rencana pembangunan kelurahan"),
    *[("kelurahan-gerem", day, f"Kerja bakti lingkungan ke-{day}") for day in (4, 11, 18)],
]
#: Real websites and addresses, the imported postings of the month, and a silent month before it.
IMPORT = """
from pathlib import Path
from tempfile import TemporaryDirectory
from django.core.management import call_command
from django.utils import timezone
from opd.models import Channel, Unit
rows = json.loads({rows!r})
for slug in ("kelurahan-pabean", "kelurahan-gerem"):
    host = slug.removeprefix("kelurahan-") + ".contoh.invalid"
    unit = Unit.objects.get(slug=slug)
    Channel.objects.create(unit=unit, kind="website", url=f"https://{{host}}", key=host, status="verified",
                           verified_at=timezone.now(), verified_how="Uji")
for name in ("pabean", "randakari"):
    Unit.objects.filter(slug=f"kelurahan-{{name}}").update(email=f"{{name}}@contoh.invalid")
with TemporaryDirectory() as folder:
    path = Path(folder, "bulan.csv")
    lines = ["unit_slug,channel_kind,permalink,published_at,title"]
    for number, (slug, day, title) in enumerate(rows):
        host = slug.removeprefix("kelurahan-") + ".contoh.invalid"
        lines.append(f"{{slug}},website,https://{{host}}/berita/{{number}},{month}-{{day:02}}T09:00+07:00,{{title}}")
    path.write_text("\\n".join(lines))
    call_command("import_publications", path)
call_command("compute_ranking", {before!r}, {month!r})
"""
#: The window passes; the month before is final already. Rules were in force then, and whoever decides has a name.
WINDOW_IS_OVER = """
from datetime import date, timedelta
from django.core.management import call_command
from opd.models import User
from rankings.models import Ranking, RewardRule
over = date.today() - timedelta(days=1)
Ranking.objects.filter(month__in=[date(2021, 2, 1), date(2021, 3, 1)]).update(objection_until=over)
call_command("finalise_ranking", "2021-02")
for rule in RewardRule.objects.filter(slug__in=["piagam", "pengingat", "teguran-1"]):
    rule.pk, rule.slug = None, f"{rule.slug}-2021"
    rule.effective_from, rule.effective_until = date(2021, 1, 1), date(2021, 12, 1)
    rule.save()
User.objects.filter(username="ppid-utama").update(first_name="Petugas", last_name="Uji")
"""
#: What the worker does with the outbox.
SEND = """
from correspondence.models import Mail
from correspondence.outbox import deliver_mail
for mail in Mail.objects.exclude(status="sent").order_by("pk"):
    deliver_mail(mail.pk)
print(json.dumps([[m.to, m.subject, m.status] for m in Mail.objects.order_by("pk")]))
"""


@pytest.fixture
def someone(browser, site):
    """A browser of a person who logs in, or of nobody."""
    contexts = []

    def opened(username=""):
        contexts.append(browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}))
        page = contexts[-1].new_page()
        if username:
            page.goto(site.at("/admin/"))
            page.locator("#id_username").fill(username)
            page.locator("#id_password").fill(site.staff[username])
            page.locator("[type=submit]").first.click()
        return page

    yield opened
    for context in contexts:
        context.close()


def place(page, site) -> str:
    """What the entry's page says; each reader with a browser of their own, for pages are cached for a while."""
    page.goto(site.at(ENTRY))
    return " ".join(page.locator("main").inner_text().split())


def sees(page, text: str) -> None:
    """The text stands on the page that the last click led to."""
    page.get_by_text(text).first.wait_for()


def read(answer) -> str:
    """The words of a PDF that was handed out."""
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    reader = PdfReader(BytesIO(answer.body()))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_month_from_its_import_to_its_letters(site, someone):
    site.run(IMPORT.format(rows=json.dumps(ROWS), month=MONTH, before=BEFORE))
    drafted = place(someone(), site)
    assert "mencatat 2 kegiatan pada 2 hari aktif" in drafted
    assert "Peringkat 2 dari 2" in drafted
    assert "Unit dapat menyanggah peringkat ini kepada Diskominfo sampai" in drafted
    operator, reviewer = someone("operator-pabean"), someone("ppid-utama")
    object_with_permalinks(operator)
    waiting = place(someone(), site)
    assert "menunggu putusan" in waiting
    assert "Dua bakti sosial kami belum tercatat." in waiting
    accept_objection(reviewer, site)
    decided = place(someone(), site)
    assert "mencatat 4 kegiatan pada 4 hari aktif" in decided
    assert "Peringkat 1 dari 2" in decided
    assert "Kedua tautan cocok dengan situs terverifikasi." in decided
    site.run(WINDOW_IS_OVER)
    operator.goto(site.at(f"/admin/sanggahan/baru/{MONTH}/kelurahan-pabean/"))
    sees(operator, "Masa sanggahan berakhir")
    finalise(reviewer, site)
    assert "Final" in place(someone(), site)
    verified = site.run(f"from django.core.management import call_command; call_command('verify_ranking', {MONTH!r})")
    assert "semua sama" in verified
    issue_letters(reviewer, site)
    check_mails(site)
    check_register(someone(), site)


def object_with_permalinks(operator) -> None:
    """On the phone: one wrong link, which is said at its field, then two right ones."""
    operator.get_by_role("link", name="Sanggahan (0)").click()
    operator.get_by_role("link", name=re.compile("^Sanggah.*Maret 2021")).click()
    operator.get_by_label("Apa yang keliru, dan mengapa").fill("Dua bakti sosial kami belum tercatat.")
    operator.locator("#id_link-0-url").fill("https://gerem.contoh.invalid/berita/1")
    operator.get_by_role("button", name="Kirim sanggahan").click()
    sees(operator, "Tautan ini bukan dari kanal terverifikasi unit Anda.")
    operator.locator("#id_link-0-url").fill(PERMALINK)
    operator.locator("#id_link-0-day").fill("2021-03-16")
    operator.locator("#id_link-0-title").fill("Bakti sosial bersama karang taruna")
    operator.get_by_text("Tautan ke-2").click()
    operator.locator("#id_link-1-url").fill(f"{PERMALINK}-2")
    operator.locator("#id_link-1-day").fill("2021-03-23")
    operator.locator("#id_link-1-title").fill("Penanaman pohon di tepi jalan")
    operator.get_by_role("button", name="Kirim sanggahan").click()
    sees(operator, "Sanggahan dicatat.")


def accept_objection(reviewer, site) -> None:
    reviewer.goto(site.at("/admin/"))
    reviewer.get_by_role("link", name="Sanggahan (1)").click()
    reviewer.get_by_role("link", name="Kelurahan Pabean, Maret 2021").click()
    for number, fieldset in enumerate(reviewer.locator("fieldset:has(input[type=radio])").all()):
        fieldset.get_by_label("Terima").check()
        fieldset.locator("textarea").fill(f"Unggahan {number + 1} ada di situs kelurahan.")
    reviewer.get_by_label("Pertimbangan putusan").fill("Kedua tautan cocok dengan situs terverifikasi.")
    reviewer.get_by_role("button", name="Putuskan").click()
    sees(reviewer, f"peringkat {MONTH} dihitung ulang")


def finalise(reviewer, site) -> None:
    reviewer.goto(site.at("/admin/rankings/ranking/?q="))
    reviewer.get_by_role("link", name="Maret 2021").click()
    reviewer.get_by_role("link", name="Finalkan").click()
    sees(reviewer, "Tidak ada yang terbuka")
    reviewer.get_by_role("button", name="Finalkan").click()
    sees(reviewer, f"Peringkat {MONTH} kini final.")


def issue_letters(reviewer, site) -> None:
    """Proposed by the portal, issued by a person: a piagam for the first; for the silent a reminder, then a teguran."""
    reviewer.goto(site.at("/admin/penghargaan/"))
    reviewer.get_by_role("button", name="Susun usulan sekarang").click()
    sees(reviewer, "usulan baru")
    certificate = issue(reviewer, site, MONTH, "Kelurahan Pabean", "Piagam")
    assert "Kelurahan Pabean" in certificate
    assert "Petugas Uji" in certificate
    issue(reviewer, site, BEFORE, SILENT, "Pengingat")
    warning = issue(reviewer, site, MONTH, SILENT, "Teguran Tertulis 1")
    assert SILENT in warning


def issue(reviewer, site, month, unit, rule) -> str:
    """Issue one proposed letter; the words of its PDF."""
    reviewer.goto(site.at(f"/admin/penghargaan/?bulan={month}"))
    reviewer.get_by_role("link", name=re.compile(f"^{unit}.*{rule}")).first.click()
    reviewer.get_by_role("button", name="Terbitkan surat").click()
    link = reviewer.get_by_role("link", name="Unduh surat (PDF)")
    link.wait_for()
    return read(reviewer.request.get(site.at(link.get_attribute("href"))))


def check_mails(site) -> None:
    """What the portal wrote stood in the outbox, and the worker sent it to whom it concerns."""
    mails = json.loads(site.run(SEND).splitlines()[-1])
    assert {status for _, _, status in mails} == {"sent"}
    to = {name: [subject for address, subject, _ in mails if name in address] for name in ("pabean", "randakari")}
    assert "Putusan sanggahan peringkat Maret 2021: diterima" in to["pabean"]
    assert any("iagam" in subject for subject in to["pabean"])
    assert any("Teguran Tertulis 1" in subject for subject in to["randakari"])
    assert len(to["randakari"]) == 2


def check_register(citizen, site) -> None:
    """Everybody reads the reward with its letter, and not the warning."""
    citizen.goto(site.at("/penghargaan/?bulan=" + MONTH))
    words = citizen.locator("main").inner_text()
    assert "Kelurahan Pabean" in words
    assert SILENT not in words
    link = citizen.get_by_role("link", name=re.compile("Unduh PDF")).first.get_attribute("href")
    assert "Kelurahan Pabean" in read(citizen.request.get(site.at(link)))
    citizen.get_by_role("link", name=re.compile("Periksa keaslian")).first.click()
    sees(citizen, "Kelurahan Pabean")
