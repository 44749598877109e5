"""`manage.py make_files 2023-01 …` or `--missing`: what months give to take away."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from rankings.boards.months import ranking_for
from rankings.files.keeping import make_files, rankings_without_files
from rankings.models import Ranking


class Command(BaseCommand):
    help = "Membuat berkas unduhan (CSV, JSON, XLSX, PDF, poster) sebuah bulan, sejauh belum ada."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("months", nargs="*", metavar="BULAN", help="bulan, misalnya 2023-01")
        parser.add_argument("--missing", action="store_true", help="semua bulan yang berkasnya belum ada")
        parser.add_argument("--again", action="store_true", help="buat lagi, juga yang sudah final")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["months"]) == options["missing"] or (options["missing"] and options["again"]):
            raise CommandError(_("Sebutkan bulan (misalnya 2023-01), atau --missing tanpa --again."))
        for ranking in rankings_without_files() if options["missing"] else self._asked(options["months"]):
            made = make_files(ranking, again=options["again"])
            words = {"month": ranking, "revision": ranking.revision, "made": made}
            self.stdout.write(_("%(month)s revisi %(revision)d: %(made)d berkas dibuat") % words)

    def _asked(self, months: list[str]) -> list[Ranking]:
        found = {text: ranking_for(text) for text in months}
        if unknown := [text for text, ranking in found.items() if ranking is None]:
            raise CommandError(_("Belum ada peringkat untuk %(months)s.") % {"months": ", ".join(unknown)})
        return [ranking for ranking in found.values() if ranking is not None]
