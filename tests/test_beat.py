"""The schedule names tasks that exist, and each task runs where somebody reads its queue."""

import re
from pathlib import Path

from django.conf import settings

from cilegon_kip.celery import app

ROOT = Path(__file__).resolve().parent.parent


def known_tasks() -> set[str]:
    app.loader.import_default_modules()
    return set(app.tasks)


def test_beat_asks_for_tasks_that_exist():
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked - known_tasks() == set()


def test_each_route_is_a_task_and_each_queue_has_a_worker_here_and_in_production():
    routes = settings.CELERY_TASK_ROUTES
    assert set(routes) - known_tasks() == set()
    queues = {"celery"} | {route["queue"] for route in routes.values() if "queue" in route}
    (here,) = re.findall(r"--queues=([a-z,]+)", (ROOT / "local/run.py").read_text())
    assert set(here.split(",")) == queues
    production = (ROOT / "docs/production.md").read_text()
    assert {"celery", *re.findall(r"worker --queues ([a-z]+)", production)} == queues


def test_the_schedule_of_production_visits_and_the_one_of_a_trial_does_not():
    assert settings.HARVEST_ENABLED is False  # the tests run as a trial
    assert settings.CELERY_BEAT_SCHEDULE["harvest-due"]["schedule"].minute == set(range(0, 60, 5))


def test_a_message_is_not_handed_out_again_while_its_visit_may_still_run():
    from publications.harvest.leases import LEASE
    from publications.harvest.planning import LONG_LIMITS

    _soft, hard = LONG_LIMITS
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > 2 * hard
    assert LEASE.total_seconds() > hard
