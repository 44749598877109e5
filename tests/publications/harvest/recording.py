"""The client's place taken by a recording: addresses and what they answered, in the documented form."""

from __future__ import annotations

import json
from typing import Any

from publications.harvest.connectors.base import Target
from publications.harvest.fetching import NO_VALIDATORS, Fetched, refusal
from publications.harvest.items import HarvestError

from .samples import NOW, WIB


class Recording:
    """`answers`: the beginning of an address → body, (status, body, headers), or an error; the longest one holds."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.sent: list[bytes] = []

    def get(self, url: str, *, accept: str = "", validators=NO_VALIDATORS, headers=None, also=()) -> Fetched:
        self.asked.append((url, {**validators.headers(), **(headers or {})}))
        known = sorted((start for start in self.answers if url.startswith(start)), key=len)
        told = self.answers[known[-1]] if known else (404, b"", {})
        if isinstance(told, HarvestError):
            raise told
        status, body, answered = told if isinstance(told, tuple) else (200, told, {})
        body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        if status not in (200, *also) and not (status == 304 and validators.headers()):
            raise refusal(status, answered, NOW)
        return Fetched(url, status, body, answered)

    def post(self, url: str, body: bytes, *, content_type: str, headers, also=()) -> Fetched:
        self.sent.append(body)
        return self.get(url, headers={"Content-Type": content_type, **headers}, also=also)

    @property
    def urls(self) -> list[str]:
        return [url for url, _headers in self.asked]


def target(endpoint: str, **changes: str) -> Target:
    return Target(endpoint, WIB, **changes)
