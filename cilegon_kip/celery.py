"""The Celery application; tasks are found in each app's `tasks.py`."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import after_setup_logger, after_setup_task_logger

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cilegon_kip.settings")

app = Celery("cilegon_kip")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def keep_secrets(logger: logging.Logger, **kwargs: Any) -> None:
    """Worker and beat set up handlers of their own, beside those of the settings."""
    from .logs import quieten

    quieten(logger)


after_setup_logger.connect(keep_secrets)
after_setup_task_logger.connect(keep_secrets)
