"""Import publications from CSV; may run any number of times."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from opd.csv_rows import FileRefusedError
from opd.models import User
from publications.importing import (
    HELD,
    KEPT,
    REFUSED,
    UNCHANGED,
    ImportNotAllowedError,
    ImportReport,
    Outcome,
    import_publications,
)

COLUMNS = ("line", "state", "code", "reason", "unit_slug", "permalink")
WORDS = {KEPT: "disimpan", HELD: "ditahan", REFUSED: "ditolak", UNCHANGED: "sudah ada"}


class Command(BaseCommand):
    help = "Mengimpor publikasi dari CSV (kolom: unit_slug, channel_kind, permalink, published_at, title)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="berkas CSV, UTF-8, dipisahkan koma")
        parser.add_argument("--dry-run", action="store_true", help="periksa dan laporkan saja, tidak menyimpan apa pun")
        parser.add_argument("--report", type=Path, help="tulis baris yang ditahan dan ditolak ke berkas CSV ini")
        parser.add_argument("--accept", action="store_true", help="terima juga dari kanal yang belum terverifikasi")
        parser.add_argument("--by", metavar="PENGGUNA", help="nama pengguna yang memeriksa; wajib untuk --accept")

    def handle(self, **options: Any) -> None:
        reviewer = self._reviewer(options)
        try:
            with self._report(options["report"]) as writer:
                report = import_publications(
                    options["file"],
                    tell=lambda outcome: self._tell(outcome, writer, verbose=options["verbosity"] > 1),
                    dry_run=options["dry_run"],
                    vouched_by=reviewer,
                )
        except (FileRefusedError, ImportNotAllowedError) as error:
            raise CommandError(str(error)) from None
        self._sum_up(report)
        if options["dry_run"]:
            self.stdout.write(_("Uji coba: tidak ada yang disimpan."))

    def _reviewer(self, options: dict[str, Any]) -> User | None:
        if not options["accept"]:
            return None
        if not options["by"]:
            raise CommandError(_("--accept memerlukan --by dengan nama pengguna yang memeriksa."))
        user = User.objects.filter(username=options["by"].replace("\x00", ""), is_active=True).first()
        if user is None:
            raise CommandError(_("Pengguna “%(name)s” tidak ada atau tidak aktif.") % {"name": options["by"]})
        return user

    def _tell(self, outcome: Outcome, writer: Any, *, verbose: bool) -> None:
        if outcome.state not in (HELD, REFUSED):
            return
        if writer is not None:
            writer.writerow([_harmless(getattr(outcome, name)) for name in COLUMNS])
        if outcome.state == REFUSED or verbose:
            words = {**vars(outcome), "word": WORDS[outcome.state]}
            self.stdout.write(_("Baris %(line)d %(word)s (%(code)s): %(reason)s") % words)

    def _sum_up(self, report: ImportReport) -> None:
        if report.ignored_columns:
            names = ", ".join(report.ignored_columns)
            self.stdout.write(_("Kolom yang tidak dipakai: %(names)s.") % {"names": names})
        counts = ", ".join(f"{report.counts[state]} {word}" for state, word in WORDS.items())
        self.stdout.write(_("%(rows)d baris: %(counts)s.") % {"rows": report.rows, "counts": counts})
        for (state, code), number in sorted(report.codes.items()):
            self.stdout.write(f"  {WORDS[state]}, {code}: {number}")

    @contextmanager
    def _report(self, path: Path | None) -> Iterator[Any]:
        """A CSV writer for the report, or None; the report appears only when the import has come to its end."""
        if path is None:
            yield None
            return
        try:
            draft = NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, delete=False)  # noqa: SIM115
        except OSError as error:
            raise CommandError(
                _("Laporan %(file)s tidak dapat ditulis: %(error)s.") % {"file": path, "error": error.strerror}
            ) from None
        try:
            with draft:
                writer = csv.writer(draft)
                writer.writerow(COLUMNS)
                yield writer
            Path(draft.name).chmod(0o644)
            Path(draft.name).replace(path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


def _harmless(cell: Any) -> Any:
    """A spreadsheet must not take text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell
