"""`manage.py simulate --units 5000 --publications 100000 --month 2023-01`, and `simulate --remove`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cilegon_kip.common.jakarta import month_text, parse_month
from rankings.simulation import SimulationError, check_allowed, remove_simulation, simulate


class Command(BaseCommand):
    help = "Menambah unit dan publikasi simulasi (data contoh) untuk menguji beban, atau menghapusnya lagi."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--units", type=int, metavar="N", help="banyaknya unit simulasi yang ditambah")
        parser.add_argument("--publications", type=int, metavar="M", help="banyaknya publikasi yang ditambah")
        parser.add_argument("--month", metavar="BULAN", help="bulan publikasi, misalnya 2023-01")
        parser.add_argument("--remove", action="store_true", help="hapus semua unit simulasi beserta isinya")
        parser.add_argument("--yes", action="store_true", help="izinkan di luar pemasangan lokal")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_allowed(insist=options["yes"])
            self.stdout.write(self._remove() if options["remove"] else self._simulate(options))
        except (SimulationError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _simulate(self, options: dict[str, Any]) -> str:
        if None in (options["units"], options["publications"], options["month"]):
            raise CommandError(_("Sebutkan --units, --publications, dan --month; atau --remove."))
        month = parse_month(options["month"])
        done = simulate(units=options["units"], publications=options["publications"], month=month)
        return _(
            "Simulasi: %(units)d unit dan %(publications)d publikasi ditambah pada %(month)s, yang kini bulan data "
            "contoh. Hitung dengan: manage.py compute_ranking %(month)s. Hapus dengan: manage.py simulate --remove"
        ) % {"units": done.units, "publications": done.publications, "month": month_text(month)}

    def _remove(self) -> str:
        gone = remove_simulation()
        text = _("Simulasi dihapus: %(units)d unit, %(publications)d publikasi.") % {
            "units": gone.units,
            "publications": gone.publications,
        }
        if gone.months:
            months = " ".join(map(month_text, gone.months))
            text += " " + _("Hitung ulang dengan: manage.py compute_ranking %(months)s") % {"months": months}
        return text
