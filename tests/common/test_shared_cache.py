"""Clearing the cache leaves the tasks that wait in the same Redis."""

from uuid import uuid4

from django.core.cache import cache
from django_redis import get_redis_connection


def test_clear_drops_the_cache_and_keeps_the_queue():
    redis, queue = get_redis_connection("default"), f"test-queue-{uuid4().hex}"
    redis.lpush(queue, "task")
    cache.set("page", "text", 60)
    cache.clear()
    assert cache.get("page") is None
    assert redis.lrange(queue, 0, -1) == [b"task"]
    redis.delete(queue)
