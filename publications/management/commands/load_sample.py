"""`manage.py load_sample [--today 2026-11-24] [--yes-sample]`: the sample months, up to now."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import JAKARTA, month_text
from publications.sample.loading import Report, SampleError, load_sample


def end_of(text: str) -> datetime:
    """The last second of a day in Jakarta."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59, 59), tzinfo=JAKARTA)
    except ValueError as error:
        raise CommandError(_("Bukan tanggal: %(text)s (contoh: 2026-11-24).") % {"text": text}) from error


class Command(BaseCommand):
    help = "Memuat bulan contoh: Januari 2022 sampai Januari 2023 dan enam bulan terakhir. Tidak untuk produksi."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", metavar="TANGGAL", help="muat sampai akhir hari ini, misalnya 2026-11-24")
        parser.add_argument("--yes-sample", action="store_true", help="izinkan di luar pemasangan lokal")

    def handle(self, *args: Any, **options: Any) -> None:
        now = end_of(options["today"]) if options["today"] else None
        try:
            report = load_sample(now, insist=options["yes_sample"])
        except SampleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self._sentence(report))

    def _sentence(self, report: Report) -> str:
        if not (report.months or report.channels or report.photos or report.documents):
            return _("Data contoh sudah lengkap, tidak ada yang diubah.")
        return _(
            "Data contoh dimuat: %(activities)d kegiatan, %(publications)d publikasi, %(channels)d kanal, "
            "%(photos)d foto, %(documents)d dokumen, %(months)d bulan (%(names)s)."
        ) % {
            "activities": report.activities,
            "publications": report.publications,
            "channels": report.channels,
            "photos": report.photos,
            "documents": report.documents,
            "months": len(report.months),
            "names": ", ".join(map(month_text, report.months)) or "-",
        }
