"""What a connector is asked and what it answers. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal, Protocol

from publications.harvest.feeds import Feed
from publications.harvest.fetching import FEED, NO_VALIDATORS, Fetched, Validators
from publications.harvest.guarded import in_child
from publications.harvest.items import HarvestError, Item

Existence = Literal["yes", "no", "unknown"]
Cursor = Mapping[str, Any]
NOTHING = Decimal(0)


class Http(Protocol):
    """The client, or a recording of it."""

    def get(
        self,
        url: str,
        *,
        accept: str = FEED,
        validators: Validators = NO_VALIDATORS,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Fetched: ...

    def post(
        self, url: str, body: bytes, *, content_type: str, headers: Mapping[str, str], also: Collection[int] = ()
    ) -> Fetched: ...


class Budget(Protocol):
    """What an interface may cost: asked before each call, and told afterwards what the call really was."""

    def spend(self, calls: int = 1, cost: Decimal = NOTHING) -> None:
        """HarvestError `budget` if it does not suffice for calls and cost (US$)."""

    def give_back(self, cost: Decimal) -> None:
        """What was set aside (US$) and not used."""


class Tokens(Protocol):
    """The access token of one account, renewed where it has to be."""

    def access(self, http: Http) -> str: ...


class Unlimited:
    """For interfaces that cost nothing, and for trying one out."""

    def spend(self, calls: int = 1, cost: Decimal = NOTHING) -> None: ...

    def give_back(self, cost: Decimal) -> None: ...


@dataclass(frozen=True)
class Target:
    """What a connector knows of a channel."""

    endpoint: str
    zone: tzinfo
    handle: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class Page:
    """One bounded step: the items, and where the next step begins."""

    items: tuple[Item, ...] = ()
    #: To be stored, and given to the next call as it is.
    cursor: Cursor = field(default_factory=dict)
    #: False: ask again at once, there is more.
    is_complete: bool = True
    is_unchanged: bool = False
    retry_at: datetime | None = None
    problem: str = ""
    moved_to: str = ""


@dataclass(frozen=True)
class Probe:
    """What was found at an address; `items` are the newest, for a person to look at before saving."""

    kind: str
    endpoint: str
    external_id: str = ""
    title: str = ""
    items: tuple[Item, ...] = ()


class Connector(Protocol):
    kind: str

    def probe(self, target: Target, http: Http, now: datetime) -> Probe: ...

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page: ...

    def exists(self, permalink: str, http: Http) -> Existence: ...


def feed_apart(work: Callable[[], Feed]) -> Feed:
    """The feed that `work` reads, read in a child process with a time limit; only its items and its next page."""

    def as_items() -> tuple[Item, ...]:
        feed = work()
        return (*feed.items, Item("", feed.next_page, ""))  # the last one is no item: it carries the address

    *items, last = parsed_apart(as_items)
    return Feed(tuple(items), next_page=last.permalink)


def parsed_apart(work: Callable[[], list[Item] | tuple[Item, ...]]) -> tuple[Item, ...]:
    """The items that `work` reads from a stranger's file, read in a child process with a time limit."""
    told = json.loads(in_child(lambda: json.dumps([asdict(item) for item in work()], default=str).encode()))
    return tuple(
        Item(**{**row, **{name: _moment(row[name]) for name in ("claimed_at", "modified_at")}}) for row in told
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def json_of(body: bytes) -> Any:
    """An API's answer; HarvestError if it is no JSON (a login page, a maintenance notice)."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise HarvestError("not_a_feed", "Jawaban bukan JSON.") from None


def text_of(told: Any, name: str) -> str:
    """A field of an API's answer as text; empty if it is none."""
    value = told.get(name) if isinstance(told, dict) else None
    return value if isinstance(value, str) else ""


def rows_of(told: Any) -> list[dict[str, Any]]:
    return [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []


def page_exists(permalink: str, http: Http) -> Existence:
    """By the page itself: 404 and 410 mean gone, every other trouble means nothing."""
    try:
        http.get(permalink, accept="text/html, */*;q=0.5")
    except HarvestError as error:
        return "no" if error.status in (404, 410) else "unknown"
    return "yes"
