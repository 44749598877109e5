"""`manage.py load_checklists [FILE]`: what each category of unit must publish."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from publications.documents.checklists import DEFAULT, ChecklistError, load_checklists


class Command(BaseCommand):
    help = "Memuat butir informasi wajib (UU 14/2008 Pasal 9, 11, 14); yang sudah ada tidak diubah."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, metavar="BERKAS")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_checklists(options["file"])
        except ChecklistError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Butir informasi wajib: %(added)d ditambahkan, %(same)d sama.")
            % {"added": len(report.added), "same": report.same}
        )
        if report.different:
            self.stdout.write(
                _("Berbeda dari berkas dan dibiarkan (diubah di ruang kerja): %(codes)s.")
                % {"codes": ", ".join(report.different)}
            )
