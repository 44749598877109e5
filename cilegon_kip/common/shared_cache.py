"""The cache of a Redis that also holds the queue of tasks."""

from typing import Any

from django_redis.cache import RedisCache


class SharedRedisCache(RedisCache):  # type: ignore[misc]  # django_redis has no types
    """`django_redis` clears by emptying the database, with every task that waits there; this one clears by key."""

    def clear(self) -> Any:
        """Drop the keys of this cache (its prefix and version) and nothing else."""
        return self.delete_pattern("*")
