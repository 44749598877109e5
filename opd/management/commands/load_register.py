"""Load units, their known channels and the map from CSV and GeoJSON; may run any number of times."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from opd.boundaries import BoundaryError
from opd.channel_list import HELD, KEPT, REFUSED, UNCHANGED, Outcome, keep_websites, load_channels
from opd.csv_rows import FileRefusedError
from opd.outlines import OutlineReport, load_boundaries
from opd.register import UnitReport, load_units

DATA = Path(__file__).resolve().parents[2] / "data"


class Command(BaseCommand):
    help = "Memuat register unit, kanal dan batas wilayah. Boleh dijalankan berulang kali."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("units", nargs="?", type=Path, help="CSV unit; tanpa ini dipakai data bawaan seluruhnya")
        parser.add_argument("--channels", type=Path, help="CSV kanal")
        parser.add_argument("--boundaries", type=Path, help="folder berisi kelurahan.geojson")
        parser.add_argument("--dry-run", action="store_true", help="periksa dan laporkan saja, tidak menyimpan apa pun")

    def handle(self, **options: Any) -> None:
        shipped = options["units"] is None
        channels = options["channels"] or (DATA / "channels.csv" if shipped else None)
        boundaries = options["boundaries"] or (DATA if shipped else None)
        try:
            with transaction.atomic():
                self.tell_units(report := load_units(options["units"] or DATA / "units.csv"))
                self.tell_channels(_("Situs web dari register"), keep_websites(report.websites))
                if channels:
                    self.tell_channels(_("Kanal"), load_channels(channels))
                if boundaries:
                    self.tell_boundaries(load_boundaries(boundaries))
                transaction.set_rollback(options["dry_run"])
        except (FileRefusedError, BoundaryError) as error:
            raise CommandError(str(error)) from error
        if options["dry_run"]:
            self.stdout.write(_("Uji coba: tidak ada yang disimpan."))

    def tell_units(self, report: UnitReport) -> None:
        self.stdout.write(
            _("Unit: %(created)d dibuat, %(changed)d diubah, %(unchanged)d tetap, %(refused)d ditolak.")
            % {name: len(getattr(report, name)) for name in ("created", "changed", "unchanged", "refused")}
        )
        for change in report.changed:
            for label, (old, new) in change.fields.items():
                self.tell(change.line, change.slug, _("diubah"), f"{label}: “{old}” menjadi “{new}”")
        for refusal in report.refused:
            self.tell(refusal.line, refusal.name, _("ditolak"), refusal.reason)
        if report.missing:
            self.stdout.write(
                _("Tidak ada di berkas, dibiarkan apa adanya: %(slugs)s") % {"slugs": ", ".join(report.missing)}
            )

    def tell_channels(self, title: str, outcomes: Iterable[Outcome]) -> None:
        words = {KEPT: _("disimpan"), UNCHANGED: _("tetap"), HELD: _("ditahan"), REFUSED: _("ditolak")}
        outcomes = list(outcomes)
        counts = Counter(outcome.state for outcome in outcomes)
        self.stdout.write(f"{title}: " + ", ".join(f"{counts[state]} {word}" for state, word in words.items()) + ".")
        for outcome in outcomes:
            if outcome.state in (HELD, REFUSED):
                self.tell(outcome.line, f"{outcome.unit_slug} {outcome.text}", words[outcome.state], outcome.reason)

    def tell_boundaries(self, report: OutlineReport) -> None:
        self.stdout.write(
            _("Batas wilayah: %(created)d dibuat, %(changed)d diubah, %(unchanged)d tetap.") % vars(report)
        )
        for text, slugs in ((_("bukan unit"), report.unknown), (_("tanpa batas"), report.without)):
            if slugs:
                self.stdout.write(f"  {text}: {', '.join(slugs)}")

    def tell(self, line: int, name: str, what: str, reason: str) -> None:
        where = _("baris %(line)d, %(name)s") % {"line": line, "name": name.strip() or "-"}
        self.stdout.write(f"  {where}: {what} – {reason}")
