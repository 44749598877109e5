"""Bytes of a feed or page to text, whatever the server and the file say of themselves. Pure."""

from __future__ import annotations

import codecs
import re
import zlib

from .items import HarvestError

MAX_BYTES = 10 * 1024 * 1024
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
#: How the first sign `<` looks without a byte order mark.
FIRST_SIGN = (
    (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
EBCDIC = bytes.fromhex("4c6fa794")
#: What sites call one thing and mean the larger one.
MEANT = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "big5": "big5hkscs",
    "iso-8859-9": "cp1254", "tis-620": "cp874", "windows-874": "cp874",
}  # fmt: skip
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a file. Bytes that are valid UTF-8 are UTF-8, whatever header and declaration claim."""
    body = unpacked(body)
    if mark := next((name for bom, name in BOMS if body.startswith(bom)), None):
        return body.decode(mark, "replace")
    if sign := next((name for first, name in FIRST_SIGN if body.startswith(first)), None):
        return body.decode(sign, "replace")
    declared = _declared(body, content_type)
    if b"\x1b" in body and declared.startswith("iso2022"):
        return body.decode(declared, "replace")
    for name in ("utf-8", declared):
        try:
            return body.decode(name) if name else _mixed(body)
        except (UnicodeDecodeError, LookupError):
            continue
    return _mixed(body)


def unpacked(body: bytes) -> bytes:
    """A gzip file as such (`feed.xml.gz`) opened; at most 10 MB either way."""
    if body.startswith(b"\x1f\x8b"):
        try:
            opened = zlib.decompressobj(wbits=31)
            body = opened.decompress(body, MAX_BYTES + 1)
        except zlib.error as error:
            raise HarvestError("not_a_feed", f"Berkas gzip rusak ({error}).") from None
    if len(body) > MAX_BYTES:
        raise HarvestError("too_large", f"Berkas lebih besar dari {MAX_BYTES // 1024 // 1024} MB.")
    return body


def _declared(body: bytes, content_type: str) -> str:
    """The codec that header or declaration name and Python knows; empty if none (or only UTF-8, which was tried)."""
    head = body[:1024]
    if body.startswith(EBCDIC):
        head = head.decode("cp037").encode("ascii", "replace")
    names = [match[1] for match in [_CHARSET.search(content_type)] if match]
    names += [match[1].decode() for match in (_DECLARED.search(head), _META.search(head)) if match]
    for name in names:
        try:
            known = codecs.lookup(MEANT.get(name.lower(), name))
        except LookupError:
            continue
        if known.name != "utf-8" and _is_text_codec(known) and not known.name.startswith(("utf-16", "utf-32")):
            return known.name
    return ""


def _is_text_codec(info: codecs.CodecInfo) -> bool:
    return bool(getattr(info, "_is_text_encoding", False)) and info.name not in ("punycode", "idna", "utf-7")


def _mixed(body: bytes) -> str:
    """UTF-8 with stray bytes of Windows-1252 among it, or wholly Windows-1252."""
    return body.decode("utf-8", "kip_cp1252")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", "replace") for byte in wrong), error.end


codecs.register_error("kip_cp1252", _as_cp1252)
