"""`manage.py verify_ranking 2023-01 …`, `--all`, or `--file FILE [--month-json FILE]`. Exit 1: something differs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import parse_month
from rankings.models import Ranking
from rankings.replay import FileError, Row
from rankings.verifying import Verdict, verify_file, verify_ranking

SHOWN = 10


class Command(BaseCommand):
    help = "Menghitung ulang peringkat dari berkas masukannya saja, dan membandingkan semua entri."
    requires_system_checks: list[str] = []  # a downloaded file needs no database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("months", nargs="*", metavar="BULAN", help="bulan, misalnya 2023-01")
        parser.add_argument("--all", action="store_true", help="semua rancangan dan peringkat final, juga revisi lama")
        parser.add_argument("--revision", type=int, metavar="N", help="revisi ini, bukan yang terbaru")
        parser.add_argument("--file", type=Path, metavar="BERKAS", help="berkas masukan yang diunduh; tanpa basis data")
        parser.add_argument("--month-json", type=Path, metavar="BERKAS", help="dengan --file: JSON bulan, pembanding")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["months"]) + bool(options["all"]) + bool(options["file"]) != 1:
            raise CommandError(_("Sebutkan bulan (misalnya 2023-01), atau --all, atau --file."))
        if options["month_json"] and not options["file"]:
            raise CommandError(_("--month-json hanya bersama --file."))
        verdicts = [self._of_file(options)] if options["file"] else self._of_rankings(options)
        wrong = [f"{verdict.month}: {text}" for verdict in verdicts for text in verdict.differences]
        if wrong:
            more = [_("dan %(count)d perbedaan lain") % {"count": len(wrong) - SHOWN}] if len(wrong) > SHOWN else []
            raise CommandError("\n".join([_("Tidak sama:"), *wrong[:SHOWN], *more]))

    def _of_rankings(self, options: dict[str, Any]) -> list[Verdict]:
        verdicts = []
        for ranking in self._rankings(options):
            verdict = verify_ranking(ranking)
            if not verdict.differences:
                self._say_same(verdict)
            verdicts.append(verdict)
        return verdicts

    def _rankings(self, options: dict[str, Any]) -> list[Ranking]:
        rankings = Ranking.objects.exclude(status=Ranking.Status.PROVISIONAL).select_related("method")
        if options["all"]:
            return list(rankings.order_by("month", "revision"))
        found = []
        for text in options["months"]:
            try:
                of_month = rankings.filter(month=parse_month(text))
            except ValueError as error:
                raise CommandError(str(error)) from error
            if options["revision"]:
                of_month = of_month.filter(revision=options["revision"])
            ranking = of_month.order_by("revision").last()
            if ranking is None:
                raise CommandError(_("Belum ada rancangan atau peringkat final untuk %(month)s.") % {"month": text})
            found.append(ranking)
        return found

    def _of_file(self, options: dict[str, Any]) -> Verdict:
        try:
            against = options["month_json"].read_bytes() if options["month_json"] else None
            verdict = verify_file(options["file"].read_bytes(), against)
        except OSError as error:
            raise CommandError(_("Berkas tidak terbaca: %(error)s") % {"error": error}) from error
        except FileError as error:
            raise CommandError(str(error)) from error
        for category in sorted({entry["category"] for entry in verdict.entries.values()}):
            self._show(category, verdict.entries)
        if not verdict.differences:
            self._say_same(verdict)
        return verdict

    def _show(self, category: str, entries: dict[str, Row]) -> None:
        self.stdout.write(f"{category}:")
        of_category = [(slug, entry) for slug, entry in entries.items() if entry["category"] == category]
        for slug, entry in sorted(of_category, key=lambda pair: (pair[1]["rank"] or len(of_category) + 1, pair[0])):
            self.stdout.write(f"  {entry['rank'] or '-':>3}  {entry['score']:>8}  {slug}")

    def _say_same(self, verdict: Verdict) -> None:
        self.stdout.write(
            _("%(month)s: %(entries)d entri dan %(publications)d publikasi dihitung ulang, semua sama. SHA-256 %(sha)s")
            % {
                "month": verdict.month,
                "entries": len(verdict.entries),
                "publications": verdict.publications,
                "sha": verdict.sha256,
            }
        )
