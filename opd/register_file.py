"""`/data/unit.csv`: the register of units as one table, what the API tells of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cilegon_kip.common.spreadsheet import csv_cell

from .models import Channel, ChannelKind, Unit

KEPT = 3600
HEADER = (
    *("slug", "nama", "nama_singkat", "nama_lain", "kategori", "kecamatan_slug", "kecamatan"),
    *("kode_kemendagri", "kode_bps", "lintang", "bujur", "alamat_kantor", "telepon", "surel"),
    *("aktif_sejak", "aktif_sampai", "penerus_slug", "situs_web", "media_sosial", "alamat", "sumber", "lisensi"),
)


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Two queries for any number of units."""
    content = as_csv()
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["ETag"] = f'"{sha256(content).hexdigest()[:32]}"'
    response["Content-Disposition"] = f'attachment; filename="{slugify(settings.PORTAL_NAME)}-unit.csv"'
    patch_cache_control(response, public=True, max_age=KEPT)
    return response


def as_csv() -> bytes:
    """Comma, CRLF (RFC 4180), with a BOM so that Excel reads it as UTF-8; texts cannot run as formulas."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows([csv_cell(value) for value in row] for row in rows())
    return out.getvalue().encode("utf-8-sig")


def rows() -> Iterator[tuple[Any, ...]]:
    """All units, also those that have ended; of the channels the verified ones of real data."""
    verified = Channel.objects.verified().filter(is_sample=False, closed_on=None).order_by("kind", "pk")
    units = Unit.objects.in_order().select_related("parent", "successor")
    source = (f"{settings.PORTAL_NAME}, {settings.CITY_NAME}, {settings.SITE_URL}/", settings.DATA_LICENCE)
    for unit in units.prefetch_related(Prefetch("channels", verified, to_attr="open_channels")):
        yield *_unit_cells(unit), *_channel_cells(unit), settings.SITE_URL + unit.get_absolute_url(), *source


def _unit_cells(unit: Unit) -> tuple[Any, ...]:
    return (
        unit.slug,
        unit.name,
        unit.short_name,
        "|".join(unit.aliases),
        unit.category,
        unit.parent.slug if unit.parent else "",
        unit.parent.name if unit.parent else "",
        unit.kemendagri_code,
        unit.bps_code,
        unit.latitude,
        unit.longitude,
        unit.address,
        unit.phone,
        unit.email,
        unit.active_from,
        unit.active_until,
        unit.successor.slug if unit.successor else "",
    )


def _channel_cells(unit: Unit) -> tuple[str, str]:
    """Addresses of the websites, and of the social media, separated by blanks."""
    channels: list[Channel] = unit.open_channels  # type: ignore[attr-defined]  # prefetched
    sites = [channel.url for channel in channels if channel.kind == ChannelKind.WEBSITE]
    social = [channel.url or channel.handle for channel in channels if channel.kind != ChannelKind.WEBSITE]
    return " ".join(sites), " ".join(social)
