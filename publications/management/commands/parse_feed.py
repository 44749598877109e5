"""`manage.py parse_feed FILE [--url BASE] [--content-type TYPE]`: the entries of a local feed, one JSON object a line.

By the same pure parser as the harvest. Opens no network and no other file; needs no database (see `manage.py`).
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from json.encoder import encode_basestring as _quoted
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
    return "".join(map(_line, feed.items)).encode()


def _line(item: Item) -> str:
    """One JSON object; the names never change, so only the values are written by the library."""
    permalink = _quoted(item.permalink) if item.permalink else "null"
    published_at = f'"{item.claimed_at.replace(tzinfo=None).isoformat()}Z"' if item.claimed_at else "null"
    return (
        f'{{"source_id": {_quoted(item.source_id)}, "permalink": {permalink}, "title": {_quoted(item.title)}, '
        f'"published_at": {published_at}, "date_basis": {_quoted(item.date_basis)}}}\n'
    )
