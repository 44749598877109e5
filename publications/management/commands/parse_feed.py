"""`manage.py parse_feed FILE [--url BASE] [--content-type TYPE]`: the entries of a local feed, one JSON object a line.

By the same pure parser as the harvest. Opens no network and no other file; needs no database (see `manage.py`).
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cilegon_kip.common.jakarta import JAKARTA
from publications.harvest.feeds import parse
from publications.harvest.files import read_file
from publications.harvest.guarded import in_child
from publications.harvest.items import HarvestError, Item


class Command(BaseCommand):
    help = "Membaca berkas RSS, Atom, RDF atau JSON Feed dan menuliskan isinya, satu objek JSON per baris."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="berkas umpan")
        parser.add_argument("--url", default="", help="alamat asal berkas, untuk tautan relatif")
        parser.add_argument(
            "--content-type", default="", help="jenis menurut server, mis. text/xml; charset=iso-8859-1"
        )

    def handle(self, **options: Any) -> None:
        try:
            body = read_file(options["file"])
            lines = in_child(lambda: _lines(body, options["content_type"], options["url"]))
        except HarvestError as error:
            raise CommandError(" ".join(str(error).split())) from None
        if lines:
            self.stdout.write(lines.decode(), ending="")


def _lines(body: bytes, content_type: str, base: str) -> bytes:
    feed = parse(body, content_type, base, JAKARTA, datetime.now(UTC))
    encoder = json.JSONEncoder(ensure_ascii=False)
    return "".join(encoder.encode(_told(item)) + "\n" for item in feed.items).encode()


def _told(item: Item) -> dict[str, str | None]:
    moment = item.claimed_at
    return {
        "source_id": item.source_id,
        "permalink": item.permalink or None,
        "title": item.title,
        "published_at": moment.isoformat().replace("+00:00", "Z") if moment else None,
        "date_basis": item.date_basis,
    }
