"""`manage.py discover_feed FILE --url BASE`: the feeds that a local HTML page names, one address a line, best first.

Opens no network and no other file; needs no database (see `manage.py`). A file that is itself a feed gives BASE.
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cilegon_kip.common.jakarta import JAKARTA
from publications.harvest.addresses import absolute
from publications.harvest.discovery import read_page
from publications.harvest.feeds import parse
from publications.harvest.files import read_file
from publications.harvest.guarded import in_child
from publications.harvest.items import HarvestError


class Command(BaseCommand):
    help = "Menuliskan alamat umpan yang disebut sebuah halaman HTML, satu per baris, yang terbaik lebih dulu."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="berkas halaman HTML")
        parser.add_argument("--url", required=True, help="alamat halaman itu")

    def handle(self, **options: Any) -> None:
        url = absolute(options["url"])
        if not url:
            raise CommandError("--url harus berupa alamat lengkap yang dimulai dengan http:// atau https://.")
        try:
            body = read_file(options["file"])
            found = in_child(lambda: "".join(f"{feed}\n" for feed in _feeds(body, url)).encode()).decode()
        except HarvestError as error:
            raise CommandError(" ".join(str(error).split())) from None
        self.stdout.write(found, ending="")
        if not found:
            self.stderr.write("Halaman ini tidak menyebut umpan.")


def _feeds(body: bytes, url: str) -> tuple[str, ...]:
    try:
        parse(body, "", url, JAKARTA, datetime.now(UTC))
    except HarvestError:
        return read_page(body, "", url).feeds
    return (url,)
