"""The portal's Celery application as a worker of one test: with a queue of its own, and soon sure that another died."""

import os

from cilegon_kip.celery import app

app.conf.task_default_queue = os.environ["KIP_TEST_QUEUE"]
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": 2}
