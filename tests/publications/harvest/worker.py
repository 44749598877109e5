"""The portal's Celery application as a harvest worker of one test: names ending in `.uji.invalid` are this machine.

Leases and holds are shorter than in use, so that a test need not wait minutes for what a killed worker had.
"""

import os
import socket
from dataclasses import replace
from datetime import timedelta

import django

from cilegon_kip.celery import app

django.setup()

from publications.harvest import leases, planning, turns, ways  # noqa: E402

queue, port = os.environ["KIP_TEST_QUEUE"], int(os.environ["KIP_TEST_PORT"])
app.conf.task_default_queue = queue
app.conf.task_routes = {}
app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "unacked_key": f"{queue}-unacked",
    "unacked_index_key": f"{queue}-unacked-index",
    "unacked_mutex_key": f"{queue}-unacked-mutex",
}
leases.LEASE = planning.LEASE = timedelta(seconds=float(os.environ["KIP_TEST_LEASE"]))
turns.HOLD = timedelta(seconds=float(os.environ["KIP_TEST_HOLD"]))

real_client, real_names = ways.portal_client, socket.getaddrinfo


def client(gate=None):
    made = real_client(gate)
    made._policy = replace(made._policy, test_servers=frozenset({("127.0.0.1", port)}))
    return made


def names(host, *arguments, **named):
    is_ours = isinstance(host, str) and host.endswith(".uji.invalid")
    return real_names("127.0.0.1" if is_ours else host, *arguments, **named)


planning.portal_client = client
socket.getaddrinfo = names
