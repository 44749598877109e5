"""The one way out: nothing else in the project opens an outgoing connection (a test asserts it).

The address that was checked is the address that is dialled, on every hop; only public addresses, http(s), ports 80 and
443; three redirects, none from https to http; 5 s to connect, 10 s without a byte, 30 s for everything; 10 MB of
decoded body. Proxies, netrc and other settings of the environment are not read.
"""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from celery.exceptions import SoftTimeLimitExceeded
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .fetching import (
    FEED,
    JSON,
    NO_VALIDATORS,
    PERMANENT,
    REDIRECTS,
    Fetched,
    Gate,
    OpenGate,
    Policy,
    Validators,
    checked,
    refusal,
)
from .items import HarvestError
from .watchdog import Watchdog, within

CHUNK = 65_536


class Client:
    """`gate` is asked before each request and told of its end: by it hosts are asked politely."""

    def __init__(self, policy: Policy, gate: Gate | None = None) -> None:
        self._policy, self._gate = policy, gate or OpenGate()

    def get(
        self,
        url: str,
        *,
        accept: str = FEED,
        validators: Validators = NO_VALIDATORS,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
    ) -> Fetched:
        """The answer with status 200 (or 304, if asked with validators); HarvestError for everything else.

        `also`: statuses of an API whose body says what is wrong.
        """
        sent = {"User-Agent": self._policy.user_agent, "Accept": accept, "Accept-Encoding": "gzip, deflate",
                "Accept-Language": "id, en;q=0.5", **validators.headers(), **(headers or {})}  # fmt: skip
        return self._request(url, sent, also)

    def post(
        self, url: str, body: bytes, *, content_type: str, headers: Mapping[str, str], also: Collection[int] = ()
    ) -> Fetched:
        """The same for an interface that wants to be asked by POST; it may not redirect."""
        sent = {"User-Agent": self._policy.user_agent, "Accept": JSON, "Accept-Encoding": "gzip, deflate",
                "Content-Type": content_type, **headers}  # fmt: skip
        return self._request(url, sent, also, body)

    def _request(self, url: str, sent: dict[str, str], also: Collection[int], body: bytes | None = None) -> Fetched:
        checked(url, self._policy, "blocked_address")
        self._gate.before(url)
        with Watchdog(self._policy.whole_seconds) as watchdog, _Session() as session:
            session.trust_env = False
            for scheme in ("http", "https"):
                session.mount(f"{scheme}://", _Adapter(scheme, self._policy, watchdog))
            return self._follow(session, url, sent, watchdog, also, body)

    def _follow(
        self,
        session: requests.Session,
        url: str,
        headers: dict[str, str],
        watchdog: Watchdog,
        also: Collection[int],
        body: bytes | None,
    ) -> Fetched:
        hops: list[int] = []
        while True:
            with self._asking(url), self._ask(session, url, headers, watchdog, body) as response:
                if response.status_code not in REDIRECTS or "location" not in response.headers:
                    fetched = self._answer(response, url, headers, watchdog, also)
                    moved = url if hops and all(status in PERMANENT for status in hops) else ""
                    return Fetched(url, fetched.status, fetched.body, fetched.headers, moved)
                hops.append(response.status_code)
                if body is not None:
                    raise HarvestError("redirect", "Antarmuka ini mengalihkan, padahal tidak boleh.")
                if len(hops) > self._policy.max_redirects:
                    raise HarvestError("redirect", f"Situs mengalihkan lebih dari {self._policy.max_redirects} kali.")
                target = self._next(url, response.headers["location"], headers)
            self._gate.before(target, is_redirect=True)
            url = target

    @contextlib.contextmanager
    def _asking(self, url: str) -> Iterator[None]:
        retry_at = None
        try:
            yield
        except HarvestError as error:
            retry_at = error.retry_at
            raise
        finally:
            self._gate.after(url, retry_at)

    def _next(self, url: str, location: str, headers: dict[str, str]) -> str:
        """Where a redirect leads; credentials of ours stay with the host for which they are meant."""
        with contextlib.suppress(UnicodeError):  # requests gives header bytes as Latin-1; sites write UTF-8
            location = location.encode("latin-1").decode()
        try:
            target = urljoin(url, location.strip())
        except ValueError:
            raise HarvestError("redirect", "Situs mengalihkan ke sesuatu yang bukan alamat.") from None
        old, new = urlsplit(url), checked(target, self._policy, "redirect")
        if old.scheme.lower() == "https" and new.scheme.lower() == "http":
            raise HarvestError("redirect", "Situs mengalihkan dari https ke http.")
        if (old.hostname, old.port) != (new.hostname, new.port):
            headers.pop("Authorization", None)
        return target

    def _ask(
        self, session: requests.Session, url: str, headers: dict[str, str], watchdog: Watchdog, body: bytes | None
    ) -> requests.Response:
        timeout = (self._policy.connect_seconds, self._policy.read_seconds)
        try:
            return session.request(
                "GET" if body is None else "POST",
                url,
                data=body,
                headers=headers,
                timeout=timeout,
                stream=True,
                allow_redirects=False,
                verify=self._policy.ca_file or True,
            )
        except SoftTimeLimitExceeded:
            raise  # the worker's own limit is not the site's fault
        except Exception as error:
            raise _said(error, watchdog) from None

    def _answer(
        self, response: requests.Response, url: str, sent: Mapping[str, str], watchdog: Watchdog, also: Collection[int]
    ) -> Fetched:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status_code == 304 and ("If-None-Match" in sent or "If-Modified-Since" in sent):
            return Fetched(url, 304, b"", headers)
        if response.status_code != 200 and response.status_code not in also:
            raise refusal(response.status_code, headers, datetime.now(UTC))
        return Fetched(url, response.status_code, self._body(response, headers, watchdog), headers)

    def _body(self, response: requests.Response, headers: Mapping[str, str], watchdog: Watchdog) -> bytes:
        limit = self._policy.max_bytes
        told = headers.get("content-length", "")
        if told.isdecimal() and int(told[:15]) > limit:
            raise _too_large(limit)
        body = bytearray()
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
                if watchdog.has_fired:
                    raise TimeoutError
        except (HarvestError, SoftTimeLimitExceeded):
            raise
        except Exception as error:
            raise _said(error, watchdog) from None
        if watchdog.has_fired:  # cut connections look like ends
            raise _said(TimeoutError(), watchdog)
        return bytes(body)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """requests must not look ahead: it would read the whole body of a redirect and stumble over its address."""


class _Adapter(IPFilterAdapter):  # type: ignore[misc]
    """requests-hardened's adapter (it dials the address that it checked), with our own rules and deadline on top."""

    def __init__(self, scheme: str, policy: Policy, watchdog: Watchdog) -> None:
        self._policy, self._watchdog = policy, watchdog
        super().__init__(is_https_proto=scheme == "https", allow_loopback=bool(policy.test_servers))

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = _watched_pools(self._watchdog)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> tuple[Any, Any]:
        seconds = min(self._policy.connect_seconds, self._watchdog.seconds_left)
        resolve = super().build_connection_pool_key_attributes
        host, pool = within(seconds, lambda: resolve(request, verify, cert))
        address = ipaddress.ip_address(host["host"].strip("[]"))
        port = host["port"] or (443 if host["scheme"] == "https" else 80)
        is_public = address.is_global and not address.is_multicast and not getattr(address, "is_site_local", False)
        if not is_public and (str(address), port) not in self._policy.test_servers:
            raise InvalidIPAddress(address)
        return host, pool


def _watched_pools(watchdog: Watchdog) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            connection = super()._new_conn()
            watchdog.watch(connection)
            return connection

    class Secure(HTTPSConnection):
        def _new_conn(self) -> Any:
            connection = super()._new_conn()
            watchdog.watch(connection)
            return connection

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _too_large(limit: int) -> HarvestError:
    return HarvestError("too_large", f"Jawaban situs lebih besar dari {limit // 1024 // 1024} MB.")


TIMEOUTS = (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)
TLS_ERRORS = (requests.exceptions.SSLError, urllib3.exceptions.SSLError)
NO_ADDRESSES = (requests.exceptions.InvalidURL, urllib3.exceptions.LocationParseError)
#: urllib3 counts these among its time-outs.
NOT_REACHED = urllib3.exceptions.NewConnectionError


def _said(error: BaseException, watchdog: Watchdog) -> HarvestError:
    """An exception of requests, urllib3, ssl or socket in the harvest's own words."""
    chain = _chain(error)
    if any(isinstance(link, InvalidIPAddress) for link in chain):
        return HarvestError("blocked_address", "Nama situs menunjuk ke alamat yang bukan alamat publik.")
    if watchdog.has_fired or any(isinstance(link, TIMEOUTS) and not isinstance(link, NOT_REACHED) for link in chain):
        return HarvestError("timeout", "Situs tidak selesai menjawab pada waktunya.")
    if any(isinstance(link, TLS_ERRORS) for link in chain):
        return HarvestError("tls", "Sertifikat atau sambungan aman situs ini tidak sah.")
    if any(type(link).__name__ == "gaierror" for link in chain):
        return HarvestError("dns", "Nama situs tidak ditemukan.")
    if any(isinstance(link, urllib3.exceptions.DecodeError) for link in chain):
        return HarvestError("parse", "Isi jawaban situs rusak dan tidak dapat dibuka.")
    if any("got more than" in str(link) or type(link).__name__ == "LineTooLong" for link in chain):
        return HarvestError("too_large", "Kepala jawaban situs terlalu panjang.")
    if any(isinstance(link, NO_ADDRESSES) for link in chain):
        return HarvestError("blocked_address", "Alamat ini bukan alamat web yang sah.")
    return HarvestError("connect", "Sambungan ke situs gagal atau terputus.")


def _chain(error: BaseException) -> list[BaseException]:
    """The exception and those that caused it, as Python and urllib3 keep them."""
    chain: list[BaseException] = []
    link: object = error
    while isinstance(link, BaseException) and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__ or getattr(link, "reason", None)
    return chain
