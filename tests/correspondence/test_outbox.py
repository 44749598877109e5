"""The outbox: queued once, sent once, tried again, never lost."""

import logging
from datetime import timedelta
from importlib import import_module
from threading import Barrier, Thread

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from correspondence import outbox as rules
from correspondence.models import Mail
from correspondence.outbox import (
    LEASE,
    MAX_ATTEMPTS,
    MailError,
    deliver_mail,
    mark_bounced,
    queue_mail,
    requeue_mail,
    sweep,
    wait_after,
)
from correspondence.services import letter_pdf, withdraw_letter
from correspondence.tasks import send_mail, sweep_outbox
from tests.builders import make_unit
from tests.people import make_operator, make_ppid_utama

from .smtp import smtp_server
from .worlds import issue, make_mail

pytestmark = pytest.mark.django_db
CANARY = "rahasia-warga@contoh.invalid"


def queue(**fields) -> Mail:
    letter = fields.pop("letter", None)
    context = {"words": "Unit <b>Anda</b> & kami", "letter": letter or issue()}
    fields = {"key": "uji", "to": "a@contoh.invalid", "subject": "Pengingat", "letter": letter, **fields}
    return queue_mail(template="correspondence/emails/letter", context=context, **fields)


def test_same_key_is_one_mail(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = queue()
        assert queue(subject="Lain", to="b@contoh.invalid") == first
    with django_capture_on_commit_callbacks(execute=True):
        assert queue() == first
    assert [sent.subject for sent in outbox.outbox] == ["Pengingat"]
    first.refresh_from_db()
    assert (first.status, first.attempts, first.claimed_at) == ("sent", 1, None)


def test_nothing_goes_out_when_the_transaction_fails(django_capture_on_commit_callbacks):
    def fail_after_queueing() -> None:
        with transaction.atomic():
            queue()
            raise RuntimeError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        fail_after_queueing()
    assert outbox.outbox == []
    assert not Mail.objects.exists()


def test_mail_has_text_and_html_and_the_letter(django_capture_on_commit_callbacks, settings):
    settings.REPLY_TO = ["ppid@contoh.invalid"]
    letter = issue()
    with django_capture_on_commit_callbacks(execute=True):
        queue(letter=letter, subject="Pengingat\nBcc: x@contoh.invalid")
    (sent,) = outbox.outbox
    assert sent.subject == "Pengingat Bcc: x@contoh.invalid"
    assert (sent.from_email, sent.reply_to) == (settings.DEFAULT_FROM_EMAIL, ["ppid@contoh.invalid"])
    assert "Unit <b>Anda</b> & kami" in sent.body
    html = sent.alternatives[0].content
    assert "Unit &lt;b&gt;Anda&lt;/b&gt; &amp; kami" in html
    assert f"{settings.SITE_URL}/surat/{letter.printed_code}/" in sent.body
    assert f"{settings.SITE_URL}/surat/{letter.printed_code}/" in html
    assert sent.attachments[0] == ("488-001-PPID-2023.pdf", letter_pdf(letter), "application/pdf")
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("to", ["", [], ["  "], "bukan alamat", ["a@contoh.invalid", "x@"], "a@b.id\nBcc: c@d.id"])
def test_mail_without_a_true_address_is_refused_without_repeating_it(to):
    with pytest.raises(MailError) as error:
        queue(to=to)
    assert "@" not in str(error.value)
    assert not Mail.objects.exists()


def test_without_redis_the_row_waits_for_the_sweeper(django_capture_on_commit_callbacks, monkeypatch):
    def no_broker(*args, **kwargs):
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(send_mail, "delay", no_broker)
        with django_capture_on_commit_callbacks(execute=True):
            queue()
    assert outbox.outbox == []
    sweep_outbox()
    sweep_outbox()
    assert len(outbox.outbox) == 1


def test_task_run_twice_sends_once():
    mail = make_mail()
    send_mail(mail.pk)
    send_mail(mail.pk)
    send_mail(10**9)
    assert len(outbox.outbox) == 1


# --- what can go wrong --------------------------------------------------------------------------------------------


def test_true_server_takes_the_mail_once(settings):
    with smtp_server(settings) as server:
        mail = make_mail(html="<p>Isi</p>")
        deliver_mail(mail.pk)
        deliver_mail(mail.pk)
    (taken,) = server.taken
    assert taken["To"] == "unit@contoh.invalid"
    assert [part.get_content_type() for part in taken.iter_parts()] == ["text/plain", "text/html"]


def test_server_that_hangs_up_is_tried_again_later(settings):
    with smtp_server(settings) as server:
        server.hangs_up = True
        mail = make_mail()
        now = timezone.now()
        deliver_mail(mail.pk, now)
        mail.refresh_from_db()
        assert (mail.status, mail.attempts, mail.claimed_at) == ("queued", 1, None)
        assert mail.next_try_at == now + timedelta(minutes=1)
        server.hangs_up = False
        deliver_mail(mail.pk, now + timedelta(seconds=59))
        assert server.taken == []
        assert sweep(now + timedelta(seconds=61)) == [mail.pk]
        deliver_mail(mail.pk, now + timedelta(seconds=61))
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.error, len(server.taken)) == ("sent", 2, "", 1)


def test_server_that_is_away_is_tried_again_later(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mail = make_mail()
    deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("queued", "ConnectionRefusedError")


def test_recipient_that_does_not_exist_has_bounced(settings):
    with smtp_server(settings) as server:
        server.answer = b"550 no such user"
        mail = make_mail()
        deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("bounced", "SMTPRecipientsRefused 550")


def test_recipient_that_is_put_off_is_tried_again(settings):
    with smtp_server(settings) as server:
        server.answer = b"451 greylisted"
        mail = make_mail()
        deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("queued", "SMTPRecipientsRefused 451")


def test_mail_is_given_up_after_its_last_try(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mail = make_mail()
    now = timezone.now()
    for _ in range(MAX_ATTEMPTS):
        deliver_mail(mail.pk, now)
        mail.refresh_from_db()
        now = mail.next_try_at
    assert (mail.status, mail.attempts) == ("failed", MAX_ATTEMPTS)
    assert now - timezone.now() > timedelta(days=3)
    assert sweep(now + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("SMTPRecipientsRefused 550", "menolak alamat"),
        ("SMTPAuthenticationError 535", "sandi"),
        ("SMTPDataError 554", "menolak surel"),
        ("SMTPServerDisconnected", "dihubungi"),
        ("ConnectionRefusedError", "dihubungi"),
        ("TimeoutError", "dihubungi"),
        ("gaierror", "dihubungi"),
        ("Lost", "tengah jalan"),
        ("Marked", "petugas"),
        ("KeyError", "lain"),
    ],
)
def test_errors_are_told_in_words(error, words):
    assert words in rules.in_words(error)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (8, 128), (9, 256), (10, 360), (20, 360), (10**6, 360)]
)
def test_waits_double_up_to_six_hours(attempts, minutes):
    assert wait_after(attempts) == timedelta(minutes=minutes)


def test_mistake_of_ours_does_not_keep_the_row_claimed(monkeypatch):
    monkeypatch.setattr(rules, "message_for", lambda mail: 1 / 0)
    mail = make_mail()
    deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("queued", "ZeroDivisionError")


def test_worker_that_died_between_claim_and_sent_is_made_good():
    now = timezone.now()
    mail = make_mail(status="sending", claimed_at=now - LEASE - timedelta(seconds=1))
    young = make_mail(status="sending", claimed_at=now - LEASE + timedelta(seconds=1))
    assert sweep(now) == [mail.pk]
    deliver_mail(mail.pk, now)
    assert len(outbox.outbox) == 1
    young.refresh_from_db()
    assert young.status == "sending"
    assert sweep(now) == []


def test_slow_worker_does_not_speak_for_the_one_who_took_over(monkeypatch):
    """Its lease ran out while it was sending; another has claimed the row since."""
    mail = make_mail()
    later = timezone.now() + timedelta(hours=1)

    class Slow:
        def __init__(self, mail):
            pass

        def send(self):
            Mail.objects.filter(pk=mail.pk).update(claimed_at=later)

    monkeypatch.setattr(rules, "message_for", Slow)
    deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, mail.claimed_at) == ("sending", later)


def test_withdrawn_letter_is_not_sent_any_more():
    letter = issue()
    mail = make_mail(letter=letter)
    withdraw_letter(letter_id=letter.pk, actor=letter.created_by, reason="Keliru")
    deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert (mail.status, rules.in_words(mail.error)) == ("failed", "Surat terlampir ditarik sebelum surel ini terkirim")
    assert outbox.outbox == []


def test_long_subject_is_cut():
    mail = queue(subject="kata " * 100)
    assert len(mail.subject) == 300
    assert mail.subject.endswith("…")


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail_once():
    mails = [make_mail().pk for _ in range(10)]
    barrier = Barrier(4)

    def work() -> None:
        try:
            for pk in mails:
                barrier.wait()
                deliver_mail(pk)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outbox.outbox) == len(mails)
    assert set(Mail.objects.values_list("status", "attempts")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_one_key_queued_at_once_is_one_row():
    barrier, made = Barrier(6), []

    def work() -> None:
        try:
            barrier.wait()
            made.append(
                queue_mail(
                    key="sama",
                    to="a@contoh.invalid",
                    subject="x",
                    template="correspondence/emails/base",
                    context={},
                ).pk
            )
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == Mail.objects.count() == len(outbox.outbox) == 1


def test_addresses_are_never_logged(settings, caplog, django_capture_on_commit_callbacks):
    caplog.set_level(logging.DEBUG)
    with smtp_server(settings) as server:
        for key, answer, hangs_up in (("1", b"250 fine", False), ("2", b"550 no", False), ("3", b"250 fine", True)):
            server.answer, server.hangs_up = answer, hangs_up
            with django_capture_on_commit_callbacks(execute=True):
                queue(key=key, to=CANARY)
    assert set(Mail.objects.values_list("status", flat=True)) == {"sent", "bounced", "queued"}
    assert "not sent" in caplog.text
    assert CANARY not in caplog.text
    assert not Mail.objects.filter(error__contains="@").exists()


def test_to_whom_and_what_is_encrypted_in_the_database():
    mail = queue(to=CANARY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(m)::text FROM correspondence_mail m")
        (stored,) = cursor.fetchone()
    assert CANARY not in stored
    assert "Anda" not in stored
    mail = Mail.objects.get(pk=mail.pk)
    assert mail.recipients == [CANARY]
    assert "Unit <b>Anda</b>" in mail.text


@pytest.mark.django_db(transaction=True)
def test_mails_written_before_encryption_are_locked_away_and_can_be_brought_back():
    migration = import_module("correspondence.migrations.0004_mail_is_encrypted")
    mail = make_mail(to=CANARY, html="")
    with connection.schema_editor() as editor:
        migration.bring_back(None, editor)
    with connection.cursor() as cursor:
        cursor.execute('SELECT "to", text, html FROM correspondence_mail')
        assert cursor.fetchone() == (CANARY, "Isi surel\n", "")
    with connection.schema_editor() as editor:
        migration.lock_away(None, editor)
    mail.refresh_from_db()
    assert (mail.to, mail.text, mail.html) == (CANARY, "Isi surel\n", "")


# --- what a person decides ----------------------------------------------------------------------------------------


def test_ppid_utama_sends_again_what_was_given_up(django_capture_on_commit_callbacks):
    actor = make_ppid_utama(make_unit())
    mail = make_mail(status="failed", attempts=MAX_ATTEMPTS, error="x")
    with django_capture_on_commit_callbacks(execute=True):
        requeue_mail(mail_id=mail.pk, actor=actor)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, len(outbox.outbox)) == ("sent", 1, 1)
    with pytest.raises(MailError, match="gagal atau terpental"):
        requeue_mail(mail_id=mail.pk, actor=actor)


def test_bounce_is_marked_and_can_be_sent_again(django_capture_on_commit_callbacks):
    actor = make_ppid_utama(make_unit())
    mail = make_mail(status="sent", sent_at=timezone.now())
    mark_bounced(mail_id=mail.pk, actor=actor)
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("bounced", "Marked")
    with pytest.raises(MailError, match="terpental"):
        mark_bounced(mail_id=mail.pk, actor=actor)
    requeue_mail(mail_id=mail.pk, actor=actor)


@pytest.mark.parametrize("act", [requeue_mail, mark_bounced])
def test_nobody_else_changes_the_outbox(act):
    mail = make_mail(status="failed")
    with pytest.raises(MailError, match="tidak berhak"):
        act(mail_id=mail.pk, actor=make_operator(make_unit()))
    mail.refresh_from_db()
    assert mail.status == "failed"


@pytest.mark.parametrize(
    "fields", [{"status": "sending"}, {"status": "sent"}, {"status": "x"}, {"claimed_at": timezone.now()}]
)
def test_database_refuses_a_state_that_cannot_be(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_mail(**fields)
