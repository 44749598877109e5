"""Health addresses tell the truth, and pages survive the loss of Redis and of PostgreSQL."""

import json
import time

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from cilegon_kip.tasks import HEARTBEAT_KEY, beat_heart

PAGES = ["/", "/unit/", "/kegiatan/", "/cari/?q=posyandu"]
DEAD_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def redis_is_away(settings):
    settings.REDIS_URL = DEAD_REDIS
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": DEAD_REDIS}}


@pytest.fixture
def database_is_away(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "ensure_connection", refuse)


def test_healthz_needs_nothing(client, database_is_away, redis_is_away):
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readyz_is_ready_while_a_worker_works(client):
    beat_heart()
    response = client.get("/readyz")
    assert (response.status_code, json.loads(response.content)) == (
        200,
        {"database": True, "cache": True, "broker": True, "worker": True},
    )


@pytest.mark.django_db
def test_readyz_misses_a_worker_whose_heart_stopped(client):
    cache.set(HEARTBEAT_KEY, time.time() - 3600)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["worker"] is False


@pytest.mark.django_db
def test_readyz_misses_redis(client, redis_is_away):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": True, "cache": False, "broker": False, "worker": False}


def test_readyz_misses_the_database(client, database_is_away):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] is False


@pytest.mark.django_db
@pytest.mark.parametrize("address", [*PAGES, "/peringkat/metode/", "/api/v1/units/"])
def test_pages_answer_without_redis(client, redis_is_away, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", [*PAGES, "/peringkat/"])
def test_pages_answer_503_without_the_database(client, database_is_away, address):
    response = client.get(address)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "<h1" in response.content.decode()
