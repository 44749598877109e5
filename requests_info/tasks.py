"""Work of the requests that the worker does; the schedule stands in the settings."""

from celery import shared_task
from django.db import OperationalError

ROBUST = {"acks_late": True, "ignore_result": True, "autoretry_for": (OperationalError,), "retry_backoff": True}


@shared_task(**ROBUST, max_retries=5)
def send_tracking_code(code_id: int) -> None:
    """Look a number up and send its code; the visitor's page has answered already."""
    from .services.tracking import send_code

    send_code(code_id=code_id)


@shared_task(**ROBUST, max_retries=5)
def send_waiting_tracking_codes() -> None:
    """Enqueue what was asked for while Redis was away."""
    from .services.tracking import waiting_codes

    for code_id in waiting_codes():
        send_tracking_code.apply_async((code_id,), expires=55)  # the next run asks again


@shared_task(**ROBUST, max_retries=5)
def purge_tracking_codes() -> None:
    from .services.tracking import purge_codes

    purge_codes()


@shared_task(**ROBUST, max_retries=5)
def keep_limits() -> None:
    """Enqueue each open request and objection for which something is due: re-dating, lapse, reminder, escalation."""
    from .services.limits import requests_to_keep
    from .services.objection_limits import objections_to_keep

    for request_id in requests_to_keep():
        keep_limits_of.delay(request_id)
    for objection_id in objections_to_keep():
        keep_limits_of_objection.delay(objection_id)


@shared_task(**ROBUST, max_retries=5)
def keep_limits_of(request_id: int) -> None:
    from .services.limits import keep_request

    keep_request(request_id=request_id)


@shared_task(**ROBUST, max_retries=5)
def keep_limits_of_objection(objection_id: int) -> None:
    from .services.objection_limits import keep_objection

    keep_objection(objection_id=objection_id)


@shared_task(**ROBUST, max_retries=5)
def purge_personal_data() -> None:
    """Where PURGE_PERSONAL_DATA is set; what was missed is due the next night."""
    from .services.purging import purge_expired

    purge_expired()
