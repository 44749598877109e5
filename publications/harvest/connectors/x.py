"""X by its paid interface; off until a token and a budget are set. Of a post only number, time and link are kept.

X asks that what is deleted there goes here too and that posts are shown by its own rules; so no text is stored. Reading
costs money by the post: what one page may cost is set aside before it is asked for, what it did not cost is given back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from publications.harvest.dates import DateReader
from publications.harvest.fetching import JSON, Fetched
from publications.harvest.items import HarvestError, Item

from .base import Budget, Cursor, Existence, Http, Page, Probe, Target, Unlimited, json_of, rows_of, text_of

API = "https://api.x.com/2"
PER_PAGE = 20
#: US$ for a post and for an account that is read.
POST, ACCOUNT = Decimal("0.005"), Decimal("0.010")
ANSWERS_WITH_REASON = (400, 401, 402, 403, 404, 429)
HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}", re.ASCII)
NUMBER = re.compile(r"\d{1,19}", re.ASCII)
STATUS = re.compile(r"/status/(\d{1,19})", re.ASCII)


def parse(body: bytes, handle: str, zone: tzinfo, now: datetime) -> tuple[list[Item], str, str]:
    """The posts of one answer, the token of the next page (empty: none), and the newest number of this one."""
    told, reader = json_of(body), DateReader(zone, now)
    if not isinstance(told, dict) or ("data" not in told and "meta" not in told):
        raise api_error(told, 400)
    meta = told.get("meta")
    items = [item for post in rows_of(told.get("data")) if (item := _item(post, handle, reader))]
    return items, text_of(meta, "next_token"), text_of(meta, "newest_id")


def _item(post: dict[str, Any], handle: str, reader: DateReader) -> Item | None:
    number, claimed = text_of(post, "id"), reader.read(text_of(post, "created_at"))
    if not NUMBER.fullmatch(number) or claimed.moment is None:
        return None
    local = claimed.moment.astimezone(reader.zone)
    return Item(
        source_id=number,
        permalink=f"https://x.com/{handle}/status/{number}",
        title=f"Kiriman di X, {local:%d-%m-%Y %H.%M}",
        claimed_raw=claimed.raw,
        claimed_at=claimed.moment,
        date_basis=claimed.basis,
        media="image" if post.get("attachments") else "",
    )


def api_error(told: object, status: int) -> HarvestError:
    """401 and 403 are the token, 402 is the bill, 404 or an error without data an account that is not there."""
    if status in (401, 403):
        return HarvestError("auth", "Token X ditolak.", status)
    if status == 402:
        return HarvestError("budget", "Saldo X habis.", status)
    title = ""
    if isinstance(told, dict):
        title = text_of(told, "title") or text_of((rows_of(told.get("errors")) or [{}])[0], "title")
    if status == 404 or "Not Found" in title:
        return HarvestError("http_4xx", "Akun X ini tidak ada.", 404)
    return HarvestError("not_a_feed", f"X tidak memberi daftar kiriman ({title[:60]}).", status)


def reset_at(headers: Mapping[str, str]) -> datetime | None:
    """When the window of a quarter of an hour ends in which no call is left."""
    reset = headers.get("x-rate-limit-reset", "")
    if headers.get("x-rate-limit-remaining") != "0" or not reset.isdecimal() or len(reset) > 11:
        return None
    return datetime.fromtimestamp(int(reset), UTC)


class XConnector:
    """A channel is known by its handle and, after the probe, by its number."""

    kind = "x"

    def __init__(self, token: str, budget: Budget | None = None) -> None:
        self._token, self._budget = token, budget or Unlimited()

    def probe(self, target: Target, http: Http, now: datetime) -> Probe:
        handle = _handle(target)
        answer = self._ask(f"{API}/users/by/username/{handle}", ACCOUNT, http)
        told = json_of(answer.body)
        account = told.get("data") if isinstance(told, dict) else None
        number = text_of(account, "id")
        if not NUMBER.fullmatch(number):
            raise api_error(told, answer.status)
        found = Target(target.endpoint, target.zone, handle, number)
        items = self.fetch(found, {}, None, http, now).items[:3]
        return Probe(self.kind, f"https://x.com/{handle}", number, text_of(account, "name")[:100], items)

    def fetch(self, target: Target, cursor: Cursor, since: datetime | None, http: Http, now: datetime) -> Page:
        """From the last post that is known; the number of the newest is kept once all pages before it are read."""
        handle, known, page_token = _handle(target), str(cursor.get("since_id", "")), str(cursor.get("token", ""))
        query = {"max_results": str(PER_PAGE), "exclude": "retweets,replies", "tweet.fields": "created_at,attachments"}
        if known:
            query["since_id"] = known
        elif since is not None:
            query["start_time"] = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        query |= {"pagination_token": page_token} if page_token else {}
        if not NUMBER.fullmatch(target.external_id):
            raise HarvestError("not_a_feed", "Nomor akun X ini belum diketahui.")
        url = f"{API}/users/{target.external_id}/tweets?{urlencode(query)}"
        answer = self._ask(url, POST * PER_PAGE, http)
        items: list[Item] = []
        try:
            items, after, newest = parse(answer.body, handle, target.zone, now)
        finally:
            self._budget.give_back(POST * max(0, PER_PAGE - len(items)))
        newest = str(cursor.get("newest", "")) or newest or known
        if after and (known or since):
            kept = {"since_id": known, "token": after, "newest": newest}
            return Page(tuple(items), kept, is_complete=False, retry_at=reset_at(answer.headers))
        return Page(tuple(items), {"since_id": newest} if newest else {}, retry_at=reset_at(answer.headers))

    def exists(self, permalink: str, http: Http) -> Existence:
        """By its number; only "not found" is no."""
        number = STATUS.search(permalink)
        if number is None or not self._token:
            return "unknown"
        try:
            told = json_of(self._ask(f"{API}/tweets/{number[1]}", POST, http).body)
        except HarvestError as error:
            return "no" if error.status == 404 else "unknown"
        if isinstance(told, dict) and told.get("data"):
            return "yes"
        errors = rows_of(told.get("errors")) if isinstance(told, dict) else []
        return "no" if any("resource-not-found" in text_of(row, "type") for row in errors) else "unknown"

    def _ask(self, url: str, cost: Decimal, http: Http) -> Fetched:
        if not self._token:
            raise HarvestError("auth", "X belum dihubungkan: token belum diisi.")
        self._budget.spend(cost=cost)
        try:
            headers = {"Authorization": f"Bearer {self._token}"}
            answer = http.get(url, accept=JSON, headers=headers, also=ANSWERS_WITH_REASON)
            if answer.status == 429:
                raise HarvestError("quota", "Batas panggilan X tercapai.", 429, reset_at(answer.headers))
            if answer.status in ANSWERS_WITH_REASON:
                raise api_error(json_of(answer.body), answer.status)
        except HarvestError:
            self._budget.give_back(cost)
            raise
        return answer


def _handle(target: Target) -> str:
    handle = target.handle.lstrip("@")
    if not HANDLE.fullmatch(handle):  # it becomes part of an address
        raise HarvestError("not_a_feed", "Nama akun X tidak sah.")
    return handle
