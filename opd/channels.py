"""One way to write the address of a channel. No models, no network.

An address becomes a kind, a URL to show, a handle and a key; two addresses of one account have one key.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from django.utils.translation import gettext as _

from .platforms import (
    FACEBOOK,
    HANDLES,
    INSTAGRAM,
    KINDS,
    LABELS,
    MASTODON,
    NOT_ACCOUNTS,
    OTHER,
    PROFILES,
    SHORTENERS,
    TABS,
    THREADS,
    TIKTOK,
    TOP_LEVELS,
    TRACKING,
    WEBSITE,
    YOUTUBE,
    X,
    host_key,
    kind_of_host,
)


class ChannelError(ValueError):
    """The address cannot be a channel's; the text says why, for people."""


@dataclass(frozen=True)
class Address:
    """A channel's address. `key` is empty where only a name is known: such a channel cannot be checked or counted."""

    kind: str
    url: str
    handle: str
    key: str


# --- the way in ---------------------------------------------------------------------------------


def normalise(text: str, kind: str = "") -> Address:
    """The address in its one form; without `kind` the kind is told from the host."""
    text = clean_text(text)
    if kind and kind not in KINDS:
        raise ChannelError(_("Jenis kanal “%(kind)s” tidak dikenal.") % {"kind": kind})
    if fediverse := re.fullmatch(r"@?([\w.\-]+)@([\w.\-]+\.\w+)", text):
        if kind not in ("", MASTODON):
            raise _mismatch(kind, MASTODON)
        return _mastodon(fediverse[1], host_key(split_url(fediverse[2])))
    if not _looks_like_url(text, kind):
        return _from_name(text, kind)
    parts = split_url(text)
    host = host_key(parts)
    if host in SHORTENERS:
        raise ChannelError(_("%(host)s adalah tautan pendek; tuliskan alamat akunnya.") % {"host": host})
    found = kind_of_host(host) or kind_of_path(parts, kind)
    if kind and kind != found and not (kind in (OTHER, MASTODON) and found == WEBSITE):
        raise _mismatch(kind, found)
    return READERS.get(kind or found, _page)(parts, kind or found)


# --- hosts --------------------------------------------------------------------------------------


def kind_of_path(parts: SplitResult, kind: str) -> str:
    """An unknown host is a website, but `/@name/<long number>` is how Mastodon writes."""
    if kind == MASTODON or re.match(r"/@[\w.]+/\d{15,}", parts.path):
        return MASTODON
    return WEBSITE


def _mismatch(kind: str, found: str) -> ChannelError:
    return ChannelError(
        _("Alamat ini alamat %(found)s, bukan %(kind)s; pilih jenis yang sesuai.")
        % {"found": LABELS[found], "kind": LABELS[kind]}
    )


# --- reading the text -----------------------------------------------------------------------------


def clean_text(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]", text.strip()):
        raise ChannelError(_("Alamat memuat karakter yang tidak terlihat."))
    text = " ".join(text.split())
    if not text:
        raise ChannelError(_("Alamat kosong."))
    if len(text) > 300:
        raise ChannelError(_("Alamat lebih panjang dari 300 karakter."))
    return text


def _looks_like_url(text: str, kind: str) -> bool:
    if "://" in text or text.lower().startswith(("www.", "mailto:", "javascript:", "data:")):
        return True
    if text.startswith("@") or " " in text:
        return False
    host, slash, _rest = text.partition("/")
    if slash or kind in ("", WEBSITE):
        return "." in host
    return "." in host and host.lower().rsplit(".", 1)[1] in TOP_LEVELS


def split_url(text: str) -> SplitResult:
    """The URL in parts: http(s) only, an ordinary public name, no user, no odd port."""
    if re.match(r"[a-z][a-z0-9+.\-]*:(?!\d)", text, re.I) is None:
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(text.replace(" ", "%20"))
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise ChannelError(_("Alamat ini tidak dapat dibaca.")) from error
    if parts.scheme not in ("http", "https"):
        raise ChannelError(_("Alamat harus dimulai dengan http:// atau https://."))
    if parts.username is not None or port not in (None, 80, 443):
        raise ChannelError(_("Alamat tidak boleh memuat nama pengguna atau nomor porta."))
    if not _is_public_name(host):
        raise ChannelError(_("“%(host)s” bukan nama situs yang sah.") % {"host": host or text})
    return parts._replace(netloc=host.lower(), fragment="")


def _is_public_name(host: str) -> bool:
    try:
        ip_address(host)
        return False
    except ValueError:
        return bool(re.fullmatch(r"(?!-)([a-z0-9_\-]{1,63}\.)+(xn--[a-z0-9\-]+|[a-z]{2,63})\.?", host, re.I))


def segments_of(parts: SplitResult) -> list[str]:
    return [segment for segment in unquote(parts.path).split("/") if segment]


def _query(parts: SplitResult) -> dict[str, str]:
    return {name: value for name, value in sorted(parse_qsl(parts.query)) if not TRACKING.fullmatch(name)}


# --- names without an address -----------------------------------------------------------------------


def _from_name(text: str, kind: str) -> Address:
    """`@name` for a kind, or only the name of a page: then no address is known and the key stays empty."""
    if not kind:
        raise ChannelError(_("Pilih jenis kanalnya, atau tuliskan alamat lengkap."))
    if kind in (WEBSITE, MASTODON, OTHER):
        raise ChannelError(_("“%(text)s” bukan alamat %(kind)s.") % {"text": text, "kind": LABELS[kind]})
    if " " in text and not text.startswith("@"):
        return Address(kind, "", text[:100], "")
    return _account(kind, text.removeprefix("@"))


def _account(kind: str, name: str) -> Address:
    """The account of this name on a platform that knows it by `@name`."""
    if not re.fullmatch(HANDLES[kind], name.lower()):
        raise ChannelError(_("“%(name)s” bukan nama akun %(kind)s.") % {"name": name, "kind": LABELS[kind]})
    key = name.lower()
    if kind == YOUTUBE:
        return Address(kind, PROFILES[kind].format(quote(f"@{key}", safe="@")), f"@{key}", f"@{key}")
    return Address(kind, PROFILES[kind].format(quote(key)), f"@{key}" if kind != FACEBOOK else key, key)


# --- each platform's addresses ------------------------------------------------------------------------


def _platform(parts: SplitResult, kind: str) -> Address:
    """instagram.com/NAME, x.com/NAME, tiktok.com/@NAME, threads.com/@NAME."""
    segments = _account_segments(parts, kind)
    name = segments[0]
    if kind in (TIKTOK, THREADS) and not name.startswith("@"):
        raise _not_account(kind)
    return _account(kind, name.removeprefix("@"))


def _facebook(parts: SplitResult, kind: str) -> Address:
    number = facebook_number(parts)
    if number:
        return Address(kind, f"https://www.facebook.com/profile.php?id={number}", number, f"id:{number}")
    segments = _account_segments(parts, kind)
    return _account(kind, segments[0])


def facebook_number(parts: SplitResult) -> str:
    """The page's number in profile.php?id=…, /pages/Name/…, /people/Name/… and /p/Name-…/."""
    segments = segments_of(parts)
    head = segments[0].lower() if segments else ""
    text = ""
    if head == "profile.php":
        text = dict(parse_qsl(parts.query)).get("id", "")
    elif head in ("pages", "people") and len(segments) > 2:
        text = segments[-1]
    elif head == "p" and len(segments) > 1:
        text = segments[1].rsplit("-", 1)[-1]
    return text if re.fullmatch(r"[0-9]{5,20}", text) else ""


def _youtube(parts: SplitResult, kind: str) -> Address:
    segments = segments_of(parts)
    head = segments[0] if segments else ""
    if head == "channel" and len(segments) > 1:
        if not re.fullmatch(r"UC[\w\-]{22}", segments[1]):
            raise ChannelError(_("“%(name)s” bukan nomor kanal YouTube (UC…).") % {"name": segments[1]})
        return Address(kind, PROFILES[kind].format(f"channel/{segments[1]}"), segments[1], segments[1])
    if head in ("c", "user") and len(segments) > 1:
        old = _account(kind, segments[1])
        name = old.key.removeprefix("@")
        return Address(kind, PROFILES[kind].format(f"{head}/{quote(name)}"), name, f"{head}/{name}")
    if not head.startswith("@"):
        raise _not_account(kind)
    return _account(kind, _account_segments(parts, kind)[0].removeprefix("@"))


def _fediverse(parts: SplitResult, kind: str) -> Address:
    segments = segments_of(parts)
    name = segments[0].removeprefix("@") if segments and segments[0].startswith("@") else ""
    if not name and len(segments) > 1 and segments[0] == "users":
        name = segments[1]
    if not name or (segments[0].startswith("@") and len(segments) > 1 and segments[1] not in TABS):
        raise _not_account(kind)
    return _mastodon(name, host_key(parts))


def _mastodon(name: str, host: str) -> Address:
    if not re.fullmatch(r"[a-z0-9_][a-z0-9_.\-]{0,60}", name.lower()):
        raise ChannelError(_("“%(name)s” bukan nama akun %(kind)s.") % {"name": name, "kind": LABELS[MASTODON]})
    name = name.lower()
    handle = f"@{name}@{host}"
    return Address(MASTODON, f"https://{host}/@{name}", handle[:100], f"{name}@{host}")


def _page(parts: SplitResult, kind: str) -> Address:
    """A website, or an account elsewhere: known by its host and path."""
    url = parts._replace(path=_page_path(parts), query=urlencode(_query(parts))).geturl()
    key = page_key(parts)
    if max(len(url), len(key)) > 300:
        raise ChannelError(_("Alamat lebih panjang dari 300 karakter."))
    return Address(kind, url, key.split("?")[0][:100], key)


def _page_path(parts: SplitResult) -> str:
    path = quote(unquote(parts.path), safe="/@:~!$&'()*+,;=-._").rstrip("/")
    return re.sub(r"/(index|home|default)\.(php|html?|aspx?)$", "", path, flags=re.I)


def page_key(parts: SplitResult) -> str:
    query = urlencode(_query(parts))
    return host_key(parts) + _page_path(parts) + (f"?{query}" if query else "")


def _account_segments(parts: SplitResult, kind: str) -> list[str]:
    """The path of an account; an address of one posting is refused."""
    segments = segments_of(parts)
    if kind == FACEBOOK and segments[:1] == ["pg"]:
        segments = segments[1:]
    if not segments or segments[0].lower() in NOT_ACCOUNTS[kind]:
        raise _not_account(kind)
    if len(segments) > 2 or (len(segments) == 2 and segments[1].lower() not in TABS):
        raise _not_account(kind)
    return segments


def _not_account(kind: str) -> ChannelError:
    return ChannelError(
        _("Tautan ini bukan alamat akun %(kind)s; tuliskan alamat akunnya, bukan sebuah kiriman atau halaman umum.")
        % {"kind": LABELS[kind]}
    )


READERS: dict[str, Callable[[SplitResult, str], Address]] = {
    INSTAGRAM: _platform,
    X: _platform,
    TIKTOK: _platform,
    THREADS: _platform,
    FACEBOOK: _facebook,
    YOUTUBE: _youtube,
    MASTODON: _fediverse,
}
