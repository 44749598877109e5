"""A whole month, as the people live it: import, draft, objection, decision, final, and what everybody then reads.

A month before all sample months, so that nothing else on the site changes. JavaScript is off, the window is a phone's.
"""

import json
import re

import pytest

MONTH = "2021-03"
ENTRY = f"/peringkat/{MONTH}/kelurahan/pabean/"
PERMALINK = "https://pabean.contoh.invalid/berita/bakti-sosial"
ROWS = [
    ("kelurahan-pabean", 3, "Penyuluhan gizi balita di posyandu"),
    ("kelurahan-pabean", 9, "Musyawarah rencana pembangunan kelurahan"),
    *[("kelurahan-gerem", day, f"Kerja bakti lingkungan ke-{day}") for day in (4, 11, 18)],
]
#: The unit's real website, an address to write to, and the imported postings of the month.
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
Unit.objects.filter(slug="kelurahan-pabean").update(email="pabean@contoh.invalid")
with TemporaryDirectory() as folder:
    path = Path(folder, "bulan.csv")
    lines = ["unit_slug,channel_kind,permalink,published_at,title"]
    for number, (slug, day, title) in enumerate(rows):
        host = slug.removeprefix("kelurahan-") + ".contoh.invalid"
        lines.append(f"{{slug}},website,https://{{host}}/berita/{{number}},{month}-{{day:02}}T09:00+07:00,{{title}}")
    path.write_text("\\n".join(lines))
    call_command("import_publications", path)
call_command("compute_ranking", {month!r})
"""
WINDOW_IS_OVER = """
from datetime import date, timedelta
from rankings.models import Ranking
Ranking.objects.filter(month=date(2021, 3, 1)).update(objection_until=date.today() - timedelta(days=1))
"""
#: What the worker does with the outbox.
SEND = """
from correspondence.models import Mail
from correspondence.outbox import deliver_mail
for mail in Mail.objects.exclude(status="sent").order_by("pk"):
    deliver_mail(mail.pk)
print(json.dumps([[m.subject, m.status] for m in Mail.objects.order_by("pk") if m.to == "pabean@contoh.invalid"]))
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


def test_a_month_from_its_import_to_its_final_page(site, someone):
    site.run(IMPORT.format(rows=json.dumps(ROWS), month=MONTH))
    drafted = place(someone(), site)
    assert "mencatat 2 kegiatan pada 2 hari aktif" in drafted
    assert "Peringkat 2 dari 2" in drafted
    assert "Unit dapat menyanggah peringkat ini kepada Diskominfo sampai" in drafted

    # The operator sees the month on the phone and objects with one permalink.
    operator = someone("operator-pabean")
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
    waiting = place(someone(), site)
    assert "menunggu putusan" in waiting
    assert "Dua bakti sosial kami belum tercatat." in waiting

    # Diskominfo decides; the month is computed again.
    reviewer = someone("ppid-utama")
    reviewer.get_by_role("link", name="Sanggahan (1)").click()
    reviewer.get_by_role("link", name="Kelurahan Pabean, Maret 2021").click()
    for number, fieldset in enumerate(reviewer.locator("fieldset:has(input[type=radio])").all()):
        fieldset.get_by_label("Terima").check()
        fieldset.locator("textarea").fill(f"Unggahan {number + 1} ada di situs kelurahan.")
    reviewer.get_by_label("Pertimbangan putusan").fill("Kedua tautan cocok dengan situs terverifikasi.")
    reviewer.get_by_role("button", name="Putuskan").click()
    sees(reviewer, f"peringkat {MONTH} dihitung ulang")
    decided = place(someone(), site)
    assert "mencatat 4 kegiatan pada 4 hari aktif" in decided
    assert "Peringkat 1 dari 2" in decided
    assert "Kedua tautan cocok dengan situs terverifikasi." in decided

    # The window passes; Diskominfo makes the month final, and everybody can read and prove it.
    site.run(WINDOW_IS_OVER)
    operator.goto(site.at(f"/admin/sanggahan/baru/{MONTH}/kelurahan-pabean/"))
    sees(operator, "Masa sanggahan berakhir")
    reviewer.goto(site.at("/admin/rankings/ranking/?q="))
    reviewer.get_by_role("link", name="Maret 2021").click()
    reviewer.get_by_role("link", name="Finalkan").click()
    sees(reviewer, "Tidak ada yang terbuka")
    reviewer.get_by_role("button", name="Finalkan").click()
    sees(reviewer, f"Peringkat {MONTH} kini final.")
    final = place(someone(), site)
    assert "Final" in final
    assert "diterima" in final
    verified = site.run(f"from django.core.management import call_command; call_command('verify_ranking', {MONTH!r})")
    assert "semua sama" in verified

    # The unit is told by mail.
    mails = json.loads(site.run(SEND).splitlines()[-1])
    assert ["Putusan sanggahan peringkat Maret 2021: diterima", "sent"] in mails
