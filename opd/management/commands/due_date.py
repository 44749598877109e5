"""Print the end of a period in working days, with every day that was counted or skipped."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import formats
from django.utils.translation import gettext as _

from opd.calendar import FIRST_YEAR, LAST_YEAR, MOST_DAYS, count_period


def a_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("“%(text)s” bukan tanggal (contoh: 2024-03-14)") % {"text": text[:40]}) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ArgumentTypeError(_("tahun harus antara %(a)d dan %(b)d") % {"a": FIRST_YEAR, "b": LAST_YEAR})
    return day


def a_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= MOST_DAYS):
        raise ArgumentTypeError(
            _("“%(text)s” bukan jumlah hari (1 sampai %(most)d)") % {"text": text[:40], "most": MOST_DAYS}
        )
    return int(text)


class Command(BaseCommand):
    help = "Menghitung tanggal jatuh tempo dalam hari kerja. Hari penerimaan adalah hari ke-0."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("start", type=a_day, help="hari ke-0, misalnya 2024-03-14")
        parser.add_argument("--days", type=a_number, required=True, help="jumlah hari kerja")

    def handle(self, *, start: date, days: int, **_options: Any) -> None:
        period = count_period(start, days)
        self.stdout.write(_("Jatuh tempo: %(day)s") % {"day": self.day_text(period.due_on)})
        self.stdout.write(_("Dihitung (hari ke-0: %(day)s):") % {"day": self.day_text(start)})
        for number, day in enumerate(period.counted, 1):
            self.stdout.write(f"  {number:>3}  {self.day_text(day)}")
        self.stdout.write(_("Dilewati:") if period.skipped else _("Tidak ada hari yang dilewati."))
        for day, name, decree in period.skipped:
            self.stdout.write(f"       {self.day_text(day)} – {name}{f' ({decree})' if decree else ''}")
        for year in period.uncertain_years:
            self.stdout.write(_("Perhatian: cuti bersama tahun %(year)d belum diketahui.") % {"year": year})

    @staticmethod
    def day_text(day: date) -> str:
        return f"{day:%Y-%m-%d} {formats.date_format(day, 'l')}"
