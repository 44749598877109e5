"""A real process, killed in the middle of sending: its mail is not lost."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from correspondence.models import Mail
from correspondence.outbox import LEASE, deliver_mail, sweep

from .smtp import smtp_server
from .worlds import make_mail

ROOT = Path(__file__).resolve().parent.parent.parent
SEND = """
import django; django.setup()
from correspondence.outbox import deliver_mail
deliver_mail(int({pk}))
"""


def start_sending(pk: int, server) -> subprocess.Popen:
    """The process talks to the tests' own database and to the server on loopback."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    host, port = server.server_address
    addresses = {"DATABASE_URL": urlunsplit(database), "EMAIL_URL": f"smtp://{host}:{port}"}
    environment = {**os.environ, **addresses}
    environment["DJANGO_SETTINGS_MODULE"] = "cilegon_kip.settings"
    return subprocess.Popen([sys.executable, "-c", SEND.format(pk=pk)], cwd=ROOT, env=environment)


@pytest.mark.django_db(transaction=True)
def test_mail_of_a_killed_worker_is_sent_once_after_its_lease(settings):
    mail = make_mail()
    with smtp_server(settings) as server:
        server.stalls = True
        process = start_sending(mail.pk, server)
        try:
            deadline = time.monotonic() + 30
            while not server.stalled and time.monotonic() < deadline:
                assert process.poll() is None
                time.sleep(0.05)
            assert server.stalled
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        mail.refresh_from_db()
        assert mail.status == "sending"
        now = timezone.now()
        deliver_mail(mail.pk, now)
        assert sweep(now) == []
        server.stalls = False
        later = now + LEASE + timedelta(minutes=1)
        assert sweep(later) == [mail.pk]
        deliver_mail(mail.pk, later)
        deliver_mail(mail.pk, later)
        assert len(server.taken) == 1
    assert Mail.objects.values_list("status", "attempts").get() == ("sent", 2)
