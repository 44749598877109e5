"""A real Celery worker over PostgreSQL, Redis and SMTP, killed while it sends: the mail goes out after its lease."""

from datetime import timedelta

import pytest
from django.db.models import F

from correspondence.models import Mail
from correspondence.outbox import LEASE, deliver_mail, sweep
from tests.workers import ask, kill_all, own_queue, wait_until, worker

from .smtp import smtp_server
from .worlds import make_mail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::celery.exceptions.AlwaysEagerIgnored"),
]
SEND, SWEEP = "correspondence.tasks.send_mail", "correspondence.tasks.sweep_outbox"


@pytest.mark.parametrize(
    ("moment", "on_the_wire"),
    [
        pytest.param("stalls", 1, id="before the server took it"),
        # Nobody can know whether it arrived: it goes out once more, under the same Message-ID.
        pytest.param("falls_silent", 2, id="after the server took it"),
    ],
)
def test_killed_between_claim_and_sent_it_is_sent_after_the_lease(settings, tmp_path, moment, on_the_wire):
    mail, log = make_mail(), tmp_path / "worker.log"
    with smtp_server(settings) as server, own_queue() as queue:
        own = {"EMAIL_URL": "smtp://{}:{}".format(*server.server_address)}
        setattr(server, moment, True)
        ask(SEND, mail.pk, queue=queue)
        with worker(queue, log, **own) as running:
            wait_until(lambda: server.stalled)
            kill_all(running)
        setattr(server, moment, False)
        taken = len(server.taken)
        with worker(queue, log, **own):
            for task, args in ((SEND, [mail.pk]), (SWEEP, [])):  # within the lease nobody touches it
                done = log.read_text().count("succeeded in")
                ask(task, *args, queue=queue)
                wait_until(lambda done=done: log.read_text().count("succeeded in") > done)
            assert (Mail.objects.get().status, len(server.taken)) == ("sending", taken)
            Mail.objects.update(claimed_at=F("claimed_at") - LEASE - timedelta(minutes=1))
            ask(SWEEP, queue=queue)
            wait_until(lambda: Mail.objects.get().status == "sent")
            ask(SWEEP, queue=queue)
        deliver_mail(mail.pk)
        assert sweep() == []
        assert len(server.taken) == on_the_wire
        assert len({message["Message-ID"] for message in server.taken}) == 1
    assert list(Mail.objects.values_list("status", "attempts")) == [("sent", 2)]
