"""The client with one deadline over all of its requests: a person waits for a probe's answer."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from publications.harvest.connectors.base import Http
from publications.harvest.fetching import FEED, NO_VALIDATORS, Fetched, Validators
from publications.harvest.items import HarvestError


class Hurried:
    """After `seconds` no further request goes out; one that runs has the client's own limit."""

    def __init__(self, http: Http, seconds: float) -> None:
        self._http, self._ends_at = http, time.monotonic() + seconds

    def get(
        self,
        url: str,
        *,
        accept: str = FEED,
        validators: Validators = NO_VALIDATORS,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Fetched:
        self._check()
        return self._http.get(url, accept=accept, validators=validators, headers=headers, also=also)

    def post(
        self, url: str, body: bytes, *, content_type: str, headers: Mapping[str, str], also: Collection[int] = ()
    ) -> Fetched:
        self._check()
        return self._http.post(url, body, content_type=content_type, headers=headers, also=also)

    def _check(self) -> None:
        if time.monotonic() > self._ends_at:
            raise HarvestError("timeout", "Pemeriksaan dihentikan: situs terlalu lambat menjawab.")
