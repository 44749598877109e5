"""What in a text looks like somebody's identity. Pure; it errs on the side of finding too much.

Used before an answer is published: its text is for everybody, so what is found here keeps it from going out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

#: NIK and family-card numbers have 16 digits, the tax number 15; also written in groups.
LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){14,15}(?![ .\-]?\d)")
EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
#: From +… or 0…, nine digits or more, not inside the number of a letter.
PHONE = re.compile(r"(?<![\d/.\-])(?:\+\d|\(?0\d)(?:[ .\-()]*\d){7,13}(?![\d/])")
#: Words before and after names that name nobody.
TITLES = frozenset(
    (
        *("bapak", "ibu", "saudara", "saudari", "bpk", "sdri", "haji", "hajah", "dokter", "prof"),
        *("bin", "binti", "yayasan"),
    )
)
SHORTEST_NAME = 4
#: A line of an address tells where somebody lives if it has a number in it.
PLACE = re.compile(r"\d")
SHORTEST_PLACE = 8


@dataclass(frozen=True)
class Person:
    """Who asked; empty where the register has nothing."""

    name: str = ""
    address: str = ""
    identity_number: str = ""
    email: str = ""
    phone: str = ""


def identity_in(text: str, person: Person) -> list[str]:
    """Each thing found, as a sentence with the words themselves; empty if the text names nobody."""
    found = [*_patterns(text), *_own(text, person)]
    return list(dict.fromkeys(found))


def _patterns(text: str) -> Iterator[str]:
    for label, pattern in (
        (_("nomor identitas"), LONG_NUMBER),
        (_("alamat surel"), EMAIL),
        (_("nomor telepon"), PHONE),
    ):
        for match in pattern.finditer(text):
            yield _("%(what)s: %(words)s") % {"what": label, "words": match.group().strip()}


def _own(text: str, person: Person) -> Iterator[str]:
    plain, digits = _plain(text), re.sub(r"\D", "", text)
    for part in _name_parts(text, plain, person.name):
        yield _("nama pemohon: %(words)s") % {"words": part}
    for line in _places(person.address):
        if _plain(line) in plain:
            yield _("alamat pemohon: %(words)s") % {"words": line}
    if person.email and person.email.casefold() in text.casefold():
        yield _("surel pemohon: %(words)s") % {"words": person.email}
    for label, number in ((_("telepon pemohon"), person.phone), (_("nomor identitas pemohon"), person.identity_number)):
        if len(bare := re.sub(r"\D", "", number)) >= 6 and bare in digits:
            yield _("%(what)s: %(words)s") % {"what": label, "words": number}


def _name_parts(text: str, plain: str, name: str) -> Iterator[str]:
    """The whole name however it is written, or a word of it that the text writes as a name."""
    if not (whole := _plain(name)):
        return
    if f" {whole} " in f" {plain} ":
        yield name
        return
    for word in re.findall(r"[^\W\d_]+", name):
        is_name = len(word) >= SHORTEST_NAME and word.casefold() not in TITLES
        if is_name and re.search(rf"\b(?:{re.escape(word.capitalize())}|{re.escape(word.upper())})\b", text):
            yield word


def _places(address: str) -> Iterator[str]:
    for line in re.split(r"[,;\n]", address):
        if len(line.strip()) >= SHORTEST_PLACE and PLACE.search(line):
            yield line.strip()


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())
