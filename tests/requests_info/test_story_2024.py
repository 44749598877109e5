"""The story of 2024 replayed through the doors that people use, day by day: this time nothing can get lost.

In truth: a letter of 14 March, due on 28 March, answered on 24 April from a private mail address, in part with "ask the
other OPD"; no system linked Diskominfo and the units. Every date below was counted by hand (`test_deadlines.py`).
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from zipfile import ZipFile

import pypdf
import pytest
from django.core import mail
from django.test import Client

from correspondence.models import Letter, Mail
from correspondence.outbox import deliver_mail, sweep
from opd.models import Role
from requests_info import tasks
from requests_info.models import InformationRequest, Objection
from tests.people import make_person

from .worlds import City, client_of, wib

pytestmark = pytest.mark.django_db
DESK = "/admin/permohonan/"
LETTER = {
    "sumber": "letter", "diterima": "2024-03-14", "informasi": "Rincian anggaran publikasi tahun 2023 tiap unit",
    "tujuan": "Pengawasan anggaran", "jenis": "citizen", "nama": "Nama Kanari", "alamat": "Jalan Kanari 1",
    "surel": "kanari@contoh.invalid", "cara": "soft_copy", "terima": "email",
}  # fmt: skip


def send_all() -> None:
    """Empty the outbox, whose own clock is the true one."""
    now = datetime.now(UTC)
    for pk in sweep(now):
        deliver_mail(pk, now)


class Story:
    """What each person does through the portal, and what goes out meanwhile."""

    def __init__(self, city: City, clock) -> None:
        self.city, self.clock = city, clock
        self.nights: dict[tuple[int, int], list[str]] = {}
        self.case: InformationRequest | None = None

    def at(self, *moment: int) -> None:
        """Time goes on; on each morning before it the schedule runs, twice, as a beat that stumbles does."""
        to = wib(2024, *moment)
        while (morning := self.next_morning()) <= to:
            self.clock(morning)
            before = len(mail.outbox)
            for _each in range(2):
                tasks.keep_limits()
                send_all()
            self.nights[morning.month, morning.day] = [sent.subject for sent in mail.outbox[before:]]
        self.clock(to)

    def next_morning(self) -> datetime:
        month, day = max(self.nights, default=(3, 14))
        return wib(2024, month, day, 7) + timedelta(days=1)

    def post(self, user, path: str, **data) -> str:
        answer = client_of(user).post(path, data, follow=True)
        send_all()
        body = unescape(answer.content.decode())
        assert answer.status_code == 200
        assert "errornote" not in body, body
        return body

    def read(self, path: str) -> str:
        """As the citizen, who has the secret address and nothing else."""
        answer = Client().get(path)
        assert answer.status_code == 200
        return unescape(answer.content.decode())

    def told(self, subject: str) -> list[str]:
        """To whom the mails with these words in their subject went, each recipient as often as it was written to."""
        return sorted(to for sent in mail.outbox if subject in sent.subject for to in sent.to)


@pytest.fixture
def story(city, clock) -> Story:
    for person in (city.desk, city.operator, city.other):
        person.email = f"{person.username}@contoh.invalid"
        person.save()
    make_person("sekda", city.diskominfo, Role.ATASAN_PPID, email="sekda@contoh.invalid")
    return Story(city, clock)


def test_the_letter_of_14_march_2024(story, settings):
    case = entered_at_the_desk(story)
    forwarded_to_two_units(story, case)
    silence_is_no_ground_on_the_last_day(story, case)
    one_unit_is_silent_and_everybody_is_told_in_time(story, case)
    objection = objected_on_1_april(story, case)
    answered_late_from_the_official_address(story, case, settings)
    decided_and_disputed(story, objection)
    bundle_is_whole(story, case, objection)


def entered_at_the_desk(story) -> InformationRequest:
    story.at(3, 14, 10)
    body = story.post(story.city.desk, f"{DESK}catat/", **LETTER)
    case = InformationRequest.objects.get()
    assert "dicatat dengan nomor PI-2024-0001" in body
    assert "Kamis, 28 Maret 2024" in body
    assert story.told("PI-2024-0001 diterima") == ["kanari@contoh.invalid"]
    assert case.get_absolute_url() in mail.outbox[-1].body
    page = story.read(case.get_absolute_url())
    for words in ("PI-2024-0001", "paling lambat 28 Maret 2024", "14 Maret 2024, adalah hari nol", "Sabtu, 16 Maret"):
        assert words in page, words
    assert Client().get(f"{case.get_absolute_url()}tanda-bukti.pdf").status_code == 200
    return case


def forwarded_to_two_units(story, case) -> None:
    story.at(3, 15, 9)
    city = story.city
    form = {"act": "forward", "subject": "Anggaran publikasi 2023", "due_on": "2024-03-25"}
    story.post(city.desk, f"{DESK}{case.pk}/", **form, units=[city.dinkes.pk, city.pabean.pk])
    assert story.told("untuk Dinkes") == [city.operator.email]
    assert story.told("untuk Pabean") == [city.other.email]
    page = story.read(case.get_absolute_url())
    assert "Dinkes" in page
    assert "Pabean" in page
    story.at(3, 20, 9)
    part = case.assignments.get(unit=city.dinkes)
    story.post(city.operator, f"{DESK}{case.pk}/", act="answer", bagian=part.pk, answer="Rincian Dinkes terlampir.")
    other = client_of(city.operator).post(
        f"{DESK}{case.pk}/", {"act": "answer", "bagian": case.assignments.get(unit=city.pabean).pk, "answer": "x"}
    )
    assert "tidak ditemukan" in other.content.decode()  # nobody answers for another unit


def silence_is_no_ground_on_the_last_day(story, case) -> None:
    story.at(3, 28, 23, 59)
    path = f"{case.get_absolute_url()}keberatan/"
    page = story.read(path)
    assert 'value="c"' not in page
    assert "Permohonan tidak ditanggapi (huruf c)" in page
    why = "Belum dapat diajukan: permohonan boleh dijawab sampai 28 Maret 2024. Terbuka mulai 29 Maret 2024."
    assert why in page
    refused = Client().post(path, {"alasan": "c", "uraian": "Surat kami tidak dijawab."})
    assert "Pilih satu alasan yang terbuka." in refused.content.decode()
    assert not Objection.objects.exists()


def one_unit_is_silent_and_everybody_is_told_in_time(story, case) -> None:
    story.at(4, 1, 9)
    city, number = story.city, case.number
    assert {day: subjects for day, subjects in story.nights.items() if subjects} == {
        (3, 25): [f"Pengingat: permohonan {number} dijawab paling lambat 28 Maret 2024"],
        (3, 27): [f"Pengingat: permohonan {number} dijawab paling lambat 28 Maret 2024"],
        (3, 29): [f"Permohonan {number} lewat batas jawaban",
                  f"Laporan keterlambatan: permohonan {number} lewat batas jawaban"],
    }  # fmt: skip
    assert story.told("Pengingat") == [city.other.email] * 2  # only who is still waited for
    assert story.told(f"Permohonan {number} lewat") == sorted([city.other.email, city.desk.email])
    assert story.told("Laporan keterlambatan") == ["sekda@contoh.invalid"]
    assert "Batas jawaban sudah lewat" in story.read(case.get_absolute_url())
    queue = client_of(city.desk).get(f"{DESK}?tampil=lewat").content.decode()
    assert number in queue


def objected_on_1_april(story, case) -> Objection:
    page = story.read(f"{case.get_absolute_url()}keberatan/")
    assert 'value="c"' in page
    assert "Dapat diajukan sejak 29 Maret 2024 sampai 27 Mei 2024." in page
    form = {"alasan": "c", "uraian": "Surat kami tidak dijawab sampai hari ini."}
    answer = Client().post(f"{case.get_absolute_url()}keberatan/", form)
    send_all()
    objection = Objection.objects.get()
    assert (answer.status_code, answer.url) == (303, objection.get_absolute_url())
    page = story.read(objection.get_absolute_url())
    assert "KB-2024-0001" in page
    assert "paling lambat 28 Mei 2024" in page
    assert "Bila sampai 28 Mei 2024 tidak ada keputusan, Anda boleh mengajukannya paling lambat 19 Juni 2024." in page
    assert story.told("KB-2024-0001 diterima") == ["kanari@contoh.invalid"]
    assert len(story.told("KB-2024-0001 menunggu keputusan")) == 1  # the superior of the unit, or of Diskominfo
    return objection


def answered_late_from_the_official_address(story, case, settings) -> None:
    story.at(4, 24, 9)
    city = story.city
    refused = client_of(city.desk).post(
        f"{DESK}{case.pk}/", {"act": "decide", "outcome": "granted", "explanation": "Tanyakan kepada OPD lain."}
    )
    assert "Jawaban masih ditunggu dari: Pabean" in refused.content.decode()  # "ask the other OPD" is no answer
    part = case.assignments.get(unit=city.pabean)
    story.post(city.other, f"{DESK}{case.pk}/", act="answer", bagian=part.pk, answer="Rincian Pabean terlampir.")
    explanation = "Rincian Dinkes dan Pabean kami berikan bersama surat ini."
    story.post(city.desk, f"{DESK}{case.pk}/", act="decide", outcome="granted", explanation=explanation)
    (sent,) = [sent for sent in mail.outbox if sent.subject == f"Jawaban atas permohonan informasi {case.number}"]
    assert (sent.from_email, sent.to) == (settings.DEFAULT_FROM_EMAIL, ["kanari@contoh.invalid"])
    assert str(Letter.objects.get().issued_on) == "2024-04-24"
    assert [name for name, _content, _kind in sent.attachments] == [Letter.objects.get().file_name]
    case.refresh_from_db()
    assert case.days_used == 22
    page = story.read(f"{case.get_absolute_url()}keberatan/")
    assert "Permohonan ini sudah ditanggapi pada 24 April 2024." not in page  # c was made; it is not offered again
    assert "Dapat diajukan sejak 24 April 2024 sampai 12 Juni 2024." in page  # g: late


def decided_and_disputed(story, objection) -> None:
    story.at(4, 24, 15)
    path = f"{DESK}keberatan/{objection.pk}/"
    verdict = {"outcome": "upheld", "explanation": "Keberatan diterima: jawaban terlambat."}
    superior = {"superior_name": "Nama Atasan", "superior_position": "Sekretaris Daerah"}
    story.post(story.city.desk, path, act="decide", **verdict, **superior)
    page = story.read(objection.get_absolute_url())
    assert "ajukan sengketa ke Komisi Informasi paling lambat Jumat, 17 Mei 2024" in page
    assert "Dihitung 14 hari kerja sesudah keputusan pada 24 April 2024" in page
    assert story.told("Keputusan atas keberatan KB-2024-0001") == ["kanari@contoh.invalid"]
    story.at(5, 17, 9)
    story.post(story.city.desk, path, act="dispute", number="015/KI-BTN/2024", registered_on="2024-05-17")
    assert "015/KI-BTN/2024" in story.read(objection.get_absolute_url())
    story.at(5, 18, 9)
    assert "Batas mengajukan sengketa ke Komisi Informasi, 17 Mei 2024, sudah lewat." in story.read(
        objection.get_absolute_url()
    )


def bundle_is_whole(story, case, objection) -> None:
    answer = Client().get(f"{objection.get_absolute_url()}berkas.zip")
    with ZipFile(BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    letters = Letter.objects.order_by("pk")
    assert all(any(letter.file_name in name for name in files) for letter in letters)
    assert len(letters) == 2
    timeline = pypdf.PdfReader(BytesIO(files["00-lini-masa.pdf"]))
    words = " ".join(" ".join(page.extract_text() for page in timeline.pages).split())
    for part in (
        "14 Maret 2024; batas 28 Maret 2024; dijawab 24 April 2024 (22 hari kerja)", "015/KI-BTN/2024",
        "hari terakhir Jumat, 17 Mei 2024", "Keterlambatan dilaporkan kepada Atasan PPID",
    ):  # fmt: skip
        assert part in words, part
    counts: dict[str, int] = defaultdict(int)
    for sent in mail.outbox:
        counts[sent.extra_headers["Message-ID"]] += 1
    assert set(counts.values()) == {1}
    assert set(Mail.objects.values_list("status", flat=True)) == {"sent"}
