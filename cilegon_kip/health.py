"""Health addresses, and a page in the site's look while the database is away."""

from __future__ import annotations

import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control

from . import errors
from .tasks import HEARTBEAT_KEY


@cache_control(no_store=True)
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@cache_control(no_store=True)
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, cache, broker and a worker's heartbeat; 503 when one is missing."""
    checks = {"database": _database(), "cache": _redis(settings.REDIS_URL), "broker": _redis(settings.REDIS_URL)}
    checks["worker"] = checks["cache"] and _worker()
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _worker() -> bool:
    last = cache.get(HEARTBEAT_KEY)
    return last is not None and time.time() - float(last) < settings.HEARTBEAT_SECONDS


class DatabaseDownMiddleware:
    """A 503 page that needs no database, where Django would answer 500 for a view's exception.

    What other middleware raise (session, log-in) never comes here: Django turns it into a response first,
    by `errors.server_error`, which answers the same page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, errors.DATABASE_AWAY):
            return None
        connection.close()
        return errors.unavailable(request)
