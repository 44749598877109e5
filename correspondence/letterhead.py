"""What every letter carries: head, number, date, addressee, who signs, and how it is checked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cilegon_kip.common import typeset
from opd.models import Category, Unit

from .models import Letter


def head_of(unit: Unit | None) -> str:
    """Whom a letter to a unit addresses: the office, never a person by name."""
    if unit is None:
        return ""
    if unit.category == Category.KELURAHAN:
        return f"Lurah {unit.name.removeprefix('Kelurahan ')}"
    if unit.category == Category.KECAMATAN:
        return f"Camat {unit.name.removeprefix('Kecamatan ')}"
    if unit.category == Category.BUMD:
        return f"Direksi {unit.name}"
    return _("Pimpinan %(unit)s") % {"unit": unit.name}


def sender() -> dict[str, Any]:
    """The head of the paper: the city, the office of PPID Utama, where it is found."""
    office = Unit.objects.filter(slug=settings.PPID_UNIT).first()
    contact = [office.address, office.phone, office.email] if office else []
    return {
        "city": settings.CITY_NAME,
        "office": office.name if office else _("Pejabat Pengelola Informasi dan Dokumentasi"),
        "contact": [part for part in (*contact, settings.SITE_URL.partition("://")[2]) if part],
    }


def parts(letter: Letter, data: dict[str, Any]) -> dict[str, Any]:
    """For the typst source, as `data.letter`.

    `data` may set `nature`, `attachments`, `copies`, `signer` and `addressee_place`.
    """
    place = settings.CITY_NAME.removeprefix("Kota ").removeprefix("Kabupaten ")
    address = f"{settings.SITE_URL}{letter.get_absolute_url()}"
    return {
        **sender(),
        "portal": settings.PORTAL_NAME,
        "place": place,
        "addressee_place": data.get("addressee_place", place),
        "kind": letter.kind.name,
        "number": letter.number,
        "subject": letter.subject,
        "nature": data.get("nature", _("Biasa")),
        "attachments": data.get("attachments", "-"),
        "copies": data.get("copies", []),
        "addressee": letter.addressee.split("\n"),
        "date": date_format(letter.issued_on, "j F Y"),
        "day": [letter.issued_on.year, letter.issued_on.month, letter.issued_on.day],
        "signer": data.get("signer") or {"position": settings.LETTER_SIGNER, "name": letter.created_by.get_full_name()},
        "check": {"address": address, "code": letter.printed_code, "qr": typeset.qr_svg(address)},
        "is_sample": letter.is_sample,
    }
