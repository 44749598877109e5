"""How often an address has guessed wrong lately. Without Redis nobody is counted and nobody is shut out."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.throttling import BaseThrottle


class Attempts:
    """At most `limit` wrong guesses within `seconds`, per address of the network."""

    def __init__(self, name: str, limit: int, seconds: int) -> None:
        self.name, self.limit, self.seconds = name, limit, seconds

    def are_used_up(self, request: HttpRequest) -> bool:
        return bool((cache.get(self._key(request)) or 0) >= self.limit)

    def count_one(self, request: HttpRequest) -> None:
        key = self._key(request)
        if not cache.add(key, 1, self.seconds):
            try:
                cache.incr(key)
            except ValueError:  # it ran out between the two
                cache.add(key, 1, self.seconds)

    def _key(self, request: HttpRequest) -> str:
        """The address is not kept in clear; proxies are seen through as the API does it (NUM_PROXIES)."""
        address = BaseThrottle().get_ident(request)  # type: ignore[arg-type]
        return f"attempts:{self.name}:{salted_hmac('attempts', address).hexdigest()}"
