"""One key for one posting, however its address was copied: `canonical_key`.

Pure: no network, no database. The key has no scheme and is itself an address when one is put before it,
so `canonical_key("https://" + key) == key`.

Page numbers: `/2`, `/all`, `?page=2` and `?halaman=2` are dropped only after a headline slug (a last segment of four
words or more, as in `/pemkot-serius-implementasi-smart-city/2`). Elsewhere the number may be the article itself
(`/berita/248`, `/berita?page=2`) and stays.
"""

from __future__ import annotations

import re
import string
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from w3lib.url import canonicalize_url

from opd.platforms import TRACKING

MAX_LENGTH = 600

MIRROR_LABELS = ("www.", "m.", "amp.")
SAME_HOST = {
    "twitter.com": "x.com",
    "mobile.twitter.com": "x.com",
    "mobile.x.com": "x.com",
    "web.facebook.com": "facebook.com",
    "mbasic.facebook.com": "facebook.com",
    "touch.facebook.com": "facebook.com",
    "threads.net": "threads.com",
    "instagr.am": "instagram.com",
    "youtube-nocookie.com": "youtube.com",
    "music.youtube.com": "youtube.com",
}
#: Dropped for these values only: `?m=202301` is a month, `?page=2` of a list is another page.
VIEW_PARAMETERS = {"m": {"0", "1"}, "page": {"all"}, "halaman": {"all", "semua"}}
PAGE_PARAMETERS = {"page", "halaman"}

#: host → patterns of the path (and `?v=` for YouTube) whose group `id` names the posting, and the key made of it.
PLATFORM_RULES: dict[str, list[tuple[re.Pattern[str], str]]] = {
    "youtube.com": [(re.compile(r"/(?:shorts|live|embed|v)/(?P<id>[\w-]{11})", re.A), "youtube.com/watch?v={id}")],
    "youtu.be": [(re.compile(r"/(?P<id>[\w-]{11})", re.A), "youtube.com/watch?v={id}")],
    "instagram.com": [
        (re.compile(r"(?:/[\w.]+)?/(?:p|reel|reels|tv)/(?P<id>[\w-]+)", re.A), "instagram.com/p/{id}"),
    ],
    "x.com": [(re.compile(r"/(?:\w+|i/web)/status(?:es)?/(?P<id>\d+)(?:/.*)?", re.A), "x.com/i/status/{id}")],
    "tiktok.com": [(re.compile(r"/@[\w.]*/(?:video|photo)/(?P<id>\d+)", re.A), "tiktok.com/@/video/{id}")],
    "threads.com": [(re.compile(r"(?:/@[\w.]*)?/(?:post|t)/(?P<id>[\w-]+)", re.A), "threads.com/@/post/{id}")],
}

HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
HEADLINE = re.compile(r"[^-/]+(?:-+[^-/]+){3,}")
PAGE_NUMBER = re.compile(r"[2-9]|[1-9]\d|all")
UNWANTED = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>\"\\^`{|}]")


class PermalinkError(ValidationError, ValueError):
    """The text is no address of a posting; the message says why, for the person who typed it."""

    def __str__(self) -> str:
        return " ".join(self.messages)


def canonical_key(url: str) -> str:
    """The same text for all addresses of one posting, at most 600 characters; PermalinkError if it is no address."""
    parts, host = _checked(url)
    path = _clean_path(parts.path)
    query = _clean_query(parts.query, _is_headline(path))
    key = _platform_key(host, path, query) or f"{host}{path}{'?' if query else ''}{query}"
    if len(key) > MAX_LENGTH:
        raise PermalinkError(_("Tautan terlalu panjang, paling banyak %(max)d huruf.") % {"max": MAX_LENGTH})
    return key


def host_of(url: str) -> str:
    """The host as in the key: lower case, without `www.`, `m.`, `amp.` and port."""
    return _checked(url)[1]


def _checked(url: str) -> tuple[SplitResult, str]:
    url = url.strip(" \t\r\n")
    if len(url) > MAX_LENGTH:
        raise PermalinkError(_("Tautan terlalu panjang, paling banyak %(max)d huruf.") % {"max": MAX_LENGTH})
    if UNWANTED.search(url):
        raise PermalinkError(_("Tautan memuat spasi atau tanda yang tidak dikenal di alamat web."))
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError:
        raise PermalinkError(_("Tautan bukan alamat web yang sah.")) from None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or not port_is_number:
        raise PermalinkError(_("Tautan harus berupa alamat web yang dimulai dengan http:// atau https://."))
    if "@" in parts.netloc:
        raise PermalinkError(_("Tautan tidak boleh memuat nama pengguna atau kata sandi."))
    return parts, _clean_host(parts.hostname)


def _clean_host(host: str) -> str:
    try:
        host = host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not HOST.fullmatch(host):
        raise PermalinkError(_("Tautan tidak memuat nama situs yang sah."))
    host = SAME_HOST.get(host, host)
    while (label := next((label for label in MIRROR_LABELS if host.startswith(label)), "")) and host.count(".") > 1:
        host = host.removeprefix(label)
    return SAME_HOST.get(host, host)


def _is_headline(path: str) -> bool:
    return bool(HEADLINE.fullmatch(path.rsplit("/", 1)[-1]))


def _clean_path(path: str) -> str:
    """Without empty and `amp` segments and without the page number after a headline; `/` alone becomes nothing."""
    path = urlsplit(canonicalize_url(f"http://x.id{path}", keep_blank_values=True)).path
    path = quote(path, safe=string.punctuation)
    segments = [segment for segment in path.split("/") if segment and segment.lower() != "amp"]
    while len(segments) > 1 and PAGE_NUMBER.fullmatch(segments[-1]) and HEADLINE.fullmatch(segments[-2]):
        segments.pop()
    return "".join(f"/{segment}" for segment in segments)


def _clean_query(query: str, after_headline: bool) -> str:
    pairs = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="replace")
        if not _is_noise(name.lower(), value.lower(), after_headline)
    ]
    return urlencode(sorted(pairs), safe="/:,@")


def _is_noise(name: str, value: str, after_headline: bool) -> bool:
    if TRACKING.fullmatch(name) or value in VIEW_PARAMETERS.get(name, ()):
        return True
    return after_headline and name in PAGE_PARAMETERS and value.isdecimal()


def _platform_key(host: str, path: str, query: str) -> str:
    if host == "youtube.com" and path == "/watch":
        video = dict(parse_qsl(query)).get("v", "")
        return f"youtube.com/watch?v={video}" if re.fullmatch(r"[\w-]{11}", video, re.A) else ""
    for pattern, key in PLATFORM_RULES.get(host, ()):
        if match := pattern.fullmatch(path):
            return key.format(id=match["id"])
    return ""
