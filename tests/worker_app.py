"""The portal's Celery application as a worker of one test, apart from all others that share its Redis."""

import os

from cilegon_kip.celery import app

queue = os.environ["KIP_TEST_QUEUE"]
app.conf.task_default_queue = queue
app.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "visibility_timeout": int(os.environ["KIP_TEST_PATIENCE"]),
    "unacked_key": f"{queue}-unacked",
    "unacked_index_key": f"{queue}-unacked-index",
    "unacked_mutex_key": f"{queue}-unacked-mutex",
}
