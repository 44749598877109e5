"""`manage.py compute_ranking 2023-01 …` or `--due [--queue --wait SECONDS]`."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from cilegon_kip.common.jakarta import local_day, month_text, parse_month
from opd.models import Category
from rankings.models import Entry, Ranking
from rankings.month_end import missing_ready_months
from rankings.services import RankingError, compute_month, computed_months, due_months
from rankings.tasks import compute_due_rankings

POLL_SECONDS = 0.25


class Command(BaseCommand):
    help = "Menghitung peringkat bulan tertentu, atau semua bulan yang sudah waktunya."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("months", nargs="*", metavar="BULAN", help="bulan, misalnya 2023-01")
        parser.add_argument("--due", action="store_true", help="bulan yang belum dihitung dan bulan berjalan")
        parser.add_argument("--all", action="store_true", help="juga semua bulan yang sudah dihitung dan belum final")
        parser.add_argument("--queue", action="store_true", help="dengan --due: minta worker yang menghitung")
        parser.add_argument("--wait", type=float, default=0, metavar="DETIK", help="dengan --queue: tunggu sampai ada")
        parser.add_argument("--top", type=int, default=5, metavar="N", help="banyaknya tempat yang ditampilkan")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["months"]) == bool(options["due"] or options["all"]):
            raise CommandError(_("Sebutkan bulan (misalnya 2023-01), atau --due, atau --all."))
        if options["queue"]:
            if not options["due"]:
                raise CommandError(_("--queue hanya bersama --due."))
            return self._enqueue(options["wait"])
        months = self._months(options)
        if not months:
            self.stdout.write(_("Tidak ada bulan yang perlu dihitung."))
        for month in months:
            self._compute(month, options["top"])
        return None

    def _months(self, options: dict[str, Any]) -> list[date]:
        today = local_day(timezone.now())
        if options["all"]:
            return sorted({*due_months(today), *computed_months()})
        if options["due"]:
            return due_months(today)
        try:
            return [parse_month(text) for text in options["months"]]
        except ValueError as error:
            raise CommandError(str(error)) from error

    def _compute(self, month: date, top: int) -> None:
        try:
            ranking = compute_month(month)
        except RankingError as error:
            raise CommandError(str(error)) from error
        final = _(" – sudah final, tidak dihitung ulang") if ranking.status == Ranking.Status.FINAL else ""
        sample = _(", data contoh") if ranking.is_sample else ""
        self.stdout.write(
            f"{ranking} {ranking.get_status_display()}{sample}, {ranking.method}, "
            + _("%(days)d hari kerja") % {"days": ranking.working_days}
            + final
        )
        for category in Category:
            self._show(ranking, category, top)

    def _show(self, ranking: Ranking, category: Category, top: int) -> None:
        entries = ranking.entries.filter(category=category)
        counts = {state: entries.filter(state=state).count() for state in Entry.State}
        if not any(counts.values()):
            return
        self.stdout.write(
            f"  {category.label}: "
            + _("%(ranked)d diperingkat, %(silent)d tanpa kegiatan, %(unknown)d tidak terukur")
            % {
                "ranked": counts[Entry.State.RANKED],
                "silent": counts[Entry.State.SILENT],
                "unknown": counts[Entry.State.NOT_MEASURED],
            }
        )
        for entry in entries.filter(rank__isnull=False).select_related("unit").order_by("rank", "unit__name")[:top]:
            self.stdout.write(
                f"    {entry.rank:>3}  {entry.score:>8}  {entry.unit.name}  "
                + _("(%(n)d kegiatan, %(days)d hari)") % {"n": entry.activities, "days": entry.active_days}
            )

    def _enqueue(self, seconds: float) -> None:
        try:
            compute_due_rankings.apply_async(retry=False)
        except BrokerError as error:
            raise CommandError(_("Redis tidak dapat dihubungi, peringkat belum diminta: %s") % error) from error
        until = time.monotonic() + seconds
        while missing := missing_ready_months(timezone.now()):
            if time.monotonic() >= until:
                break
            time.sleep(POLL_SECONDS)
        if missing and seconds:
            raise CommandError(
                _("Worker belum menghitung %(months)s dalam %(seconds)g detik. Apakah worker berjalan?")
                % {"months": ", ".join(map(month_text, missing)), "seconds": seconds}
            )
        self.stdout.write(_("Sudah diminta.") if missing else _("Semua bulan sudah dihitung."))
