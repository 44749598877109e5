"""How often an address has guessed wrong lately. Without Redis nobody is counted and nobody is shut out."""

from __future__ import annotations

import ipaddress

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
        return f"attempts:{self.name}:{address_hash(request)}"


def address_hash(request: HttpRequest) -> str:
    """Who asks, not kept in clear."""
    return salted_hmac("attempts", client_address(request) or "").hexdigest()


def client_address(request: HttpRequest) -> str | None:
    """The address that asks; proxies are seen through as the API does it (NUM_PROXIES). None: it is not an address.

    Of IPv6 only the network counts (/64): one subscriber has all the addresses in it.
    """
    try:
        address = ipaddress.ip_address(BaseThrottle().get_ident(request) or "")  # type: ignore[arg-type]
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
