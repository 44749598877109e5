"""Channels found in sources, from CSV: each row is kept, held or refused with a reason; none is verified here.

`high`, `medium`, `low` and a known address: an unverified channel, for Diskominfo to check. `mentioned`, or a name
without an address: held, a note to ask the unit; it has no key and cannot be verified. `doubtful`: refused, kept as
a rejected channel, so that the same address is not proposed again without its history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .channels import Address, ChannelError, normalise
from .csv_rows import Row, RowRefusedError, read_rows
from .models import Channel, ChannelKind, Unit
from .platforms import WEBSITE

COLUMNS = ("unit_slug", "kind", "url", "source_title", "confidence", "remark")
CONFIDENCE = {
    "high": gettext_lazy("tinggi"),
    "medium": gettext_lazy("sedang"),
    "low": gettext_lazy("rendah"),
    "mentioned": gettext_lazy("hanya disebut"),
    "doubtful": gettext_lazy("diragukan"),
}
KEPT, HELD, REFUSED, UNCHANGED = "kept", "held", "refused", "unchanged"


@dataclass(frozen=True)
class Outcome:
    """What became of one row."""

    line: int
    unit_slug: str
    text: str
    state: str
    reason: str


def load_channels(path: Path) -> list[Outcome]:
    """Every row of the file with what became of it."""
    rows = read_rows(path, COLUMNS)
    units = {unit.slug: unit for unit in Unit.objects.all()}
    with transaction.atomic():
        return [_load_row(row, units) for row in rows]


def keep_websites(websites: Sequence[tuple[int, str, Address]]) -> list[Outcome]:
    """The register's own website column, as unverified channels."""
    units = {unit.slug: unit for unit in Unit.objects.filter(slug__in=[slug for _line, slug, _a in websites])}
    with transaction.atomic():
        return [
            Outcome(line, slug, address.url, *_keep(units[slug], address, _("register unit, kolom website"), ""))
            for line, slug, address in websites
        ]


def _load_row(row: Row, units: dict[str, Unit]) -> Outcome:
    cells = row.cells
    text = f"{cells.get('kind', '')} {cells.get('url', '')}".strip()[:120]
    try:
        if row.problem:
            raise RowRefusedError(row.problem)
        state, reason = _place(cells, units)
    except RowRefusedError as error:
        state, reason = REFUSED, str(error)
    return Outcome(row.line, cells.get("unit_slug", "")[:80], text.replace("\x00", ""), state, reason)


def _place(cells: dict[str, str], units: dict[str, Unit]) -> tuple[str, str]:
    unit = units.get(cells["unit_slug"])
    if unit is None:
        raise RowRefusedError(_("unit %(slug)s tidak ada di register") % {"slug": cells["unit_slug"][:80] or "-"})
    if cells["kind"] not in ChannelKind.values:
        raise RowRefusedError(_("jenis “%(kind)s” tidak dikenal") % {"kind": cells["kind"][:40]})
    if cells["confidence"] not in CONFIDENCE:
        raise RowRefusedError(_("keyakinan “%(value)s” tidak dikenal") % {"value": cells["confidence"][:40]})
    address = _address(cells)
    remark = _remark(cells)
    source = cells["source_title"][:300]
    if cells["confidence"] == "doubtful" and address.key:
        return _keep(unit, address, source, remark, Channel.Status.REJECTED)
    if not address.key:
        return _hold(unit, address, source, remark)
    return _keep(unit, address, source, remark)


def _address(cells: dict[str, str]) -> Address:
    if not cells["url"]:
        if cells["kind"] == WEBSITE:
            raise RowRefusedError(_("situs web tanpa alamat"))
        return Address(cells["kind"], "", "", "")
    try:
        return normalise(cells["url"], cells["kind"])
    except ChannelError as error:
        raise RowRefusedError(str(error)) from error


def _remark(cells: dict[str, str]) -> str:
    confidence = _("Keyakinan: %(value)s.") % {"value": CONFIDENCE[cells["confidence"]]}
    return f"{confidence} {cells['remark']}".strip()[:500]


def _hold(unit: Unit, address: Address, source: str, remark: str) -> tuple[str, str]:
    """A note without an address: shown to Diskominfo, never counted."""
    _channel, created = Channel.objects.get_or_create(
        unit=unit, kind=address.kind, key="", handle=address.handle, source=source, defaults={"remark": remark}
    )
    reason = _("alamat belum diketahui; tanyakan kepada unit") if created else _("masih ditahan")
    return HELD, reason


def _keep(
    unit: Unit, address: Address, source: str, remark: str, status: str = Channel.Status.UNVERIFIED
) -> tuple[str, str]:
    """A channel for Diskominfo to check; what they already decided about it stays."""
    there = Channel.objects.filter(kind=address.kind, key=address.key).select_related("unit").first()
    if there is None:
        try:
            with transaction.atomic():
                Channel.objects.create(
                    unit=unit,
                    kind=address.kind,
                    url=address.url,
                    handle=address.handle,
                    key=address.key,
                    status=status,
                    source=source,
                    remark=remark,
                )
        except IntegrityError as error:
            raise RowRefusedError(_("alamat ini baru saja didaftarkan orang lain")) from error
        return (REFUSED, remark) if status == Channel.Status.REJECTED else (KEPT, _("menunggu verifikasi"))
    if there.unit_id != unit.pk:
        return REFUSED, _("alamat ini sudah tercatat untuk %(unit)s") % {"unit": there.unit.slug}
    if there.status == Channel.Status.REJECTED:
        return REFUSED, there.remark or _("sudah ditolak")
    return UNCHANGED, _("sudah tercatat")
