"""The workspace's screens of letters and mail: what they show, and what they write down."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail as outbox

from correspondence.models import Letter, LetterRead, Mail, Series
from correspondence.services import letter_pdf
from tests.builders import make_unit
from tests.people import PASSWORD, make_operator, make_ppid_utama

from .worlds import issue, make_mail

pytestmark = pytest.mark.django_db
MAILS = "/admin/correspondence/mail/"
LETTERS = "/admin/correspondence/letter/"


@pytest.fixture
def ppid(client):
    user = make_ppid_utama(make_unit("diskominfo"))
    client.login(username=user.username, password=PASSWORD)
    return user


def act(client, action: str, *mails: Mail):
    return client.post(MAILS, {"action": action, "_selected_action": [mail.pk for mail in mails]}, follow=True)


def test_download_gives_the_file_and_writes_down_who_took_it(client, ppid):
    letter = issue()
    response = client.get(f"{LETTERS}{letter.pk}/unduh/")
    assert response.content == letter_pdf(letter)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="488-001-PPID-2023.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert list(LetterRead.objects.values_list("letter", "user")) == [(letter.pk, ppid.pk)]


def test_refused_download_writes_nothing_down(client):
    letter = issue()
    stranger = make_operator(make_unit("unit-lain"))
    client.login(username=stranger.username, password=PASSWORD)
    assert client.get(f"{LETTERS}{letter.pk}/unduh/").status_code == 404
    assert not LetterRead.objects.exists()


def test_letter_is_withdrawn_with_its_reason(client, ppid):
    letter = issue()
    address = f"{LETTERS}{letter.pk}/tarik/"
    assert "harus diisi" in client.post(address, {"reason": " "}).content.decode()
    client.post(address, {"reason": "Keliru"})
    letter.refresh_from_db()
    assert (letter.withdrawn_reason, letter.withdrawn_by) == ("Keliru", ppid)
    assert "sudah ditarik" in client.post(address, {"reason": "Lagi"}).content.decode()


def test_letter_and_mail_cannot_be_typed_in(client, ppid):
    letter, mail = issue(), make_mail()
    client.post(f"{LETTERS}{letter.pk}/change/", {"subject": "lain"})
    client.post(f"{MAILS}{mail.pk}/change/", {"to": "x@contoh.invalid"})
    assert Letter.objects.get().subject == "Pengingat Januari 2023"
    assert Mail.objects.get().to == "unit@contoh.invalid"


def test_list_masks_addresses_and_the_detail_shows_them(client, ppid):
    mail = make_mail(text="Isi <script>\n", error="SMTPServerDisconnected")
    assert "unit@contoh.invalid" not in client.get(MAILS).content.decode()
    assert "u…@contoh.invalid" in client.get(MAILS).content.decode()
    text = client.get(f"{MAILS}{mail.pk}/change/").content.decode()
    assert "unit@contoh.invalid" in text
    assert "Isi &lt;script&gt;" in text
    assert "Server surel tidak dapat dihubungi" in text


def test_mails_are_sent_again_or_marked_one_by_one(client, ppid, django_capture_on_commit_callbacks):
    failed, sent = make_mail(status="failed"), make_mail(status="queued")
    with django_capture_on_commit_callbacks(execute=True):
        text = act(client, "send_again", failed, sent).content.decode()
    assert "1 surel dikirim ulang." in text
    assert "Hanya surel yang gagal" in text
    assert len(outbox.outbox) == 1
    assert "1 surel ditandai terpental." in act(client, "bounced", failed).content.decode()
    failed.refresh_from_db()
    assert failed.status == "bounced"
    assert LogEntry.objects.filter(user=ppid, object_id=failed.pk).count() == 2


def test_series_refuses_a_format_that_gives_a_number_twice(client, ppid):
    series = Series.objects.get(slug="surat")
    address = f"/admin/correspondence/series/{series.pk}/change/"
    for wrong in ("488/{urut}", "{tahun}", "{urut}/{tahun}/{x}", "{urut}/{tahun}/{0.__class__}", "{urut}{tahun}}"):
        assert client.post(address, {"name": "Surat", "number_format": wrong}).status_code == 200, wrong
    assert client.post(address, {"name": "Surat", "number_format": "{urut}/{bulan}/{tahun}"}).status_code == 302
    assert issue().number == "001/II/2023"


@pytest.mark.parametrize("path", [LETTERS, MAILS])
def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_many(
    client, ppid, path, django_assert_max_num_queries
):
    issue()
    make_mail()
    client.get(path)
    with django_assert_max_num_queries(12) as one:
        client.get(path)
    for _ in range(8):
        issue(unit=make_unit())
        make_mail()
    with django_assert_max_num_queries(len(one)):
        client.get(path)


def test_no_list_reads_a_file(client, ppid, django_assert_max_num_queries):
    issue()
    with django_assert_max_num_queries(12) as asked:
        client.get(LETTERS)
    assert not any("letterfile" in query["sql"] for query in asked.captured_queries)
